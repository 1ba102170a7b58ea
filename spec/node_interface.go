package spec

import (
	"net/netip"
	"strings"
	"syscall"
)

// carries says whether there is an interface of that name.
func (n *Node) carries(name string) syscall.Errno {
	if name == "" || len(n.state.Links) > 0 && n.state.Links.at(LinkKey{name}) == nil {
		return syscall.ENODEV
	}
	return 0
}

// unicast says what the kernel accepts as a real server's address; it needs no route to it.
func (n *Node) unicast(a netip.Addr) bool {
	if a.IsUnspecified() || a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return false
	}
	for k := range n.state.Addresses {
		p := k.Prefix
		if p.Addr() == a {
			return true
		}
		if p.Addr().Is4() && p.Bits() < 31 && a == broadcast(p) && n.state.Links[LinkKey{k.Interface}].Up {
			return false
		}
	}
	if a.Is4() {
		return true
	}
	return !a.Is4In6() && (!a.IsLinkLocalUnicast() || len(n.state.Links) == 0) // a link-local address must be one of its own
}

// reaches says whether a daemon's socket can be made, which the kernel finds out last: a master's needs a route to the
// group. For IPv6 there is one where the interface has an address of its own.
func (n *Node) reaches(role Role, d SyncDaemon) syscall.Errno {
	link, known := n.state.Links[LinkKey{d.Interface}]
	if !known || role != Master {
		return 0
	}
	if link.Up && !d.Group.Is6() {
		return 0
	}
	for k := range n.state.Addresses {
		if a := k.Prefix.Addr(); link.Up && k.Interface == d.Interface && a.Is6() && !a.IsLoopback() {
			return 0
		}
	}
	return syscall.ENETUNREACH
}

// bringsTunnels are the interfaces that every network namespace has while a module is loaded.
var bringsTunnels = map[string]LinkKey{"ipip": {"tunl0"}, "ip_gre": {"gre0"}, "ip6_tunnel": {"ip6tnl0"}}

// TunnelModule is the module without which a link of the type does not exist, or "".
func TunnelModule(linkType string) string {
	return map[string]string{"ipip": "ipip", "gre": "ip_gre", "ip6tnl": "ip6_tunnel", "gue": "fou"}[linkType]
}

// fixed says that a link comes and goes with the kernel and its modules, and not with requests.
func (k LinkKey) fixed(l Link) bool {
	for _, tunnel := range bringsTunnels {
		if k == tunnel {
			return true
		}
	}
	return l.Type == "device" || l.Type == "loopback"
}

func (n *Node) module(k ModuleKey) syscall.Errno {
	if !has(n.kernel.Modules, k.Name) {
		return syscall.ENOENT
	}
	n.state.Set(k, Module{})
	if tunnel, ok := bringsTunnels[k.Name]; ok && n.state.Links.at(tunnel) == nil {
		linkType := map[string]string{"tunl0": "ipip", "gre0": "gre", "ip6tnl0": "ip6tnl"}[tunnel.Name]
		n.arise(tunnel, Link{Type: linkType})
	}
	return 0
}

// arise makes a link, and with it its settings.
func (n *Node) arise(k LinkKey, l Link) {
	n.state.Set(k, l)
	if _, isGUE := k.GUEPort(); isGUE {
		return
	}
	for s, v := range n.state.Sysctls {
		if family, name, ok := s.conf("default"); ok {
			n.state.Set(ConfSysctl(family, k.Name, name), v)
		}
	}
}

func (n *Node) link(k LinkKey, l Link, create bool) syscall.Errno {
	_, isGUE := k.GUEPort()
	if create {
		switch {
		case isGUE != (l.Type == "gue"), len(k.Name) > 15:
			return syscall.EINVAL
		case n.state.Get(k) != nil:
			return syscall.EEXIST
		case k.fixed(l) || l.Type != "dummy" && l.Type != "gue":
			return syscall.EOPNOTSUPP
		case isGUE && !l.Up:
			return syscall.EINVAL
		}
		n.arise(k, l)
		return 0
	}
	before, ok := n.state.Links[k]
	switch {
	case !ok:
		return syscall.ENODEV
	case isGUE || before.Type != l.Type:
		return syscall.EOPNOTSUPP
	}
	if before.Up && !l.Up {
		n.bringDown(k.Name)
	}
	rises := !before.Up && l.Up
	n.state.Set(k, l)
	if rises {
		n.bringUp(k.Name)
	}
	return 0
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

func (n *Node) removeLink(k LinkKey, l Link) syscall.Errno {
	if k.fixed(l) {
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
		}
	}
	n.state.Set(k, nil)
	return 0
}

// Interface is the interface that a setting is about, or "".
func (k SysctlKey) Interface() string {
	parts := strings.Split(k.Name, ".")
	if len(parts) < 5 || parts[0] != "net" || parts[2] != "conf" && parts[2] != "neigh" || parts[1] != "ipv4" && parts[1] != "ipv6" {
		return ""
	}
	if name := strings.ReplaceAll(parts[3], "/", "."); name != "all" && name != "default" {
		return name
	}
	return ""
}

// ConfSysctl is net.FAMILY.conf.INTERFACE.NAME; the interface may be "all" or "default".
func ConfSysctl(family, iface, name string) SysctlKey {
	return SysctlKey{"net." + family + ".conf." + strings.ReplaceAll(iface, ".", "/") + "." + name}
}

// conf takes a setting of an interface apart.
func (k SysctlKey) conf(iface string) (family, name string, ok bool) {
	for _, family := range []string{"ipv4", "ipv6"} {
		if name, ok := strings.CutPrefix(k.Name, ConfSysctl(family, iface, "").Name); ok {
			return family, name, true
		}
	}
	return "", "", false
}
