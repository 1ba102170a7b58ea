package spec

import (
	"net/netip"
	"slices"
	"syscall"
)

// Kernel describes the kernel that a simulated node stands for, as far as IPVS asks. The zero value knows every
// scheduler, engine and interface, and has no addresses of its own.
type Kernel struct {
	// Release is the kernel's version, for people.
	Release string `json:"release,omitempty"`
	// Schedulers and Engines are the modules it has; nil is any.
	Schedulers []string `json:"schedulers,omitempty"`
	Engines    []string `json:"engines,omitempty"`
	// TicksPerSecond is CONFIG_HZ: it bounds the timeouts. 0 is 1000, the strictest.
	TicksPerSecond uint32      `json:"ticks_per_second,omitempty"`
	Interfaces     []Interface `json:"interfaces,omitempty"`
}

// Interface is a network interface of a simulated node.
type Interface struct {
	Name string `json:"name"`
	// MTU is in bytes; 0 is 1500.
	MTU       int            `json:"mtu,omitempty"`
	Addresses []netip.Prefix `json:"addresses,omitempty"`
}

// Node is a State that changes as a kernel's would: what the kernel refuses is a *Refusal with its errno, what it
// rewrites by itself is rewritten. Rules and errnos were observed on Linux 6.1.
type Node struct {
	kernel Kernel
	state  State
	// dests counts the destinations of a service, so that deleting an empty one needs no search.
	dests map[ServiceKey]int
	mixed int
}

// NewNode is a node that starts in a copy of the state, which is not checked.
func NewNode(k Kernel, s State) *Node {
	n := &Node{kernel: k, state: s.Clone(), dests: make(map[ServiceKey]int, len(s.Services))}
	for d := range s.Destinations {
		n.count(d, 1)
	}
	return n
}

// State is the node's present state; it is not a copy.
func (n *Node) State() State { return n.state }

func (n *Node) count(k DestinationKey, by int) {
	n.dests[k.Service] += by
	if k.Mixed() {
		n.mixed += by
	}
}

// Do creates (before is nil), deletes (after is nil) or updates the object. Before is not compared with the node.
func (n *Node) Do(k Key, before, after Value) error {
	op, errno := "update", syscall.Errno(0)
	switch {
	case before == nil:
		op, errno = "create", n.create(k, after)
	case after == nil:
		op, errno = "delete", n.remove(k)
	default:
		errno = n.update(k, after)
	}
	if errno != 0 {
		return &Refusal{op, k, errno}
	}
	return nil
}

func (n *Node) create(k Key, v Value) syscall.Errno {
	if k.Kind() == KindTimeouts {
		return syscall.EEXIST
	}
	if d, ok := k.(DestinationKey); ok {
		if n.state.Get(d.Service) == nil {
			return syscall.ESRCH
		}
		if e := n.destination(d, v.(Destination)); e != 0 {
			return e
		}
	}
	if n.state.Get(k) != nil {
		return syscall.EEXIST
	}
	switch k := k.(type) {
	case ServiceKey:
		if e := n.service(k, v.(Service)); e != 0 {
			return e
		}
	case DestinationKey:
		n.count(k, 1)
	case SyncDaemonKey:
		started, e := n.start(k, v.(SyncDaemon))
		if e != 0 {
			return e
		}
		v = started
	}
	n.state.Set(k, v)
	return 0
}

func (n *Node) update(k Key, v Value) syscall.Errno {
	switch k := k.(type) {
	case ServiceKey:
		if n.state.Get(k) == nil {
			return syscall.ESRCH
		}
		if e := n.service(k, v.(Service)); e != 0 {
			return e
		}
	case DestinationKey:
		if n.state.Get(k.Service) == nil {
			return syscall.ESRCH
		}
		if e := n.destination(k, v.(Destination)); e != 0 {
			return e
		}
		if n.state.Get(k) == nil {
			return syscall.ENOENT
		}
	case TimeoutsKey:
		t := v.(Timeouts)
		most := 0x7fffffff / max(n.kernel.TicksPerSecond, 1)
		if n.kernel.TicksPerSecond == 0 {
			most = 0x7fffffff / 1000
		}
		if max(t.TCP, t.TCPFin, t.UDP) > most {
			return syscall.EINVAL
		}
		v = Settle(n.state.Get(k), v)
	case SyncDaemonKey:
		return syscall.EEXIST // a daemon is stopped and started, never edited
	}
	n.state.Set(k, v)
	return 0
}

