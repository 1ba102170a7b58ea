package plan_test

import (
	"strings"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

func state(objects ...any) spec.State {
	var s spec.State
	for i := 0; i < len(objects); i += 2 {
		s.Set(objects[i].(spec.Key), objects[i+1].(spec.Value))
	}
	return s
}

var (
	site80 = serviceKey("tcp 192.0.2.10:80")
	rs1    = server(site80.String(), "10.0.0.11:80")
	rs2    = server(site80.String(), "10.0.0.12:80")
	site53 = serviceKey("udp 192.0.2.53:53")
	ns1    = server(site53.String(), "10.0.0.11:53")
	wlc    = spec.Service{Scheduler: "wlc"}
	one    = spec.Destination{Forward: spec.Direct, Weight: 1}
	idle   = spec.Destination{Forward: spec.Direct}
	tun    = spec.Destination{Forward: spec.TunnelTo, Weight: 1}
)

// Orders that a hurried planner would choose are found out, each by its rule.
func TestJudgeCatches(t *testing.T) {
	ops := spec.Service{Scheduler: "wlc", OnePacket: true}
	masq := spec.Destination{Forward: spec.Masquerade, Weight: 1}
	both := state(site80, wlc, rs1, one, rs2, one)
	for _, c := range []struct {
		rule    string
		a, b    spec.State
		changes []plan.Change
	}{
		{"rule 1", both, both, []plan.Change{{Key: site80, Before: wlc}}},
		{"rule 2", both, both, []plan.Change{{Key: rs1, Before: one}}},
		{"rule 3", state(site80, wlc, rs1, one, rs2, idle), state(site80, wlc, rs1, idle, rs2, one), []plan.Change{{Key: rs1, Before: one, After: idle}}},
		{"rule 3", state(site80, wlc, rs1, one), state(site80, wlc, rs2, one), []plan.Change{{Key: rs1, Before: one}}},
		{"rule 7", state(site80, wlc), state(site53, wlc), []plan.Change{{Key: site80, Before: wlc}}},
		{"rule 8", both, state(site80, wlc, rs1, tun, rs2, one), []plan.Change{{Key: rs1, Before: one, After: tun}}},
		{"rule 8", state(site80, wlc, rs1, one, rs2, one, server(site80.String(), "10.0.0.13:80"), one),
			state(site80, wlc, rs1, tun, rs2, tun, server(site80.String(), "10.0.0.13:80"), one),
			[]plan.Change{{Key: rs1, Before: one, After: idle}, {Key: rs2, Before: one, After: idle}}},
		{"rule 9", state(site53, ops, ns1, one), state(site53, wlc, ns1, masq), []plan.Change{{Key: ns1, Before: one, After: masq}}},
	} {
		j, n := plan.NewJudge(c.a, c.b), spec.NewNode(spec.Kernel{}, c.a)
		var err error
		for _, change := range c.changes {
			if err = j.Change(n.State(), change); err != nil {
				break
			}
			if err := n.Do(change.Key, change.Before, change.After); err != nil {
				t.Fatal(err)
			}
			if err = j.State(n.State()); err != nil {
				break
			}
		}
		if err == nil || !strings.HasPrefix(err.Error(), c.rule) {
			t.Errorf("%v: want %s, got %v", c.changes, c.rule, err)
		}
	}
}
