package apply_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

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

// Servers that are drained at the same time are told in order.
func TestDrainTellsInOrder(t *testing.T) {
	var a spec.State
	a.Set(service, spec.Service{Scheduler: "wlc"})
	var want, got []spec.Key
	for i := range 9 {
		k := spec.DestinationKey{Service: service, Address: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), 80)}
		a.Set(k, spec.Destination{Forward: spec.Direct, Weight: 1})
		want = append(want, k)
	}
	o := options(t)
	o.Report = func(e apply.Event) {
		if e.Kind == apply.EventDrained {
			got = append(got, e.Key)
		}
	}
	if err := apply.Run(t.Context(), newMemory(a), &plan.Plan{Changes: plan.Diff(a, without(a, want...), drainTo(time.Nanosecond))}, o); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
}

// That a server had no connections is told by 0, however long the node took to say so.
func TestDrainOfWhatIsIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, o, told := newMemory(twoServers()), options(t), time.Hour
		m.connections = func() map[spec.DestinationKey]spec.Connections {
			time.Sleep(7 * time.Second)
			return nil
		}
		o.Report = func(e apply.Event) {
			if e.Kind == apply.EventDrained {
				told = e.Elapsed
			}
		}
		p := &plan.Plan{Changes: plan.Diff(twoServers(), without(twoServers(), server1), drainTo(time.Minute))}
		if err := apply.Run(t.Context(), m, p, o); err != nil || told != 0 {
			t.Errorf("drained after %s: %v", told, err)
		}
	})
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