func (n *Node) remove(k Key) syscall.Errno {
	if d, ok := k.(DestinationKey); ok && n.state.Get(d.Service) == nil {
		return syscall.ESRCH
	}
	if n.state.Get(k) == nil {
		if k.Kind() == KindDestination {
			return syscall.ENOENT
		}
		return syscall.ESRCH
	}
	switch k := k.(type) {
	case TimeoutsKey:
		return syscall.EOPNOTSUPP
	case DestinationKey:
		n.count(k, -1)
	case ServiceKey:
		n.removeServers(k)
	}
	n.state.Set(k, nil)
	return 0
}

// The kernel deletes a service's destinations with it.
func (n *Node) removeServers(k ServiceKey) {
	if n.dests[k] > 0 {
		for d := range n.state.Destinations {
			if d.Service == k {
				n.count(d, -1)
				delete(n.state.Destinations, d)
			}
		}
	}
	delete(n.dests, k)
}

func (n *Node) service(k ServiceKey, s Service) syscall.Errno {
	switch {
	case len(s.Scheduler) > 15 || len(s.Engine) > 16:
		return syscall.EINVAL
	case !s.Netmask.Fits(k.Family()):
		return syscall.EINVAL
	case s.Scheduler != "none" && !has(n.kernel.Schedulers, s.Scheduler):
		return syscall.ENOENT
	case s.Engine != "" && !has(n.kernel.Engines, s.Engine):
		return syscall.ENOENT
	}
	return 0
}

func has(all []string, name string) bool {
	return name != "" && (all == nil || slices.Contains(all, name))
}

func (n *Node) destination(k DestinationKey, d Destination) syscall.Errno {
	if k.Mixed() && (d.Forward != TunnelTo || len(n.state.SyncDaemons) > 0) {
		return syscall.EINVAL
	}
	switch {
	case d.Weight > 0x7fffffff, d.LowerThreshold > d.UpperThreshold:
		return syscall.ERANGE
	case d.Tunnel.Type == GUE && d.Tunnel.Port == 0, !n.unicast(k.Address.Addr()):
		return syscall.EINVAL
	}
	return 0
}

// unicast says what the kernel accepts as a real server's address; it needs no route to it.
func (n *Node) unicast(a netip.Addr) bool {
	if a.IsUnspecified() || a.IsMulticast() || a.Is4In6() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return false
	}
	for _, i := range n.kernel.Interfaces {
		for _, p := range i.Addresses {
			if p.Addr() == a {
				return true
			}
			if p.Addr().Is4() && p.Bits() < 31 && a == broadcast(p) {
				return false
			}
		}
	}
	return !(a.Is6() && a.IsLinkLocalUnicast())
}

func broadcast(p netip.Prefix) netip.Addr {
	b := p.Addr().As4()
	for i := p.Bits(); i < 32; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	return netip.AddrFrom4(b)
}

// start fills in what the kernel does: group, port, ttl and the largest message.
func (n *Node) start(k SyncDaemonKey, d SyncDaemon) (SyncDaemon, syscall.Errno) {
	i := slices.IndexFunc(n.kernel.Interfaces, func(i Interface) bool { return i.Name == d.Interface })
	if n.kernel.Interfaces != nil && i < 0 || d.Interface == "" {
		return d, syscall.ENODEV
	}
	if d.Group.IsValid() && !d.Group.IsMulticast() || n.mixed > 0 {
		return d, syscall.EINVAL
	}
	if n.kernel.Interfaces == nil {
		return d, 0 // nothing is known of the interface, so what the kernel would choose stays open
	}
	mtu := max(n.kernel.Interfaces[i].MTU, 1500)
	if k.Role == Master {
		mtu = 1500 // whatever the interface's MTU
	}
	full := SyncDaemon{Group: netip.AddrFrom4([4]byte{224, 0, 0, 81}), Port: 8848, TTL: 1}
	d.Group, d.Port, d.TTL = or(d.Group, full.Group), or(d.Port, full.Port), or(d.TTL, full.TTL)
	headers := 28
	if d.Group.Is6() {
		headers = 48
	}
	switch most := 65535 - headers; {
	case d.MaxLen == 0:
		d.MaxLen = uint16(min(mtu-headers, most))
	case k.Role == Backup:
		d.MaxLen = uint16(min(max(int(d.MaxLen), 1024), most))
	default:
		d.MaxLen = uint16(min(int(d.MaxLen), most))
	}
	return d, 0
}
