package plan_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// The ledger follows the configuration's names, so that a block that was renamed goes on protecting what it declares.
func TestRenamedBlockProtects(t *testing.T) {
	live := state(site80, wlc, rs1, one, site53, wlc, ns1, one)
	old := plan.Ledger{site80: {Name: `service.old.tcp["192.0.2.10:80"]`}, site53: {Name: `service.old.udp["192.0.2.53:53"]`}}
	guard := func(l, _ *spec.Lifecycle) { l.PreventDestroy = true }
	p, err := plan.Make(plan.Inputs{Live: live, Desired: desired(live, guard), Ledger: old})
	if err != nil || !p.Empty() {
		t.Fatal("a new name is no change:", p, err)
	}
	if _, err := plan.Make(plan.Inputs{Live: live, Desired: desired(state(site80, wlc, rs1, one), guard), Ledger: p.Settle(old)}); err == nil {
		t.Error("what service.web protects would be destroyed")
	}
}

// What is left in the ledger of objects that are gone is no reason to refuse.
func TestLedgerOfAnEmptyNode(t *testing.T) {
	if _, err := plan.Make(plan.Inputs{Ledger: owned(site80)}); err != nil {
		t.Error(err)
	}
}

// A service whose block is gone drains as long as its pool said.
func TestDrainOfALeavingService(t *testing.T) {
	live := state(site80, wlc, rs1, one)
	p, err := plan.Make(plan.Inputs{Live: live, Desired: desired(live)})
	if err != nil {
		t.Fatal(err)
	}
	p, err = plan.Make(plan.Inputs{Live: live, Desired: desired(state(site53, wlc)), Ledger: p.Settle(nil)})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Changes {
		if s.Action() == plan.Delete && s.Key == spec.Key(rs1) && s.Drain != time.Minute {
			t.Errorf("%v drains %v", s, s.Drain)
		}
	}
}

// A run that was killed may have left a value as it was: that is lvsform's as much as the one it was to get.
func TestWhatAKilledRunLeavesGoesBack(t *testing.T) {
	const other = "neighbour eth0 192.0.2.99=02:00:5e:00:53:99" // so that the configuration is not empty
	k, timeouts := key("sysctl net.ipv4.vs.sync_retries"), spec.TimeoutsKey{}
	declares := func(value string, tcp uint32) spec.Desired {
		d := declared(other, k.String()+"="+value)
		d.State.Set(timeouts, spec.Timeouts{TCP: tcp})
		return d
	}
	live := around(other, k.String()+"=0")
	live.Set(timeouts, spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300})
	make := func(l plan.Ledger, d spec.Desired) *plan.Plan {
		p, err := plan.Make(plan.Inputs{Live: live, Ledger: l, Desired: d})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := make(nil, declares("1", 100))
	live, _ = first.Changes.On(live)
	ledger := first.Settle(nil)
	for _, value := range []string{"2", "3"} { // killed twice, before it changed anything
		n, _ := strconv.Atoi(value)
		ledger = make(ledger, declares(value, uint32(n))).Intend(ledger, nil)
	}
	back := make(ledger, declared(other)).Changes.After()
	if back[k] != setting("0") || back[timeouts].(spec.Timeouts).TCP != 900 {
		t.Error(back)
	}
	live.Set(k, setting("7"))
	if p := make(ledger, declared(other)); p.Changes.After()[k] != nil {
		t.Error("somebody else's value:", p.Changes)
	}
}

// Each of the timeouts goes back when it is declared no longer, also after a run that was killed before it ended.
func TestTimeoutsAreOursOneByOne(t *testing.T) {
	k := spec.TimeoutsKey{}
	was := spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300}
	p, _ := plan.Make(plan.Inputs{Live: state(k, was), Desired: desired(state(k, spec.Timeouts{TCP: 60}))})
	killed, now := p.Intend(nil, nil), p.Changes.After()[k]
	p, err := plan.Make(plan.Inputs{Live: state(k, now), Ledger: killed, Desired: desired(state(k, spec.Timeouts{UDP: 99}))})
	if want := (spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 99}); err != nil || p.Changes.After()[k] != spec.Value(want) {
		t.Error(p.Changes, err)
	}
}

