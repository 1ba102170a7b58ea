package plan_test

import (
	"strings"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Orders that a hurried planner would choose for what is around the table are found out, each by its rule.
func TestJudgeCatchesTheHost(t *testing.T) {
	quiet := []string{"sysctl net.ipv4.conf.all.arp_ignore=1", "sysctl net.ipv4.conf.all.arp_announce=2"}
	held := "address lo 198.51.100.1/32"
	rule, marked := "mark_rule tcp 192.0.2.10:80", []string{mark, shop1}
	full := "masquerade_rule " + web1
	for _, c := range []struct {
		rule, name string
		a, b       []string
		changes    []string
	}{
		{"rule 3", "marks before their service is complete", []string{web, web1, mark}, append([]string{web, web1, rule}, marked...), []string{"+" + rule}},
		{"rule 3", "a service that goes before the mark", append([]string{web, web1}, marked...), append([]string{rule}, marked...), []string{"-" + web1}},
		{"rule 4", "a VIP before its service", nil, []string{"address eth0 192.0.2.10/32", web, web1}, []string{"+address eth0 192.0.2.10/32"}},
		{"rule 4", "a VIP before its servers", nil, []string{"address eth0 192.0.2.10/32", web, web1}, []string{"+" + web, "+address eth0 192.0.2.10/32"}},
		{"rule 4", "a VIP before its marks", marked, append([]string{"address eth0 192.0.2.10/32", rule}, marked...), []string{"+address eth0 192.0.2.10/32"}},
		{"rule 4", "a VIP before a service for marks of somebody else", marked[:1], append([]string{"address eth0 192.0.2.21/32"}, marked...), []string{"+address eth0 192.0.2.21/32"}},
		{"rule 4", "a service for such marks before its VIP", append([]string{"address eth0 192.0.2.21/32"}, marked...), nil, []string{"-" + shop1, "-" + mark}},
		{"rule 4", "a service before its VIP", []string{"address eth0 192.0.2.10/32", web}, nil, []string{"-" + web}},
		{"rule 5", "a VIP before the settings", nil, append([]string{held}, quiet...), []string{"+" + held}},
		{"rule 5", "settings before the VIP", append([]string{held}, quiet...), nil, []string{"~" + quiet[0]}},
		{"rule 5", "a filter on one of two interfaces", []string{"link eth1=device up"}, []string{"link eth1=device up", held, "arp_filter eth0 198.51.100.1", "arp_filter eth1 198.51.100.1"},
			[]string{"+arp_filter eth0 198.51.100.1", "+" + held}},
		{"rule 6", "a rule without its service", append([]string{rule}, marked...), nil, []string{"-" + shop1, "-" + mark}},
		{"rule 6", "a server without its masquerade rule", nil, []string{full, web, web1 + "=masquerade"}, []string{"+" + web, "+" + web1 + "=masquerade"}},
		{"rule 6", "a masquerade rule before its server", []string{full, web, web1 + "=masquerade"}, nil, []string{"-" + full}},
		{"", "what is heard of on both sides", []string{held, "sysctl net.ipv4.conf.all.arp_ignore=1"}, []string{held}, []string{"~sysctl net.ipv4.conf.all.arp_ignore=1"}},
		{"", "2 on the interface is more than 1 on all", append([]string{held, "sysctl net.ipv4.conf.eth0.arp_ignore=2"}, quiet...),
			append([]string{held, "sysctl net.ipv4.conf.eth0.arp_ignore=2"}, quiet[1]), []string{"~" + quiet[0]}},
	} {
		if err := judged(t, around(c.a...), around(c.b...), c.changes); c.rule == "" && err != nil || c.rule != "" && (err == nil || !strings.HasPrefix(err.Error(), c.rule)) {
			t.Errorf("%s: want %q, got %v", c.name, c.rule, err)
		}
	}
}

// judged does changes on the way from a to b ("+" makes, "-" takes away, "~" is as b has it), and is what the judge first finds.
func judged(t *testing.T, a, b spec.State, changes []string) error {
	t.Helper()
	j, n := plan.NewJudge(a, b), spec.NewNode(spec.Kernel{}, a)
	j.Side = sideOf
	err := j.State(n.State())
	for _, text := range changes {
		if err != nil {
			break
		}
		name, _, _ := strings.Cut(text[1:], "=")
		k := key(name)
		before, after := a.Get(k), around(text[1:]).Get(k)
		switch text[0] {
		case '~':
			after = b.Get(k)
		case '-':
			after = nil
		}
		if err := n.Do(k, before, after); err != nil {
			t.Fatal(text, err)
		}
		err = j.State(n.State())
	}
	return err
}

// sideOf is what an address of a machine is for.
func sideOf(k spec.AddressKey) spec.Side {
	if k.Interface == "lo" || k.Interface == "tunl0" {
		return spec.SideQuiet
	}
	return spec.SideDirector
}
