package spec

import (
	"net/netip"
	"strconv"
	"syscall"
)

func (n *Node) address(k AddressKey, a Address, create bool) syscall.Errno {
	addr := k.Prefix.Addr()
	if e := n.carries(k.Interface); e != 0 {
		return e
	}
	if !create {
		before, ok := n.state.Addresses[k]
		if !ok {
			return syscall.EADDRNOTAVAIL
		}
		if Settle(before, a) != Value(a) {
			return syscall.EOPNOTSUPP
		}
		n.state.Set(k, a)
		return 0
	}
	scope, ok := parseScope(a.Scope)
	switch {
	case !k.Prefix.IsValid() || addr == netip.IPv4Unspecified():
		return syscall.EINVAL
	case a.Dynamic:
		return syscall.EOPNOTSUPP // nobody knows for how long
	case !ok:
		return syscall.EINVAL
	case addr.Is4() && len(a.Label) > 15:
		return syscall.ERANGE
	}
	if addr.Is4() {
		if a.Scope = scopeNames[scope]; a.Scope == "" {
			a.Scope = strconv.Itoa(int(scope))
		}
		a.Label = or(a.Label, k.Interface)
		return n.addFour(k, a)
	}
	a.Label, a.Scope = "", scopeOf(addr)
	return n.addSix(k, a)
}

// addFour: of addresses of one network, all have the scope of the first.
func (n *Node) addFour(k AddressKey, a Address) syscall.Errno {
	if n.state.Addresses.at(k) != nil {
		return syscall.EEXIST
	}
	for o, v := range n.state.Addresses {
		if o.Interface == k.Interface && o.Prefix.Masked() == k.Prefix.Masked() && v.Scope != a.Scope {
			return syscall.EINVAL
		}
	}
	n.state.Set(k, a)
	return 0
}

// addSix: an interface has an IPv6 address once, whatever its prefix.
func (n *Node) addSix(k AddressKey, a Address) syscall.Errno {
	addr := k.Prefix.Addr()
	l, known := n.state.Links[LinkKey{k.Interface}]
	if addr.IsUnspecified() || addr.IsMulticast() || addr.IsLoopback() && known && l.Type != "loopback" {
		return syscall.EADDRNOTAVAIL
	}
	for o := range n.state.Addresses {
		if o.Interface == k.Interface && o.Prefix.Addr() == addr {
			return syscall.EEXIST
		}
	}
	n.state.Set(k, a)
	return 0
}

// scopeNames are those of rt_scopes; never changed.
var scopeNames = map[uint8]string{0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}

func parseScope(s string) (uint8, bool) {
	for number, name := range scopeNames {
		if name == s {
			return number, true
		}
	}
	number, err := strconv.ParseUint(s, 10, 8)
	return uint8(number), err == nil
}

// scopeOf is the scope of an IPv6 address, which nobody chooses.
func scopeOf(a netip.Addr) string {
	b := a.As16()
	switch {
	case a.IsLoopback():
		return "host"
	case a.IsLinkLocalUnicast():
		return "link"
	case b[0] == 0xfe && b[1]&0xc0 == 0xc0:
		return "site"
	}
	return "global"
}

// The addresses that the loopback interface has as soon as it is up; never changed.
var (
	loopbackFour = netip.MustParsePrefix("127.0.0.1/8")
	loopbackSix  = netip.MustParsePrefix("::1/128")
)

// bringUp gives an interface what the kernel gives it: the loopback its addresses. Link-local ones, which come of the hardware
// address, no state that was not read from a kernel has.
func (n *Node) bringUp(name string) {
	if n.state.Links[LinkKey{name}].Type != "loopback" {
		return
	}
	for k := range n.state.Addresses {
		if k.Interface == name && k.Prefix.Addr().Is4() {
			n.state.Set(AddressKey{name, loopbackSix}, Address{Scope: "host", Origin: 1})
			return
		}
	}
	n.state.Set(AddressKey{name, loopbackFour}, Address{Label: name, Scope: "host"})
	n.state.Set(AddressKey{name, loopbackSix}, Address{Scope: "host", Origin: 1})
}
