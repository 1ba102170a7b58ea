package spec_test

import (
	"net/netip"
	"testing"

	"github.com/lvsform/lvsform/spec"
)

func TestSettle(t *testing.T) {
	group := netip.MustParseAddr("224.0.0.81")
	daemon := spec.SyncDaemon{Interface: "eth0", SyncID: 1, MaxLen: 1472, Group: group, Port: 8848, TTL: 1}
	with := func(f func(*spec.SyncDaemon)) spec.SyncDaemon { d := daemon; f(&d); return d }
	open := spec.SyncDaemon{Interface: "eth0", SyncID: 1}
	timeouts := spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300}
	rr := spec.Service{Scheduler: "rr"}
	for _, c := range []struct {
		name             string
		live, want, then spec.Value
		satisfied        bool
	}{
		{"nothing of nothing", nil, nil, nil, true},
		{"gone", nil, rr, rr, false},
		{"to go", rr, nil, nil, false},
		{"equal", rr, rr, rr, true},
		{"other", rr, spec.Service{Scheduler: "wlc"}, spec.Service{Scheduler: "wlc"}, false},
		{"a service leaves nothing open", spec.Service{Scheduler: "rr", Timeout: 360}, rr, rr, false},
		{"timeouts equal", timeouts, timeouts, timeouts, true},
		{"timeouts open", timeouts, spec.Timeouts{}, timeouts, true},
		{"timeouts partly", timeouts, spec.Timeouts{UDP: 300}, timeouts, true},
		{"timeouts partly other", timeouts, spec.Timeouts{UDP: 30}, spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 30}, false},
		{"timeouts of nothing", nil, spec.Timeouts{UDP: 30}, spec.Timeouts{UDP: 30}, false},
		{"daemon equal", daemon, daemon, daemon, true},
		{"daemon open", daemon, open, daemon, true},
		{"daemon partly", daemon, spec.SyncDaemon{Interface: "eth0", SyncID: 1, Group: group}, daemon, true},
		{"daemon to start", nil, open, open, false},
		{"daemon to start anew", daemon, spec.SyncDaemon{Interface: "eth1", SyncID: 1}, spec.SyncDaemon{Interface: "eth1", SyncID: 1}, false},
		{"id 0 is not open", daemon, with(func(d *spec.SyncDaemon) { d.SyncID = 0 }), with(func(d *spec.SyncDaemon) { d.SyncID = 0 }), false},
		{"daemon other ttl", daemon, with(func(d *spec.SyncDaemon) { d.TTL = 2; d.MaxLen = 0 }), with(func(d *spec.SyncDaemon) { d.TTL = 2; d.MaxLen = 0 }), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := spec.Settle(c.live, c.want); got != c.then {
				t.Errorf("settled: %v, want %v", got, c.then)
			}
			if got := spec.Satisfies(c.live, c.want); got != c.satisfied {
				t.Errorf("satisfied: %v", got)
			}
			if settled := spec.Settle(c.live, c.want); spec.Settle(c.live, settled) != settled {
				t.Error("settling twice is not settling once")
			}
		})
	}
}

func TestAutomatic(t *testing.T) {
	kernel, manual := spec.Address{Scope: "link", Origin: 3}, spec.Address{Scope: "link"}
	for _, c := range []struct {
		prefix, link string
		value        spec.Address
		want         bool
	}{
		{"fe80::84ad:2bff:febc:45b0/64", "dummy", kernel, true},
		{"fe80::1234/64", "dummy", kernel, true},
		{"fe80::84ad:2bff:febc:45b0/64", "dummy", manual, true}, // before Linux 5.18
		{"fe80::1/64", "dummy", manual, false},
		{"fe80::1/64", "gre", manual, false},
		{"fe80::84ad:2bff:febc:45b0/64", "dummy", spec.Address{Scope: "link", NoDAD: true}, false},
		{"fe80::84ad:2bff:febc:45b0/128", "dummy", kernel, false},
		{"fe80::10.0.0.2/64", "gre", manual, true},
		{"fe80::10.0.0.2/64", "dummy", manual, false},
		{"::10.0.0.2/96", "sit", manual, true},
		{"::10.0.0.2/96", "dummy", manual, false},
		{"::10.0.0.2/128", "sit", manual, false},
		{"2001:db8::10.0.0.2/96", "sit", manual, false},
		{"127.0.0.1/8", "loopback", manual, false},
		{"::1/128", "loopback", spec.Address{Scope: "host", Origin: 1}, false}, // a simulated node knows it
	} {
		k := spec.AddressKey{Interface: "x", Prefix: netip.MustParsePrefix(c.prefix)}
		if got := k.Automatic(c.value, spec.Link{Type: c.link}); got != c.want {
			t.Errorf("%s of %s on %s: %v", c.prefix, spec.EncodeValue(c.value), c.link, got)
		}
	}
}
