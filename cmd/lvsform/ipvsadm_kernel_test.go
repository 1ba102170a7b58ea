//go:build linux

package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
)

// The real program, in another network namespace: what it is told is what it then saves.
func TestKernelThroughTheProgram(t *testing.T) {
	w := newKernelWorld(t)
	other := drivertest.NewNetns(t)
	other.Run("ip", "address", "add", "10.0.0.2/24", "dev", "lo")
	node := []string{throughIPVSAdm, "--netns", other.Path()}
	run := func(code int, args ...string) {
		t.Helper()
		w.run(code, append(args, node...)...)
	}
	there := func(want string) {
		t.Helper()
		if diff := cmp.Diff("", drivertest.Run(t, "ipvsadm", "-Sn")) + cmp.Diff(want, other.Run("ipvsadm", "-Sn")); diff != "" {
			t.Errorf("ipvsadm -Sn here, and there (-want +got)\n%s", diff)
		}
	}
	w.write("etc/main.lvs.hcl", web("wlc", 2))
	etc := w.path("etc")
	run(exitDone, "doctor")
	w.says(w.out, "is ipvsadm 1.31")
	run(exitChanges, "plan", "--detailed-exitcode", "--out", w.path("p"), etc)
	run(exitDone, "apply", w.path("p"))
	there("-A -t 192.0.2.10:80 -s wlc\n-a -t 192.0.2.10:80 -r 10.0.0.11:80 -g -w 1\n-a -t 192.0.2.10:80 -r 10.0.0.12:80 -g -w 3\n")
	w.run(exitError, "apply", "--netns", other.Path(), w.path("p"))
	w.says(w.err, "the plan was made with the driver ipvsadm, and this is netlink")
	run(exitDone, "plan", "--detailed-exitcode", etc)
	w.says(w.out, "No changes.")
	run(exitDone, "status", etc)
	w.says(w.out, "service.web")
	w.write("next/main.lvs.hcl", strings.Replace(web("wlc", 2), "10.0.0.12", "10.0.0.255", 1))
	run(exitError, "apply", "--auto-approve", w.path("next"))
	w.says(w.err, "Nothing was changed")
	w.says(w.err, "create tcp 192.0.2.10:80 -> 10.0.0.255:80: the kernel does not accept the real server")
	run(exitDone, "rollback", "--auto-approve", w.path("p"))
	there("")
}
