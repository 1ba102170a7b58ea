package plan_test

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// What goes waits as long as it may, with weight 0 and all at the same time; a change of method waits, there and back; UDP never does.
func TestWaits(t *testing.T) {
	for x := range uint64(3000) {
		r := rand.New(rand.NewPCG(x, 7))
		a, b := drivertest.RandomState(r), drivertest.RandomState(r)
		if r.IntN(3) > 0 {
			b = mixStates(r, a, b)
		}
		cs := plan.Diff(a, b, plan.Options{Drain: func(spec.DestinationKey) time.Duration { return time.Minute }})
		waits := 0
		for _, batch := range cs.Batches() {
			waited := false
			for _, s := range batch {
				checkWait(t, b, s)
				waited = waited || s.Drain > 0 && s.Action() == plan.Delete
			}
			if waited {
				waits++
			}
		}
		if waits > 1 {
			t.Errorf("seed %d: what goes drains in %d goes", x, waits)
		}
		checkWaitsBack(t, cs)
	}
}

func checkWait(t *testing.T, b spec.State, s plan.Step) {
	t.Helper()
	k, ok := s.Key.(spec.DestinationKey)
	if !ok || s.Before == nil {
		return
	}
	udp, idle := k.Service.Protocol == spec.UDP, s.Before.(spec.Destination).Weight == 0
	if s.Action() == plan.Delete {
		anyPort := k.Service
		anyPort.Address = netip.AddrPortFrom(k.Service.Address.Addr(), 0)
		_, stays := b.Services[k.Service]
		_, takesOver := b.Services[anyPort]
		cut := udp || !stays && takesOver && anyPort != k.Service
		if cut != (s.Drain == 0) || !cut && !idle {
			t.Errorf("%v waits %v, with weight %d", s, s.Drain, s.Before.(spec.Destination).Weight)
		}
		return
	}
	rerouted := s.Before.(spec.Destination).Forward != s.After.(spec.Destination).Forward
	if rerouted && idle && !udp && s.Drain == 0 && !b.Services[k.Service].OnePacket {
		if _, stays := b.Services[k.Service]; stays {
			t.Errorf("%v changes its method without waiting", s)
		}
	}
}

// checkWaitsBack: a change of method that waited is not taken back without waiting.
func checkWaitsBack(t *testing.T, cs plan.Changeset) {
	t.Helper()
	back := cs.Inverse()
	for i, s := range cs {
		if s.Action() == plan.Update && s.Drain != back[len(cs)-1-i].Drain {
			t.Errorf("%v waits %v, and on the way back %v", s, s.Drain, back[len(cs)-1-i].Drain)
		}
	}
}
