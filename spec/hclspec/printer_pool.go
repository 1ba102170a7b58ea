package hclspec

import (
	"net/netip"
	"slices"

	"github.com/lvsform/lvsform/spec"
)

func (p *printer) pool(name string, w *writtenPool) {
	forward, port, tunnel := w.common()
	p.block(`pool "`+name+`"`, func() {
		p.attrs("forward", quote(forward.String()), "port", count(uint32(port), 0))
		p.tunnel(tunnel)
		for _, s := range w.servers {
			p.server(s, forward, port, tunnel)
		}
	})
}

// common is what most servers have: the method; and what all have: a port, and a tunnel for those that are tunnelled.
func (w *writtenPool) common() (forward spec.Forward, port uint16, tunnel spec.Tunnel) {
	forward = spec.Direct
	var uses [4]int
	var tunnels []spec.Tunnel
	ports := map[uint16]bool{}
	for _, s := range w.servers {
		uses[s.value.Forward]++
		ports[s.port] = true
		if s.value.Forward == spec.TunnelTo && !slices.Contains(tunnels, s.value.Tunnel) {
			tunnels = append(tunnels, s.value.Tunnel)
		}
	}
	for f, n := range uses {
		if n > uses[forward] {
			forward = spec.Forward(f)
		}
	}
	if len(ports) == 1 {
		port = w.servers[0].port
	}
	if len(tunnels) == 1 {
		tunnel = tunnels[0]
	}
	return forward, port, tunnel
}

func (p *printer) server(s writtenServer, forward spec.Forward, port uint16, tunnel spec.Tunnel) {
	label, address, address6 := s.address.String(), quote(s.address.String()), ""
	if s.address.Is6() {
		address, address6 = "", address
	}
	if s.port != 0 && s.port != port {
		label = netip.AddrPortFrom(s.address, s.port).String()
	}
	own := ""
	if s.value.Forward != forward {
		own = quote(s.value.Forward.String())
	}
	if s.port == port {
		s.port = 0
	}
	p.block("server "+quote(label), func() {
		p.attrs("address", address, "address6", address6, "port", count(uint32(s.port), 0), "forward", own, "weight", count(s.value.Weight, 1),
			"upper_threshold", count(s.value.UpperThreshold, 0), "lower_threshold", count(s.value.LowerThreshold, 0))
		if s.value.Tunnel != tunnel && s.value.Forward == spec.TunnelTo {
			p.tunnel(s.value.Tunnel)
		}
	})
}

func (p *printer) tunnel(t spec.Tunnel) {
	if t == (spec.Tunnel{}) {
		return
	}
	p.block("tunnel", func() {
		p.attrs("type", quote(t.Type.String()), "port", count(uint32(t.Port), 0), "checksum", word(t.Checksum))
	})
}
