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
	case !k.Prefix.IsValid() || addr == netip.IPv4Unspecified() || !scope(a.Scope):
		return syscall.EINVAL
	case a.Dynamic:
		return syscall.EOPNOTSUPP
	case addr.Is4() && len(a.Label) > 15:
		return syscall.ERANGE
	case addr.Is6() && !n.unicast6(k):
		return syscall.EADDRNOTAVAIL
	case n.state.Get(k) != nil, addr.Is6() && n.sixTwice(k):
		return syscall.EEXIST
	case addr.Is4() && n.otherScope(k, a.Scope):
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
		a.Label = or(a.Label, k.Interface)
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

func scope(name string) bool {
	switch name {
	case "global", "site", "link", "host", "nowhere":
		return true
	}
	_, err := strconv.ParseUint(name, 10, 8)
	return err == nil
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

// otherScope: the IPv4 addresses of one subnet on one interface are of one scope.
func (n *Node) otherScope(k AddressKey, scope string) bool {
	for o, v := range n.state.Addresses {
		if o.Interface == k.Interface && o.Prefix.Masked() == k.Prefix.Masked() && v.Scope != scope {
			return true
		}
	}
	return false
}

func (n *Node) removeAddress(k AddressKey) syscall.Errno {
	if e := n.carries(k.Interface); e != 0 {
		return e
	}
	if n.state.Addresses.at(k) == nil {
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
	if !hardware(v.MAC) {
		return syscall.EINVAL
	}
	n.state.Set(k, v)
	return 0
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

// hardware says that a text is six bytes in lower-case hexadecimal with colons between them.
func hardware(mac string) bool {
	if len(mac) != 17 {
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
