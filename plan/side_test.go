package plan_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// A VIP of a service whose marks somebody else sets is a director's: it comes last, and the ledger remembers that when it leaves
// the configuration, also if it is never announced.
func TestVIPsOfUnknownMarks(t *testing.T) {
	const vip = "address eth0 192.0.2.21/32"
	for _, n := range []int{0, 3} {
		d := declared(vip, mark, shop1)
		o := d.Objects[key(vip)]
		o.Announce.Count = n
		d.Objects[key(vip)] = o
		p, err := plan.Make(plan.Inputs{Live: around(), Desired: d})
		if err != nil {
			t.Fatal(err)
		}
		last := p.Changes[len(p.Changes)-1]
		if last.Key != key(vip) || last.Announce.Count != n {
			t.Errorf("announced %d times: %v", last.Announce.Count, p.Changes)
		}
		in := plan.Inputs{Live: around(vip, mark, shop1), Desired: declared("neighbour eth0 192.0.2.53=02:00:5e:00:53:01"), Ledger: p.Settle(nil)}
		drained := "update " + shop1 + "\n--\ndelete " + vip + ", waits 1m0s\n--\ndelete " + shop1 + ", waits 1m0s\n--\ndelete " + mark
		handed := "delete " + vip + "\n--\nupdate " + shop1 + "\n--\ndelete " + shop1 + ", waits 1m0s\n--\ndelete " + mark
		for _, c := range []struct {
			elsewhere map[netip.Addr]string
			want      string
		}{{nil, drained}, {map[netip.Addr]string{netip.MustParseAddr("192.0.2.21"): "lb2"}, handed}} {
			in.Desired.Elsewhere = c.elsewhere
			p, err := plan.Make(in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff("create neighbour eth0 192.0.2.53\n--\n"+c.want, told(p.Changes)); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// A real server's address is none that another node takes over, heard of or not.
func TestRealServersHandNothingOver(t *testing.T) {
	const held = "address lo 198.51.100.1/32"
	for _, side := range []spec.Side{spec.SideServer, spec.SideQuiet} {
		d := declared("neighbour eth0 192.0.2.53=02:00:5e:00:53:01")
		d.Elsewhere = map[netip.Addr]string{netip.MustParseAddr("198.51.100.1"): "lb1"}
		p, err := plan.Make(plan.Inputs{Live: around(held), Desired: d, Ledger: plan.Ledger{key(held): {Side: side}}})
		if err != nil {
			t.Fatal(err)
		}
		want := "create neighbour eth0 192.0.2.53\n--\ndelete " + held
		if diff := cmp.Diff(want, told(p.Changes)); diff != "" || len(p.Warnings) > 0 || strings.Contains(p.Objects[key(held)].Reason, "lb1") {
			t.Error(side, diff, p.Warnings, p.Objects)
		}
	}
}

// told are the steps, with a line between batches.
func told(cs plan.Changeset) string {
	var batches []string
	for _, batch := range cs.Batches() {
		var lines []string
		for _, s := range batch {
			line := s.String()
			if s.Before == s.After {
				line = "hold " + s.Key.String()
			}
			if s.Drain > 0 {
				line += fmt.Sprintf(", waits %s", s.Drain)
			}
			if s.Announce.Count > 0 && s.Action() == plan.Create {
				line += ", announced"
			}
			lines = append(lines, line)
		}
		batches = append(batches, strings.Join(lines, "\n"))
	}
	return strings.Join(batches, "\n--\n")
}
