package drivertest

import (
	"net/netip"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

func keys() []spec.ServiceKey {
	return []spec.ServiceKey{
		listener(spec.TCP, "192.0.2.10:80"), listener(spec.UDP, "192.0.2.10:80"), listener(spec.SCTP, "192.0.2.10:80"),
		listener(spec.TCP, "192.0.2.10:81"), listener(spec.TCP, "192.0.2.11:80"), listener(spec.TCP, "[2001:db8::10]:80"),
		listener(spec.TCP, "192.0.2.10:0"), spec.Mark(7, spec.IPv4), spec.Mark(7, spec.IPv6), spec.Mark(1<<32-1, spec.IPv4),
	}
}

func testKinds(_ *testing.T, n *node) {
	any4 := spec.Service{Scheduler: "wlc", Persistent: true, Timeout: 360}
	for _, k := range keys() {
		n.done(create(k, any4))
		address := "10.0.0.11:0"
		if k.Family() == spec.IPv6 {
			address = "[2001:db8:1::11]:0"
		}
		n.done(create(server(k, address), spec.Destination{Forward: spec.Direct, Weight: 1}))
	}
	daemon := spec.SyncDaemon{Interface: "eth0", SyncID: 7, MaxLen: 1400, Group: netip.MustParseAddr("224.0.0.81"), Port: 8848, TTL: 1}
	for _, role := range []spec.Role{spec.Master, spec.Backup} {
		n.done(create(spec.SyncDaemonKey{Role: role}, daemon))
	}
	n.check()
	for _, k := range n.want.Keys() {
		switch v := n.want.Get(k).(type) {
		case spec.Service:
			v.Scheduler = "rr"
			n.done(update(k, n.want.Get(k), v))
		case spec.Destination:
			v.Weight = 2
			n.done(update(k, n.want.Get(k), v))
		}
	}
	n.check()
	for k, v := range n.want.Clone().All() {
		if k.Kind() == spec.KindDestination || k.Kind() == spec.KindSyncDaemon {
			n.done(remove(k, v))
		}
	}
	n.check()
	for k, v := range n.want.Clone().All() {
		if k.Kind() == spec.KindService {
			n.done(remove(k, v))
		}
	}
	n.check()
}

// attributes changes one after the other, each alone, to what it is in other, and back. It does so with every one the
// kind has, so other must differ from base in all.
func (n *node) attributes(k spec.Key, base, other spec.Value, change func(from, to spec.Value) []plan.Change) {
	n.t.Helper()
	for _, a := range spec.Attributes(base.Kind()) {
		to := a.Copy(base, other)
		if a.Same(base, to) {
			n.t.Errorf("%s: nothing that it could be changed to", a.Name)
			continue
		}
		n.thereAndBack(k, base, to, change)
	}
	n.thereAndBack(k, base, other, change)
}

func (n *node) thereAndBack(k spec.Key, base, to spec.Value, change func(from, to spec.Value) []plan.Change) {
	n.t.Helper()
	changes := change(base, to)
	if n.Cannot(k, to) != nil {
		n.done(changes[len(changes)-1]) // is refused
		n.check()
		return
	}
	n.done(changes...)
	n.check()
	n.done(change(to, base)...)
	n.check()
}

func testServiceAttributes(_ *testing.T, n *node) {
	for _, k := range []spec.ServiceKey{listener(spec.UDP, "192.0.2.10:80"), listener(spec.UDP, "[2001:db8::10]:80"), spec.Mark(7, spec.IPv6)} {
		base := spec.Service{Scheduler: "wlc"}
		other := spec.Service{
			Scheduler: "sh", Flags: spec.Flag1 | spec.Flag2, OnePacket: true, Persistent: true, Timeout: 360,
			Netmask: spec.MaskIPv4(0xffff0f00), Engine: "sip",
		}
		if k.Family() == spec.IPv6 {
			other.Netmask = spec.PrefixIPv6(64)
		}
		edit := func(from, to spec.Value) []plan.Change { return []plan.Change{update(k, from, to)} }
		n.done(create(k, base))
		n.attributes(k, base, other, edit)
		if k != listener(spec.UDP, "[2001:db8::10]:80") {
			continue
		}
		persistent := spec.Service{Scheduler: "wlc", Persistent: true, Timeout: 60}
		n.done(edit(base, persistent)...)
		other.Persistent = false
		n.attributes(k, persistent, other, edit)
	}
}

func testDestinationAttributes(_ *testing.T, n *node) {
	web, six := listener(spec.TCP, "192.0.2.10:80"), spec.Mark(7, spec.IPv6)
	n.done(create(web, spec.Service{Scheduler: "wlc"}), create(six, spec.Service{Scheduler: "wlc"}))
	for _, k := range []spec.DestinationKey{server(web, "10.0.0.11:8080"), server(web, "10.0.0.12:80"), server(six, "[2001:db8:1::11]:0")} {
		other := spec.Destination{
			Forward: spec.Direct, Tunnel: spec.Tunnel{Type: spec.GUE, Port: 6081, Checksum: spec.ChecksumRemote},
			Weight: 0, UpperThreshold: 200, LowerThreshold: 50,
		}
		n.destination(k, spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Port: 6080}, Weight: 1, UpperThreshold: 100}, other)
		other.Tunnel.Type = spec.GRE
		n.destination(k, spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: spec.GUE, Port: 6080}, Weight: 1, UpperThreshold: 100}, other)
	}
}

