package plan_test

import (
	"net/netip"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Every attribute of every kind is seen: changed alone it makes one changed object, which shows that attribute and no
// other, and the next plan is empty.
func TestEveryAttributeIsSeen(t *testing.T) {
	seen := map[string]bool{}
	group := netip.MustParseAddr("224.0.0.81")
	for _, c := range []struct {
		key         spec.Key
		base, other spec.Value
	}{
		{site53, spec.Service{Scheduler: "wlc"},
			spec.Service{Scheduler: "sh", Flags: spec.Flag1, OnePacket: true, Persistent: true, Timeout: 60, Netmask: spec.MaskIPv4(0xffffff00), Engine: "sip"}},
		{rs1, spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: spec.GUE, Port: 6081}, Weight: 1, UpperThreshold: 20},
			spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: spec.GRE, Port: 6080, Checksum: spec.ChecksumFull}, UpperThreshold: 10, LowerThreshold: 5}},
		{rs1, one, spec.Destination{Forward: spec.Masquerade, Weight: 2, UpperThreshold: 10}},
		{spec.TimeoutsKey{}, spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300}, spec.Timeouts{TCP: 901, TCPFin: 121, UDP: 301}},
		{spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "eth0", SyncID: 1, MaxLen: 1472, Group: group, Port: 8848, TTL: 1},
			spec.SyncDaemon{Interface: "eth1", SyncID: 2, MaxLen: 1400, Group: group.Next(), Port: 8849, TTL: 2}},
	} {
		for _, a := range spec.Attributes(c.key.Kind()) {
			want := a.Copy(c.base, c.other)
			if a.Same(c.base, want) {
				continue // another pair has two values of it
			}
			seen[c.key.Kind().String()+" "+a.Name] = true
			base := state(site80, wlc, c.key, c.base)
			goal := base.Clone()
			goal.Set(c.key, want)
			cs := plan.Diff(base, goal, plan.Options{})
			objects := cs.Objects()
			if len(objects) != 1 || objects[0].Key != c.key || objects[0].Action() != plan.Update {
				t.Errorf("%s of %s: %v", a.Name, c.key, objects)
				continue
			}
			for _, b := range spec.Attributes(c.key.Kind()) {
				if b.Same(objects[0].Before, objects[0].After) == (a.Name == b.Name) {
					t.Errorf("%s of %s: the plan shows %s otherwise", a.Name, c.key, b.Name)
				}
			}
			roundTrip(t, base, goal, cs)
		}
	}
	for _, k := range []spec.Kind{spec.KindTimeouts, spec.KindService, spec.KindDestination, spec.KindSyncDaemon} {
		for _, a := range spec.Attributes(k) {
			if !seen[k.String()+" "+a.Name] {
				t.Errorf("no pair of values has a different %s of a %s", a.Name, k)
			}
		}
	}
}
