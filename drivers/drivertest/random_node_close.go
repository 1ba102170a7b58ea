package drivertest

import (
	"maps"
	"net/netip"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// CloseNode makes a state agree with itself: what a link carries needs the link, and it has its settings; a tunnel needs its module; a mark
// rule needs its service, a masquerade rule its destination; what the kernel keeps the same is the same.
func CloseNode(s *spec.State) {
	for name, tunnelType := range tunnelTypes {
		module, l := spec.ModuleKey{Name: spec.TunnelModule(tunnelType)}, spec.LinkKey{Name: name}
		if _, loaded := s.Modules[module]; !loaded {
			s.Set(l, nil)
		} else if s.Get(l) == nil {
			s.Set(l, spec.Link{Type: tunnelType})
		}
	}
	if _, loaded := s.Modules[spec.ModuleKey{Name: "fou"}]; !loaded {
		maps.DeleteFunc(s.Links, func(_ spec.LinkKey, l spec.Link) bool { return l.Type == "gue" })
	}
	there := func(name string) bool { return s.Get(spec.LinkKey{Name: name}) != nil }
	maps.DeleteFunc(s.Addresses, func(k spec.AddressKey, _ spec.Address) bool { return !there(k.Interface) })
	maps.DeleteFunc(s.Neighbours, func(k spec.NeighbourKey, _ spec.Neighbour) bool { return !there(k.Interface) })
	maps.DeleteFunc(s.Sysctls, func(k spec.SysctlKey, _ spec.Sysctl) bool { return k.Interface() != "" && !there(k.Interface()) })
	maps.DeleteFunc(s.MarkRules, func(k spec.MarkRuleKey, v spec.MarkRule) bool {
		return s.Get(spec.Mark(v.Mark, spec.FamilyOf(k.Address))) == nil
	})
	maps.DeleteFunc(s.Masquerade, func(k spec.MasqueradeRuleKey, _ spec.MasqueradeRule) bool {
		return s.Destinations[k.Destination].Forward != spec.Masquerade
	})
	closeAddresses(s)
	closeSettings(s)
}

// closeAddresses: an interface has an IPv6 address once.
func closeAddresses(s *spec.State) {
	for _, k := range s.Keys() {
		a, ok := k.(spec.AddressKey)
		if !ok || a.Prefix.Addr().Is4() {
			continue
		}
		for bits := a.Prefix.Bits() + 1; bits <= 128; bits++ {
			s.Set(spec.AddressKey{Interface: a.Interface, Prefix: netip.PrefixFrom(a.Prefix.Addr(), bits)}, nil)
		}
	}
}

func closeSettings(s *spec.State) {
	defaults := map[spec.SysctlKey]spec.Sysctl{}
	for k, l := range s.Links {
		if l.Type == "gue" {
			continue
		}
		for _, name := range append([]string{"arp_ignore", "arp_announce", "rp_filter"}, sixAll...) {
			for _, family := range []string{"ipv4", "ipv6"} {
				c := spec.ConfSysctl(family, k.Name, name)
				d, _ := c.Default()
				if v, ok := s.Sysctls[d]; ok && s.Get(c) == nil {
					defaults[c] = v
				}
			}
		}
	}
	for k, v := range defaults {
		s.Set(k, v)
	}
	for k, l := range s.Links { // of these, IPv6 knows when they are up
		if l.Type == "ipip" || l.Type == "gre" {
			for _, name := range sixAll {
				s.Set(spec.ConfSysctl("ipv6", k.Name, name), nil)
			}
		}
	}
	if v, ok := s.Sysctls[spec.SysctlKey{Name: "net.ipv4.ip_forward"}]; ok {
		s.Set(spec.ConfSysctl("ipv4", "all", "forwarding"), v)
	}
}

// Stays is b with what a node cannot lose of a: modules, the links that come with them, settings, and what is settled of an address.
func Stays(a, b spec.State) spec.State {
	b = b.Clone()
	for k, v := range a.Modules {
		b.Set(k, v)
	}
	for k, v := range a.Links {
		if b.Get(k) == nil && k.Fixed(v) {
			b.Set(k, v)
		}
	}
	for k, v := range a.Sysctls {
		if b.Get(k) == nil && (k.Interface() == "" || b.Get(spec.LinkKey{Name: k.Interface()}) != nil) {
			b.Set(k, v)
		}
	}
	for k, v := range a.Addresses {
		if w := b.Get(k); w != nil {
			b.Set(k, spec.Settle(v, w))
		}
	}
	return b
}

// Arises says that a setting comes by itself: a tunnel has those of IPv6 once it is up, or has an address, and then for good.
func Arises(k spec.Key, s spec.State) bool {
	o, ok := k.(spec.SysctlKey)
	l := s.Links[spec.LinkKey{Name: o.Interface()}]
	return ok && strings.HasPrefix(o.Name, "net.ipv6.") && (l.Type == "ipip" || l.Type == "gre")
}

// Undone is a with what is left of a changeset that was taken back: modules, and the links that they brought, which are down.
func Undone(a, back spec.State) spec.State {
	a = a.Clone()
	brought := map[string]bool{}
	for k, v := range back.Modules {
		a.Set(k, v)
		for _, l := range k.Tunnels() {
			if a.Get(l) == nil {
				a.Set(l, spec.Link{Type: back.Links[l].Type})
				brought[l.Name] = true
			}
		}
	}
	for k, v := range back.Sysctls {
		if brought[k.Interface()] || a.Get(k) == nil && Arises(k, back) {
			a.Set(k, v)
		}
	}
	return a
}
