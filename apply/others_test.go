package apply_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// during is what somebody else does while a run waits.
func (m *memory) during(busy map[spec.DestinationKey]spec.Connections, what func()) {
	start, done := time.Now(), false
	m.connections = func() map[spec.DestinationKey]spec.Connections {
		if time.Since(start) > 5*time.Second && !done {
			done = true
			what()
		}
		if time.Since(start) > 10*time.Second {
			return nil
		}
		return busy
	}
}

var busy1 = map[spec.DestinationKey]spec.Connections{server1: {Active: 1}}

// A health checker takes a server out while another drains: a later edit of the server leaves it out.
func TestWeightSetDuringADrainStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		want := tunnelled(twoServers(), server1)
		want.Set(server2, spec.Destination{Forward: spec.Direct, Weight: 1, UpperThreshold: 100})
		m := newMemory(twoServers())
		m.during(busy1, func() { reweigh(m.node, server2, 0) })
		if err := apply.Run(t.Context(), m, weightIgnored(twoServers(), want, time.Minute), options(t)); err != nil {
			t.Fatal(err)
		}
		if w := m.node.State().Destinations[server2].Weight; w != 0 {
			t.Errorf("the checker's weight 0 was overwritten with %d", w)
		}
	})
}

// A health checker puts the server that drains back to work: it is not deleted.
func TestServerPutBackToWorkIsNotDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(twoServers())
		m.during(busy1, func() { reweigh(m.node, server1, 5) })
		err := apply.Run(t.Context(), m, weightIgnored(twoServers(), without(twoServers(), server1), time.Minute), options(t))
		want := twoServers()
		want.Set(server1, spec.Destination{Forward: spec.Direct, Weight: 5})
		expectRolledBack(t, m, err, want)
	})
}

// Somebody else deletes the server that drains in order to be deleted.
func TestServerGoneDuringItsDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(twoServers())
		m.during(busy1, func() { _ = m.node.Do(server1, spec.Destination{}, nil) })
		p := &plan.Plan{Changes: plan.Diff(twoServers(), without(twoServers(), server1), drainTo(time.Minute))}
		if err := apply.Run(t.Context(), m, p, options(t)); err != nil || !m.node.State().Equal(without(twoServers(), server1)) {
			t.Error(err)
		}
	})
}

// A server that came after the plan was made would go, undrained and unnamed, with its service.
func TestUnnamedServerMakesThePlanStale(t *testing.T) {
	p := &plan.Plan{Changes: plan.Diff(without(twoServers(), server2), spec.State{}, drainTo(0))}
	m := newMemory(twoServers())
	err := apply.Run(t.Context(), m, p, options(t))
	var stale *plan.StaleError
	if !errors.As(err, &stale) || stale.Key != spec.Key(server2) || m.changes > 0 {
		t.Error(err)
	}
}

// The substitute that a change of method counts on has been taken out since.
func TestPlanWithoutItsSubstituteIsStale(t *testing.T) {
	p := weightIgnored(twoServers(), tunnelled(twoServers(), server1), time.Minute)
	m := newMemory(twoServers())
	reweigh(m.node, server2, 0)
	err := apply.Run(t.Context(), m, p, options(t))
	var alone *plan.AloneError
	if !errors.As(err, &alone) || m.changes > 0 {
		t.Error(err)
	}
}

// A service of ours that somebody took away is ours no longer: what comes in its place is somebody else's.
func TestLedgerForgetsWhatIsGone(t *testing.T) {
	o, ghost := options(t), spec.Mark(7, spec.IPv4)
	if err := o.Ledger.Save(plan.Ledger{service: {Name: "service.web"}, ghost: {Name: "service.old"}}); err != nil {
		t.Fatal(err)
	}
	if err := apply.Run(t.Context(), newMemory(twoServers()), &plan.Plan{}, o); err != nil {
		t.Fatal(err)
	}
	if l, err := o.Ledger.Load(); err != nil || len(l) != 1 || l[service].Name != "service.web" {
		t.Error(l, err)
	}
}

