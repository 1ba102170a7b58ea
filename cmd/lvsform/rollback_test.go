package main

import (
	"strings"
	"testing"
)

// An address of somebody else's that a plan only moved out of the way of a link stays that one's after a rollback.
func TestRollbackOwnsNothingNew(t *testing.T) {
	const theirs = `"address dummy0 2001:db8:5::2/64": { "scope": "global" }`
	w := newWorld(t)
	w.write("lb1.json", `{"format_version": 1, "state": {
  "link": { "link lo": { "type": "loopback", "up": true }, "link dummy0": { "type": "dummy", "up": false } },
  "address": { `+theirs+` }
}}`)
	w.write("up/main.lvs.hcl", "link \"dummy0\" {\n  kind = \"dummy\"\n}\n")
	w.write("other/main.lvs.hcl", "timeouts {\n  tcp = \"10m\"\n}\n")
	w.run(exitDone, "plan", w.node(), "--out="+w.path("up.plan"), w.path("up"))
	w.run(exitDone, "apply", w.node(), w.path("up.plan"))
	w.run(exitDone, "rollback", w.node(), "--auto-approve", w.path("up.plan"))
	if owned := w.read("lb1.json.run/ledger.json"); strings.Contains(owned, "2001:db8:5::2") {
		t.Errorf("it is lvsform's after the rollback: %s", owned)
	}
	w.run(exitDone, "apply", w.node(), "--auto-approve", w.path("other"))
	if now := w.read("lb1.json"); !strings.Contains(now, "2001:db8:5::2") {
		t.Errorf("it is gone: %s", now)
	}
}

// What an address is for, was said after the plan that is rolled back: it is still known.
func TestRollbackKnowsWhatAddressesAreFor(t *testing.T) {
	const link = "link \"dummy0\" {\n  kind = \"dummy\"\n}\n"
	w := newWorld(t)
	w.write("lb1.json", `{"format_version": 1, "state": {
  "link": { "link lo": { "type": "loopback", "up": true }, "link dummy0": { "type": "dummy", "up": false } },
  "address": { "address dummy0 2001:db8::10/128": { "scope": "global", "no_dad": true, "deprecated": true } }
}}`)
	w.write("up/main.lvs.hcl", link)
	w.write("vip/main.lvs.hcl", link+"vip \"x\" {\n  addresses = [\"2001:db8::10\"]\n  interface = \"dummy0\"\n}\n")
	w.run(exitDone, "plan", w.node(), "--out="+w.path("up.plan"), w.path("up"))
	w.run(exitDone, "apply", w.node(), w.path("up.plan"))
	w.run(exitDone, "apply", w.node(), "--auto-approve", w.path("vip"))
	w.says(w.out, "1 imported")
	w.run(exitDone, "rollback", w.node(), "--auto-approve", w.path("up.plan"))
	if owned := w.read("lb1.json.run/ledger.json"); !strings.Contains(owned, `"side": "director"`) {
		t.Errorf("it is no director's VIP after the rollback: %s", owned)
	}
}
