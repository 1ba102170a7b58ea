package plan_test

import (
	"strconv"
	"testing"
	"time"

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
		ledger = make(ledger, declares(value, uint32(n))).Intend(ledger)
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
	killed, now := p.Intend(nil), p.Changes.After()[k]
	p, err := plan.Make(plan.Inputs{Live: state(k, now), Ledger: killed, Desired: desired(state(k, spec.Timeouts{UDP: 99}))})
	if want := (spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 99}); err != nil || p.Changes.After()[k] != spec.Value(want) {
		t.Error(p.Changes, err)
	}
}
