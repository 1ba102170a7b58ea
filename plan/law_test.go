package plan_test

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// FuzzLaw: a changeset from A to B done on A gives B; undone from any point it gives A back; a second diff is empty; and
// every state on the way there and back keeps the rules, whatever subset of a batch fails.
func FuzzLaw(f *testing.F) {
	for i := range uint64(500) {
		f.Add(i, i*7919)
	}
	f.Fuzz(lawful)
}

func lawful(t *testing.T, x, y uint64) {
	r := rand.New(rand.NewPCG(x, y))
	random := drivertest.RandomNode
	if r.IntN(8) == 0 {
		random = drivertest.RandomState
	}
	a, b := random(r), random(r)
	if r.IntN(3) > 0 {
		b = mixStates(r, a, b)
	}
	law(t, r, a, drivertest.Stays(a, b), options(r))
}

// options are those that configurations come to.
func options(r *rand.Rand) plan.Options {
	drain, taken := []time.Duration{0, time.Minute}[r.IntN(2)], r.IntN(4)
	return plan.Options{
		Drain:    func(spec.DestinationKey) time.Duration { return drain },
		Announce: func(spec.AddressKey) spec.Announce { return spec.DefaultAnnounce },
		Side:     drivertest.AddressSide,
		HandOver: func(k spec.AddressKey) bool { return taken == 0 || taken == 1 && k.Prefix.Addr().Is6() },
	}
}

// FuzzLawOdd: the law, without the rules for valid states, holds for whatever a kernel may hold.
func FuzzLawOdd(f *testing.F) {
	for i := range uint64(200) {
		f.Add(i, i*104729)
	}
	f.Fuzz(odd)
}

func odd(t *testing.T, x, y uint64) {
	r := rand.New(rand.NewPCG(x, y))
	a, b := drivertest.OddState(r), drivertest.RandomState(r)
	if r.IntN(4) > 0 {
		a, b = drivertest.OddNode(r), drivertest.RandomNode(r)
	}
	b = drivertest.Stays(a, b)
	roundTrip(t, a, b, plan.Diff(a, b, plan.Options{}))
}

// mixStates is a neighbour of a: some objects as in b.
func mixStates(r *rand.Rand, a, b spec.State) spec.State {
	out := a.Clone()
	for _, k := range b.Keys() {
		if r.IntN(2) == 0 {
			out.Set(k, b.Get(k))
		}
	}
	for _, k := range a.Keys() {
		if k.Kind() != spec.KindTimeouts && k.Kind() != spec.KindSysctl && r.IntN(4) == 0 {
			out.Set(k, b.Get(k))
		}
	}
	drivertest.CloseNode(&out)
	for _, p := range spec.Validate(out) {
		out.Set(p.Key, nil)
	}
	for len(spec.Validate(out)) > 0 {
		for _, p := range spec.Validate(out) {
			out.Set(p.Key, nil)
		}
	}
	drivertest.CloseNode(&out)
	return out
}

func law(t *testing.T, r *rand.Rand, a, b spec.State, o plan.Options) {
	t.Helper()
	cs := plan.Diff(a, b, o)
	if again := plan.Diff(a.Clone(), b.Clone(), o); !slices.Equal(cs, again) {
		t.Fatalf("the order is not stable:\n%s", cmp.Diff(cs, again, comparers...))
	}
	roundTrip(t, a, b, cs)
	j := plan.NewJudge(a, b)
	j.Side = o.Side
	walk(t, r, j, way{a, nil}, cs)
	walk(t, r, j, way{a, cs}, cs.Inverse())
	drains(t, cs)
}

var comparers = []cmp.Option{cmpopts.EquateComparable(netip.Addr{}, netip.AddrPort{}, netip.Prefix{}, spec.Netmask{})}

func roundTrip(t *testing.T, a, b spec.State, cs plan.Changeset) {
	t.Helper()
	got, err := cs.On(a)
	if err != nil {
		t.Fatalf("done on A: %v", err)
	}
	b.Differences(got, func(k spec.Key, want, is spec.Value) {
		if want != nil || !drivertest.Arises(k, got) {
			t.Fatalf("done on A: %s should be %v and is %v", k, want, is)
		}
	})
	back, err := cs.Inverse().On(got)
	if err != nil {
		t.Fatalf("undone on B: %v", err)
	}
	drivertest.Undone(a, back).Differences(back, func(k spec.Key, want, got spec.Value) {
		t.Fatalf("undone on B: %s was %v and is %v", k, want, got)
	})
	if again := plan.Diff(got, b, plan.Options{}); len(again) > 0 {
		t.Fatalf("a second diff is not empty: %v", again)
	}
}

// way is a node, and what has been done on it: a kernel remembers more of that than its state shows.
type way struct {
	from spec.State
	done plan.Changeset
}

func (w way) node(t *testing.T) *spec.Node {
	t.Helper()
	n := spec.NewNode(spec.Kernel{}, w.from)
	for _, s := range w.done {
		if err := n.Do(s.Key, s.Before, s.After); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// walk does the changeset batch by batch. Before some batches succeed, they fail in part on a copy, which is undone from there.
func walk(t *testing.T, r *rand.Rand, j *plan.Judge, w way, cs plan.Changeset) {
	t.Helper()
	node := w.node(t)
	start := node.State().Clone()
	var before plan.Changeset
	for _, batch := range cs.Batches() {
		if r.IntN(6) == 0 {
			n := way{w.from, slices.Concat(w.done, before)}.node(t)
			done := attempt(t, j, n, batch, func() bool { return r.IntN(3) == 0 })
			for _, back := range slices.Concat(before, done).Inverse().Batches() {
				attempt(t, j, n, back, never)
			}
			drivertest.Undone(start, n.State()).Differences(n.State(), func(k spec.Key, want, got spec.Value) {
				if w.from.Get(k) == nil && drivertest.Arises(k, n.State()) {
					return // it was nobody's before, and goes with what sets it along
				}
				t.Errorf("undone from the middle: %s was %v and is %v, after %v and %v", k, want, got, before, done)
			})
		}
		done := attempt(t, j, node, batch, never)
		if len(done) != len(batch) {
			t.Fatalf("%d of %d steps of a batch were refused: %v", len(batch)-len(done), len(batch), batch)
		}
		before = append(before, done...)
	}
}

func never() bool { return false }

// attempt does what does not fail of a batch, as a kernel does, and has every state judged.
func attempt(t *testing.T, j *plan.Judge, n *spec.Node, batch plan.Changeset, fails func() bool) (done plan.Changeset) {
	t.Helper()
	for _, s := range batch {
		if fails() {
			continue
		}
		if err := j.Change(n.State(), s.Change); err != nil {
			t.Fatalf("%v\nin batch %v", err, batch)
		}
		if err := n.Do(s.Key, s.Before, s.After); err != nil {
			continue
		}
		done = append(done, s)
		if err := j.State(n.State()); err != nil {
			t.Fatalf("after %v of batch %v: %v", s, batch, err)
		}
	}
	return done
}

// drains: a destination that may keep its connections goes, or is rerouted, only with weight 0 and after waiting.
func drains(t *testing.T, cs plan.Changeset) {
	t.Helper()
	for _, s := range cs {
		if d, ok := s.Before.(spec.Destination); ok && s.Drain > 0 && d.Weight > 0 {
			t.Fatalf("%v waits for a destination that takes new connections", s)
		}
	}
}
