package hclspec

import (
	"net/netip"

	"github.com/lvsform/lvsform/spec"
)

// expand puts the kernel services of a block, each with the servers of the pool, into the desired State.
func (l *loader) expand(s *service) {
	desired := &l.config.Desired
	for _, in := range s.listeners {
		if first, ok := l.config.origins[in.key]; ok {
			l.errorf("LVS025", in.block.DefRange, "Duplicate listener", "%s is declared already, by %s at %s: one address and port, or mark, is one service.",
				in.key, desired.Objects[in.key].Name, first.place(""))
			continue
		}
		v := s.value
		v.OnePacket, v.Netmask = in.onePacket, s.masks[in.key.Family()]
		name := s.addr + "." + spec.ListenerName(in.key)
		desired.State.Set(in.key, v)
		desired.Objects[in.key] = spec.Object{Name: name, Lifecycle: s.life, Pool: s.pool.life}
		l.config.origins[in.key] = origin{in.block, s.block}
		l.serve(in, name, s.pool)
	}
}

// serve gives a listener the servers of a pool.
func (l *loader) serve(in listener, name string, p *pool) {
	desired := &l.config.Desired
	l.config.served[in.key] = p
	for _, s := range p.servers {
		addr, ok := l.addressFor(in, s)
		if !ok {
			continue
		}
		port := s.port
		if port == 0 {
			port = in.key.Address.Port()
		}
		k := spec.DestinationKey{Service: in.key, Address: netip.AddrPortFrom(addr, port)}
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

// makeRoom makes the maps as large as they will be, as far as can be told: growing them costs as much as filling them.
func (l *loader) makeRoom() {
	n := 0
	for _, p := range l.pools {
		n += len(p.servers)
	}
	l.config.Desired.State.Destinations = make(map[spec.DestinationKey]spec.Destination, n)
	l.config.Desired.Objects = make(map[spec.Key]spec.Object, n+len(l.blocks["service"]))
}

// addressFor is the server's address of the listener's family; only a tunnel can take the other one.
func (l *loader) addressFor(in listener, s *server) (netip.Addr, bool) {
	own, other, name := s.v4, s.v6, "address"
	if in.key.Family() == spec.IPv6 {
		own, other, name = s.v6, s.v4, "address6"
	}
	if own.IsValid() {
		return own, true
	}
	if s.dest.Forward == spec.TunnelTo {
		return other, true
	}
	l.errorf("LVS027", s.block.DefRange, "Server without an address of the family",
		"The pool serves %s listeners such as %s, and server %q has no %s: add it, or give those listeners a pool of their own.", in.key.Family(), in.key, s.name, name)
	return netip.Addr{}, false
}
