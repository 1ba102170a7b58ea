package plan_test

import (
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// What a killed run may have left there is ours no longer once a run has found the node as it is to be: it may be somebody else's then.
func TestWhatAKilledRunFoundIsNotOursForEver(t *testing.T) {
	const other = "neighbour eth0 192.0.2.99=02:00:5e:00:53:99"
	k := key("sysctl net.ipv4.vs.sync_retries")
	ledger := plan.Ledger{k: {Original: setting("0"), Ours: setting("2"), Earlier: setting("1")}}
	apply := func(live spec.State, texts ...string) *plan.Plan {
		p, err := plan.Make(plan.Inputs{Live: live, Desired: declared(texts...), Ledger: ledger})
		if err != nil {
			t.Fatal(err)
		}
		now, err := p.Changes.On(live)
		if err != nil {
			t.Fatal(err)
		}
		ledger = p.Settle(ledger).There(now)
		return p
	}
	apply(around(other, k.String()+"=2"), other, k.String()+"=2")
	if p := apply(around(other, k.String()+"=1"), other); len(p.Changes) > 0 {
		t.Error("somebody else's value goes:", p.Changes)
	}
}