func TestAdoptionIsLookedAtAgain(t *testing.T) {
	adopt := &plan.Plan{Adopted: []spec.Key{service}, Records: plan.Ledger{service: {Name: "service.web"}}}
	var gone *apply.GoneError
	if err := apply.Run(t.Context(), newMemory(spec.State{}), adopt, options(t)); !errors.As(err, &gone) {
		t.Error("adopted what is gone:", err)
	}
	o := options(t)
	blue := apply.LedgerFile{Dir: o.Ledger.Dir, Instance: "blue"}
	if err := blue.Save(plan.Ledger{service: {Name: "service.blue"}}); err != nil {
		t.Fatal(err)
	}
	if err := apply.Run(t.Context(), newMemory(twoServers()), adopt, o); err == nil {
		t.Error("two instances own one service")
	}
	m := newMemory(twoServers())
	destroy := &plan.Plan{Changes: plan.Diff(twoServers(), spec.State{}, drainTo(0))}
	if err := apply.Run(t.Context(), m, destroy, o); err == nil || m.changes > 0 {
		t.Error("the service of another instance was destroyed:", err)
	}
}

// Somebody else changes an object that the plan is about and the run has not reached: the run is undone, and that object is theirs.
func TestOthersChangeWhatIsNotReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := spec.Mark(7, spec.IPv4)
		a := twoServers()
		a.Set(gone, spec.Service{Scheduler: "rr"})
		m := newMemory(a)
		m.during(busy1, func() { _ = m.node.Do(gone, spec.Service{}, spec.Service{Scheduler: "wlc"}) })
		err := apply.Run(t.Context(), m, &plan.Plan{Changes: plan.Diff(a, without(twoServers(), server1), drainTo(time.Minute))}, options(t))
		a.Set(gone, spec.Service{Scheduler: "wlc"})
		expectRolledBack(t, m, err, a)
	})
}

// What two instances share is held by one of them at all times: a saved plan that counts on the other is stale once that has left.
func TestSharedIsHeldByOneAtAllTimes(t *testing.T) {
	k := spec.SysctlKey{Name: "net.ipv4.vs.conntrack"}
	held := plan.Owned{Name: "sysctl.x", Original: spec.Sysctl{Value: "0"}, Ours: spec.Sysctl{Value: "1"}}
	live := twoServers()
	live.Set(k, held.Ours)
	back := live.Clone()
	back.Set(k, held.Original)
	o := options(t)
	blue := apply.LedgerFile{Dir: o.Ledger.Dir, Instance: "blue"}
	ledger := plan.Ledger{service: {Name: "service.web"}, k: held}
	claim, leave := &plan.Plan{Records: plan.Ledger{k: held}}, &plan.Plan{Left: []spec.Key{k}}
	restore := &plan.Plan{Changes: plan.Diff(live, back, drainTo(0))}
	for _, c := range []struct {
		name   string
		p      *plan.Plan
		theirs plan.Ledger
		done   bool
	}{
		{"a claim", claim, ledger, true}, {"a claim on what is no longer held", claim, plan.Ledger{}, false},
		{"leaving it", leave, ledger, true}, {"leaving it to nobody", leave, plan.Ledger{}, false},
		{"restoring it", restore, plan.Ledger{}, true}, {"restoring what has been claimed", restore, ledger, false},
	} {
		if err := errors.Join(blue.Save(c.theirs), o.Ledger.Save(ledger)); err != nil {
			t.Fatal(err)
		}
		m := newMemory(live)
		err := apply.Run(t.Context(), m, c.p, o)
		if (err == nil) != c.done || err != nil && m.changes > 0 {
			t.Errorf("%s: %v", c.name, err)
		}
		if l, err := o.Ledger.Load(); err != nil || c.p == leave && (l[k] == plan.Owned{}) != c.done {
			t.Errorf("%s: %v, %v", c.name, l, err)
		}
	}
}
