package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Of several objects that would do for a reason, the same one is told each time.
func TestReasonsAreTheSameEachTime(t *testing.T) {
	const held, ignore, announce = "address lo 198.51.100.1/32", "sysctl net.ipv4.conf.all.arp_ignore", "sysctl net.ipv4.conf.all.arp_announce"
	d := declared(held, ignore+"=1", announce+"=2")
	for name, k := range map[string]string{`real_server.r.address["198.51.100.1/32"]`: held, `real_server.r.sysctl["all.arp_ignore"]`: ignore, `real_server.r.sysctl["all.arp_announce"]`: announce} {
		o := d.Objects[key(k)]
		if o.Name = name; k == held {
			o.Side = spec.SideQuiet
		}
		d.Objects[key(k)] = o
	}
	claimed := &plan.Plan{Records: plan.Ledger{key(ignore): {}, key(announce): {}}}
	var first []string
	for i := range 30 {
		p, err := plan.Make(plan.Inputs{Live: around(), Desired: d, Exclude: []string{ignore, announce}})
		if err != nil {
			t.Fatal(err)
		}
		told := append(p.Warnings, claimed.Fits(nil, nil).Error())
		if i == 0 {
			first = told
		}
		if diff := cmp.Diff(first, told); diff != "" {
			t.Fatal(diff)
		}
	}
}
