package drivertest

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"

	"github.com/lvsform/lvsform/spec"
)

// OddNode is a node that a kernel may be in, and nobody would ask for: what is left of many random operations.
func OddNode(r *rand.Rand) spec.State {
	host := RandomNode(r).Host()
	host.Set(spec.TimeoutsKey{}, spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300})
	n := spec.NewNode(oddKernel(), host)
	for range r.IntN(40) {
		k := oddHostKey(r, n.State())
		before, after := n.State().Get(k), oddHostValue(r, k)
		if before != nil && r.IntN(3) == 0 {
			after = nil
		}
		_ = n.Do(k, before, after)
	}
	for range r.IntN(40) {
		c := RandomChange(r, n.State())
		_ = n.Do(c.Key, c.Before, c.After)
	}
	return n.State()
}

func oddHostKey(r *rand.Rand, present spec.State) spec.Key {
	iface := pick(r, "lo", "eth0", "eth1", "dummy0", "tunl0", "bogus")
	if all := present.Host().Keys(); r.IntN(3) == 0 {
		i := slices.IndexFunc(all, func(k spec.Key) bool { return k == spec.Key(spec.LinkKey{Name: "lo"}) })
		if k := pick(r, all...); k != all[i] && k != spec.Key(spec.LinkKey{Name: "eth0"}) {
			return k
		}
	}
	a := pick(r, addresses("192.0.2.10", "198.51.100.1", "10.2.0.1", "2001:db8::10", "fd00::7", "127.0.0.1", "224.0.0.1", "0.0.0.0")...)
	switch r.IntN(8) {
	case 0:
		return spec.ModuleKey{Name: pick(r, "ipip", "ip_gre", "bogus")}
	case 1:
		return spec.LinkKey{Name: pick(r, "eth1", "dummy0", "dummy9", "gue:7000", "sixteen--letters")}
	case 2:
		return spec.ConfSysctl(pick(r, "ipv4", "ipv6"), pick(r, "all", "default", iface), pick(r, "arp_ignore", "arp_announce", "rp_filter", "forwarding"))
	case 3:
		return spec.NeighbourKey{Interface: iface, Address: a}
	case 4:
		return spec.ARPFilterKey{Interface: iface, Address: a}
	case 5:
		return spec.MarkRuleKey{Protocol: pick(r, spec.TCP, spec.UDP, spec.SCTP), Address: a, First: pick[uint16](r, 0, 80), Last: pick[uint16](r, 80, 90)}
	case 6:
		return spec.MasqueradeRuleKey{Destination: oddDestinationKey(r, oddServiceKey(r))}
	}
	return spec.AddressKey{Interface: iface, Prefix: netip.PrefixFrom(a, pick(r, a.BitLen(), a.BitLen()-1, 24))}
}

func oddHostValue(r *rand.Rand, k spec.Key) spec.Value {
	switch k.Kind() {
	case spec.KindModule:
		return spec.Module{}
	case spec.KindLink:
		return spec.Link{Type: pick(r, "dummy", "gue", "device", "ipip"), Up: r.IntN(2) == 0}
	case spec.KindSysctl:
		return spec.Sysctl{Value: pick(r, "0", "1", "2", "3", strconv.Itoa(r.IntN(12)-2), "word")}
	case spec.KindNeighbour:
		return spec.Neighbour{MAC: pick(r, "02:00:5e:00:53:01", "ff:ff:ff:ff:ff:ff", "")}
	case spec.KindARPFilter:
		return spec.ARPFilter{Source: pick(r, netip.Addr{}, netip.MustParseAddr("10.0.0.1"))}
	case spec.KindMarkRule:
		return spec.MarkRule{Mark: pick[uint32](r, 0, 1, 2, 0xffffffff)}
	case spec.KindMasqueradeRule:
		return spec.MasqueradeRule{Source: pick(r, netip.Addr{}, netip.MustParseAddr("10.0.0.1"))}
	}
	return spec.Address{
		Label: pick(r, "", "eth0", "eth0:web"), Scope: "global", NoPrefixRoute: r.IntN(2) == 0,
		NoDAD: r.IntN(2) == 0, Deprecated: r.IntN(2) == 0, Dynamic: r.IntN(4) == 0, Origin: pick[uint8](r, 0, 2, spec.OriginLVSForm),
	}
}