// destination creates one as in base, makes of it all sorts of others, and removes it.
func (n *node) destination(k spec.DestinationKey, base, other spec.Destination) {
	n.t.Helper()
	n.done(create(k, base))
	if n.Cannot(k, base) != nil {
		return
	}
	n.attributes(k, base, other, func(from, to spec.Value) []plan.Change { return []plan.Change{update(k, from, to)} })
	for _, f := range []spec.Forward{spec.Masquerade, spec.Local, spec.Direct} {
		for _, weight := range []uint32{1<<31 - 1, 65535} {
			plain := spec.Destination{Forward: f, Weight: weight}
			n.done(update(k, base, plain))
			n.check()
			n.done(update(k, plain, base))
		}
	}
	n.done(remove(k, base))
}

func testTimeoutsAttributes(_ *testing.T, n *node) {
	k := spec.TimeoutsKey{}
	n.attributes(k, n.want.Get(k), spec.Timeouts{TCP: 901, TCPFin: 121, UDP: 301}, func(from, to spec.Value) []plan.Change {
		return []plan.Change{update(k, from, to)}
	})
}

func testTimeoutsLeftOpen(_ *testing.T, n *node) {
	k := spec.TimeoutsKey{}
	for _, to := range []spec.Timeouts{{TCP: 7200}, {TCPFin: 60}, {UDP: 30}, {}, {TCP: 1, UDP: 1}} {
		n.done(update(k, n.want.Get(k), to))
		n.check()
	}
}

func testDaemonAttributes(t *testing.T, n *node) {
	for _, role := range []spec.Role{spec.Master, spec.Backup} {
		k := spec.SyncDaemonKey{Role: role}
		base := spec.SyncDaemon{Interface: "eth0", SyncID: 1, MaxLen: 1400, Group: netip.MustParseAddr("224.0.0.81"), Port: 8848, TTL: 1}
		other := spec.SyncDaemon{Interface: "lo", SyncID: 255, MaxLen: 1300, Group: netip.MustParseAddr("239.1.2.3"), Port: 8849, TTL: 2}
		n.done(create(k, base))
		n.attributes(k, base, other, func(from, to spec.Value) []plan.Change { return []plan.Change{remove(k, from), create(k, to)} })
		n.done(remove(k, base))
		n.check()

		open := spec.SyncDaemon{Interface: "eth0"}
		n.done(create(k, open))
		live, err := n.Read(t.Context())
		want := spec.SyncDaemon{Interface: "eth0", MaxLen: 1472, Group: base.Group, Port: 8848, TTL: 1}
		if got := live.Get(k); err != nil || got != spec.Value(want) || !spec.Satisfies(got, open) {
			t.Errorf("%s started with the kernel's choice is %s, %v; want %s", k, spec.EncodeValue(got), err, spec.EncodeValue(want))
		}
		n.done(remove(k, want))
	}
}
