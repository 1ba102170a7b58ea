package apply_test

import (
	"errors"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
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
