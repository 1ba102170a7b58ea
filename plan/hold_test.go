package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// What is excluded keeps what it rests on, and does without what rests on it: the plan says so.
func TestExclusionsHoldWhatTheyCarry(t *testing.T) {
	const vip, rule, other = "address eth0 192.0.2.21/32", "mark_rule tcp 192.0.2.21:80", "neighbour eth0 192.0.2.53=02:00:5e:00:53:01"
	const held, ignore, announce = "address lo 198.51.100.1/32", "sysctl net.ipv4.conf.all.arp_ignore", "sysctl net.ipv4.conf.all.arp_announce"
	const conntrack, masquerade, loose = "sysctl net.ipv4.vs.conntrack", "masquerade_rule " + web1, "address dummy0 203.0.113.9/32"
	all := declared(vip, rule, mark, shop1, web, web1+"=masquerade", masquerade, conntrack+"=1", "link dummy0=dummy up", loose, "sync master=dummy0", held, ignore+"=1", announce+"=2", other)
	for name, k := range map[string]string{`real_server.r.address["198.51.100.1/32"]`: held, `real_server.r.sysctl["all.arp_ignore"]`: ignore, `real_server.r.sysctl["all.arp_announce"]`: announce} {
		o := all.Objects[key(k)]
		if o.Name = name; k == held {
			o.Side = spec.SideQuiet
		}
		all.Objects[key(k)] = o
	}
	full, err := plan.Make(plan.Inputs{Live: around(), Desired: all})
	if err != nil {
		t.Fatal(err)
	}
	there, err := full.Changes.On(around())
	if err != nil {
		t.Fatal(err)
	}
	ledger := full.Settle(nil)
	for _, c := range []struct {
		exclude string
		// coming and going are what is left out beside it, when all comes and when all goes.
		coming, going []string
	}{
		{ignore, []string{held}, nil},
		{held, nil, []string{ignore, announce}},
		{mark, []string{rule, shop1, vip}, []string{rule, shop1, vip}},
		{rule, []string{vip}, []string{mark, shop1, vip}},
		{vip, nil, nil},
		{masquerade, []string{web1}, []string{conntrack}},
		{web1, []string{masquerade}, []string{masquerade, conntrack, web}},
		{conntrack, []string{masquerade, web1}, nil},
		{"link dummy0", []string{loose, "sync master"}, nil},
		{loose, nil, []string{"link dummy0"}},
		{"sync master", nil, []string{"link dummy0"}},
	} {
		leaves(t, "coming", plan.Inputs{Live: around(), Desired: all}, c.exclude, c.coming)
		leaves(t, "going", plan.Inputs{Live: there, Desired: declared(other), Ledger: ledger}, c.exclude, c.going)
	}
}

// leaves: a plan that excludes one object does all that it would do otherwise, but for that and what is to be kept with it.
func leaves(t *testing.T, name string, in plan.Inputs, exclude string, with []string) {
	t.Helper()
	whole, err := plan.Make(in)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[spec.Key]bool{key(exclude): true}
	for _, k := range with {
		kept[key(k)] = true
	}
	var want []string
	for _, o := range outcome(whole) {
		if _, name, _ := strings.Cut(o, " "); !kept[key(name)] {
			want = append(want, o)
		}
	}
	in.Exclude = []string{exclude}
	p, err := plan.Make(in)
	if err != nil {
		t.Errorf("%s, without %s: %v", name, exclude, err)
		return
	}
	if diff := cmp.Diff(want, outcome(p)); diff != "" {
		t.Errorf("%s, without %s: %s", name, exclude, diff)
	}
}

// A mark rule that is left alone keeps the service that it marks for now, with its servers; the one that it was to mark for may come.
func TestRuleThatIsLeftKeepsItsService(t *testing.T) {
	const vip, rule = "address eth0 192.0.2.21/32", "mark_rule tcp 192.0.2.21:80"
	first, err := plan.Make(plan.Inputs{Live: around(), Desired: declared(vip, rule, mark, shop1)})
	if err != nil {
		t.Fatal(err)
	}
	live, err := first.Changes.On(around())
	if err != nil {
		t.Fatal(err)
	}
	service, server := spec.Mark(22, spec.IPv4), key(shop1).(spec.DestinationKey)
	server.Service = service
	other := declared(vip, rule)
	other.State.Set(key(rule), spec.MarkRule{Mark: service.FWMark})
	other.State.Set(service, live.Get(key(mark)))
	other.State.Set(server, live.Get(key(shop1)))
	for _, c := range []struct {
		in    plan.Inputs
		comes []string
	}{
		{plan.Inputs{Exclude: []string{service.String()}}, nil},
		{plan.Inputs{Targets: []string{mark}}, nil},
		{plan.Inputs{Exclude: []string{rule}}, []string{"create " + service.String(), "create " + server.String()}},
	} {
		c.in.Live, c.in.Desired, c.in.Ledger = live, other, first.Settle(nil)
		p, err := plan.Make(c.in)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.comes, outcome(p)); diff != "" {
			t.Errorf("targets %q, without %q: %s", c.in.Targets, c.in.Exclude, diff)
		}
	}
}

// A server that is left alone keeps its service, and with it the VIP: neither goes from under it.
func TestServerThatIsLeftKeepsItsService(t *testing.T) {
	const vip, other = "address eth0 192.0.2.10/32", "neighbour eth0 192.0.2.53=02:00:5e:00:53:01"
	first, err := plan.Make(plan.Inputs{Live: around(), Desired: declared(vip, web, web1)})
	if err != nil {
		t.Fatal(err)
	}
	live, err := first.Changes.On(around())
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Make(plan.Inputs{Live: live, Desired: declared(other), Ledger: first.Settle(nil), Exclude: []string{web1}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"create neighbour eth0 192.0.2.53"}, outcome(p)); diff != "" {
		t.Error(diff, p.Warnings)
	}
}
