package plan

import (
	"slices"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// need adds to the picked objects what they cannot do without: a VIP its services, a mark rule its service, a service its servers and
// rules, a server its masquerade rule, an address that must be quiet what keeps it so, and what is on a link the link. What is
// excluded stays out.
func (n *needs) need(keys map[spec.Key]bool) {
	if len(n.Targets) == 0 {
		return // exclusions alone: everything else is picked
	}
	for queue := n.roots(); len(queue) > 0; {
		k := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, other := range n.of(k) {
			if keys[other] && !n.picked[other] && !matched(n.names(other), n.Exclude, map[string]bool{}) {
				n.picked[other] = true
				queue = append(queue, other)
			}
		}
	}
}

// needs are the objects of a node, by what they belong to.
type needs struct {
	*maker
	services map[string][]spec.Key // by address
	rules    map[spec.ServiceKey][]spec.Key
	servers  map[spec.ServiceKey][]spec.Key
	carried  map[string][]spec.Key // by interface
	blocks   map[string][]spec.Key // what keeps addresses quiet, by the name of the block
}

func newNeeds(m *maker, keys map[spec.Key]bool) *needs {
	n := &needs{m, map[string][]spec.Key{}, map[spec.ServiceKey][]spec.Key{}, map[spec.ServiceKey][]spec.Key{}, map[string][]spec.Key{}, map[string][]spec.Key{}}
	for k := range keys {
		switch k := k.(type) {
		case spec.ServiceKey:
			if !k.IsMark() {
				n.services[k.Address.Addr().String()] = append(n.services[k.Address.Addr().String()], k)
			}
		case spec.DestinationKey:
			n.servers[k.Service] = append(n.servers[k.Service], k)
		case spec.MarkRuleKey:
			n.services[k.Address.String()] = append(n.services[k.Address.String()], k)
			n.rules[m.marks(k)] = append(n.rules[m.marks(k)], k)
		case spec.AddressKey:
			n.carried[k.Interface] = append(n.carried[k.Interface], k)
		case spec.NeighbourKey:
			n.carried[k.Interface] = append(n.carried[k.Interface], k)
		case spec.SyncDaemonKey:
			on := m.Live.SyncDaemons[k].Interface
			n.carried[on] = append(n.carried[on], k)
		case spec.SysctlKey, spec.ARPFilterKey, spec.LinkKey, spec.ModuleKey:
			n.blocks[blockOf(m.name(k))] = append(n.blocks[blockOf(m.name(k))], k)
		}
	}
	return n
}

// roots are the picked objects. A service that is picked has its servers picked by their names.
func (n *needs) roots() (out []spec.Key) {
	for k := range n.picked {
		out = append(out, k)
	}
	return out
}

// of is what an object needs beside it: what it rests on, and what belongs to it.
func (n *needs) of(k spec.Key) []spec.Key {
	out := n.rests(k)
	switch k := k.(type) {
	case spec.ServiceKey:
		return slices.Concat(out, n.servers[k], n.rules[k])
	case spec.AddressKey:
		return append(out, n.services[k.Prefix.Addr().String()]...)
	case spec.LinkKey:
		if n.goal.Get(k) == nil {
			return append(out, n.carried[k.Name]...)
		}
	}
	return out
}

// rests is what an object cannot be without.
func (n *needs) rests(k spec.Key) []spec.Key {
	switch k := k.(type) {
	case spec.DestinationKey:
		return []spec.Key{spec.MasqueradeRuleKey{Destination: k}}
	case spec.MarkRuleKey:
		return []spec.Key{n.marks(k)}
	case spec.MasqueradeRuleKey:
		return []spec.Key{spec.SysctlKey{Name: "net.ipv4.vs.conntrack"}}
	case spec.AddressKey:
		out := []spec.Key{spec.LinkKey{Name: k.Interface}}
		if n.side(k) == spec.SideQuiet {
			out = append(out, n.blocks[blockOf(n.name(k))]...)
		}
		return out
	case spec.NeighbourKey, spec.SysctlKey, spec.SyncDaemonKey:
		return []spec.Key{spec.LinkKey{Name: n.carrier(k)}}
	case spec.LinkKey:
		return []spec.Key{spec.ModuleKey{Name: spec.TunnelModule(n.goal.Links[k].Type)}}
	}
	return nil
}

// blockOf is the block that an address lies in: real_server.web["rs1"] for real_server.web["rs1"].address["192.0.2.10/32"].
func blockOf(name string) string {
	if i := strings.LastIndexByte(name, '['); i > 0 {
		name = name[:i]
	}
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	return name
}

// parents adds what chosen objects rest on, and keeps what those that are left alone still rest on.
func (m *maker) parents() {
	keep := func(k spec.Key) {
		if m.goal.Get(k) != nil {
			return
		}
		v := m.Live.Get(k)
		if v == nil {
			v = m.Desired.State.Get(k)
		}
		if v != nil {
			m.goal.Set(k, v)
		}
	}
	for r := range m.goal.MarkRules {
		keep(m.marks(r))
	}
	for d := range m.goal.Destinations {
		keep(d.Service)
	}
	for a := range m.goal.Addresses {
		keep(spec.LinkKey{Name: a.Interface})
	}
	for _, daemon := range m.goal.SyncDaemons {
		keep(spec.LinkKey{Name: daemon.Interface})
	}
}
