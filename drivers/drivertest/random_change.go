package drivertest

import (
	"math/rand/v2"
	"net/netip"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// RandomChange is one operation as any program could ask it of a kernel, whether or not the kernel would do it and a
// configuration would say it. Its Before says which operation it is, and need not be what is there. Timeouts are updated
// only, and daemons never are: no kernel has an operation for the others.
func RandomChange(r *rand.Rand, present spec.State) plan.Change {
	k := randomKey(r, present)
	before := present.Get(k)
	after := randomValue(r, k, before)
	switch {
	case k.Kind() == spec.KindTimeouts:
		return plan.Change{Key: k, Before: spec.Timeouts{}, After: after}
	case r.IntN(8) == 0: // whatever is there
		return operation(k, spec.Zero(k.Kind()), after, r.IntN(3))
	case before == nil:
		return operation(k, nil, after, 0)
	case k.Kind() == spec.KindSyncDaemon:
		return operation(k, before, after, r.IntN(2))
	case k.Kind() == spec.KindService: // with it go its destinations: not so often
		return operation(k, before, after, 1+min(r.IntN(6), 1))
	}
	return operation(k, before, after, 1+min(r.IntN(4), 1))
}

// operation is a create, a delete or an update.
func operation(k spec.Key, before, after spec.Value, n int) plan.Change {
	switch daemon := k.Kind() == spec.KindSyncDaemon; {
	case n == 0:
		return plan.Change{Key: k, After: after}
	case n == 1 || daemon:
		return plan.Change{Key: k, Before: before}
	}
	return plan.Change{Key: k, Before: before, After: after}
}

func randomKey(r *rand.Rand, present spec.State) spec.Key {
	all := present.Table().Keys() // in their order: the random numbers alone must decide
	switch n := r.IntN(32); {
	case n == 0:
		return spec.TimeoutsKey{}
	case n < 4:
		return spec.SyncDaemonKey{Role: pick(r, spec.Master, spec.Backup)}
	case n < 8 || len(present.Services) == 0:
		return oddServiceKey(r)
	case n == 8:
		return oddDestinationKey(r, oddServiceKey(r))
	case n < 18:
		return oddDestinationKey(r, anyService(r, all))
	}
	return pick(r, all...)
}

// anyService is one of the services among the keys, of which there must be one.
func anyService(r *rand.Rand, all []spec.Key) spec.ServiceKey {
	for {
		if k, ok := pick(r, all...).(spec.ServiceKey); ok {
			return k
		}
	}
}

func oddServiceKey(r *rand.Rand) spec.ServiceKey {
	switch r.IntN(4) {
	case 0:
		return spec.Mark(pick[uint32](r, 1, 2, 0x80000000, 0xffffffff), pick(r, spec.IPv4, spec.IPv6))
	case 1:
		protocol := pick[spec.Protocol](r, 0, 1, 50, spec.SCTP, 255, 256, 300)
		vip := pick(r, addresses("0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "ff02::1", "fe80::1", "::ffff:192.0.2.10")...)
		return spec.Listener(protocol, netip.AddrPortFrom(vip, pick[uint16](r, 0, 21, 65535)))
	}
	return validServiceKey(r)
}

func oddDestinationKey(r *rand.Rand, k spec.ServiceKey) spec.DestinationKey {
	family := k.Family()
	if r.IntN(60) == 0 { // seldom: while there is one, no daemon runs
		family = spec.IPv4 + spec.IPv6 - family
	}
	a := pick(r, servers(family)...)
	if r.IntN(4) == 0 {
		a = pick(r, addresses("0.0.0.0", "0.0.0.5", "224.0.0.5", "255.255.255.255", "127.0.0.1", "127.255.255.255", "127.0.0.0", "10.0.0.0",
			"10.0.0.2", "10.0.0.255", "192.0.2.10", "240.0.0.1", "169.254.1.1",
			"::", "::1", "::192.0.2.1", "ff02::5", "ff0e::5", "::ffff:10.0.0.11", "fe80::9", "fec0::1", "fd00::1", "2001:db8::2", "2001:db8::", "4000::1")...)
	}
	return spec.DestinationKey{Service: k, Address: netip.AddrPortFrom(a, pick[uint16](r, 80, 80, 8080, 0, k.Address.Port()))}
}

// randomValue edits one attribute of what is there, or makes all of them anew.
func randomValue(r *rand.Rand, k spec.Key, before spec.Value) spec.Value {
	v := oddValue(r, k)
	if before == nil || r.IntN(3) == 0 {
		return v
	}
	return pick(r, spec.Attributes(k.Kind())...).Copy(before, v)
}

func oddValue(r *rand.Rand, k spec.Key) spec.Value {
	switch k := k.(type) {
	case spec.ServiceKey:
		return oddService(r, k)
	case spec.DestinationKey:
		return oddDestination(r)
	case spec.SyncDaemonKey:
		return oddDaemon(r)
	}
	return spec.Timeouts{TCP: oddTimeout(r), TCPFin: oddTimeout(r), UDP: oddTimeout(r)}
}

func oddTimeout(r *rand.Rand) uint32 {
	return pick[uint32](r, 0, 0, 1, 900, 2147483, 2147484, 8589934, 8589935, 21474836, 21474837, 0x7fffffff, 0x80000000, 0xffffffff)
}

func oddService(r *rand.Rand, k spec.ServiceKey) spec.Service {
	s := spec.Service{
		Scheduler: pick(r, "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq", "fo", "ovf"),
		Flags:     pick(r, 0, 0, spec.Flag1, spec.Flag2, spec.Flag3, 0x40, 0x80000000, 0xfffffff8),
		OnePacket: r.IntN(4) == 0, Persistent: r.IntN(2) == 0,
		Timeout: pick[uint32](r, 0, 0, 1, 360, 2678400, 4294967, 4294968, 17179869, 17179870, 42949672, 42949673, 0xffffffff),
		Engine:  pick(r, "", "", "sip"),
	}
	if r.IntN(8) == 0 {
		s.Scheduler = pick(r, "none", "twos", "", "bogus", "RR", "fifteen-letters", "sixteen--letters")
	}
	if r.IntN(12) == 0 {
		s.Engine = pick(r, "bogus", "SIP", "sixteen--letters", "seventeen-letters")
	}
	switch {
	case r.IntN(2) == 0:
	case k.Family() == spec.IPv4:
		s.Netmask = spec.MaskIPv4(pick[uint32](r, 0, 0xffffff00, 0xff00ff00, 1))
	default:
		s.Netmask = spec.PrefixIPv6(pick[uint8](r, 1, 64, 127))
	}
	return s
}

func oddDestination(r *rand.Rand) spec.Destination {
	d := spec.Destination{
		Forward: pick(r, spec.Masquerade, spec.Local, spec.TunnelTo, spec.TunnelTo, spec.Direct, spec.Bypass, 5, 7),
		Weight:  pick[uint32](r, 0, 1, 1, 100, 65535, 65536, 0x7fffffff),
	}
	if r.IntN(2) == 0 {
		d.Tunnel = spec.Tunnel{
			Type: pick(r, spec.IPIP, spec.GUE, spec.GRE, 3, 255), Port: pick[uint16](r, 0, 6080, 65535),
			Checksum: pick(r, spec.ChecksumNone, spec.ChecksumFull, spec.ChecksumRemote, 3, 65535),
		}
	}
	if r.IntN(3) == 0 {
		d.UpperThreshold = pick[uint32](r, 0, 1, 100, 0x80000000, 0xffffffff)
		d.LowerThreshold = pick[uint32](r, 0, 0, 1, 100, 0xffffffff)
	}
	if r.IntN(16) == 0 {
		d.Weight = pick[uint32](r, 0x80000000, 0xffffffff)
	}
	return d
}

func oddDaemon(r *rand.Rand) spec.SyncDaemon {
	return spec.SyncDaemon{
		Interface: pick(r, "eth0", "eth0", "lo", "eth1", "bogus", "", "fifteen-letters", "sixteen--letters"),
		SyncID:    pick[uint32](r, 0, 1, 255, 256, 0xffffffff),
		MaxLen:    pick[uint16](r, 0, 0, 1, 1023, 1400, 9000, 65487, 65488, 65507, 65508, 65535),
		Group:     pick(r, netip.Addr{}, netip.Addr{}, netip.MustParseAddr("224.0.0.99"), netip.MustParseAddr("239.1.1.1"), netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("ff05::99"), netip.MustParseAddr("ff02::99"), netip.MustParseAddr("2001:db8::1")),
		Port:      pick[uint16](r, 0, 8848, 1),
		TTL:       pick[uint8](r, 0, 1, 255),
	}
}
