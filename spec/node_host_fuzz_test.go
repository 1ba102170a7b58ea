package spec_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
)

// diff is nil if the states are the same.
func diff(a, b spec.State) string {
	if a.Equal(b) {
		return ""
	}
	return cmp.Diff(drivertest.HostLines(a), drivertest.HostLines(b))
}

// FuzzNodeHost: a refusal changes nothing, and where an operation changes nothing but its object, its inverse restores it.
func FuzzNodeHost(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r, n := rand.New(rand.NewPCG(seed, 0)), hosted(t)
		for range 100 {
			c := drivertest.RandomHostChange(r, n.State())
			before := n.State().Clone()
			live := before.Get(c.Key)
			if c.Before != nil && live != nil {
				c.Before = live
			}
			if err := n.Do(c.Key, c.Before, c.After); err != nil {
				if d := diff(before, n.State()); d != "" && c.Key.Kind() != spec.KindAddress { // an IPv4 tunnel joins IPv6 with any request
					t.Fatalf("%v\n%s", err, d)
				}
				continue
			}
			only := before.Clone()
			only.Set(c.Key, n.State().Get(c.Key))
			made, isLink := c.Key.(spec.LinkKey)
			switch dynamic, _ := live.(spec.Address); {
			case c.Key.Kind() == spec.KindModule || dynamic.Dynamic || c.After == nil && isLink && made.Fixed(before.Links[made]):
				continue
			case !only.Equal(n.State()) && (!isLink || c.Before != nil), isLink && c.Before != nil && c.After != nil:
				continue // an interface that goes down loses what was put on it while it was
			case live == nil && c.Key.Kind() == spec.KindAddress && len(before.Neighbours) > 0:
				continue // with its last address an interface loses its neighbours
			}
			after := n.State().Get(c.Key)
			if (live == nil) != (c.Before == nil) { // a create that set what was there
				continue
			}
			again := spec.NewNode(linux(), n.State())
			if err := again.Do(c.Key, after, live); err != nil {
				t.Fatalf("undoing %s %s -> %s: %v", c.Key, spec.EncodeValue(live), spec.EncodeValue(after), err)
			}
			if d := diff(before, again.State()); d != "" {
				t.Fatalf("%s %s -> %s and back:\n%s", c.Key, spec.EncodeValue(live), spec.EncodeValue(after), d)
			}
		}
		roundTrip(t, n.State())
	})
}

// hostState is what many random operations leave around the table.
func hostState(t *testing.T, r *rand.Rand) spec.State {
	n := hosted(t)
	for range r.IntN(200) {
		c := drivertest.RandomHostChange(r, n.State())
		_ = n.Do(c.Key, c.Before, c.After) // what the kernel refuses is not part of a state it holds
	}
	return n.State()
}

// patched writes a state as what differs from another, and reads that.
func patched(t *testing.T, from, to spec.State) {
	t.Helper()
	var set spec.State
	var gone []spec.Key
	from.Differences(to, func(k spec.Key, _, after spec.Value) {
		if after == nil {
			gone = append(gone, k)
		}
		set.Set(k, after)
	})
	text, err := set.MarshalPatch(gone)
	if err != nil {
		t.Fatal(err)
	}
	var read spec.State
	nulls, err := read.UnmarshalPatch(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	got := from.Clone()
	for k, v := range read.All() {
		got.Set(k, v)
	}
	for _, k := range nulls {
		got.Set(k, nil)
	}
	if d := diff(to, got); d != "" || len(nulls) != len(gone) {
		t.Errorf("(-want +got)\n%s\n%s", d, text)
	}
}
