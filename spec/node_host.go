package spec

import (
	"slices"
	"syscall"
)

// putHost creates or edits an object of the host.
func (n *Node) putHost(k Key, v Value, create bool) syscall.Errno {
	switch k := k.(type) {
	case ModuleKey:
		return n.module(k)
	case LinkKey:
		return n.link(k, v.(Link), create)
	case SysctlKey:
		return n.sysctl(k, v.(Sysctl))
	case AddressKey:
		return n.address(k, v.(Address), create)
	case NeighbourKey:
		return n.neighbour(k, v.(Neighbour), create)
	case ARPFilterKey:
		if !k.Address.Is4() || slices.Contains(n.kernel.NoRules, "arp") {
			return syscall.EOPNOTSUPP
		}
	case MarkRuleKey, MasqueradeRuleKey:
		if slices.Contains(n.kernel.NoRules, "inet") {
			return syscall.EOPNOTSUPP
		}
	}
	if e := n.present(k, create, syscall.ENOENT); e != 0 {
		return e
	}
	n.state.Set(k, v)
	return 0
}

func (n *Node) removeHost(k Key, before Value) syscall.Errno {
	switch k := k.(type) {
	case ModuleKey, SysctlKey:
		return syscall.EOPNOTSUPP
	case LinkKey:
		return n.removeLink(k)
	case AddressKey:
		return n.removeAddress(k, before)
	case NeighbourKey:
		if e := n.neighbours(k); e != 0 {
			return e
		}
	}
	if n.state.Get(k) == nil {
		return syscall.ENOENT
	}
	n.state.Set(k, nil)
	return 0
}
