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

// FuzzRun: whatever goes wrong, a run ends with the node as planned, or as it was, and says which; and the ledger agrees.
func FuzzRun(f *testing.F) {
	for i := range uint64(400) {
		f.Add(i, i*31)
	}
	f.Fuzz(func(t *testing.T, x, y uint64) {
		r := rand.New(rand.NewPCG(x, y))
		a, b := drivertest.RandomState(r), drivertest.RandomState(r)
		p := &plan.Plan{Changes: plan.Diff(a, b, plan.Options{Drain: func(spec.DestinationKey) time.Duration { return 0 }})}
		m := newMemory(a)
		bad, kind := 1+r.IntN(2*len(p.Changes)+1), fault{done: r.IntN(2) == 0, unknown: r.IntN(2) == 0}
		m.fail = func(n int, _ plan.Change) *fault {
			if n == bad {
				return &kind
			}
			return nil
		}
		ledger := apply.LedgerFile{Dir: t.TempDir()}
		err := apply.Run(t.Context(), m, p, apply.Options{Ledger: ledger})
		want := b
		var back *apply.RolledBackError
		switch {
		case errors.As(err, &back):
			want = a
		case err != nil && strings.HasSuffix(err.Error(), "Nothing was changed"):
			want = a
		case err != nil:
			t.Fatal(err)
		case bad <= len(p.Changes):
			t.Fatal("a failure was not reported")
		}
		if now := m.node.State(); !now.Equal(want) {
			t.Fatalf("after %v the node is %v, want %v", err, now, want)
		}
		checkLedger(t, ledger, a, want)
	})
}

func checkLedger(t *testing.T, file apply.LedgerFile, start, end spec.State) {
	t.Helper()
	l, err := file.Load()
	if err != nil {
		t.Fatal(err)
	}
	for k := range l {
		if end.Get(k) == nil {
			t.Errorf("the ledger holds %s, which is not there", k)
		}
	}
	for k := range end.Services {
		if _, ours := l[k]; !ours && start.Get(k) == nil {
			t.Errorf("the ledger does not hold %s, which was made", k)
		}
	}
}

var (
	service = spec.Listener(spec.TCP, netip.MustParseAddrPort("192.0.2.10:80"))
	server1 = spec.DestinationKey{Service: service, Address: netip.MustParseAddrPort("10.0.0.11:80")}
	server2 = spec.DestinationKey{Service: service, Address: netip.MustParseAddrPort("10.0.0.12:80")}
)

func twoServers() spec.State {
	var s spec.State
	s.Set(service, spec.Service{Scheduler: "wlc"})
	s.Set(server1, spec.Destination{Forward: spec.Direct, Weight: 1})
	s.Set(server2, spec.Destination{Forward: spec.Direct, Weight: 1})
	return s
}

func without(s spec.State, keys ...spec.Key) spec.State {
	s = s.Clone()
	for _, k := range keys {
		s.Set(k, nil)
	}
	return s
}

func drainTo(d time.Duration) plan.Options {
	return plan.Options{Drain: func(spec.DestinationKey) time.Duration { return d }}
}

func TestDrainEnds(t *testing.T) {
	for _, c := range []struct {
		name   string
		ends   time.Duration // of the connections
		events []apply.EventKind
		after  time.Duration
	}{
		{"when they end", 7 * time.Second, []apply.EventKind{apply.EventDrained}, 7 * time.Second},
		{"at the deadline", time.Hour, []apply.EventKind{apply.EventDeadline}, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory(twoServers())
				start := time.Now()
				m.connections = func() map[spec.DestinationKey]spec.Connections {
					if time.Since(start) >= c.ends {
						return nil
					}
					return map[spec.DestinationKey]spec.Connections{server1: {Active: 3}}
				}
				p := &plan.Plan{Changes: plan.Diff(twoServers(), without(twoServers(), server1), drainTo(time.Minute))}
				var seen []apply.EventKind
				err := apply.Run(t.Context(), m, p, apply.Options{Ledger: apply.LedgerFile{Dir: t.TempDir()}, Report: func(e apply.Event) {
					if e.Kind == apply.EventDrained || e.Kind == apply.EventDeadline {
						seen = append(seen, e.Kind)
					}
				}})
				if err != nil {
					t.Fatal(err)
				}
				if len(seen) != 1 || seen[0] != c.events[0] {
					t.Errorf("told %v, want %v", seen, c.events)
				}
				if took := time.Since(start); took < c.after || took > c.after+2*time.Second {
					t.Errorf("took %v, want about %v", took, c.after)
				}
			})
		})
	}
}

