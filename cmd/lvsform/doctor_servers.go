package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/lvsform/lvsform/drivers/host"
	"github.com/lvsform/lvsform/spec"
)

// servers looks at the ways to the real servers: whether there is one, and what fits through.
func servers(ctx context.Context, d *host.Driver, desired, live spec.State) []finding {
	to := map[netip.Addr]bool{}
	for k := range desired.Destinations {
		to[k.Address.Addr()] = true
	}
	if len(to) == 0 {
		return nil
	}
	ways, mtu, err := d.Ways(ctx, sortedAddresses(to))
	if err != nil {
		return []finding{note("ip route get SERVER", "the routes to servers cannot be asked for: %v", err)}
	}
	return append(routes(desired, ways), room(desired, live, ways, mtu)...)
}

// routes tells of servers that packets do not get to.
func routes(desired spec.State, ways map[netip.Addr]host.Way) (found []finding) {
	none, behind := map[netip.Addr]bool{}, map[netip.Addr]bool{}
	for k, v := range desired.Destinations {
		switch w, known := ways[k.Address.Addr()]; {
		case !known:
			none[k.Address.Addr()] = true
		case v.Forward == spec.Direct && w.Gateway.IsValid():
			behind[k.Address.Addr()] = true
		}
	}
	if len(none) > 0 {
		all := sortedAddresses(none)
		found = append(found, broken(fmt.Sprintf("ip route add %s via GATEWAY, or another address in the pool", all[0]), "no route leads to %s", few(all)))
	} else {
		found = append(found, ok("there is a route to every server"))
	}
	if len(behind) > 0 {
		all := sortedAddresses(behind)
		found = append(found, note("forward = \"tunnel\" for servers behind a router, or put the server on a network of the director's",
			"a gateway (%s) leads to %s: with forward = \"direct\" packets still go to the virtual address, and the gateway would send them back", ways[all[0]].Gateway, few(all)))
	}
	return found
}

// narrow is a kind of way through which not every packet fits.
type narrow struct {
	way      string // the interface
	mtu      int
	own      int // MTU of that interface
	tunnel   spec.TunnelType
	overhead int
	family   spec.Family // of what is in the tunnel
	incoming int
}

// ethernet is what clients send if nothing on the way to here takes more or less.
const ethernet = 1500

// room compares what clients may send with what fits into a tunnel on the way to its server.
func room(desired, live spec.State, ways map[netip.Addr]host.Way, mtu map[string]int) (found []finding) {
	incoming := map[netip.Addr]int{}
	for k := range desired.Addresses {
		if m, known := mtu[k.Interface]; known && m < 1<<15 { // lo and dummies are not where packets come in
			incoming[k.Prefix.Addr()] = m
		}
	}
	tight, wide := map[narrow]map[netip.Addr]bool{}, 0
	for k, v := range desired.Destinations {
		w, known := ways[k.Address.Addr()]
		if v.Forward != spec.TunnelTo || !known || w.Local {
			continue
		}
		n := narrow{way: w.Interface, mtu: w.MTU, own: mtu[w.Interface], tunnel: v.Tunnel.Type, family: k.Service.Family(),
			overhead: v.Tunnel.Overhead(spec.FamilyOf(k.Address.Addr())), incoming: cmp.Or(incoming[k.Service.Address.Addr()], ethernet)}
		if n.mtu-n.overhead >= n.incoming {
			wide++
			continue
		}
		if tight[n] == nil {
			tight[n] = map[netip.Addr]bool{}
		}
		tight[n][k.Address.Addr()] = true
	}
	if wide > 0 {
		found = append(found, ok("what clients send fits into the tunnel to the server, for %s", count(wide, "tunnelled server")))
	}
	fragments := setting(desired, live, "net.ipv4.vs.pmtu_disc") == "0"
	for _, n := range slices.SortedFunc(maps.Keys(tight), narrow.compare) {
		found = append(found, n.finding(sortedAddresses(tight[n]), fragments))
	}
	return found
}

func (n narrow) compare(o narrow) int {
	return cmp.Or(cmp.Compare(n.way, o.way), cmp.Compare(n.mtu, o.mtu), cmp.Compare(n.tunnel, o.tunnel), cmp.Compare(n.overhead, o.overhead),
		cmp.Compare(n.family, o.family), cmp.Compare(n.incoming, o.incoming))
}

func (n narrow) finding(to []netip.Addr, fragments bool) finding {
	const tcp, ipv4, ipv6 = 20, 20, 40
	segment, icmp := n.mtu-n.overhead-tcp-ipv4, "ICMP (net.ipv4.vs.pmtu_disc is 1)"
	if n.family == spec.IPv6 {
		segment, icmp = n.mtu-n.overhead-tcp-ipv6, "ICMPv6"
	}
	then := "the director tells the client so by " + icmp + ", which does not get through everywhere"
	if fragments && n.family == spec.IPv4 {
		then = "the director sends them in fragments (net.ipv4.vs.pmtu_disc is 0)"
	}
	raise := fmt.Sprintf("ip link set %s mtu %d, and the same on all that is between here and the servers", n.way, n.incoming+n.overhead)
	if n.mtu < n.own {
		raise = fmt.Sprintf("raise the MTU of the route, or of the path behind it, to %d (ip route get %s)", n.incoming+n.overhead, to[0])
	}
	return note(fmt.Sprintf("%s; or have the servers ask for less: ip route change … advmss %d there, or nft add rule inet TABLE OUTPUT tcp flags syn tcp option maxseg size set %[2]d", raise, segment),
		"%s packets of more than %d bytes do not fit into the %s tunnel to %s: the way through %s takes %d, the tunnel %d of them, and clients may send %d; %s",
		familyNames[n.family], n.mtu-n.overhead, n.tunnel, few(to), n.way, n.mtu, n.overhead, n.incoming, then)
}

var familyNames = map[spec.Family]string{spec.IPv4: "IPv4", spec.IPv6: "IPv6"}

// setting is what a setting is to be, or is.
func setting(desired, live spec.State, name string) string {
	k := spec.SysctlKey{Name: name}
	if want, declared := desired.Sysctls[k]; declared {
		return want.Value
	}
	return live.Sysctls[k].Value
}
