//go:build linux

package netlink

import (
	"encoding/binary"
	"net/netip"

	"github.com/lvsform/lvsform/spec"
)

// service is one service as the kernel reports it.
type service struct {
	key   spec.ServiceKey
	value spec.Service
}

// server is one destination as the kernel reports it.
type server struct {
	address netip.AddrPort
	value   spec.Destination
	conns   spec.Connections
}

// names keeps one copy of each scheduler's and engine's name.
type names map[string]string

func (n names) of(b []byte) string {
	if s, ok := n[string(b)]; ok {
		return s
	}
	s := string(b)
	n[s] = s
	return s
}

const noScheduler = "none"

// inside finds the attributes within the one attribute of a message; ok is false if there is none.
func inside(body []byte, kind uint16) (a attributes, ok bool) {
	top := attributes{rest: body}
	for top.next() {
		if top.kind == kind {
			return attributes{rest: top.value}, true
		}
	}
	return a, false
}

// service decodes the body of a message about a service.
func (n names) service(body []byte) (s service, err error) {
	a, ok := inside(body, attrService)
	var raw [16]byte
	var port uint16
	var mask []byte
	var family spec.Family
	for a.next() {
		switch a.kind {
		case svcFamily:
			family = spec.Family(a.u16())
		case svcProtocol:
			s.key.Protocol = spec.Protocol(a.u16())
		case svcAddress:
			raw = a.raw()
		case svcPort:
			port = a.port()
		case svcFWMark:
			s.key.FWMark = a.u32()
		case svcScheduler:
			s.value.Scheduler = n.of(a.text())
		case svcFlags:
			setFlags(&s.value, a.u32())
		case svcTimeout:
			s.value.Timeout = a.u32()
		case svcNetmask:
			mask = a.fixed(4)
		case svcEngine:
			s.value.Engine = n.of(a.text())
		}
	}
	if !ok || a.bad || family != spec.IPv4 && family != spec.IPv6 {
		return s, errMalformed
	}
	identify(&s.key, family, &raw, port)
	complete(&s.value, family, mask)
	return s, nil
}

// identify fills in the half of a key that is set: a mark, or an address.
func identify(k *spec.ServiceKey, family spec.Family, raw *[16]byte, port uint16) {
	if k.FWMark != 0 {
		*k = spec.Mark(k.FWMark, family)
		return
	}
	k.Address = netip.AddrPortFrom(address(raw, family == spec.IPv6), port)
}

func setFlags(s *spec.Service, flags uint32) {
	s.Persistent = flags&flagPersistent != 0
	s.OnePacket = flags&flagOnePacket != 0
	s.Flags = spec.SchedulerFlags(flags &^ flagsOwned)
}

func complete(s *spec.Service, family spec.Family, mask []byte) {
	if s.Scheduler == "" {
		s.Scheduler = noScheduler
	}
	switch {
	case mask == nil:
	case family == spec.IPv6:
		s.Netmask = spec.PrefixIPv6(uint8(min(native.Uint32(mask), 128)))
	default:
		s.Netmask = spec.MaskIPv4(binary.BigEndian.Uint32(mask))
	}
}

// decodeServer decodes the body of a message about a destination of a service of the family.
func decodeServer(body []byte, family spec.Family) (s server, err error) {
	a, ok := inside(body, attrDest)
	var raw [16]byte
	var port uint16
	for a.next() {
		switch a.kind {
		case dstAddress:
			raw = a.raw()
		case dstPort:
			port = a.port()
		case dstForward:
			s.value.Forward = spec.Forward(a.u32() & forwardMask)
		case dstWeight:
			s.value.Weight = a.u32()
		case dstUpper:
			s.value.UpperThreshold = a.u32()
		case dstLower:
			s.value.LowerThreshold = a.u32()
		case dstActive:
			s.conns.Active = a.u32()
		case dstInactive:
			s.conns.Inactive = a.u32()
		case dstPersistent:
			s.conns.Persistent = a.u32()
		case dstFamily:
			if f := a.u16(); f != 0 {
				family = spec.Family(f)
			}
		case dstTunType:
			s.value.Tunnel.Type = spec.TunnelType(a.u8())
		case dstTunPort:
			s.value.Tunnel.Port = a.port()
		case dstTunChecksum:
			s.value.Tunnel.Checksum = spec.Checksum(a.u16())
		}
	}
	if !ok || a.bad || family != spec.IPv4 && family != spec.IPv6 {
		return s, errMalformed
	}
	s.address = netip.AddrPortFrom(address(&raw, family == spec.IPv6), port)
	if s.value.Forward != spec.TunnelTo {
		s.value.Tunnel = spec.Tunnel{} // getsockopt does not show it, and nothing comes of it
	}
	return s, nil
}

func decodeTimeouts(body []byte) (t spec.Timeouts, err error) {
	a := attributes{rest: body}
	for a.next() {
		switch a.kind {
		case attrTimeoutTCP:
			t.TCP = a.u32()
		case attrTimeoutTCPFin:
			t.TCPFin = a.u32()
		case attrTimeoutUDP:
			t.UDP = a.u32()
		}
	}
	if a.bad {
		return t, errMalformed
	}
	return t, nil
}

func (n names) daemon(body []byte) (k spec.SyncDaemonKey, d spec.SyncDaemon, err error) {
	a, ok := inside(body, attrDaemon)
	for a.next() {
		switch a.kind {
		case dmnState:
			k.Role = spec.Role(a.u32())
		case dmnInterface:
			d.Interface = n.of(a.text())
		case dmnSyncID:
			d.SyncID = a.u32()
		case dmnMaxLen:
			d.MaxLen = a.u16()
		case dmnGroup:
			d.Group = netip.AddrFrom4([4]byte(a.fixed(4)))
		case dmnGroup6:
			d.Group = netip.AddrFrom16([16]byte(a.fixed(16)))
		case dmnPort:
			d.Port = a.u16()
		case dmnTTL:
			d.TTL = a.u8()
		}
	}
	if !ok || a.bad {
		return k, d, errMalformed
	}
	return k, d, nil
}