func TestInterruptWhileDraining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(twoServers())
		m.connections = func() map[spec.DestinationKey]spec.Connections {
			return map[spec.DestinationKey]spec.Connections{server1: {Active: 3}}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		p := &plan.Plan{Changes: plan.Diff(twoServers(), without(twoServers(), server1), drainTo(time.Minute))}
		err := apply.Run(ctx, m, p, apply.Options{Ledger: apply.LedgerFile{Dir: t.TempDir()}})
		var back *apply.RolledBackError
		if !errors.As(err, &back) || !m.node.State().Equal(twoServers()) {
			t.Fatalf("%v, %v", err, m.node.State())
		}
	})
}

func TestStaleChangesNothing(t *testing.T) {
	m := newMemory(twoServers())
	p := &plan.Plan{Changes: plan.Diff(without(twoServers(), server2), spec.State{}, drainTo(0))}
	p.Changes[0].Before = spec.Destination{Forward: spec.Direct, Weight: 9}
	err := apply.Run(t.Context(), m, p, apply.Options{Ledger: apply.LedgerFile{Dir: t.TempDir()}})
	var stale *plan.StaleError
	if !errors.As(err, &stale) || stale.Key != spec.Key(server1) || m.changes != 0 {
		t.Fatalf("%v after %d changes", err, m.changes)
	}
}

// A health checker owns the weights: it moves them before the apply, during it, and before the undo.
func TestIgnoredWeightsAreNeitherStaleNorUndone(t *testing.T) {
	want := twoServers()
	want.Set(service, spec.Service{Scheduler: "rr"})
	changed := spec.Destination{Forward: spec.Direct, Weight: 1, UpperThreshold: 100}
	want.Set(server1, changed)
	p := &plan.Plan{Changes: plan.Diff(twoServers(), want, drainTo(0)), Objects: map[spec.Key]plan.Object{server1: {Ignore: []string{"weight"}}}}
	weigh := func(n *spec.Node, w uint32) {
		v := n.State().Destinations[server1]
		v.Weight = w
		_ = n.Do(server1, v, v)
	}
	for _, failing := range []bool{false, true} {
		m := newMemory(twoServers())
		m.meddle = func(n int, node *spec.Node) { weigh(node, uint32(6+n)) }
		if failing {
			m.fail = func(n int, c plan.Change) *fault {
				if n == len(p.Changes) {
					return &fault{}
				}
				return nil
			}
		}
		err := apply.Run(t.Context(), m, p, apply.Options{Ledger: apply.LedgerFile{Dir: t.TempDir()}})
		var back *apply.RolledBackError
		if failing != errors.As(err, &back) || !failing && err != nil {
			t.Fatal(err)
		}
		if got := m.node.State().Destinations[server1].Weight; got < 7 {
			t.Errorf("failing %v: the checker's weight is lost: %d", failing, got)
		}
	}
}

// Somebody else takes away what has to be restored.
func TestNeitherStateReached(t *testing.T) {
	m := newMemory(twoServers())
	m.fail = func(n int, c plan.Change) *fault {
		if n >= 2 {
			return &fault{}
		}
		return nil
	}
	p := &plan.Plan{Changes: plan.Diff(twoServers(), without(twoServers(), server1), drainTo(time.Nanosecond))}
	err := apply.Run(t.Context(), m, p, apply.Options{Ledger: apply.LedgerFile{Dir: t.TempDir()}})
	var neither *apply.NotConvergedError
	if !errors.As(err, &neither) || len(neither.Off) != 1 || neither.Off[0].Key != spec.Key(server1) || len(neither.Problems) == 0 {
		t.Fatalf("%v", err)
	}
}

// A connection that was being scheduled when the weight became 0 is counted a moment later.
func TestDrainSeesWhatIsBeingScheduled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, start := newMemory(twoServers()), time.Now()
		m.connections = func() map[spec.DestinationKey]spec.Connections {
			if since := time.Since(start); since < 20*time.Millisecond || since > 7*time.Second {
				return nil
			}
			return map[spec.DestinationKey]spec.Connections{server1: {Active: 1}}
		}
		p := &plan.Plan{Changes: plan.Diff(twoServers(), without(twoServers(), server1), drainTo(time.Minute))}
		if err := apply.Run(t.Context(), m, p, options(t)); err != nil || time.Since(start) < 7*time.Second {
			t.Errorf("deleted after %s: %v", time.Since(start), err)
		}
	})
}
