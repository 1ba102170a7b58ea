package apply_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

var (
	vip     = spec.AddressKey{Interface: "eth0", Prefix: netip.MustParsePrefix("192.0.2.10/32")}
	vip6    = spec.AddressKey{Interface: "eth0", Prefix: netip.MustParsePrefix("2001:db8::10/128")}
	thrice  = spec.Announce{Count: 3, Interval: 1100 * time.Millisecond}
	comesUp = plan.Changeset{
		{Change: plan.Change{Key: vip, After: spec.VIP(vip)}, Announce: thrice},
		{Change: plan.Change{Key: vip6, After: spec.VIP(vip6)}, Announce: spec.Announce{Count: 2, Interval: 2 * time.Second}},
	}
)

func TestAnnouncements(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, start := newMemory(spec.State{}), time.Now()
		type heard struct {
			vip spec.AddressKey
			at  time.Duration
		}
		var got []heard
		report := func(e apply.Event) {
			if e.Kind == apply.EventAnnounce {
				got = append(got, heard{e.Address, time.Since(start)})
			}
		}
		if err := apply.Run(t.Context(), m, &plan.Plan{Changes: comesUp}, apply.Options{Ledger: apply.LedgerFile{Dir: t.TempDir()}, Report: report}); err != nil {
			t.Fatal(err)
		}
		want := []heard{{vip, 0}, {vip6, 0}, {vip, 1100 * time.Millisecond}, {vip6, 2 * time.Second}, {vip, 2200 * time.Millisecond}}
		if !slices.Equal(got, want) {
			t.Errorf("announced %v, want %v", got, want)
		}
	})
}

func TestAnAddressThatCannotBeAnnouncedGoesAgain(t *testing.T) {
	m := newMemory(spec.State{})
	m.announceErr = errors.New("no CAP_NET_RAW")
	err := apply.Run(t.Context(), m, &plan.Plan{Changes: comesUp}, apply.Options{Ledger: apply.LedgerFile{Dir: t.TempDir()}})
	var back *apply.RolledBackError
	if !errors.As(err, &back) || m.node.State().Len() != 0 {
		t.Errorf("%v, and there are %v", err, m.node.State().Keys())
	}
}

// An address that goes waits for the servers that go with it, once; and is announced again when that is undone.
func TestAnAddressWaits(t *testing.T) { addressWaits(t, nil, "the node is as it was before", 3) }

func TestAnAddressThatIsBackCannotBeAnnounced(t *testing.T) {
	addressWaits(t, errors.New("no CAP_NET_RAW"), "the node is as it was before, but for what its neighbours know: no CAP_NET_RAW", 1)
}

func addressWaits(t *testing.T, cannot error, says string, announced int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a := twoServers()
		a.Set(vip, spec.VIP(vip))
		cs := plan.Changeset{{Change: plan.Change{Key: vip, Before: spec.VIP(vip)}, Drain: time.Minute, Announce: thrice}}
		for _, s := range plan.Diff(a.Table(), spec.State{}, drainTo(time.Minute)) {
			if k, ok := s.Key.(spec.DestinationKey); ok && s.Action() == plan.Update {
				cs = slices.Insert(cs, len(cs)-1, plan.Step{Change: plan.Change{Key: k, Before: s.Before, After: s.After}})
				continue
			}
			cs = append(cs, s)
		}
		m, start := newMemory(a), time.Now()
		m.connections = func() map[spec.DestinationKey]spec.Connections {
			out := map[spec.DestinationKey]spec.Connections{}
			for k := range a.Destinations {
				if time.Since(start) < 10*time.Second {
					out[k] = spec.Connections{Active: 1}
				}
			}
			return out
		}
		gone, last := time.Duration(0), plan.Change{}
		m.fail = func(_ int, c plan.Change) *fault {
			switch {
			case c.Key == spec.Key(vip) && c.After == nil:
				gone = time.Since(start)
			case c.Key.Kind() == spec.KindService && c.After == nil:
				last, m.announceErr = c, cannot
				return &fault{}
			}
			return nil
		}
		err := apply.Run(t.Context(), m, &plan.Plan{Changes: cs}, apply.Options{Ledger: apply.LedgerFile{Dir: t.TempDir()}})
		var back *apply.RolledBackError
		if !errors.As(err, &back) || last.Key == nil || !m.node.State().Equal(a) {
			t.Fatalf("%v; the node has %v", err, m.node.State().Keys())
		}
		if gone < 10*time.Second || time.Since(start) > 30*time.Second {
			t.Errorf("the address went after %s, and all of it took %s", gone, time.Since(start))
		}
		if len(m.announced) != announced || !strings.HasSuffix(err.Error(), says) {
			t.Errorf("announced %v: %v", m.announced, err)
		}
	})
}
