package hclspec

import (
	"net/netip"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

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
	if desired.State.Destinations == nil {
		desired.State.Destinations = make(map[spec.DestinationKey]spec.Destination, l.expected())
	}
	for _, s := range p.servers {
		addr, ok := l.addressFor(in, s, p)
		if !ok {
			continue
		}
		port := s.port
		if port == 0 {
			port = in.key.Address.Port()
		}
		k := spec.DestinationKey{Service: in.key, Address: netip.AddrPortFrom(addr, port)}
		boxed := spec.Key(k)
		if _, ok := desired.State.Destinations[k]; ok {
			l.errorf("LVS026", s.block.DefRange, "Duplicate server", "%s is %s already: one address and port is one server of a service.",
				k.Address, desired.Objects[boxed].Name)
			continue
		}
		desired.State.Destinations[k] = s.dest
		desired.Objects[boxed] = spec.Object{Name: name + s.label, Lifecycle: p.life, Maintenance: s.standby}
		l.config.origins[boxed] = origin{s.block, p.block}
	}
}

// expected is how many destinations there will be.
func (l *loader) expected() int {
	n := 0
	for _, p := range l.pools {
		n += len(p.servers)
	}
	return n
}

// addressFor is the server's address of the listener's family; only a tunnel can take the other one.
func (l *loader) addressFor(in listener, s *server, p *pool) (netip.Addr, bool) {
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

// origin is what declares an object: its own block, and the one around it.
type origin struct{ block, around *hcl.Block }

// place is where the attribute is set, or else where the block begins. Attributes are named as in the language;
// "tunnel.port" is one in a block inside.
func (o origin) place(attribute string) hcl.Range {
	for _, block := range []*hcl.Block{o.block, o.around} {
		if block == nil || attribute == "" {
			continue
		}
		if r, ok := find(block.Body, attribute); ok {
			return r
		}
	}
	return o.block.DefRange
}

func find(b hcl.Body, attribute string) (hcl.Range, bool) {
	native, ok := b.(*hclsyntax.Body)
	if !ok {
		return findAny(b, attribute)
	}
	inside, name := cutPath(attribute)
	if inside == "" {
		if a := native.Attributes[name]; a != nil {
			return a.Expr.Range(), true
		}
		return hcl.Range{}, false
	}
	for _, block := range native.Blocks {
		if block.Type == inside {
			if r, ok := find(block.Body, name); ok {
				return r, true
			}
			return block.DefRange(), true
		}
	}
	return hcl.Range{}, false
}
