package main

import (
	"os"
	"strings"
	"testing"
)

func TestSavedPlanIsRefused(t *testing.T) {
	replace := func(old, new string) func(*world) {
		return func(w *world) {
			text := w.read("saved.plan")
			if !strings.Contains(text, old) {
				w.t.Fatalf("no %q in the plan", old)
			}
			w.write("saved.plan", strings.Replace(text, old, new, 1))
		}
	}
	node := func(old, new string) func(*world) {
		return func(w *world) { w.write("lb1.json", strings.Replace(w.read("lb1.json"), old, new, 1)) }
	}
	for _, c := range []struct {
		name  string
		spoil func(*world)
		args  []string
		says  string
	}{
		{"cut", func(w *world) { w.write("saved.plan", w.read("saved.plan")[:500]) }, nil, "saved.plan: the plan file is cut short"},
		{"empty", func(w *world) { w.write("saved.plan", "") }, nil, "the plan file is empty"},
		{"edited", replace(`"weight": 3`, `"weight": 9`), nil, "the plan file was edited after it was made"},
		{"not a plan", func(w *world) { w.write("saved.plan", "{}") }, nil, "not a plan of lvsform"},
		{"later format", replace(`"format_version": "1.0"`, `"format_version": "2.0"`), nil, "made by a later version of lvsform"},
		{"other node", node(`"node": "lb1"`, `"node": "lb2"`), nil, "the plan is for the node lb1, and this is lb2"},
		{"other boot", node(`"boot_id": "1"`, `"boot_id": "2"`), nil, "lb1 has been started anew since the plan was made"},
		{"other instance", func(*world) {}, []string{"--instance=blue"}, `the plan is for --instance "", and this is "blue"`},
		{"stale", node(`"scheduler": "wlc"`, `"scheduler": "sh"`), nil, "the plan is stale: tcp 192.0.2.10:80 has changed since the plan was made: scheduler was wlc and is sh"},
		{"gone", func(w *world) { os.Remove(w.path("saved.plan")) }, nil, "no such file"},
		{"with variables", func(*world) {}, []string{"--var", "x=1", "--destroy"}, "--var, --destroy: a saved plan is done as it was made"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := applied(t)
			w.write("lb1.json", strings.Replace(w.read("lb1.json"), "{", `{"node": "lb1", "boot_id": "1",`, 1))
			w.run(exitDone, "apply", w.node(), "--auto-approve", w.path("first"))
			w.run(exitDone, "plan", w.node(), "--out", w.path("saved.plan"), w.path("next"))
			c.spoil(w)
			before := w.read("lb1.json")
			w.run(exitError, append([]string{"apply", w.node(), w.path("saved.plan")}, c.args...)...)
			w.says(w.err, c.says)
			if w.read("lb1.json") != before {
				t.Error("the node was changed all the same")
			}
		})
	}
}

func TestUnrelatedChangesLeaveAPlanGood(t *testing.T) {
	w := applied(t)
	w.run(exitDone, "plan", w.node(), "--no-drain", "--out", w.path("saved.plan"), w.path("next"))
	w.write("lb1.json", strings.Replace(w.read("lb1.json"), `"service": {`, `"service": {"udp 192.0.2.53:53": {"scheduler": "rr"},`, 1))
	w.run(exitDone, "apply", w.node(), w.path("saved.plan"))
	w.says(w.out, "Apply complete! Resources: 0 added, 1 changed, 1 destroyed.")
}

func TestPlanFromASnapshot(t *testing.T) {
	w := applied(t)
	w.run(exitDone, "snapshot", w.node(), "--out", w.path("lb1.snapshot"))
	snapshot := "--from=" + w.path("lb1.snapshot")
	w.run(exitChanges, "plan", snapshot, "--no-drain", "--detailed-exitcode", "--out", w.path("saved.plan"), w.path("next"))
	w.says(w.out, "7 active connections")
	w.says(w.err, "To perform exactly these actions, on lb1:")
	plan := w.out
	w.run(exitDone, "plan", w.node(), "--no-drain", w.path("next"))
	if w.out != plan {
		t.Errorf("from the snapshot:\n%s\nfrom the node:\n%s", plan, w.out)
	}
	w.run(exitChanges, "drift", snapshot, w.path("next"))
	w.run(exitDone, "status", snapshot)
	w.run(exitDone, "apply", w.node(), w.path("saved.plan"))
	w.run(exitDone, "plan", w.node(), "--detailed-exitcode", w.path("next"))
}