// A timeout that somebody else has set stays, however often the others go back.
func TestTimeoutOfSomebodyElseStays(t *testing.T) {
	k, none := spec.TimeoutsKey{}, desired(state(site53, wlc))
	p, _ := plan.Make(plan.Inputs{Live: state(k, spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300}), Desired: desired(state(k, spec.Timeouts{TCP: 60, TCPFin: 30}))})
	ledger, live := p.Settle(nil), state(k, spec.Timeouts{TCP: 60, TCPFin: 45, UDP: 300})
	for range 2 {
		p, err := plan.Make(plan.Inputs{Live: live, Ledger: ledger, Desired: none})
		if err != nil {
			t.Fatal(err)
		}
		if live, err = p.Changes.On(live); err != nil {
			t.Fatal(err)
		}
		ledger = p.Settle(ledger).There(live)
	}
	if want := (spec.Timeouts{TCP: 900, TCPFin: 45, UDP: 300}); live.Get(k) != spec.Value(want) || len(ledger) != 1 {
		t.Error(live.Get(k), ledger)
	}
}

// A value that no configuration may ask for goes back all the same, if it was there before.
func TestOddTimeoutsGoBack(t *testing.T) {
	k, odd := spec.TimeoutsKey{}, spec.Timeouts{TCP: spec.MaxTimeout + 1, TCPFin: 120, UDP: 300}
	p, _ := plan.Make(plan.Inputs{Live: state(k, odd), Desired: desired(state(k, spec.Timeouts{TCP: 60}))})
	ledger, now := p.Settle(nil), p.Changes.After()[k]
	p, err := plan.Make(plan.Inputs{Live: state(k, now), Ledger: ledger, Destroy: true})
	if err != nil || p.Changes.After()[k] != spec.Value(odd) {
		t.Error(p.Changes, err)
	}
}

// A setting that another has set along, and that is declared later: it was what the other was, and is that again with it; as long as
// the other stays, it goes with that.
func TestWhatWasSetAlongGoesBack(t *testing.T) {
	const forward, eth0, redirects = "sysctl net.ipv4.ip_forward", "sysctl net.ipv4.conf.eth0.forwarding", "sysctl net.ipv4.conf.all.accept_redirects"
	begin := around(redirects + "=0") // as with forwarding, and not as the kernel would set it along on the way back
	live, ledger := begin, plan.Ledger{}
	for _, step := range []struct {
		declared  []string
		eth0, red string
	}{
		{[]string{forward + "=1"}, "1", "0"},
		{[]string{forward + "=1", eth0 + "=0"}, "0", "0"},
		{[]string{forward + "=1"}, "1", "0"},
		{[]string{forward + "=1", eth0 + "=1"}, "1", "0"},
		{[]string{eth0 + "=1"}, "1", "0"},
		{[]string{"neighbour eth0 192.0.2.53=02:00:5e:00:53:01"}, "0", "0"},
	} {
		p, err := plan.Make(plan.Inputs{Live: live, Desired: declared(step.declared...), Ledger: ledger})
		if err != nil {
			t.Fatal(err)
		}
		if live, err = p.Changes.On(live); err != nil {
			t.Fatal(err)
		}
		ledger = p.Settle(ledger)
		if live.Get(key(eth0)) != spec.Value(setting(step.eth0)) || live.Get(key(redirects)) != spec.Value(setting(step.red)) {
			t.Errorf("%v: %v, %v after %v", step.declared, live.Get(key(eth0)), live.Get(key(redirects)), p.Changes)
		}
	}
	if diff := cmp.Diff(begin.Sysctls, live.Sysctls); diff != "" || len(ledger) != 1 {
		t.Error(diff, ledger)
	}
}
