//go:build linux

package nft

import (
	"slices"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// What is left of an object is not the object; making it again mends it, and deleting it removes what is left.
func TestKernelDamage(t *testing.T) {
	r, capable := kernel(t)
	if !capable {
		return
	}
	m, f := mark("192.0.2.1", 80, 80), filter("eth0", "192.0.2.1")
	makeM, makeF := create(m, spec.MarkRule{Mark: 1}), create(f, spec.ARPFilter{Source: addr("192.0.2.9")})
	comment := ` comment \"mark_rule tcp 192.0.2.1:80\"`
	before := ruleSet(t)
	mustDo(t, r, makeM, makeF)
	whole := ruleSet(t)
	for _, damage := range []string{
		"flush chain inet lvsform output; flush chain arp lvsform input",
		"delete chain inet lvsform prerouting; delete chain arp lvsform output",
		"flush chain inet lvsform output; add rule inet lvsform output ip daddr 192.0.2.1 tcp dport 80 meta mark set 2" + comment,
		"flush chain inet lvsform output; add rule inet lvsform output ip daddr 192.0.2.1 tcp dport 81 meta mark set 1" + comment,
		"flush chain inet lvsform output; add rule inet lvsform output ip daddr 192.0.2.1 tcp dport 80 counter meta mark set 1" + comment,
		"flush chain inet lvsform output; add rule inet lvsform output fib daddr type local tcp dport 80" + comment,
		"add rule inet lvsform output ip daddr 192.0.2.1 tcp dport 80 meta mark set 1" + comment,
		"add table inet lvsform { flags dormant; }; add table arp lvsform { flags dormant; }",
	} {
		damage = strings.ReplaceAll(damage, `\"`, `"`)
		drivertest.Run(t, "nft", damage)
		s := state(t, r)
		if s.Get(m) != nil || strings.Contains(damage, "arp") && s.Get(f) != nil {
			t.Errorf("%s: %v", damage, s.MarkRules)
		}
		mustDo(t, r, makeM)
		if s.Get(f) == nil {
			mustDo(t, r, makeF)
		}
		if after := ruleSet(t); !slices.Equal(sorted(after), sorted(whole)) {
			t.Errorf("%s: mended it is\n%s\nand was\n%s", damage, strings.Join(after, "\n"), strings.Join(whole, "\n"))
		}
		reads(t, r, spec.State{MarkRules: map[spec.MarkRuleKey]spec.MarkRule{m: {Mark: 1}}, ARPFilters: state(t, r).ARPFilters})

		drivertest.Run(t, "nft", damage)
		mustDo(t, r, makeM.Inverse(), makeF.Inverse())
		unchanged(t, before)
		mustDo(t, r, makeM, makeF)
	}
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// A rule that somebody edits to another value is the object with that value.
func TestKernelDrift(t *testing.T) {
	r, capable := kernel(t)
	if !capable {
		return
	}
	m := mark("192.0.2.1", 80, 80)
	mustDo(t, r, create(m, spec.MarkRule{Mark: 1}))
	for _, chain := range []string{"prerouting", "output"} {
		drivertest.Run(t, "nft", "flush chain inet lvsform "+chain+"; add rule inet lvsform "+chain+
			" ip daddr 192.0.2.1 tcp dport 80 meta mark set 7 comment \""+m.String()+`"`)
	}
	reads(t, r, spec.State{MarkRules: map[spec.MarkRuleKey]spec.MarkRule{m: {Mark: 7}}})
}

// What somebody else has put into our tables stays, and keeps them.
func TestKernelForeign(t *testing.T) {
	r, capable := kernel(t)
	if !capable {
		return
	}
	m, n, f := mark("192.0.2.1", 80, 80), masq(listener("192.0.2.1:80"), "10.0.0.1:80"), filter("eth0", "192.0.2.1")
	batch := []plan.Change{create(m, spec.MarkRule{Mark: 1}), create(n, spec.MasqueradeRule{}), create(f, spec.ARPFilter{})}
	mustDo(t, r, batch...)
	drivertest.Run(t, "nft", "insert rule inet lvsform prerouting tcp dport { 1, 2 } counter; add rule inet lvsform prerouting meta l4proto tcp ct original proto-dst 9 fib daddr type local accept;"+
		`add rule inet lvsform output ip daddr 192.0.2.2 comment "mark_rule of mine"; add set arp lvsform mine { type ipv4_addr; }`)
	for _, c := range batch {
		mustDo(t, r, c.Inverse())
	}
	reads(t, r, spec.State{})
	lists(t, "table inet lvsform", "dport { 1, 2 }", "fib daddr type local accept", `"mark_rule of mine"`, "table arp lvsform", "set mine")
	before := ruleSet(t)
	if len(before) != 8 { // two tables, two chains, three rules, a set
		t.Errorf("left are\n%s", strings.Join(before, "\n"))
	}
	mustDo(t, r, batch...)
	mustDo(t, r, create(mark("192.0.2.1", 443, 443), spec.MarkRule{Mark: 1}), plan.Change{Key: mark("192.0.2.1", 443, 443), Before: spec.MarkRule{}})
	for _, c := range batch {
		mustDo(t, r, c.Inverse())
	}
	unchanged(t, before)
}
