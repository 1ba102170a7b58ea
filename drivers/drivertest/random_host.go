package drivertest

import (
	"math/rand/v2"
	"net/netip"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// RandomHostChange is RandomChange for the objects around the table: one operation as any program could ask it, whether or not a
// kernel would do it. What it is about are a few interfaces and addresses, so that it finds others there: it makes any0, any1
// and such, and knows of lo, eth0, eth1 and the tunnels.
func RandomHostChange(r *rand.Rand, present spec.State) plan.Change {
	k := hostKey(r, present)
	before := present.Get(k)
	after := hostValue(r, k)
	if before != nil && r.IntN(2) == 0 {
		if all := spec.Attributes(k.Kind()); len(all) > 0 {
			after = pick(r, all...).Copy(before, after)
		}
	}
	switch {
	case r.IntN(8) == 0: // whatever is there
		return operation(k, spec.Zero(k.Kind()), after, r.IntN(3))
	case before == nil:
		return operation(k, nil, after, 0)
	}
	return operation(k, before, after, 1+min(r.IntN(3), 1))
}

func hostKey(r *rand.Rand, present spec.State) spec.Key {
	all := present.Host().Keys()
	switch n := r.IntN(40); {
	case n < 6 && len(all) > 0: // one that is there, settings too
		return pick(r, all...)
	case n < 12:
		return spec.LinkKey{Name: anyInterface(r)}
	case n < 14:
		return pick(r, spec.GUEReceiver, spec.GUEReceiver6)(pick[uint16](r, 6080, 6081, 65535))
	case n < 15:
		return spec.ModuleKey{Name: pick(r, "ipip", "fou", "ip_gre", "ip6_tunnel", "dummy", "bogus", "../ipip", "", "-V")}
	case n < 21:
		return hostSysctl(r)
	case n < 26:
		return spec.NeighbourKey{Interface: anyInterface(r), Address: pick(r, addresses("10.0.0.53", "192.0.2.53", "2001:db8::53", "fe80::53")...)}
	case n < 35:
		return anyAddress(r)
	case n < 37:
		return spec.ARPFilterKey{Interface: anyInterface(r), Address: pick(r, addresses("192.0.2.10", "192.0.2.11", "2001:db8::10")...)}
	case n < 39:
		first := pick[uint16](r, 80, 443, 8000)
		k := spec.MarkRuleKey{Protocol: pick(r, spec.TCP, spec.UDP, spec.SCTP), Address: pick(r, addresses("192.0.2.10", "2001:db8::10")...), First: first, Last: first + pick[uint16](r, 0, 0, 10)}
		switch r.IntN(12) {
		case 0, 1:
			k.First, k.Last = 0, 0
		case 2:
			k.First, k.Last = pick[uint16](r, 0, 9), pick[uint16](r, 8, 80)
		case 3:
			k.Protocol = pick[spec.Protocol](r, 0, 1, 50, 300)
		}
		return k
	}
	service := validServiceKey(r)
	if r.IntN(8) == 0 {
		return spec.MasqueradeRuleKey{Destination: oddDestinationKey(r, oddServiceKey(r))}
	}
	return spec.MasqueradeRuleKey{Destination: spec.DestinationKey{Service: service, Address: netip.AddrPortFrom(pick(r, servers(service.Family())...), pick[uint16](r, 80, 8080))}}
}

// anyInterface is nearly always the name of one that there is or could be.
func anyInterface(r *rand.Rand) string {
	if r.IntN(12) == 0 {
		return pick(r, "none", "", "fifteen-letters", "sixteen--letters", "a/b", "a:b", "a b", "any%d", "..", "ü0", "a.b", "all", "default")
	}
	return pick(r, "eth0", "eth0", "eth1", "lo", "any0", "any0", "any0", "any1", "any1", "tunl0", "gre0", "ip6tnl0")
}

func hostSysctl(r *rand.Rand) spec.SysctlKey {
	switch r.IntN(8) {
	case 0, 1:
		return spec.SysctlKey{Name: "net.ipv4.vs." + pick(r, "conntrack", "expire_nodest_conn", "drop_entry", "secure_tcp", "sync_ports", "sync_retries",
			"sync_version", "sync_threshold", "sync_refresh_period", "am_droprate", "bogus")}
	case 2:
		return spec.SysctlKey{Name: pick(r, "net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding", "net.ipv6.conf.all.forwarding", "net.ipv6.conf.default.forwarding")}
	case 3:
		return spec.ConfSysctl("ipv6", anyInterface(r), "forwarding")
	}
	iface := pick(r, "all", "default", anyInterface(r), anyInterface(r), anyInterface(r))
	return spec.ConfSysctl("ipv4", iface, pick(r, "arp_ignore", "arp_announce", "rp_filter", "forwarding"))
}

// anyAddress has few hosts, so that they meet on one interface and in one network.
func anyAddress(r *rand.Rand) spec.AddressKey {
	text := pick(r, "192.0.2.10/32", "192.0.2.10/32", "192.0.2.11/32", "192.0.2.10/24", "10.0.0.3/24", "10.9.0.1/16", "127.0.0.9/8",
		"224.0.0.9/32", "255.255.255.255/32", "0.0.0.0/32", "0.0.0.0/0", "192.0.2.0/31",
		"2001:db8::10/128", "2001:db8::10/128", "2001:db8::10/64", "2001:db8::11/128", "fd00::1/64", "fec0::1/128", "::1/128", "::/128", "ff02::9/128", "2001:db8::2/128")
	return spec.AddressKey{Interface: anyInterface(r), Prefix: netip.MustParsePrefix(text)}
}

func hostValue(r *rand.Rand, k spec.Key) spec.Value {
	switch k := k.(type) {
	case spec.LinkKey:
		l := spec.Link{Type: pick(r, "dummy", "dummy", "dummy", "device", "loopback", "ipip", "gre", "ip6tnl", "gue", "bogus", ""), Up: r.IntN(3) > 0}
		if _, isGUE := k.GUEPort(); isGUE && r.IntN(4) > 0 {
			l = spec.Link{Type: "gue", Up: true}
		}
		return l
	case spec.SysctlKey:
		return spec.Sysctl{Value: pick(r, "0", "0", "1", "1", "2", "3", "8", "-1", "99", "2147483647", "2147483648", "yes", "", "3 50", "10 5", "5 0", "1 2 3")}
	case spec.NeighbourKey:
		return spec.Neighbour{MAC: pick(r, "02:00:5e:00:53:01", "02:00:5e:00:53:01", "02:00:5e:00:53:02", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff",
			"02:00:5e:00", "02:00:5e:00:53:01:00:00", "", "none", "02:00:5E:00:53:01")}
	case spec.ARPFilterKey:
		return spec.ARPFilter{Source: pick(r, netip.Addr{}, netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("10.0.0.3"), netip.MustParseAddr("2001:db8::2"))}
	case spec.AddressKey:
		return hostAddress(r, k)
	case spec.MarkRuleKey:
		return spec.MarkRule{Mark: pick[uint32](r, 1, 7, 0xffffffff)}
	case spec.MasqueradeRuleKey:
		return spec.MasqueradeRule{Source: pick(r, netip.Addr{}, netip.Addr{}, netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("2001:db8::2"))}
	}
	return spec.Module{}
}

func hostAddress(r *rand.Rand, k spec.AddressKey) spec.Address {
	if r.IntN(2) == 0 {
		return spec.VIP(k)
	}
	return spec.Address{
		Label:         pick(r, k.Interface, k.Interface, "", "eth0:1", "any text", "fifteen-letters", "sixteen--letters"),
		Scope:         pick(r, "global", "global", "global", "site", "link", "host", "nowhere", "7", "200", "256", "", "bogus"),
		NoPrefixRoute: r.IntN(3) == 0, NoDAD: r.IntN(3) > 0, Deprecated: r.IntN(2) == 0, Dynamic: r.IntN(12) == 0,
		Origin: pick[uint8](r, 0, spec.OriginLVSForm, 4, 255),
	}
}
