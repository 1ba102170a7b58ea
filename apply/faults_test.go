package apply_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// judged has the node judged after every single change.
type judged struct {
	*memory
	after func()
}

func (j *judged) Do(ctx context.Context, changes []plan.Change) (out []plan.Result) {
	for _, c := range changes {
		out = append(out, j.memory.Do(ctx, []plan.Change{c})...)
		j.after()
	}
	return out
}

// However many changes fail, on the way there and on the way back, no state between breaks a rule.
func TestManyFaultsAreSafe(t *testing.T) {
	for x := range uint64(1500) {
		r := rand.New(rand.NewPCG(x, x*31))
		a, b := drivertest.RandomState(r), drivertest.RandomState(r)
		j, m := plan.NewJudge(a, b), newMemory(a)
		m.fail = func(int, plan.Change) *fault {
			if r.IntN(10) == 0 {
				return &fault{done: r.IntN(2) == 0, unknown: r.IntN(2) == 0}
			}
			return nil
		}
		var bad error
		d := &judged{m, func() {
			if bad == nil {
				bad = j.State(m.node.State())
			}
		}}
		err := apply.Run(t.Context(), d, &plan.Plan{Changes: plan.Diff(a, b, drainTo(0))}, options(t))
		if bad != nil {
			t.Errorf("seed %d: %v\nthe run: %v", x, bad, err)
		}
	}
}

func options(t *testing.T) apply.Options {
	return apply.Options{Ledger: apply.LedgerFile{Dir: t.TempDir()}}
}

// weightIgnored is a plan between two states whose servers have weights that belong to somebody else.
func weightIgnored(a, b spec.State, drain time.Duration) *plan.Plan {
	o := plan.Object{Ignore: []string{"weight"}}
	return &plan.Plan{Changes: plan.Diff(a, b, drainTo(drain)), Objects: map[spec.Key]plan.Object{server1: o, server2: o}}
}

func tunnelled(s spec.State, k spec.DestinationKey) spec.State {
	s = s.Clone()
	s.Set(k, spec.Destination{Forward: spec.TunnelTo, Weight: 1})
	return s
}

// failAt lets one change fail.
func failAt(at int) func(int, plan.Change) *fault {
	return func(n int, _ plan.Change) *fault {
		if n == at {
			return &fault{}
		}
		return nil
	}
}

// A weight that is ignored and that the run itself has lowered goes back to what it was.
func TestUndoRestoresIgnoredWeights(t *testing.T) {
	t.Run("a failed change of method", func(t *testing.T) {
		m := newMemory(twoServers())
		m.fail = failAt(2)
		err := apply.Run(t.Context(), m, weightIgnored(twoServers(), tunnelled(twoServers(), server1), 0), options(t))
		expectRolledBack(t, m, err, twoServers())
	})
	t.Run("an interrupted drain", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		m := newMemory(twoServers())
		m.connections = func() map[spec.DestinationKey]spec.Connections {
			cancel()
			return map[spec.DestinationKey]spec.Connections{server1: {Active: 3}}
		}
		err := apply.Run(ctx, m, weightIgnored(twoServers(), spec.State{}, time.Minute), options(t))
		expectRolledBack(t, m, err, twoServers())
	})
}

func expectRolledBack(t *testing.T, m *memory, err error, want spec.State) {
	t.Helper()
	var back *apply.RolledBackError
	if !errors.As(err, &back) || !m.node.State().Equal(want) {
		t.Errorf("%v\n%v", err, m.node.State().Destinations)
	}
}

// What comes after a failed step of the way back rests on it: lowering the new server would leave nobody.
func TestUndoStopsWhereItFails(t *testing.T) {
	a, b := twoServers(), twoServers()
	a.Set(server2, spec.Destination{Forward: spec.Direct})
	b.Set(server1, spec.Destination{Forward: spec.Direct})
	gone := spec.Mark(7, spec.IPv4)
	a.Set(gone, spec.Service{Scheduler: "rr"})
	m := newMemory(a)
	m.fail = func(n int, c plan.Change) *fault {
		if c.Key == spec.Key(gone) || n == 4 { // the last step, and the first of the way back
			return &fault{}
		}
		return nil
	}
	err := apply.Run(t.Context(), m, &plan.Plan{Changes: plan.Diff(a, b, drainTo(0))}, options(t))
	var neither *apply.NotConvergedError
	if !errors.As(err, &neither) {
		t.Error(err)
	}
	if err := plan.NewJudge(a, b).State(m.node.State()); err != nil {
		t.Error(err)
	}
}

// A change of which nothing is known, beside a weight that a health checker moves, is recognised as done and taken back.
func TestUnknownChangeBesideIgnoredWeight(t *testing.T) {
	want := twoServers()
	want.Set(server1, spec.Destination{Forward: spec.Direct, Weight: 1, UpperThreshold: 100})
	m := newMemory(twoServers())
	m.fail = func(n int, _ plan.Change) *fault {
		if n == 1 {
			return &fault{done: true, unknown: true}
		}
		return nil
	}
	m.meddle = func(n int, node *spec.Node) {
		if n == 2 {
			reweigh(node, server1, 7)
		}
	}
	before := twoServers()
	before.Set(server1, spec.Destination{Forward: spec.Direct, Weight: 7})
	expectRolledBack(t, m, apply.Run(t.Context(), m, weightIgnored(twoServers(), want, 0), options(t)), before)
}

func reweigh(n *spec.Node, k spec.DestinationKey, weight uint32) {
	v := n.State().Destinations[k]
	v.Weight = weight
	_ = n.Do(k, v, v)
}

func TestNothingDoneIsNotUndone(t *testing.T) {
	m := newMemory(twoServers())
	m.fail = func(int, plan.Change) *fault { return &fault{} }
	err := apply.Run(t.Context(), m, &plan.Plan{Changes: plan.Diff(twoServers(), without(twoServers(), server1), drainTo(0))}, options(t))
	var back *apply.RolledBackError
	if err == nil || errors.As(err, &back) || !strings.Contains(err.Error(), "Nothing was changed") {
		t.Error(err)
	}
}

// On the way back a change of method waits as well, and connections that are lost with a new server are told.
func TestUndoLooksAtConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone, server3 := spec.Mark(7, spec.IPv4), server1
		server3.Address = netip.MustParseAddrPort("10.0.0.13:80")
		a := twoServers()
		a.Set(gone, spec.Service{Scheduler: "rr"})
		b := tunnelled(twoServers(), server1)
		b.Set(server3, spec.Destination{Forward: spec.Direct, Weight: 1})
		m := newMemory(a)
		m.fail = func(_ int, c plan.Change) *fault {
			if c.Key == spec.Key(gone) {
				m.connections = func() map[spec.DestinationKey]spec.Connections {
					return map[spec.DestinationKey]spec.Connections{server1: {Active: 500}, server3: {Active: 70}}
				}
				return &fault{}
			}
			return nil
		}
		o, start := options(t), time.Now()
		var cut uint32
		o.Report = func(e apply.Event) {
			if e.Kind == apply.EventCut && e.Key == server3 {
				cut = e.Active
			}
		}
		err := apply.Run(t.Context(), m, &plan.Plan{Changes: plan.Diff(a, b, drainTo(time.Minute))}, o)
		expectRolledBack(t, m, err, a)
		if took := time.Since(start); took < time.Minute || cut != 70 {
			t.Errorf("undone after %v, and %d connections were said to be lost", took, cut)
		}
	})
}
