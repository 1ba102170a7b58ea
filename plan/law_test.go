package plan_test

import (
	"math/rand/v2"
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
	f.Fuzz(func(t *testing.T, x, y uint64) {
		r := rand.New(rand.NewPCG(x, y))
		a := drivertest.RandomState(r)
		b := drivertest.RandomState(r)
		if r.IntN(3) > 0 {
			b = mixStates(r, a, b)
		}
		drain := []time.Duration{0, time.Minute}[r.IntN(2)]
		law(t, r, a, b, plan.Options{Drain: func(spec.DestinationKey) time.Duration { return drain }})
	})
}

// FuzzLawOdd: the law, without the rules for valid states, holds for whatever a kernel may hold.
func FuzzLawOdd(f *testing.F) {
	for i := range uint64(200) {
		f.Add(i, i*104729)
	}
	f.Fuzz(func(t *testing.T, x, y uint64) {
		r := rand.New(rand.NewPCG(x, y))
		a, b := drivertest.OddState(r), drivertest.RandomState(r)
		roundTrip(t, a, b, plan.Diff(a, b, plan.Options{}))
	})
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
		if k.Kind() != spec.KindTimeouts && r.IntN(4) == 0 {
			out.Set(k, b.Get(k))
		}
	}
	for _, p := range spec.Validate(out) {
		out.Set(p.Key, nil)
	}
	for len(spec.Validate(out)) > 0 {
		for _, p := range spec.Validate(out) {
			out.Set(p.Key, nil)
		}
	}
	return out
}

func law(t *testing.T, r *rand.Rand, a, b spec.State, o plan.Options) {
	t.Helper()
	cs := plan.Diff(a, b, o)
	if again := plan.Diff(a.Clone(), b.Clone(), o); !cmp.Equal(cs, again, comparers...) {
		t.Fatalf("the order is not stable:\n%s", cmp.Diff(cs, again, comparers...))
	}
	roundTrip(t, a, b, cs)
	j := plan.NewJudge(a, b)
	walk(t, r, j, a, cs)
	walk(t, r, j, b, cs.Inverse())
	drains(t, a, cs)
}

var comparers = []cmp.Option{cmpopts.EquateComparable(spec.ServiceKey{}, spec.DestinationKey{}, spec.Service{}, spec.Destination{}, spec.SyncDaemon{}, spec.Timeouts{})}

func roundTrip(t *testing.T, a, b spec.State, cs plan.Changeset) {
	t.Helper()
	got, err := cs.On(a)
	if err != nil || !got.Equal(b) {
		t.Fatalf("done on A: %v\n%s", err, cmp.Diff(b, got, comparers...))
	}
	back, err := cs.Inverse().On(b)
	if err != nil || !back.Equal(a) {
		t.Fatalf("undone on B: %v\n%s", err, cmp.Diff(a, back, comparers...))
	}
	if again := plan.Diff(got, b, plan.Options{}); len(again) > 0 {
		t.Fatalf("a second diff is not empty: %v", again)
	}
}

// walk does the changeset batch by batch. Before each batch succeeds, it fails in part on a copy, and is undone from there.
func walk(t *testing.T, r *rand.Rand, j *plan.Judge, start spec.State, cs plan.Changeset) {
	t.Helper()
	state := start
	var before plan.Changeset
	for _, batch := range cs.Batches() {
		partial, done := attempt(t, j, state, batch, func() bool { return r.IntN(3) == 0 })
		undone := partial
		for _, back := range append(append(plan.Changeset{}, before...), done...).Inverse().Batches() {
			undone, _ = attempt(t, j, undone, back, func() bool { return false })
		}
		if !undone.Equal(start) {
			t.Fatalf("undone from the middle:\n%s", cmp.Diff(start, undone, comparers...))
		}
		state, done = attempt(t, j, state, batch, func() bool { return false })
		if len(done) != len(batch) {
			t.Fatalf("%d of %d steps of a batch were refused: %v", len(batch)-len(done), len(batch), batch)
		}
		before = append(before, done...)
	}
}

// attempt does what does not fail of a batch, as a kernel does, and has every state judged.
func attempt(t *testing.T, j *plan.Judge, state spec.State, batch plan.Changeset, fails func() bool) (spec.State, plan.Changeset) {
	t.Helper()
	n := spec.NewNode(spec.Kernel{}, state)
	var done plan.Changeset
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
	return n.State(), done
}

// drains: a destination that may keep its connections goes, or is rerouted, only with weight 0 and after waiting.
func drains(t *testing.T, a spec.State, cs plan.Changeset) {
	t.Helper()
	for _, s := range cs {
		if s.Drain > 0 && s.Before.(spec.Destination).Weight > 0 {
			t.Fatalf("%v waits for a destination that takes new connections", s)
		}
	}
}
