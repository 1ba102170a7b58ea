//go:build linux

package ipvsadm_test

import (
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/ipvsadm"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// The kernel has no answer for a sync daemon that is stopped before its thread has run. What is behind it is done all the same.
func TestKernelSyncDaemonStartedAndStoppedAtOnce(t *testing.T) {
	drivertest.KernelNode(t)
	d := open(t, ipvsadm.Options{})
	daemon := spec.SyncDaemon{Interface: "lo", SyncID: 1, MaxLen: 1400}
	var changes []plan.Change
	for range 4 {
		for _, role := range []spec.Role{spec.Master, spec.Backup} {
			start := create(spec.SyncDaemonKey{Role: role}, daemon)
			changes = append(changes, start, start.Inverse())
		}
	}
	changes = append(changes, create(web, rr), create(serverOf(web, 1), one))
	since := time.Now()
	for i, r := range d.Do(t.Context(), changes) {
		if r != (plan.Result{}) {
			t.Errorf("%d: %s: %+v", i, changes[i], r)
		}
	}
	t.Logf("%d changes in %s", len(changes), time.Since(since))
	if now := read(t, d); len(now.SyncDaemons) != 0 || len(now.Destinations) != 1 {
		t.Errorf("%v", drivertest.TableLines(now))
	}
}
