package plan_test

import (
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Services and destinations come in one batch, and nothing else does with another kind: a kind that is new is not mixed up with
// those that there are.
func TestKindsDoNotShareBatches(t *testing.T) {
	sample := map[spec.Kind]spec.Key{}
	for _, text := range []string{
		"timeouts", "tcp 192.0.2.10:80", "tcp 192.0.2.10:80 -> 10.0.0.11:80", "sync master", "module ipip", "link dummy0",
		"sysctl net.ipv4.vs.conntrack", "neighbour eth0 192.0.2.53", "arp_filter eth0 198.51.100.1", "address eth0 192.0.2.10/32",
		"mark_rule tcp 192.0.2.10:80", "masquerade_rule tcp 192.0.2.10:80 -> 10.0.0.11:80",
	} {
		k := key(text)
		sample[k.Kind()] = k
	}
	for _, a := range spec.Kinds() {
		if sample[a] == nil {
			t.Errorf("no object is a %s", a)
			continue
		}
		for _, b := range spec.Kinds() {
			if a == b || sample[b] == nil {
				continue
			}
			grow := max(a, b) == spec.KindDestination && min(a, b) == spec.KindService
			var come, gone plan.Changeset
			for _, k := range []spec.Key{sample[a], sample[b]} {
				come = append(come, plan.Step{Change: plan.Change{Key: k, After: spec.Zero(k.Kind())}})
				gone = append(gone, plan.Step{Change: plan.Change{Key: k, Before: spec.Zero(k.Kind())}})
			}
			if got := len(come.Batches()); (got == 1) != grow {
				t.Errorf("%s and %s come in %d batches", a, b, got)
			}
			if got := len(gone.Batches()); got != 2 {
				t.Errorf("%s and %s go in %d batches", a, b, got)
			}
		}
	}
}
