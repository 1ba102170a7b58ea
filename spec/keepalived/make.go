package keepalived

import (
	"cmp"
	"fmt"
	"net/netip"

	"github.com/lvsform/lvsform/spec"
)

const mostObjects = 1 << 20

// endVirtual is what keepalived does at the end of the block: families that are open are told from the servers.
func (m *mapper) endVirtual(v *virtual) {
	if v.sorry != nil && !m.fits(v, v.sorry) {
		v.sorry = nil
	}
	if v.family != 0 || v.group != "" {
		return
	}
	all := v.servers
	if v.sorry != nil {
		all = append(all[:len(all):len(all)], v.sorry)
	}
	for _, r := range all {
		f := spec.FamilyOf(r.address.Addr())
		if v.family = cmp.Or(v.family, f); v.family != f {
			v.family = 0
			break
		}
	}
	v.family = cmp.Or(v.family, spec.IPv4)
}

// make puts what a virtual_server makes into the state. What is there already stays as it is: to keepalived a service or
// server that exists is one that it has made.
func (m *mapper) make(v *virtual) {
	g := m.groupOf(v)
	if v.group != "" && g == nil {
		return
	}
	if len(v.servers) == 0 {
		m.ignored(v.statement, "it has no real servers")
		return
	}
	m.correct(v, g)
	servers := m.distinct(v)
	keys := v.serviceKeys(g)
	if m.state.Len()+len(keys)*(len(servers)+1) > mostObjects {
		m.fail(v.place, "%s brings the table to more than %d objects: write fewer", v.label(), mostObjects)
		return
	}
	takeover := v.sorryTakesOver(servers)
	m.leaveSorry(v, takeover)
	for _, k := range keys {
		m.service(v, k)
		for _, r := range servers {
			d := v.destination(r)
			if takeover {
				if !v.inhibits(r) {
					continue
				}
				d.Weight = 0
			}
			m.destination(v, r, k, d)
		}
		if v.sorry != nil && (takeover || *v.sorry.inhibit && !v.doubled) {
			d := v.destination(v.sorry)
			if d.Weight = 1; !takeover {
				d.Weight = 0
			}
			m.destination(v, v.sorry, k, d)
		}
	}
	for _, r := range servers {
		m.otherPorts(r)
	}
	if v.sorry != nil {
		m.otherPorts(v.sorry)
	}
}

// groupOf finds the virtual server's group and fits the families together; nil if keepalived makes nothing.
func (m *mapper) groupOf(v *virtual) *group {
	if v.group == "" {
		return nil
	}
	g := m.groups[v.group]
	switch {
	case g == nil:
		m.ignored(v.statement, "there is no virtual_server_group of that name")
		return nil
	case g.v4 && v.family == spec.IPv6, g.v6 && v.family == spec.IPv4, g.v4 && g.v6 && v.family != 0:
		m.ignored(v.statement, fmt.Sprintf("the virtual_server is %s and the group is not", v.family))
		return nil
	case m.globals.nftables && !g.marks():
		m.fail(v.place, "with nftables_ipvs keepalived makes one firewall mark and its rules of a group of addresses: remove nftables_ipvs, or write the addresses as virtual servers of their own")
		return nil
	case g.v4 != g.v6 && g.v4:
		v.family = spec.IPv4
	case g.v4 != g.v6:
		v.family = spec.IPv6
	}
	return g
}

// correct makes of the settings what keepalived makes of them.
func (m *mapper) correct(v *virtual, g *group) {
	byAddress := g == nil && v.mark == 0 || g != nil && g.addresses()
	switch {
	case byAddress && v.protocol == 0:
		v.protocol = spec.UDP
		m.leave(Taken, v.statement, "no protocol is set, which is UDP to keepalived")
	case !byAddress && v.protocol != 0:
		m.leave(Taken, v.statement, "a firewall mark has no protocol: keepalived ignores it")
	}
	s := &v.service
	if byAddress && s.OnePacket && v.protocol != spec.UDP {
		s.OnePacket = false
		m.leave(Taken, v.statement, "ops needs UDP: keepalived ignores it")
	}
	anyPort := g == nil && byAddress && v.address.Port() == 0 ||
		g != nil && g.some(func(e entry) bool { return e.count > 0 && e.first.Port() == 0 })
	if anyPort && s.Timeout == 0 {
		s.Timeout = defaultPersistence
		m.leave(Taken, v.statement, "it has no port and is not persistent: keepalived makes it persistent for %d seconds", defaultPersistence)
	}
	if s.Persistent = s.Timeout > 0; !s.Persistent {
		if s.Engine != "" {
			m.leave(Taken, v.statement, "persistence_engine has no effect without persistence_timeout")
		}
		s.Engine = ""
	}
	if g != nil && s.Netmask != (spec.Netmask{}) {
		s.Netmask = spec.Netmask{}
		m.leave(Taken, v.statement, "keepalived loses the persistence_granularity of a group")
	}
	if s.Scheduler == "" {
		s.Scheduler = "wlc"
	}
	if v.method == nil {
		v.method = &spec.Destination{Forward: spec.Masquerade}
	}
}

// distinct are the servers without those that stand there twice.
func (m *mapper) distinct(v *virtual) []*server {
	seen := make(map[netip.AddrPort]bool, len(v.servers))
	var out []*server
	for _, r := range v.servers {
		if seen[r.address] {
			m.ignored(r.statement, "it is there already in "+v.label())
			continue
		}
		seen[r.address] = true
		out = append(out, r)
	}
	return out
}

// serviceKeys are the services that a virtual_server makes, in keepalived's order.
func (v *virtual) serviceKeys(g *group) []spec.ServiceKey {
	switch {
	case g == nil && v.mark != 0:
		return []spec.ServiceKey{spec.Mark(v.mark, v.family)}
	case g == nil:
		return []spec.ServiceKey{spec.Listener(v.protocol, v.address)}
	}
	var out []spec.ServiceKey
	for _, e := range g.entries {
		if e.count == 0 {
			out = append(out, spec.Mark(e.mark, cmp.Or(e.family, v.family, spec.IPv4)))
		}
		for i := range e.count {
			out = append(out, spec.Listener(v.protocol, e.address(i)))
		}
	}
	return out
}
