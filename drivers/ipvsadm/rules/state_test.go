//go:build linux

package rules

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
)

// sayable is the state without what ipvsadm cannot express.
func sayable(s spec.State) spec.State {
	out := s.Clone()
	for k, v := range s.All() {
		if Cannot(k, v) != nil {
			out.Set(k, nil)
		}
	}
	for d := range out.Destinations {
		if _, ok := out.Services[d.Service]; !ok {
			delete(out.Destinations, d)
		}
	}
	return out
}

func TestQuick(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 0))
		s := sayable(drivertest.RandomState(r))
		if seed%2 == 0 {
			s = sayable(drivertest.OddState(r))
		}
		text, err := Save(s)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Parse([]Source{{"x", text}}, Resolver{})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !d.State.Equal(s) {
			t.Fatalf("%s\n%s", text, cmp.Diff(s.Keys(), d.State.Keys()))
		}
	}
}
