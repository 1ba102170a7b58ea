package plan_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// A node that somebody else has set up, a configuration, another one, and --destroy: each plan does what it says, a second one is empty,
// and in the end everything is as it was, but for what was adopted and what cannot be unloaded.
func TestWhatIsOursGoesBack(t *testing.T) {
	made := 0
	for x := range uint64(1000) {
		r := rand.New(rand.NewPCG(x, 99))
		begin := drivertest.RandomNode(r)
		h := &history{t: t, seed: x, live: begin, ledger: plan.Ledger{}, adopted: map[spec.Key]bool{}}
		for range 1 + r.IntN(3) {
			if h.apply(h.configuration(r, drivertest.Stays(h.live, mixStates(r, begin, drivertest.RandomNode(r)))), false) {
				made++
			}
		}
		h.apply(spec.Desired{}, true)
		want := begin.Clone()
		for k := range h.adopted {
			want.Set(k, nil)
			if s, ok := k.(spec.ServiceKey); ok {
				for _, d := range begin.Servers()[s] {
					want.Set(d, nil)
				}
			}
		}
		drivertest.Undone(want, h.live).Differences(h.live, func(k spec.Key, want, got spec.Value) {
			t.Errorf("seed %d: %s was %v and is %v", x, k, want, got)
		})
		if len(h.ledger) > 0 {
			t.Fatalf("seed %d: the ledger still has %v", x, h.ledger)
		}
	}
	if made < 500 {
		t.Errorf("%d plans were made", made)
	}
}

// history is a node and what is ours of it.
type history struct {
	t       *testing.T
	seed    uint64
	live    spec.State
	ledger  plan.Ledger
	adopted map[spec.Key]bool
}

func (h *history) apply(d spec.Desired, destroy bool) (made bool) {
	h.t.Helper()
	in := plan.Inputs{Live: h.live, Desired: d, Ledger: h.ledger, Destroy: destroy}
	p, err := plan.Make(in)
	if err != nil {
		if destroy {
			h.t.Fatalf("seed %d: %v", h.seed, err)
		}
		return false // what is there and what is declared do not go together
	}
	now, err := p.Changes.On(h.live)
	if err != nil {
		h.t.Fatalf("seed %d: %v\n%v", h.seed, err, p.Changes)
	}
	for _, off := range p.Mismatches(p.Changes.After(), now, nil) {
		h.t.Fatalf("seed %d: %v", h.seed, &off)
	}
	for _, k := range p.Adopted {
		h.adopted[k] = true
	}
	h.ledger, h.live = p.Settle(h.ledger).There(now), now
	in.Live, in.Ledger = h.live, h.ledger
	if again, err := plan.Make(in); err != nil || !again.Empty() {
		h.t.Fatalf("seed %d: a second plan is not empty: %v\n%v", h.seed, err, again)
	}
	return true
}

// configuration declares some of a state: services with all that they have, and parts of the host.
func (h *history) configuration(r *rand.Rand, s spec.State) spec.Desired {
	d := spec.Desired{Objects: map[spec.Key]spec.Object{}}
	services := map[spec.ServiceKey]bool{}
	for _, k := range s.Keys() {
		take := r.IntN(2) == 0
		switch k := k.(type) {
		case spec.ServiceKey:
			services[k] = take
		case spec.DestinationKey:
			take = services[k.Service]
		case spec.MarkRuleKey:
			take = services[spec.Mark(s.MarkRules[k].Mark, spec.FamilyOf(k.Address))]
		case spec.MasqueradeRuleKey:
			take = services[k.Destination.Service]
		case spec.SysctlKey:
			take = (r.IntN(8) == 0 || strings.Contains(k.Name, "forward") && r.IntN(3) == 0) && (k.Interface() == "" || d.State.Get(spec.LinkKey{Name: k.Interface()}) != nil || k.Interface() == "eth0")
		case spec.AddressKey:
			take = take && d.State.Get(spec.LinkKey{Name: k.Interface}) != nil
		case spec.NeighbourKey:
			take = take && d.State.Get(spec.LinkKey{Name: k.Interface}) != nil
		}
		if !take {
			continue
		}
		d.State.Set(k, s.Get(k))
		o := spec.Object{Name: "x." + spec.LiveName(k), Lifecycle: &spec.Lifecycle{}}
		switch k := k.(type) {
		case spec.ServiceKey:
			o.Pool = &spec.Lifecycle{Drain: time.Minute}
		case spec.AddressKey:
			o.Side, o.Announce = drivertest.AddressSide(k), spec.DefaultAnnounce
		}
		d.Objects[k] = o
	}
	return d
}
