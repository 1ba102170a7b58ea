package keepalived

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

func (m *mapper) service(v *virtual, k spec.ServiceKey) {
	if first, there := m.made[k]; there {
		if v.told {
			return
		}
		v.told = true
		m.leave(Missing, v.statement, "%s is there already from %s, and keeps the settings that it has there", k, first)
		return
	}
	m.made[k] = v.place
	m.state.Set(k, v.service)
}

func (m *mapper) destination(v *virtual, r *server, s spec.ServiceKey, d spec.Destination) {
	port := s.Address.Port()
	if d.Forward == spec.Masquerade {
		if port = r.address.Port(); port == 0 && v.group == "" && v.sorry != r {
			port = s.Address.Port()
		}
	}
	k := spec.DestinationKey{Service: s, Address: netip.AddrPortFrom(r.address.Addr(), port)}
	_, there := m.state.Destinations[k]
	if !there {
		m.state.Set(k, d)
	}
	switch {
	case there && !r.told:
		m.leave(Missing, r.statement, "%s is there already, and keeps the settings that it has", k)
		r.told = true
	case !there && r.address.Port() != 0 && r.address.Port() != port && len(r.ports) <= mostPorts && !slices.Contains(r.ports, port):
		r.ports = append(r.ports, port)
	}
}

// mostPorts are named one by one.
const mostPorts = 8

// otherPorts says which ports a server has instead of the one that is written.
func (m *mapper) otherPorts(r *server) {
	var out []string
	for i, port := range r.ports {
		if i == mostPorts {
			out = append(out, "others")
			break
		}
		out = append(out, strconv.Itoa(int(port)))
	}
	if last := len(out) - 1; last > 0 {
		out = []string{strings.Join(out[:last], ", ") + " and " + out[last]}
	}
	if len(out) > 0 {
		m.leave(Taken, r.statement, "what is not NAT has the port of its service: keepalived takes %s", out[0])
	}
}

// destination is what the kernel is told about a server.
func (v *virtual) destination(r *server) spec.Destination {
	method := r.method
	if method == nil {
		method = v.method
	}
	d := spec.Destination{Forward: method.Forward, Weight: v.weight, UpperThreshold: r.upper, LowerThreshold: r.lower}
	if d.Forward == spec.TunnelTo {
		d.Tunnel = method.Tunnel
	}
	if r.weight != nil {
		d.Weight = *r.weight
	}
	return d
}

// inhibits says that a server that is down stays in the table with weight 0.
func (v *virtual) inhibits(r *server) bool {
	if r.inhibit != nil {
		return *r.inhibit
	}
	return v.inhibit
}

// sorryTakesOver says that the servers weigh too little for the quorum even when all of them are up. The sums are of 32
// bits, as keepalived's are.
func (v *virtual) sorryTakesOver(servers []*server) bool {
	if v.sorry == nil {
		return false
	}
	live := uint64(0)
	for _, r := range servers {
		live += uint64(v.destination(r).Weight)
		if r.address == v.sorry.address {
			*v.sorry.inhibit, v.doubled = v.inhibits(r), true
		}
	}
	quorum, hysteresis := min(v.quorum, uint32(live)), v.hysteresis
	if hysteresis >= quorum {
		hysteresis = quorum - 1
	}
	return live < uint64(quorum+hysteresis)
}

func (m *mapper) leaveSorry(v *virtual, takeover bool) {
	switch {
	case v.sorry == nil:
	case takeover:
		m.leave(Taken, v.sorry.statement, "all real servers together weigh less than the quorum: it is in the table instead of them")
	case *v.sorry.inhibit && !v.doubled:
		m.leave(Taken, v.sorry.statement, "it is in the table with weight 0, and takes over when too few real servers are up")
	default:
		m.leave(Missing, v.sorry.statement, "it comes into the table when too few real servers are up")
	}
}
