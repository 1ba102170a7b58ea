package spec

import "syscall"

// Node is a State that changes as a kernel's would: what the kernel refuses is a *Refusal with its errno, what it
// rewrites by itself is rewritten. The rules, and the order in which they are asked, are those of Linux 6.1.
type Node struct {
	kernel Kernel
	state  State
	// servers counts the destinations of a service, so that deleting an empty one needs no search.
	servers map[ServiceKey]int
	mixed   int
	// own are the settings that were written, and the interfaces that had an IPv4 address: they do not follow the settings for
	// new interfaces any more.
	own map[string]bool
}

// NewNode is a node that starts in a copy of the state, which is not checked. One that knows of no interfaces gets those of
// the kernel.
func NewNode(k Kernel, s State) *Node {
	n := &Node{kernel: k, state: s.Clone(), servers: make(map[ServiceKey]int, len(s.Services)), own: map[string]bool{}}
	k.seed(&n.state)
	for d := range s.Destinations {
		n.count(d, 1)
	}
	return n
}

// Servers counts the destinations of a service.
func (n *Node) Servers(k ServiceKey) int { return n.servers[k] }

// State is the node's present state; it is not a copy.
func (n *Node) State() State { return n.state }

func (n *Node) count(k DestinationKey, by int) {
	n.servers[k.Service] += by
	if k.Mixed() {
		n.mixed += by
	}
}

// Do creates (before is nil), deletes (after is nil) or updates the object. Before is not compared with the node,
// but for the label of an address, which a kernel looks at when it deletes one.
func (n *Node) Do(k Key, before, after Value) error {
	op, errno := "update", syscall.Errno(0)
	switch {
	case before == nil:
		op, errno = "create", n.put(k, after, true)
	case after == nil:
		op, errno = "delete", n.remove(k, before)
	default:
		errno = n.put(k, after, false)
	}
	if errno != 0 {
		return &Refusal{op, k, errno}
	}
	return nil
}

// put creates or edits.
func (n *Node) put(k Key, v Value, create bool) syscall.Errno {
	errno := syscall.EINVAL
	switch k := k.(type) {
	case ServiceKey:
		v, errno = n.service(k, v.(Service), create)
	case DestinationKey:
		v, errno = n.destination(k, v.(Destination), create)
	case TimeoutsKey:
		v, errno = n.timeouts(v.(Timeouts), create)
	case SyncDaemonKey:
		v, errno = n.daemon(k, v.(SyncDaemon), create)
	default:
		return n.putHost(k, v, create)
	}
	if errno != 0 {
		return errno
	}
	if d, ok := k.(DestinationKey); ok && create {
		n.count(d, 1)
	}
	n.state.Set(k, v)
	return 0
}

// present says what an object that is there, or is not, does to an operation that makes it, or edits it.
func (n *Node) present(k Key, create bool, absent syscall.Errno) syscall.Errno {
	switch there := n.state.Get(k) != nil; {
	case there && create:
		return syscall.EEXIST
	case !there && !create:
		return absent
	}
	return 0
}

func (n *Node) service(k ServiceKey, s Service, create bool) (Value, syscall.Errno) {
	if len(s.Scheduler) > 15 || len(s.Engine) > 16 || !s.Netmask.Fits(k.Family()) || k.IsMark() && k.FWMark == 0 {
		return nil, syscall.EINVAL
	}
	if e := n.present(k, create, syscall.ESRCH); e != 0 {
		return nil, e
	}
	s.Timeout = n.kernel.wrap(s.Timeout)
	return s, n.kernel.schedules(s)
}

func (n *Node) destination(k DestinationKey, d Destination, create bool) (Value, syscall.Errno) {
	switch {
	case n.state.Get(k.Service) == nil:
		return nil, syscall.ESRCH
	case k.Mixed() && (d.Forward != TunnelTo || len(n.state.SyncDaemons) > 0):
		return nil, syscall.EINVAL
	case d.Weight > 0x7fffffff, d.LowerThreshold > d.UpperThreshold:
		return nil, syscall.ERANGE
	case d.Tunnel.Type == GUE && d.Tunnel.Port == 0:
		return nil, syscall.EINVAL
	}
	if e := n.present(k, create, syscall.ENOENT); e != 0 {
		return nil, e
	}
	if create && !n.unicast(k.Address.Addr()) { // one that is there has an address that was unicast
		return nil, syscall.EINVAL
	}
	if d.Forward &= 7; d.Forward != TunnelTo {
		d.Tunnel = Tunnel{} // the kernel keeps it without effect, and no driver shows it
	}
	return d, 0
}

func (n *Node) timeouts(t Timeouts, create bool) (Value, syscall.Errno) {
	if create {
		return nil, syscall.EEXIST
	}
	if max(t.TCP, t.TCPFin, t.UDP) > n.kernel.longest() {
		return nil, syscall.EINVAL
	}
	return Settle(n.state.Get(TimeoutsKey{}), t), 0
}

func (n *Node) daemon(k SyncDaemonKey, d SyncDaemon, create bool) (Value, syscall.Errno) {
	if !create {
		return nil, syscall.EEXIST // a daemon is stopped and started, never edited
	}
	if len(d.Interface) > 15 {
		return nil, syscall.EINVAL
	}
	if d.Group.IsValid() && !d.Group.IsMulticast() || n.mixed > 0 {
		return nil, syscall.EINVAL
	}
	if e := n.carries(d.Interface); e != 0 {
		return nil, e
	}
	if n.kernel.Interfaces != nil { // else nothing is known of the interface, so what the kernel would choose stays open
		d = n.kernel.start(k.Role, d)
	}
	if e := n.present(k, create, 0); e != 0 {
		return nil, e
	}
	return d, n.reaches(k.Role, d)
}

func (n *Node) remove(k Key, before Value) syscall.Errno {
	if !k.Kind().Table() {
		return n.removeHost(k, before)
	}
	if d, ok := k.(DestinationKey); ok && n.state.Get(d.Service) == nil {
		return syscall.ESRCH
	}
	if n.state.Get(k) == nil && k.Kind() != KindTimeouts {
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
	if n.servers[k] > 0 {
		for d := range n.state.Destinations {
			if d.Service == k {
				n.count(d, -1)
				delete(n.state.Destinations, d)
			}
		}
	}
	delete(n.servers, k)
}
