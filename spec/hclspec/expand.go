package hclspec

import (
	"net/netip"

	"github.com/lvsform/lvsform/spec"
)

// table puts the services of the node into the desired State.
func (l *loader) table() {
	l.makeRoom(l.good)
	for _, s := range l.good {
		l.expand(s)
	}
}

// expand puts the kernel services of a block, each with the servers of the pool, into the desired State.
func (l *loader) expand(s *service) {
	desired := &l.node.Desired
	for _, in := range s.listeners {
		if first, ok := l.node.origins[in.key]; ok {
			l.clash("LVS025", in.block.DefRange, "Duplicate listener", "%s is declared already, by %s at %s: one address and port, or mark, is one service.",
				in.key, desired.Objects[in.key].Name, first.place(""))
			continue
		}
		v := s.value
		v.OnePacket, v.Netmask = in.onePacket, s.masks[in.key.Family()]
		name := s.addr + "." + spec.ListenerName(in.key)
		desired.State.Set(in.key, v)
		desired.Objects[in.key] = spec.Object{Name: name, Lifecycle: s.life, Pool: s.pool.life}
		l.node.origins[in.key] = origin{block: in.block, around: s.block}
		l.fill(in, name, s.pool)
	}
}

// fill gives a listener the servers of a pool.
func (l *loader) fill(in listener, name string, p *pool) {
	desired := &l.node.Desired
	l.node.served[in.key] = p
	for _, s := range p.servers {
		k, ok := l.destination(in, s)
		if !ok {
			continue
		}
		before := len(desired.State.Destinations)
		desired.State.Destinations[k] = s.dest
		if len(desired.State.Destinations) == before {
			l.errorf("LVS026", s.block.DefRange, "Duplicate server", "%s is %s already: one address and port is one server of a service.",
				k.Address, desired.Objects[k].Name)
			continue
		}
		desired.Objects[k] = spec.Object{Name: name + s.label, Lifecycle: p.life, Maintenance: s.standby}
	}
}

// destination is a server as one of a listener.
func (l *loader) destination(in listener, s *server) (spec.DestinationKey, bool) {
	addr, ok := l.addressFor(in, s)
	port := s.port
	if port == 0 {
		port = in.key.Address.Port()
	}
	return spec.DestinationKey{Service: in.key, Address: netip.AddrPortFrom(addr, port)}, ok
}

// makeRoom makes the maps as large as they will be: growing them costs as much as filling them.
func (l *loader) makeRoom(services []*service) {
	listeners, n := 0, 0
	for _, s := range services {
		listeners += len(s.listeners)
		n += len(s.listeners) * len(s.pool.servers)
	}
	held := l.node.Desired.Objects
	l.node.Desired.State.Destinations = make(map[spec.DestinationKey]spec.Destination, n)
	l.node.Desired.Objects = make(map[spec.Key]spec.Object, n+listeners+len(held))
	for k, o := range held {
		l.node.Desired.Objects[k] = o
	}
}

// addressFor is the server's address of the listener's family; only a tunnel can take the other one. What the node answers
// itself is at the listener's own address too.
func (l *loader) addressFor(in listener, s *server) (netip.Addr, bool) {
	own, other, name := s.v4, s.v6, "address"
	if in.key.Family() == spec.IPv6 {
		own, other, name = s.v6, s.v4, "address6"
	}
	if own.IsValid() {
		return own, true
	}
	switch {
	case s.dest.Forward == spec.TunnelTo:
		return other, true
	case s.dest.Forward == spec.Local && !in.key.IsMark():
		return in.key.Address.Addr(), true
	}
	l.errorf("LVS027", s.block.DefRange, "Server without an address of the family",
		"The pool serves %s listeners such as %s, and server %q has no %s: add it, or give those listeners a pool of their own.", in.key.Family(), in.key, s.name, name)
	return netip.Addr{}, false
}
