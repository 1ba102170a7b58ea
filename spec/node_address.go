package spec

import (
	"net/netip"
	"strconv"
	"syscall"
)

func (n *Node) address(k AddressKey, a Address, create bool) syscall.Errno {
	if e := n.carries(k.Interface); e != 0 {
		return e
	}
	if !create {
		return n.setAddress(k, a)
	}
	addr := k.Prefix.Addr()
	switch {
	case !k.Prefix.IsValid() || addr == netip.IPv4Unspecified():
		return syscall.EINVAL
	case a.Dynamic:
		return syscall.EOPNOTSUPP
	case scope(a.Scope) == "":
		return syscall.EINVAL
	case addr.Is4() && len(a.Label) > 15:
		return syscall.ERANGE
	case addr.Is6() && !n.unicast6(k):
		return syscall.EADDRNOTAVAIL
	case n.state.Get(k) != nil, addr.Is6() && n.sixTwice(k):
		return syscall.EEXIST
	case addr.Is4() && n.otherScope(k, scope(a.Scope)):
		return syscall.EINVAL
	}
	n.state.Set(k, k.made(a))
	n.own[k.Interface] = n.own[k.Interface] || addr.Is4()
	return 0
}

// unicast6 says whether an interface can have an IPv6 address. To look makes the settings of a tunnel that has none yet.
func (n *Node) unicast6(k AddressKey) bool {
	l, known := n.state.Links[LinkKey{k.Interface}]
	if known {
		n.configure(LinkKey{k.Interface}, "ipv6")
	}
	addr := k.Prefix.Addr()
	return !addr.IsUnspecified() && !addr.IsMulticast() && (!addr.IsLoopback() || !known || l.Type == "loopback")
}

// made is the address as the kernel shows it: the label is the interface's name unless another is said, and IPv6 has none, and
// a scope that follows from the address.
func (k AddressKey) made(a Address) Address {
	addr := k.Prefix.Addr()
	if addr.Is4() {
		a.Label, a.Scope, a.NoDAD = or(a.Label, k.Interface), scope(a.Scope), false
		return a
	}
	a.Label, a.Scope = "", "global"
	switch {
	case addr.IsLoopback():
		a.Scope = "host"
	case addr.IsLinkLocalUnicast():
		a.Scope = "link"
	case netip.MustParsePrefix("fec0::/10").Contains(addr):
		a.Scope = "site"
	}
	return a
}

// otherScope says that the interface has another address of the network, which all have the scope of the first.
func (n *Node) otherScope(k AddressKey, scope string) bool {
	for o, v := range n.state.Addresses {
		if o != k && o.Interface == k.Interface && o.Prefix.Masked() == k.Prefix.Masked() && v.Scope != scope {
			return true
		}
	}
	return false
}

// scope is the one spelling of a scope, or "" for what is none.
func scope(name string) string {
	names := map[uint64]string{0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}
	for _, known := range names {
		if name == known {
			return name
		}
	}
	number, err := strconv.ParseUint(name, 10, 8)
	if err != nil {
		return ""
	}
	return or(names[number], strconv.FormatUint(number, 10))
}

func (n *Node) setAddress(k AddressKey, a Address) syscall.Errno {
	before, ok := n.state.Addresses[k]
	switch {
	case !ok:
		return syscall.EADDRNOTAVAIL
	case Settle(before, a) != Value(a):
		return syscall.EOPNOTSUPP
	}
	n.state.Set(k, a)
	return 0
}

// sixTwice: an interface has an IPv6 address once, whatever its prefix.
func (n *Node) sixTwice(k AddressKey) bool {
	for o := range n.state.Addresses {
		if o.Interface == k.Interface && o.Prefix.Addr() == k.Prefix.Addr() {
			return true
		}
	}
	return false
}

// removeAddress looks at the label that the address is said to have, as the kernel does.
func (n *Node) removeAddress(k AddressKey, before Value) syscall.Errno {
	if e := n.carries(k.Interface); e != 0 {
		return e
	}
	live, ok := n.state.Addresses[k]
	said, _ := before.(Address)
	if !ok || k.Prefix.Addr().Is4() && said.Label != "" && said.Label != live.Label {
		return syscall.EADDRNOTAVAIL
	}
	n.state.Set(k, nil)
	if k.Prefix.Addr().Is4() {
		n.own[k.Interface] = true
		n.forgetNeighbours(k.Interface)
	}
	return 0
}

// forgetNeighbours: with the last IPv4 address of an interface go its IPv4 neighbours, permanent or not.
func (n *Node) forgetNeighbours(iface string) {
	for a := range n.state.Addresses {
		if a.Interface == iface && a.Prefix.Addr().Is4() {
			return
		}
	}
	for k := range n.state.Neighbours {
		if k.Interface == iface && k.Address.Is4() {
			delete(n.state.Neighbours, k)
		}
	}
}

func (n *Node) neighbour(k NeighbourKey, v Neighbour, create bool) syscall.Errno {
	if e := n.neighbours(k); e != 0 {
		return e
	}
	if e := n.present(k, create, syscall.ENOENT); e != 0 {
		return e
	}
	if !hardware(v.MAC, n.state.Links[LinkKey{k.Interface}].Type) || create && k.Address.Is6() && n.withoutSix(k.Interface) {
		return syscall.EINVAL
	}
	n.state.Set(k, v)
	return 0
}

// withoutSix says that an interface has no part in IPv6 yet: an IPv4 tunnel, before it is up or has an IPv6 address.
func (n *Node) withoutSix(name string) bool {
	forwarding := func(name string) bool { return n.state.Sysctls.at(ConfSysctl("ipv6", name, "forwarding")) != nil }
	return forwarding("default") && !forwarding(name)
}

// neighbours says whether an interface has neighbours: lo has none by IPv4.
func (n *Node) neighbours(k NeighbourKey) syscall.Errno {
	if e := n.carries(k.Interface); e != 0 {
		return e
	}
	if k.Address.Is4() && n.state.Links[LinkKey{k.Interface}].Type == "loopback" {
		return syscall.EOPNOTSUPP
	}
	return 0
}

// hardware says that a text is a hardware address of an interface of the type: bytes in lower-case hexadecimal with colons between
// them, six but for tunnels, whose ends are addresses. The kernel itself would cut off the rest of a longer one.
func hardware(mac, linkType string) bool {
	size := 6
	switch linkType {
	case "ipip", "sit", "gre":
		size = 4
	case "ip6tnl", "ip6gre":
		size = 16
	}
	if len(mac) != 3*size-1 {
		return false
	}
	for i := range len(mac) {
		c := mac[i]
		if colon := i%3 == 2; colon != (c == ':') || !colon && (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
