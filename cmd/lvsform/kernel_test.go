//go:build linux

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/file"
	"github.com/lvsform/lvsform/drivers/netlink"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// newKernelWorld is a world whose node is the table of a fresh network namespace, with eth0.
func newKernelWorld(t *testing.T) *world {
	w := newBareWorld(t)
	drivertest.Run(t, "ip", "link", "add", "eth0", "type", "dummy")
	drivertest.Run(t, "ip", "link", "set", "eth0", "up")
	return w
}

// newBareWorld has no interface but lo.
func newBareWorld(t *testing.T) *world {
	drivertest.Kernel(t)
	w := newWorld(t)
	w.kernel = true
	w.variables["LVSFORM_RUN_DIR"] = w.path("run")
	return w
}

// What a new user does first, with ipvsadm as the judge of each step.
func TestKernelFirstService(t *testing.T) {
	w := newKernelWorld(t)
	w.write("etc/web.lvs.hcl", web("wlc", 2))
	etc := w.path("etc")
	table := func(want string) {
		t.Helper()
		if diff := cmp.Diff(want, drivertest.Run(t, "ipvsadm", "-Sn")); diff != "" {
			t.Errorf("ipvsadm -Sn (-want +got)\n%s", diff)
		}
	}
	const full = "-A -t 192.0.2.10:80 -s wlc\n-a -t 192.0.2.10:80 -r 10.0.0.11:80 -g -w 1\n-a -t 192.0.2.10:80 -r 10.0.0.12:80 -g -w 3\n"

	w.run(exitDone, "validate", etc)
	w.run(exitChanges, "plan", "--detailed-exitcode", "--out", w.path("p"), etc)
	table("")
	w.run(exitDone, "apply", w.path("p"))
	table(full)
	w.run(exitDone, "plan", "--detailed-exitcode", etc)
	w.says(w.out, "No changes.")
	w.run(exitDone, "drift", etc)
	w.run(exitDone, "status")
	w.says(w.out, "service.web")

	drivertest.Run(t, "ipvsadm", "-e", "-t", "192.0.2.10:80", "-r", "10.0.0.12:80", "-g", "-w", "9")
	w.run(exitChanges, "drift", etc)
	w.says(w.out, "weight")
	w.run(exitDone, "apply", "--auto-approve", etc)
	table(full)

	w.run(exitDone, "rollback", "--auto-approve", w.path("p"))
	table("")
}

// Every case that a node in a file passes, a kernel passes too, with the same state afterwards.
func TestKernelCases(t *testing.T) {
	entries, err := os.ReadDir(cases)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		dir := filepath.Join(cases, e.Name())
		if exists(filepath.Join(dir, "error.txt")) {
			continue // refused before a node is changed
		}
		t.Run(e.Name(), func(t *testing.T) { tryKernelCase(t, dir) })
	}
}

func tryKernelCase(t *testing.T, dir string) {
	w := newKernelWorld(t)
	if err := os.CopyFS(w.dir, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	w.seed("live.json")
	args, _ := os.ReadFile(w.path("args"))
	instance, flags := instanceFlags(strings.Fields(string(args)))
	if exists(w.path("first")) {
		w.run(exitDone, "apply", "--auto-approve", w.path("first"))
	}
	before := w.state()
	saved := w.path("saved.plan")
	again := append(append([]string{"plan", "--detailed-exitcode", w.dir}, instance...), flags...)
	w.start(append(again, "--out", saved)...)
	w.run(exitDone, append([]string{"apply", saved}, instance...)...)
	var want spec.State
	if err := json.Unmarshal([]byte(w.read("after.json")), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text(want), text(w.state())); diff != "" {
		t.Errorf("after the apply (-want +got)\n%s", diff)
	}
	w.run(exitDone, again...)
	w.says(w.out, "No changes.")
	w.run(exitDone, append([]string{"rollback", saved, "--auto-approve"}, instance...)...)
	if diff := cmp.Diff(text(before), text(w.state())); diff != "" {
		t.Errorf("after the rollback (-want +got)\n%s", diff)
	}
}

// seed makes the kernel's table that of a node in a file.
func (w *world) seed(name string) {
	w.t.Helper()
	if !exists(w.path(name)) {
		return
	}
	from, err := file.Open(w.path(name))
	if err != nil {
		w.t.Fatal(err)
	}
	want, err := from.Read(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	w.become(want)
}

// become makes the kernel's table what it should be.
func (w *world) become(want spec.State) {
	w.t.Helper()
	to, err := netlink.Open(netlink.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	defer to.Close()
	now, err := to.Read(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, batch := range plan.Diff(now, want.Table(), plan.Options{}).Batches() {
		for _, r := range to.Do(w.ctx, batch.Changes()) {
			if r.Err != nil {
				w.t.Fatal(r.Err)
			}
		}
	}
}

// text is the table of a state; what is around it on a kernel is different in every namespace.
func text(s spec.State) string {
	b, _ := json.MarshalIndent(s.Table(), "", "  ")
	return string(b)
}
