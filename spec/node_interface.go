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
