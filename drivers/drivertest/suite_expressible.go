package drivertest

import (
	"net/netip"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// incapable says that the driver cannot express what the change makes of the object. It must have refused with that very error.
func (n *node) incapable(c plan.Change, got plan.Result) bool {
	n.t.Helper()
	if c.After == nil {
		return false
	}
	want := n.Cannot(c.Key, c.After)
	if want != nil && (got.Err == nil || got.Unknown || got.Err.Error() != want.Error()) {
		n.t.Errorf("%s: %+v, want %v", c, got, want)
	}
	return want != nil
}

// Expressible is the state without what the driver cannot express.
func Expressible(d Driver, s spec.State) spec.State {
	s = s.Clone()
	for k, v := range s.Clone().All() {
		if d.Cannot(k, v) == nil {
			continue
		}
		s.Set(k, nil)
		if service, ok := k.(spec.ServiceKey); ok {
			for _, server := range s.Servers()[service] {
				s.Set(server, nil)
			}
		}
	}
	return s
}

// testExpressible bounds what the suite goes on without: these are what directors have.
func testExpressible(t *testing.T, n *node) {
	web, six := listener(spec.TCP, "192.0.2.10:80"), listener(spec.UDP, "[2001:db8::10]:53")
	every := listener(spec.SCTP, "192.0.2.10:0")
	for _, c := range []plan.Change{
		create(web, spec.Service{Scheduler: "wlc"}),
		create(web, spec.Service{Scheduler: "sh", Flags: spec.Flag1 | spec.Flag2}),
		create(web, spec.Service{Scheduler: "wrr", Persistent: true, Timeout: 300, Netmask: spec.MaskIPv4(0xffffff00)}),
		create(six, spec.Service{Scheduler: "rr", OnePacket: true}),
		create(six, spec.Service{Scheduler: "wlc", Persistent: true, Timeout: 360, Netmask: spec.PrefixIPv6(64), Engine: "sip"}),
		create(every, spec.Service{Scheduler: "wlc", Persistent: true, Timeout: 360}),
		create(spec.Mark(1<<32-1, spec.IPv6), spec.Service{Scheduler: "mh", Flags: spec.Flag1 | spec.Flag2}),
		create(server(web, "10.0.0.11:80"), spec.Destination{Forward: spec.Direct, Weight: 65535}),
		create(server(web, "10.0.0.12:80"), spec.Destination{Forward: spec.Direct, Weight: spec.MaxWeight}), // through Debian's ipvsadm
		create(server(web, "10.0.0.11:8080"), spec.Destination{Forward: spec.Masquerade, UpperThreshold: 200, LowerThreshold: 100}),
		create(server(web, "10.0.0.11:80"), spec.Destination{Forward: spec.TunnelTo, Weight: 1}),
		create(server(web, "10.0.0.11:80"), spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: spec.GUE, Port: 6080, Checksum: spec.ChecksumRemote}}),
		create(server(six, "[2001:db8:1::11]:53"), spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: spec.GRE, Checksum: 1}}),
		create(server(spec.Mark(7, spec.IPv4), "10.0.0.11:8080"), spec.Destination{Forward: spec.Masquerade, Weight: 1}),
		create(spec.TimeoutsKey{}, spec.Timeouts{TCP: 7200, TCPFin: 60, UDP: 30}),
		create(spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "eth0", SyncID: 255}),
		create(spec.SyncDaemonKey{Role: spec.Backup}, spec.SyncDaemon{Interface: "eth0", MaxLen: 1400, Group: netip.MustParseAddr("224.0.0.81"), Port: 8848, TTL: 1}),
	} {
		if err := n.Cannot(c.Key, c.After); err != nil {
			t.Errorf("%s %s: %v", c.Key, spec.EncodeValue(c.After), err)
		}
	}
}
