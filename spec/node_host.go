package spec

import (
	"slices"
	"strconv"
	"strings"
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
		if e := n.neighbour(k, v.(Neighbour)); e != 0 {
			return e
		}
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

func (n *Node) removeHost(k Key) syscall.Errno {
	v := n.state.Get(k)
	switch k := k.(type) {
	case ModuleKey, SysctlKey:
		return syscall.EOPNOTSUPP
	case LinkKey:
		if v == nil {
			return syscall.ENODEV
		}
		return n.removeLink(k, v.(Link))
	case AddressKey:
		if e := n.carries(k.Interface); e != 0 {
			return e
		}
		if v == nil {
			return syscall.EADDRNOTAVAIL
		}
	}
	if v == nil {
		return syscall.ENOENT
	}
	n.state.Set(k, nil)
	return 0
}

// sysctl sets what is there; a setting cannot be made.
func (n *Node) sysctl(k SysctlKey, s Sysctl) syscall.Errno {
	if n.state.Sysctls.at(k) == nil {
		return syscall.ENOENT
	}
	if e := acceptable(k, s.Value); e != 0 {
		return e
	}
	n.state.Set(k, s)
	if !k.IsGlobal() {
		return 0
	}
	for o := range n.state.Sysctls {
		if k.Rewrites(o) {
			n.state.Sysctls[o] = s
		}
	}
	return 0
}

// acceptable says what the kernel does with a value: those that are known to be numbers take numbers.
func acceptable(k SysctlKey, value string) syscall.Errno {
	name := k.Name[strings.LastIndexByte(k.Name, '.')+1:]
	own := strings.HasPrefix(k.Name, "net.ipv4.vs.")
	forwarding := strings.Contains(k.Name, ".conf.") || k.Name == "net.ipv4.ip_forward"
	if !own && !forwarding {
		return 0
	}
	if own && name == "sync_threshold" {
		return 0
	}
	number, err := strconv.ParseInt(value, 10, 32)
	most := map[string]int64{"drop_entry": 3, "drop_packet": 3, "secure_tcp": 3, "sync_retries": 3}
	limit, limited := most[name]
	if err != nil || own && limited && (number < 0 || number > limit) {
		return syscall.EINVAL
	}
	return 0
}
