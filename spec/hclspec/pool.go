package hclspec

import (
	"net/netip"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/lvsform/lvsform/spec"
)

// pool is a pool block that was evaluated. Each listener of each of its services is served by all of its servers.
type pool struct {
	addr    string
	key     string
	block   *hcl.Block
	forward spec.Forward
	fullNAT bool
	life    *spec.Lifecycle
	servers []*server
	// drains says that the pool asks for its servers to be drained, and not only the default.
	drains bool
	byAddr map[netip.Addr][]*server // made when it is asked for
}

type server struct {
	name    string
	label   string // its part of an address: .server["rs1"]
	block   *hcl.Block
	v4, v6  netip.Addr
	port    uint16 // 0: the listener's
	dest    spec.Destination
	standby bool // in maintenance
	fullNAT bool
}

// fillPool evaluates a pool block where something refers to it.
func (l *loader) fillPool(d *declaration) {
	if _, done := l.poolsOf[d.block]; done {
		return
	}
	before := l.layer
	defer func() { l.layer = before }()
	l.layer = "pool"
	l.poolsOf[d.block] = []*pool{}
	for _, in := range l.instances(d.block, d) {
		p := l.pool(in)
		if l.pools[in.addr] == nil {
			l.pools[in.addr] = p
			l.poolsOf[d.block] = append(l.poolsOf[d.block], p)
		}
	}
}

func (l *loader) pool(in instance) *pool {
	b := l.open(in.block, poolKind, in.ctx)
	p := &pool{addr: in.addr, key: in.key, block: in.block}
	forward, fullNAT, known := b.forward()
	p.forward, p.fullNAT = forward, fullNAT
	var port uint16
	if a, ok := b.get("port"); ok {
		port = a.port()
	}
	tunnel, hasTunnel := b.tunnel()
	p.life = p.lifecycle(b)
	used, names := false, map[string]*hcl.Block{}
	for block := range b.children("server") {
		s, ok := l.server(block, p, b, port, tunnel)
		if first, dup := names[s.name]; dup {
			l.errorf("LVS023", block.LabelRanges[0], "Duplicate server", "The pool has a server %q already, at %s: give one of them another name.", s.name, first.DefRange)
			continue
		}
		names[s.name] = block
		used = used || s.dest.Forward == spec.TunnelTo
		if ok && known {
			p.servers = append(p.servers, s)
		}
	}
	if hasTunnel && !used && p.forward != spec.TunnelTo && known && !b.bad {
		for block := range b.children("tunnel") {
			b.errorf("LVS024", block.DefRange, "Tunnel block without a tunnel", "The method of %s is %s: leave the tunnel block out, or use forward = \"tunnel\".", p.addr, methodName(p.forward, p.fullNAT))
		}
	}
	return p
}

func (l *loader) server(block *hcl.Block, p *pool, parent *body, port uint16, tunnel spec.Tunnel) (*server, bool) {
	b := l.open(block, serverKind, parent.ctx)
	s := &server{block: block, port: port, name: block.Labels[0], fullNAT: p.fullNAT}
	s.label = spec.ServerName(s.name)
	s.dest = spec.Destination{Forward: p.forward, Weight: 1}
	if _, ok := b.expression("forward"); ok {
		s.dest.Forward, s.fullNAT, _ = b.forward()
	}
	s.v4, s.v6 = b.serverAddress("address", spec.IPv4), b.serverAddress("address6", spec.IPv6)
	if !s.v4.IsValid() && !s.v6.IsValid() && !b.bad {
		b.errorf("LVS005", block.DefRange, "Missing attribute", "A server needs an address: set address (IPv4), address6 (IPv6) or both.")
	}
	if a, ok := b.get("port"); ok {
		s.port = a.port()
	}
	s.dest.Weight = b.count("weight", 1, spec.MaxWeight)
	s.dest.UpperThreshold = b.count("upper_threshold", 0, 1<<32-1)
	s.dest.LowerThreshold = b.count("lower_threshold", 0, 1<<32-1)
	if a, ok := b.get("maintenance"); ok {
		s.standby, _ = a.boolean()
	}
	if s.standby {
		s.dest.Weight = 0
	}
	if s.dest.Forward == spec.TunnelTo {
		s.dest.Tunnel = tunnel
	}
	if own, ok := b.tunnel(); ok {
		s.dest.Tunnel = own
		if s.dest.Forward != spec.TunnelTo && !b.bad {
			b.errorf("LVS024", block.DefRange, "Tunnel block without a tunnel", "The method of this server is %s: leave the tunnel block out, or use forward = \"tunnel\".", methodName(s.dest.Forward, s.fullNAT))
		}
	}
	return s, !b.bad
}

// forward reads the forwarding method. "fullnat" is masquerading to the kernel's table, and a rule beside it.
func (b *body) forward() (f spec.Forward, fullNAT, ok bool) {
	a, ok := b.get("forward")
	if !ok {
		return 0, false, false
	}
	word, ok := a.word([]string{"direct", "masquerade", "tunnel", "local", fullNATWord}, "forwarding method")
	if !ok {
		return 0, false, false
	}
	if word == fullNATWord {
		return spec.Masquerade, true, true
	}
	f, err := spec.ParseForward(word)
	return f, false, err == nil
}

const fullNATWord = "fullnat"

// methodName is the method as the language calls it.
func methodName(f spec.Forward, fullNAT bool) string {
	if fullNAT {
		return fullNATWord
	}
	return f.String()
}

func (b *body) tunnel() (t spec.Tunnel, ok bool) {
	c := b.child("tunnel")
	if c == nil {
		return t, false
	}
	if a, ok := c.get("type"); ok {
		if word, ok := a.word([]string{"ipip", "gue", "gre"}, "tunnel type"); ok {
			t.Type, _ = spec.ParseTunnelType(word)
		}
	}
	if a, ok := c.get("port"); ok {
		t.Port = a.port()
	}
	if a, ok := c.get("checksum"); ok {
		if word, ok := a.word([]string{"none", "full", "remote"}, "checksum mode"); ok {
			t.Checksum, _ = spec.ParseChecksum(word)
		}
	}
	return t, true
}

func (b *body) serverAddress(name string, f spec.Family) netip.Addr {
	a, ok := b.get(name)
	if !ok {
		return netip.Addr{}
	}
	addr, ok := a.address()
	if ok && spec.FamilyOf(addr) != f {
		a.errorf("LVS017", "Invalid address", "%s is of the other family: write an IPv4 address as address, an IPv6 address as address6.", addr)
	}
	return addr
}

// count reads a number of 32 bits, or gives what it is if nothing is written.
func (b *body) count(name string, otherwise uint32, most uint64) uint32 {
	a, ok := b.get(name)
	if !ok {
		return otherwise
	}
	n, _ := a.number(0, most)
	return uint32(n)
}

func (a value) port() uint16 {
	n, _ := a.number(1, 65535)
	return uint16(n)
}

// drain reads the drain block.
func (b *body) drain() (d time.Duration, explicit bool) {
	c := b.child("drain")
	if c == nil {
		return spec.DefaultDrain, false
	}
	a, ok := c.get("timeout")
	if !ok {
		return spec.DefaultDrain, false
	}
	d, _ = a.duration()
	return d, d > 0
}
