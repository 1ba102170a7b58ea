package plan

import (
	"net/netip"

	"github.com/lvsform/lvsform/spec"
)

// cautionAddresses tells what becomes of services whose addresses go, and who has them then.
func (m *maker) cautionAddresses() {
	stay, taken := map[string]bool{}, map[string]bool{}
	var serves, held map[netip.Addr]bool
	for _, c := range m.plan.Changes.Objects() {
		k, ok := c.Key.(spec.AddressKey)
		if !ok || c.Action() != Delete || m.side(k) != spec.SideDirector {
			continue
		}
		if serves == nil {
			serves, held = m.addresses()
		}
		switch ip := k.Prefix.Addr(); {
		case m.taker(k) != "":
			taken[ip.String()+" to "+m.taker(k)] = true
		case serves[ip] && !held[ip]:
			stay[ip.String()] = true
		}
	}
	if len(taken) > 0 {
		m.warn("Virtual addresses go over to another node at once, undrained (%s): without a sync daemon on both, open connections are reset there. Apply on that node first, or right after.", list(taken))
	}
	if len(stay) > 0 {
		m.warn("Services stay whose address goes (%s): unless something else holds it, such as VRRP or a routing daemon, nobody reaches them here.", list(stay))
	}
}

// addresses are those that services of the goal listen on, and those that its interfaces have.
func (m *maker) addresses() (serves, held map[netip.Addr]bool) {
	serves, held = map[netip.Addr]bool{}, map[netip.Addr]bool{}
	for k := range m.goal.Services {
		if !k.IsMark() {
			serves[k.Address.Addr()] = true
		}
	}
	for k := range m.goal.Addresses {
		held[k.Prefix.Addr()] = true
	}
	return serves, held
}

// cautionDown tells of addresses that come to interfaces that are down.
func (m *maker) cautionDown() {
	down := map[string]bool{}
	for _, c := range m.plan.Changes.Objects() {
		k, ok := c.Key.(spec.AddressKey)
		if link, there := m.goal.Links[spec.LinkKey{Name: k.Interface}]; ok && c.Action() == Create && there && !link.Up {
			down[k.Interface] = true
		}
	}
	if len(down) > 0 {
		m.warn("Addresses come to interfaces that are down (%s): nobody reaches them before these are up.", list(down))
	}
}

// cautionLinks tells what has no way back, and what a link that goes down takes along.
func (m *maker) cautionLinks() {
	modules, sinks := map[string]bool{}, map[string]bool{}
	for _, c := range m.plan.Changes.Objects() {
		switch k := c.Key.(type) {
		case spec.ModuleKey:
			modules[k.Name] = true
		case spec.LinkKey:
			if after, ok := c.After.(spec.Link); ok && c.Action() == Update && !after.Up {
				sinks[k.Name] = true
			}
		}
	}
	if len(modules) > 0 {
		m.warn("Undoing does not unload modules (%s): they stay, and with them the links that they bring, which are down.", list(modules))
	}
	if len(sinks) > 0 {
		m.warn("What goes down loses its routes, and those that are not declared do not come back with it (%s).", list(sinks))
	}
}
