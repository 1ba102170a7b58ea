package plan_test

import (
	"testing"

	"github.com/lvsform/lvsform/plan"
)

// What goes back says of what two instances share only that it stays as it is, however that is by now.
func TestRestoreLeavesWhatIsShared(t *testing.T) {
	const conntrack, other = "sysctl net.ipv4.vs.conntrack", "neighbour eth0 192.0.2.53=02:00:5e:00:53:01"
	shared := plan.Ledger{key(conntrack): {Original: setting("0"), Ours: setting("1")}}
	in := plan.Inputs{Live: around(conntrack + "=0"), Desired: declared(conntrack+"=0", other), Ledger: shared, Others: plan.Others{"red": shared}, Restore: true}
	p, err := plan.Make(in)
	if err != nil || len(p.Changes.Objects()) != 1 {
		t.Fatal(p, err)
	}
	if err := p.Fits(p.Changes, in.Others); err != nil {
		t.Error(err)
	}
	in.Desired = declared(conntrack + "=2")
	if _, err := plan.Make(in); err == nil {
		t.Error("a value that the other instance does not have is written")
	}
}
