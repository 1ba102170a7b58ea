package spec

import (
	"net/netip"
	"slices"
	"strings"
	"syscall"
)

// tunnel is an interface that every network namespace has while a module is loaded.
type tunnel struct{ name, linkType string }

func tunnels(module string) []tunnel {
	switch module {
	case "ipip":
		return []tunnel{{"tunl0", "ipip"}}
	case "sit":
		return []tunnel{{"sit0", "sit"}}
	case "ip_gre":
		return []tunnel{{"gre0", "gre"}, {"gretap0", "gretap"}, {"erspan0", "erspan"}}
	case "ip6_tunnel":
		return []tunnel{{"ip6tnl0", "ip6tnl"}}
	case "ip6_gre":
		return []tunnel{{"ip6gre0", "ip6gre"}}
	}
	return nil
}

// Tunnels are the interfaces that every network namespace has while the module is loaded.
func (k ModuleKey) Tunnels() (links []LinkKey) {
	for _, t := range tunnels(k.Name) {
		links = append(links, LinkKey{t.name})
	}
	return links
}

// TunnelModule is the module without which a link of the type does not exist, or "".
func TunnelModule(linkType string) string {
	switch linkType {
	case "ipip", "sit":
		return linkType
	case "gre", "gretap", "erspan":
		return "ip_gre"
	case "ip6tnl":
		return "ip6_tunnel"
	case "ip6gre":
		return "ip6_gre"
	case "gue":
		return "fou"
	}
	return ""
}

// Fixed says that a link comes and goes with the kernel and its modules, and not with requests.
func (k LinkKey) Fixed(l Link) bool {
	for _, t := range tunnels(TunnelModule(l.Type)) {
		if k.Name == t.name {
			return true
		}
	}
	return l.Type == "device" || l.Type == "loopback"
}

func (n *Node) module(k ModuleKey) syscall.Errno {
	if n.state.Modules.at(k) == nil && !has(n.kernel.Modules, k.Name) {
		return syscall.ENOENT
	}
	n.state.Set(k, Module{})
	for _, t := range tunnels(k.Name) {
		if n.state.Links.at(LinkKey{t.name}) == nil {
			n.arise(LinkKey{t.name}, Link{Type: t.linkType})
		}
	}
	return 0
}

// arise makes a link, and with it its settings.
func (n *Node) arise(k LinkKey, l Link) {
	n.state.Set(k, l)
	n.configure(k, "ipv4")
	if l.Type != "ipip" && l.Type != "gre" || l.Up {
		n.configure(k, "ipv6")
	}
}

// configure makes the settings of a link, if it has none, from those for new links.
func (n *Node) configure(k LinkKey, family string) {
	for s, v := range n.state.Sysctls {
		if f, name, ok := s.conf("default"); ok && f == family {
			if made := ConfSysctl(family, k.Name, name); n.state.Sysctls.at(made) == nil {
				n.state.Set(made, v)
				n.own[made.Name] = n.own[s.Name] // the kernel copies this along with the value
			}
		}
	}
}

func (n *Node) link(k LinkKey, l Link, create bool) syscall.Errno {
	if _, isGUE := k.GUEPort(); isGUE {
		return n.receiver(k, l, create)
	}
	if create {
		switch {
		case l.Type == "gue":
			return syscall.EINVAL
		case len(k.Name) > 15:
			return syscall.ERANGE
		case n.state.Get(k) != nil:
			return syscall.EEXIST
		case l.Type != "dummy":
			return syscall.EOPNOTSUPP
		case !interfaceName(k.Name):
			return syscall.EINVAL
		}
		n.arise(k, l)
		return 0
	}
	before, ok := n.state.Links[k]
	switch {
	case !ok:
		return syscall.ENODEV
	case before.Type != l.Type:
		return syscall.EOPNOTSUPP
	case l.Up && !before.Up && k.Fixed(l) && (l.Type == "gretap" || l.Type == "erspan"):
		return syscall.EADDRNOTAVAIL // they have no hardware address
	}
	if before.Up && !l.Up {
		n.bringDown(k.Name)
	}
	n.state.Set(k, l)
	if !before.Up && l.Up && l.Type == "loopback" {
		n.loopback(k.Name)
	}
	if l.Up {
		n.configure(k, "ipv6") // a tunnel has none before
	}
	return 0
}

// receiver makes what receives GUE packets; there is nothing to change about it.
func (n *Node) receiver(k LinkKey, l Link, create bool) syscall.Errno {
	there := n.state.Links.at(k) != nil
	switch {
	case !create && !there:
		return syscall.ENODEV
	case !create:
		return syscall.EOPNOTSUPP
	case l != Link{Type: "gue", Up: true}:
		return syscall.EINVAL
	case n.state.Modules.at(ModuleKey{"fou"}) == nil:
		return syscall.ENOENT // asking for it does not load it
	case there:
		return syscall.EEXIST
	}
	n.state.Set(k, l)
	return 0
}

// loopback gives the loopback interface the addresses that it has as soon as it is up. Link-local ones, which other interfaces
// have by their hardware addresses, nobody can foresee.
func (n *Node) loopback(name string) {
	four := AddressKey{name, netip.MustParsePrefix("127.0.0.1/8")}
	if n.state.Addresses.at(four) == nil && !n.otherScope(four, "host") {
		n.state.Set(four, Address{Label: name, Scope: "host"})
	}
	n.own[name] = true
	if k := (AddressKey{name, loopbackSix()}); !n.sixTwice(k) {
		n.state.Set(k, Address{Scope: "host", Origin: 1})
	}
}

func loopbackSix() netip.Prefix { return netip.PrefixFrom(netip.IPv6Loopback(), 128) }

// IsInterface says that the kernel lets an interface have the name.
func (k LinkKey) IsInterface() bool { return len(k.Name) <= 15 && interfaceName(k.Name) }

// interfaceName says that the kernel takes the name. One with "%d" is to be completed with a number, and so is none; the
// settings of "all" and "default" are not those of an interface.
func interfaceName(name string) bool {
	switch name {
	case "", ".", "..", "all", "default":
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return slices.Contains([]rune("/:% \t\n\v\f\r\u00a0"), r) })
}

// bringDown takes away what an interface has only while it is up.
func (n *Node) bringDown(name string) {
	for k := range n.state.Addresses {
		if k.Interface == name && k.Prefix.Addr().Is6() {
			delete(n.state.Addresses, k)
		}
	}
	for k := range n.state.Neighbours {
		if k.Interface == name {
			delete(n.state.Neighbours, k)
		}
	}
}

func (n *Node) removeLink(k LinkKey) syscall.Errno {
	l, ok := n.state.Links[k]
	switch {
	case !ok:
		return syscall.ENODEV
	case k.Fixed(l):
		return syscall.EOPNOTSUPP
	}
	n.bringDown(k.Name)
	for a := range n.state.Addresses {
		if a.Interface == k.Name {
			delete(n.state.Addresses, a)
		}
	}
	for s := range n.state.Sysctls {
		if s.Interface() == k.Name {
			delete(n.state.Sysctls, s)
			delete(n.own, s.Name)
		}
	}
	delete(n.own, k.Name)
	n.state.Set(k, nil)
	return 0
}
