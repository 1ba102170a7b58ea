package main

import (
	"strings"
	"testing"
)

// What two instances declare stays when one of them leaves, and goes back with the other.
func TestSharedByInstances(t *testing.T) {
	w := newWorld(t)
	w.write("lb1.json", sharedNode)
	w.write("blue/main.lvs.hcl", sharedBlue)
	w.write("red/main.lvs.hcl", sharedRed)
	w.write("other/main.lvs.hcl", "sysctl \"x\" {\n  values = { \"net.ipv4.vs.conntrack\" = 0 }\n}\n")
	do := func(code int, command, instance, dir string, flags ...string) {
		w.run(code, append([]string{command, "--instance=" + instance, w.node(), w.path(dir)}, flags...)...)
	}
	for _, instance := range []string{"blue", "red"} {
		do(exitDone, "apply", instance, instance, "--auto-approve")
	}
	both := w.read("lb1.json")
	do(exitError, "plan", "green", "other")
	w.says(w.err, `sysctl.x["net.ipv4.vs.conntrack"] belongs to instance "blue", which needs it with value "1"`)

	do(exitDone, "plan", "blue", "blue", "--destroy")
	w.says(w.out, `Instance "red" needs`)
	w.run(exitDone, "snapshot", "--instance=blue", w.node(), "--out="+w.path("snapshot.json"))
	w.run(exitDone, "plan", "--instance=blue", "--from="+w.path("snapshot.json"), w.path("blue"), "--destroy")
	w.says(w.out, `Instance "red" needs`)
	do(exitDone, "plan", "blue", "blue", "--destroy", "--out="+w.path("saved.json"))
	w.run(exitDone, "apply", "--instance=blue", w.node(), w.path("saved.json"))
	if now := w.read("lb1.json"); now != both {
		t.Errorf("blue has left, and the node is\n%s", now)
	}
	do(exitDone, "apply", "red", "red", "--destroy", "--auto-approve")
	for _, shared := range []string{"vs.conntrack", "anycast0", "192.0.2.53"} {
		if strings.Contains(w.read("lb1.json"), shared) || !strings.Contains(both, shared) {
			t.Errorf("%s: with both\n%s\nand with none\n%s", shared, both, w.read("lb1.json"))
		}
	}
}

// What a plan gave up to another instance, its rollback notes again: it stays when that one leaves, and goes back with the last.
func TestRollbackClaimsWhatWasGivenUp(t *testing.T) {
	w := newWorld(t)
	w.write("lb1.json", sharedNode)
	w.write("both/main.lvs.hcl", sharedBlue)
	w.write("blue/main.lvs.hcl", "timeouts {\n  tcp = \"10m\"\n}\n")
	apply := func(instance, dir string, flags ...string) {
		w.run(exitDone, append([]string{"apply", "--instance=" + instance, w.node(), "--auto-approve", w.path(dir)}, flags...)...)
	}
	apply("blue", "both")
	apply("red", "both")
	w.run(exitDone, "plan", "--instance=blue", w.node(), "--out="+w.path("saved.json"), w.path("blue"))
	w.run(exitDone, "apply", "--instance=blue", w.node(), w.path("saved.json"))
	w.run(exitDone, "rollback", "--instance=blue", w.node(), "--auto-approve", w.path("saved.json"))
	for _, instance := range []string{"red", "blue"} {
		apply(instance, "both", "--destroy")
		for _, shared := range []string{`"value": "1"`, "anycast0", "192.0.2.53"} {
			if there := strings.Contains(w.read("lb1.json"), shared); there != (instance == "red") {
				t.Errorf("%s has left, and of %s the node says %t:\n%s", instance, shared, there, w.read("lb1.json"))
			}
		}
	}
}

const sharedNode = `{
  "format_version": 1,
  "state": {
    "link": { "link eth0": { "type": "device", "up": true } },
    "sysctl": { "sysctl net.ipv4.vs.conntrack": { "value": "0" } }
  }
}
`

const sharedBlue = `
sysctl "x" {
  values = { "net.ipv4.vs.conntrack" = 1 }
}

link "anycast0" {
  kind = "dummy"
}

neighbour "client" {
  interface = "eth0"
  address   = "192.0.2.53"
  mac       = "02:00:5e:00:53:01"
}
`

const sharedRed = sharedBlue + `
vip "web" {
  addresses = ["203.0.113.9"]
  interface = "anycast0"
}
`