func TestSnapshotOfAnotherDriver(t *testing.T) {
	w := applied(t)
	w.run(exitDone, "snapshot", w.node())
	w.write("lb1.snapshot", strings.Replace(w.out, `"driver": "file"`, `"driver": "netlink"`, 1))
	w.run(exitDone, "plan", "--from", w.path("lb1.snapshot"), "--out", w.path("saved.plan"), w.path("next"))
	w.run(exitError, "apply", w.node(), w.path("saved.plan"))
	w.says(w.err, "the plan was made with the driver netlink, and this is file: give the same --driver")
}

func TestSnapshotIsRefused(t *testing.T) {
	w := applied(t)
	w.run(exitDone, "snapshot", w.node(), "--instance=blue")
	blue := w.out
	w.run(exitDone, "snapshot", w.node())
	whole := w.out
	for _, c := range []struct{ name, text, says string }{
		{"not JSON", "hello", "the snapshot"},
		{"cut", whole[:300], "cannot be used: it is cut short in line "},
		{"later format", strings.Replace(whole, `"1.0"`, `"2.0"`, 1), `its format is "2.0"`},
		{"something else", "{}", `its format is ""`},
		{"of no node", strings.Replace(whole, `"name": "lb1"`, `"name": ""`, 1), "does not say which node"},
		{"other instance", blue, `was taken with --instance "blue"`},
		{"odd key", strings.Replace(whole, `"connections": {`, `"connections": {"nonsense": {},`, 1), `the snapshot's connections: "nonsense"`},
	} {
		w.write("lb1.snapshot", c.text)
		w.run(exitError, "plan", "--from", w.path("lb1.snapshot"), w.path("next"))
		w.says(w.err, c.says)
	}
	w.run(exitError, "plan", "--from", w.path("none"), w.path("next"))
}

func TestRollbackWhereTheServiceIsGone(t *testing.T) {
	w := applied(t)
	w.run(exitDone, "plan", w.node(), "--no-drain", "--out", w.path("saved.plan"), w.path("next"))
	w.run(exitDone, "apply", w.node(), w.path("saved.plan"))
	w.run(exitDone, "apply", w.node(), "--auto-approve", "--destroy", "--no-drain", w.path("next"))
	w.run(exitDone, "rollback", w.node(), "--auto-approve", w.path("saved.plan"))
	w.says(w.out, "Plan: 2 to add, 0 to change, 0 to destroy.")
	w.write("first/main.lvs.hcl", strings.Replace(web("wlc", 2), "weight  = 3", "weight  = 4", 1))
	w.run(exitDone, "plan", w.node(), "--target", "tcp 192.0.2.10:80 -> 10.0.0.12:80", "--out", w.path("saved.plan"), w.path("first"))
	w.run(exitDone, "apply", w.node(), "--auto-approve", "--destroy", "--no-drain", w.path("next"))
	w.run(exitError, "rollback", w.node(), "--auto-approve", w.path("saved.plan"))
	w.says(w.err, "apply a configuration instead")
}

// A VIP that is rolled back is known for what it is, although no service listens on it: it comes last, announced as before, and
// goes again in the right order.
func TestRollbackKnowsVIPs(t *testing.T) {
	w := newWorld(t)
	vip := "vip \"web\" {\n  addresses = [\"192.0.2.21\"]\n  interface = \"eth0\"\n  announce {\n    count = 1\n  }\n}\n"
	service := "\nservice \"web\" {\n  listen \"fwmark\" {\n    mark   = 21\n    family = \"ipv4\"\n  }\n  scheduler = \"rr\"\n  pool      = pool.web\n}\n"
	pool := "pool \"web\" {\n  forward = \"direct\"\n  server \"a\" {\n    address = \"10.0.0.11\"\n  }\n}\n"
	module := "module \"ftp\" {\n  name = \"ip_vs_ftp\"\n}\n"
	w.write("with/main.lvs.hcl", module+vip+pool+service)
	w.write("without/main.lvs.hcl", module+pool)
	steps := func() string { return strings.Split(w.out[strings.Index(w.out, "Steps, in this order"):], "Plan:")[0] }
	w.run(exitDone, "apply", w.node(), "--auto-approve", w.path("with"))
	w.run(exitDone, "plan", w.node(), "--out", w.path("saved.plan"), w.path("without"))
	goes := steps()
	w.run(exitDone, "apply", w.node(), w.path("saved.plan"))
	w.run(exitDone, "rollback", w.node(), "--auto-approve", w.path("saved.plan"))
	w.says(steps(), "batch 2\n    3. create address eth0 192.0.2.21/32, then announced once")
	w.run(exitDone, "plan", w.node(), w.path("without"))
	if got := steps(); got != goes {
		t.Errorf("goes again by\n%s\nand went by\n%s", got, goes)
	}
}
