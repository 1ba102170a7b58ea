package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Wherever a run is killed, the next one leaves of what is somebody else's what there was, and holds nothing of it.
func TestKilledRunLosesNothing(t *testing.T) {
	const setting, link, vip = "sysctl net.ipv4.vs.sync_retries", "link eth1=device up", "address eth1 192.0.2.10/32"
	const theirs, static, other = "address eth1 2001:db8:5::2/64", "neighbour eth1 192.0.2.53=02:00:5e:00:53:01", "neighbour eth0 192.0.2.99=02:00:5e:00:53:99"
	begin := around(setting+"=0", theirs, static)
	there, err := plan.Make(plan.Inputs{Live: begin, Desired: declared(setting+"=1", link, vip, static[:len(static)-1]+"2")})
	if err != nil {
		t.Fatal(err)
	}
	done, err := there.Changes.On(begin)
	if err != nil {
		t.Fatal(err)
	}
	ledger := there.Settle(nil).There(done)
	back, err := plan.Make(plan.Inputs{Live: done, Desired: declared(other), Ledger: ledger})
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []struct {
		from   spec.State
		plan   *plan.Plan
		ledger plan.Ledger
	}{{begin, there, nil}, {done, back, ledger}} {
		for n := range len(way.plan.Changes) + 1 {
			live, err := way.plan.Changes[:n].On(way.from)
			if err != nil {
				t.Fatal(err)
			}
			p, err := plan.Make(plan.Inputs{Live: live, Desired: declared(other), Ledger: way.plan.Intend(way.ledger, nil)})
			if err != nil {
				t.Fatal(err)
			}
			now, err := p.Changes.On(live)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(around(setting+"=0", theirs, static, other), now, comparers...); diff != "" {
				t.Errorf("killed after %v: %s", way.plan.Changes[:n], diff)
			}
			if l := p.Settle(way.plan.Intend(way.ledger, nil)).There(now); len(l) != 1 {
				t.Errorf("killed after %v: %v", way.plan.Changes[:n], l)
			}
		}
	}
}
