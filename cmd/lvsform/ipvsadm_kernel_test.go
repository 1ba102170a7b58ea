//go:build linux

package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/netlink"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
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
	w.says(w.err, "create tcp 192.0.2.10:80 -> 10.0.0.255:80: the kernel does not accept the real server")
	run(exitDone, "rollback", "--auto-approve", w.path("p"))
	there("")
}

// The doctor names what an edit through ipvsadm would remove.
func TestKernelDoctorNamesWhatIpvsadmDoesNotShow(t *testing.T) {
	w := newKernelWorld(t)
	d, err := netlink.Open(netlink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	w.run(exitDone, "doctor", throughIPVSAdm)
	w.says(w.out, "ipvsadm shows the table as it is")
	var changes []plan.Change
	for i := range uint32(12) {
		changes = append(changes, plan.Change{Key: spec.Mark(i+1, spec.IPv4), After: spec.Service{Scheduler: "sh", Flags: spec.Flag1 | spec.Flag3}})
	}
	for i, r := range d.Do(t.Context(), changes) {
		if r.Err != nil {
			t.Fatal(changes[i], r.Err)
		}
	}
	w.run(exitDone, "doctor", throughIPVSAdm)
	w.says(w.out, "ipvsadm does not show these as they are, unless somebody is changing them: fwmark 1 ipv4; fwmark 2 ipv4;")
	w.says(w.out, "; 2 more\n        -> --driver netlink, for all that changes these")
}
