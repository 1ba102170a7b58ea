package drivertest_test

import (
	"math/rand/v2"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
)

func TestRandomStateIsValid(t *testing.T) {
	for seed := range uint64(2000) {
		s := drivertest.RandomState(rand.New(rand.NewPCG(seed, 0)))
		for _, p := range spec.Validate(s) {
			t.Errorf("seed %d: %s: %s", seed, p.Key, p.Summary)
		}
		n := spec.NewNode(spec.Kernel{}, spec.State{})
		for _, k := range s.Keys() {
			if k.Kind() == spec.KindTimeouts {
				continue
			}
			if err := n.Do(k, nil, s.Get(k)); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
	}
}

// Two states that share nothing, or everything, would leave most of a differ untried.
func TestRandomStatesOverlap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	var shared, changed, alone int
	for range 1000 {
		a, b := drivertest.RandomState(r), drivertest.RandomState(r)
		for k, v := range a.All() {
			switch w := b.Get(k); w {
			case nil:
				alone++
			case v:
				shared++
			default:
				changed++
			}
		}
	}
	if min(shared, changed, alone) < 500 {
		t.Errorf("%d objects in both, %d changed, %d in one", shared, changed, alone)
	}
}

// The generators are functions of their source of randomness: a seed repeats a failure.
func TestRandomIsRepeatable(t *testing.T) {
	for seed := range uint64(200) {
		again := func() (a, b spec.State) {
			r := rand.New(rand.NewPCG(seed, 0))
			return drivertest.RandomState(r), drivertest.OddState(r)
		}
		a, b := again()
		if c, d := again(); !a.Equal(c) || !b.Equal(d) {
			t.Fatalf("seed %d gives two states", seed)
		}
	}
}

// Half of the operations are done, and each refusal is drawn.
func TestRandomChangesAreDoneAndRefused(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	n := spec.NewNode(spec.Kernel{Schedulers: []string{"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq", "fo", "ovf"}, Engines: []string{"sip"}}, spec.State{})
	seen := map[string]int{}
	for range 6000 {
		c := drivertest.RandomChange(r, n.State())
		err := n.Do(c.Key, c.Before, c.After)
		word := "done"
		if err != nil {
			word = spec.ErrnoName(err.(*spec.Refusal).Errno)
		}
		seen[c.Action().String()+" "+c.Key.Kind().String()+" "+word]++
	}
	for _, want := range []string{
		"create service done", "create service EEXIST", "create service ENOENT", "update service done", "update service ESRCH", "delete service done",
		"create destination done", "create destination EEXIST", "create destination ESRCH", "create destination EINVAL", "create destination ERANGE",
		"update destination done", "update destination ENOENT", "delete destination done", "delete destination ENOENT",
		"update timeouts done", "update timeouts EINVAL", "create sync_daemon done", "create sync_daemon EEXIST", "delete sync_daemon done",
	} {
		if seen[want] < 10 {
			t.Errorf("%s: %d times", want, seen[want])
		}
	}
}
