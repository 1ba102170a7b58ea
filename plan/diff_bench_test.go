package plan_test

import (
	"net/netip"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// BenchmarkDiff works out the changeset of a large table: everything new, one weight, everything gone.
func BenchmarkDiff(b *testing.B) {
	var full spec.State
	for i := range 10000 {
		k := spec.Listener(spec.TCP, netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, byte(i >> 8), byte(i)}), 80))
		full.Set(k, spec.Service{Scheduler: "wlc"})
		for j := range 10 {
			d := spec.DestinationKey{Service: k, Address: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), byte(j)}), 80)}
			full.Set(d, spec.Destination{Forward: spec.Direct, Weight: 1})
		}
	}
	one := full.Clone()
	for d := range full.Destinations {
		one.Set(d, spec.Destination{Forward: spec.Direct, Weight: 2})
		break
	}
	for name, c := range map[string][2]spec.State{"new": {{}, full}, "one weight": {full, one}, "gone": {full, {}}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				plan.Diff(c[0], c[1], plan.Options{})
			}
		})
	}
}
