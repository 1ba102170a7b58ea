package spec

import (
	"net/netip"
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
	}
	if e := n.present(k, create, syscall.ENOENT); e != 0 {
		return e
	}
	e, family := syscall.Errno(0), "inet"
	switch k := k.(type) {
	case ARPFilterKey:
		e, family = arpFilter(k, v.(ARPFilter)), "arp"
	case MarkRuleKey:
		e = markRule(k)
	case MasqueradeRuleKey:
		e = masqueradeRule(k.Destination, v.(MasqueradeRule))
	}
	if e == 0 && slices.Contains(n.kernel.NoRules, family) {
		e = syscall.EOPNOTSUPP
	}
	if e == 0 {
		n.state.Set(k, v)
	}
	return e
}

// arpFilter says what no rule can say.
func arpFilter(k ARPFilterKey, v ARPFilter) syscall.Errno {
	switch {
	case !k.Address.Is4():
		return syscall.EOPNOTSUPP
	case !(LinkKey{k.Interface}).IsInterface(), v.Source.IsValid() && !v.Source.Is4():
		return syscall.EINVAL
	}
	return 0
}

func markRule(k MarkRuleKey) syscall.Errno {
	if !ruled(k.Address) || !hasPorts(k.Protocol) || k.First > k.Last || k.First == 0 && k.Last != 0 {
		return syscall.EINVAL
	}
	return 0
}

func masqueradeRule(k DestinationKey, v MasqueradeRule) syscall.Errno {
	s, server := k.Service, k.Address.Addr()
	if !ruled(server) || k.Mixed() || !s.IsMark() && (!ruled(s.Address.Addr()) || !hasPorts(s.Protocol)) ||
		v.Source.IsValid() && (!ruled(v.Source) || v.Source.Is4() != server.Is4()) {
		return syscall.EINVAL
	}
	return 0
}

func ruled(a netip.Addr) bool { return a.IsValid() && a.Zone() == "" }

func hasPorts(p Protocol) bool { return p == TCP || p == UDP || p == SCTP }

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
