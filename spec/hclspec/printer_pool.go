package hclspec

import (
	"cmp"
	"net/netip"

	"github.com/lvsform/lvsform/spec"
)

func (p *printer) pool(w *writtenPool) {
	common := w.common()
	p.block(`pool "`+w.name+`"`, func() {
		if len(w.servers) == 0 {
			p.comment("There is no server yet: this stands for nothing.")
			p.began = false
		}
		p.attrs("forward", quote(common.value.Forward.String()), "port", count(uint32(common.port), 0))
		if common.value.Tunnel != (spec.Tunnel{}) {
			p.tunnel(common.value.Tunnel)
		}
		for i, s := range w.servers {
			label := s.address.String()
			twice := i > 0 && w.servers[i-1].address == s.address || i+1 < len(w.servers) && w.servers[i+1].address == s.address
			if twice && s.port != 0 {
				label = netip.AddrPortFrom(s.address, s.port).String()
			}
			p.server(label, s, common)
		}
	})
}

// common is what the pool says for its servers: the method, port and tunnel that most of them have. A server that takes the
// port of the listener cannot say so, and so there is no port for the others either.
func (w *writtenPool) common() (common writtenServer) {
	methods, ports, tunnels := map[spec.Forward]int{}, map[uint16]int{}, map[spec.Tunnel]int{}
	for _, s := range w.servers {
		methods[s.value.Forward]++
		ports[s.port]++
		if s.value.Forward == spec.TunnelTo {
			tunnels[s.value.Tunnel]++
		}
	}
	common.value.Forward = most(methods, spec.Direct, cmp.Compare[spec.Forward])
	if ports[0] == 0 {
		common.port = most(ports, 0, cmp.Compare[uint16])
	}
	if ports[common.port] == 1 && len(w.servers) > 1 {
		common.port = 0
	}
	if common.value.Forward == spec.TunnelTo {
		common.value.Tunnel = most(tunnels, spec.Tunnel{}, func(a, b spec.Tunnel) int {
			return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Port, b.Port), cmp.Compare(a.Checksum, b.Checksum))
		})
	}
	return common
}

// most is what there is most of, the first if there is as much of several.
func most[T comparable](uses map[T]int, none T, compare func(a, b T) int) T {
	best := none
	for v, n := range uses {
		if n > uses[best] || n == uses[best] && compare(v, best) < 0 {
			best = v
		}
	}
	return best
}

func (p *printer) server(label string, s, common writtenServer) {
	address, address6, own := quote(s.address.String()), "", ""
	if s.address.Is6() {
		address, address6 = "", address
	}
	if s.value.Forward != common.value.Forward {
		own = quote(s.value.Forward.String())
	}
	p.block("server "+quote(label), func() {
		p.attrs("address", address, "address6", address6, "port", count(uint32(s.port), uint32(common.port)), "forward", own,
			"weight", count(s.value.Weight, 1), "upper_threshold", count(s.value.UpperThreshold, 0), "lower_threshold", count(s.value.LowerThreshold, 0))
		if s.value.Forward == spec.TunnelTo && s.value.Tunnel != common.value.Tunnel {
			p.tunnel(s.value.Tunnel)
		}
	})
}

func (p *printer) tunnel(t spec.Tunnel) {
	p.block("tunnel", func() {
		p.attrs("type", quote(t.Type.String()), "port", count(uint32(t.Port), 0), "checksum", word(t.Checksum))
	})
}
