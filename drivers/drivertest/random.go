package drivertest

import (
	"math/rand/v2"
	"net/netip"

	"github.com/lvsform/lvsform/spec"
)

// The generators draw from few keys, so that two states share some and differ in others.

// RandomState is a state that a configuration could ask for: it breaks no rule of spec.Validate. It may be empty, and has
// timeouts, for that is what nodes have.
func RandomState(r *rand.Rand) spec.State {
	var s spec.State
	s.Set(spec.TimeoutsKey{}, spec.Timeouts{TCP: pick[uint32](r, 900, 7200), TCPFin: pick[uint32](r, 120, 30), UDP: pick[uint32](r, 300, 60)})
	mixed := r.IntN(4) == 0
	for range r.IntN(7) {
		k := validServiceKey(r)
		v := validService(r, k)
		s.Set(k, v)
		for range r.IntN(6) {
			d, w := validDestination(r, k, v, mixed)
			s.Set(d, w)
		}
	}
	for _, role := range []spec.Role{spec.Master, spec.Backup} {
		if !mixed && r.IntN(4) == 0 {
			s.Set(spec.SyncDaemonKey{Role: role}, validDaemon(r))
		}
	}
	// A service that was drawn twice has the last value, and with it destinations that fitted the first.
	for k, d := range s.Destinations {
		if s.Services[k.Service].OnePacket && d.Forward == spec.Masquerade {
			delete(s.Destinations, k)
		}
	}
	return s
}

// OddState is a state that a kernel may hold and nobody would ask for: what is left of many random operations.
func OddState(r *rand.Rand) spec.State {
	var s spec.State
	s.Set(spec.TimeoutsKey{}, spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300})
	n := spec.NewNode(oddKernel(), s)
	for range r.IntN(60) {
		c := RandomChange(r, n.State())
		_ = n.Do(c.Key, c.Before, c.After) // what the kernel refuses is not part of a state it holds
	}
	return n.State().Table()
}

func oddKernel() spec.Kernel {
	return spec.Kernel{
		Schedulers: []string{"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq", "fo", "ovf", "twos"},
		Engines:    []string{"sip"},
		Interfaces: []spec.Interface{{Name: "lo", MTU: 65536}, {Name: "eth0", MTU: 1500}},
	}
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func addresses(texts ...string) (out []netip.Addr) {
	for _, t := range texts {
		out = append(out, netip.MustParseAddr(t))
	}
	return out
}

func validServiceKey(r *rand.Rand) spec.ServiceKey {
	switch r.IntN(8) {
	case 0, 1, 2: // the one that most states have
		return spec.Listener(spec.TCP, netip.MustParseAddrPort("192.0.2.10:80"))
	case 3:
		return spec.Mark(pick[uint32](r, 1, 2), pick(r, spec.IPv4, spec.IPv6))
	}
	vip := pick(r, addresses("192.0.2.10", "192.0.2.10", "192.0.2.10", "192.0.2.11", "2001:db8::10")...)
	return spec.Listener(pick(r, spec.TCP, spec.TCP, spec.TCP, spec.TCP, spec.UDP, spec.UDP, spec.SCTP), netip.AddrPortFrom(vip, pick[uint16](r, 80, 80, 80, 443, 0)))
}

func validService(r *rand.Rand, k spec.ServiceKey) spec.Service {
	s := spec.Service{Scheduler: "wlc"}
	if r.IntN(2) == 0 && k.Address.Port() != 0 {
		return s
	}
	s.Scheduler = pick(r, "wlc", "rr", "sh", "mh")
	if s.Scheduler == "sh" || s.Scheduler == "mh" {
		s.Flags = pick(r, 0, spec.Flag1, spec.Flag2, spec.Flag1|spec.Flag2)
	}
	if r.IntN(4) == 0 || !k.IsMark() && k.Address.Port() == 0 {
		s.Persistent, s.Timeout, s.Netmask = true, pick[uint32](r, 360, 60), mask(r, k.Family())
		if k.Protocol == spec.UDP {
			s.Engine = pick(r, "", "sip")
		}
	}
	s.OnePacket = k.Protocol == spec.UDP && r.IntN(3) == 0
	return s
}

func mask(r *rand.Rand, f spec.Family) spec.Netmask {
	switch {
	case r.IntN(2) == 0:
		return spec.Netmask{}
	case f == spec.IPv4:
		return spec.MaskIPv4(0xffffff00)
	}
	return spec.PrefixIPv6(64)
}

func servers(f spec.Family) []netip.Addr {
	if f == spec.IPv4 {
		return addresses("10.0.0.11", "10.0.0.12", "10.0.0.13")
	}
	return addresses("2001:db8:1::11", "2001:db8:1::12", "2001:db8:1::13")
}

func validDestination(r *rand.Rand, k spec.ServiceKey, s spec.Service, mixed bool) (spec.DestinationKey, spec.Destination) {
	family := k.Family()
	if r.IntN(2) == 0 {
		return spec.DestinationKey{Service: k, Address: netip.AddrPortFrom(pick(r, servers(family)...), k.Address.Port())}, spec.Destination{Forward: spec.Direct, Weight: 1}
	}
	d := spec.Destination{Forward: pick(r, spec.Direct, spec.Direct, spec.TunnelTo, spec.Masquerade, spec.Local), Weight: pick[uint32](r, 0, 1, 1, 1, 2)}
	if s.OnePacket && d.Forward == spec.Masquerade {
		d.Forward = spec.Direct
	}
	if mixed && r.IntN(3) == 0 {
		family, d.Forward = spec.IPv4+spec.IPv6-family, spec.TunnelTo
	}
	if d.Forward == spec.TunnelTo {
		d.Tunnel = pick(r, spec.Tunnel{}, spec.Tunnel{}, spec.Tunnel{Type: spec.GRE, Checksum: spec.ChecksumFull},
			spec.Tunnel{Type: spec.GUE, Port: 6080, Checksum: spec.ChecksumRemote})
	}
	if r.IntN(4) == 0 {
		d.UpperThreshold = pick[uint32](r, 100, 200)
		d.LowerThreshold = pick[uint32](r, 0, 50, 100)
	}
	port := k.Address.Port()
	if d.Forward == spec.Masquerade && r.IntN(2) == 0 {
		port = 8080
	}
	return spec.DestinationKey{Service: k, Address: netip.AddrPortFrom(pick(r, servers(family)...), port)}, d
}

func validDaemon(r *rand.Rand) spec.SyncDaemon {
	return spec.SyncDaemon{
		Interface: pick(r, "eth0", "lo"), SyncID: pick[uint32](r, 0, 1, 255), MaxLen: pick[uint16](r, 1400, 1472),
		Group: netip.MustParseAddr("224.0.0.81"), Port: 8848, TTL: 1,
	}
}
