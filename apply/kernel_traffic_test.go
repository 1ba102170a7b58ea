//go:build linux

package apply_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
)

func TestKernelDrainUntilConnectionsEnd(t *testing.T) {
	s := newSite(t, 2)
	held := s.hold(2)
	var drained, waited bool
	s.report = func(e apply.Event) {
		switch {
		case e.Kind == apply.EventDrain && e.Active > 0 && !waited:
			waited = true
			if table := drivertest.Run(t, "ipvsadm", "-Ln"); !strings.Contains(table, "-> "+s.server(1).Address.String()) {
				t.Errorf("the server went while it had a connection:\n%s", table)
			}
			if err := held["rs2"].Ping(); err != nil {
				t.Errorf("the connection broke while its server drains: %v", err)
			}
			held["rs2"].Close()
		case e.Kind == apply.EventDrained:
			drained = true
		}
	}
	s.apply(s.state("rr", 1), time.Minute)
	if !waited || !drained {
		t.Errorf("waited %v, drained %v", waited, drained)
	}
	if err := held["rs1"].Ping(); err != nil {
		t.Errorf("the connection to the server that stays: %v", err)
	}
	if table := drivertest.Run(t, "ipvsadm", "-Ln"); strings.Contains(table, s.server(1).Address.String()) {
		t.Errorf("the server is still there:\n%s", table)
	}
}

func TestKernelDrainUntilDeadline(t *testing.T) {
	s := newSite(t, 2)
	s.hold(2)
	var left uint32
	s.report = func(e apply.Event) {
		if e.Kind == apply.EventDeadline {
			left = e.Active
		}
	}
	start := time.Now()
	s.apply(s.state("rr", 1), time.Second)
	if took := time.Since(start); took < time.Second || left != 1 {
		t.Errorf("deleted after %v with %d connections, want 1s and 1", took, left)
	}
}

// Connections are opened all the while, and one is held on every server.
func TestKernelTraffic(t *testing.T) {
	s := newSite(t, 3)
	heavier := s.state("rr", 3)
	heavier.Set(s.server(0), spec.Destination{Forward: spec.Masquerade, Weight: 3})
	sticky := s.state("rr", 3)
	sticky.Set(s.service, spec.Service{Scheduler: "rr", Persistent: true, Timeout: 60})
	held := s.hold(3)
	for _, c := range []struct {
		name string
		want spec.State
		// window: while the kernel waits for its other CPUs, in this one edit, it refuses what comes.
		window bool
	}{
		{"a weight", heavier, false},
		{"persistence on", sticky, false},
		{"persistence off", s.state("rr", 3), false},
		{"the scheduler", s.state("wlc", 3), runtime.NumCPU() > 1},
	} {
		stop := s.knock()
		time.Sleep(200 * time.Millisecond)
		s.apply(c.want, time.Minute)
		time.Sleep(200 * time.Millisecond)
		opened, failed := stop()
		for _, r := range failed {
			if within := !r.to.Before(s.driver.from) && !r.from.After(s.driver.to); !within || !c.window {
				t.Errorf("%s: a connection was refused, during the edit: %v: %v", c.name, within, r.err)
			}
		}
		t.Logf("%s: %d connections opened, %d refused in an edit of %v", c.name, opened, len(failed), s.driver.to.Sub(s.driver.from))
		if opened == 0 {
			t.Errorf("%s: no connection was opened", c.name)
		}
		for name, session := range held {
			if err := session.Ping(); err != nil {
				t.Errorf("%s: the held connection to %s broke: %v", c.name, name, err)
			}
		}
	}
}

func TestKernelTrafficWhileServersGoAndCome(t *testing.T) {
	s := newSite(t, 3)
	held := s.hold(3)
	s.report = func(e apply.Event) {
		if e.Kind == apply.EventDrain {
			held["rs2"].Close()
			held["rs3"].Close()
		}
	}
	stop := s.knock()
	s.apply(s.state("rr", 1), time.Minute)
	s.apply(s.state("rr", 3), time.Minute)
	if opened, failed := stop(); len(failed) > 0 || opened == 0 {
		t.Errorf("%d connections opened, %d failed: %v", opened, len(failed), failed)
	}
	if err := held["rs1"].Ping(); err != nil {
		t.Errorf("the held connection broke: %v", err)
	}
}
