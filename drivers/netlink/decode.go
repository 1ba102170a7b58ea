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
	if len(b) == 0 {
		return ""
	}
	if s, ok := n[string(b)]; ok {
		return s
	}
	s := string(b)
	n[s] = s
	return s
}

const noScheduler = "none"

var (
	serviceSizes = sizes{svcFamily: 2, svcProtocol: 2, svcPort: 2, svcFWMark: 4, svcFlags: 4, svcTimeout: 4, svcNetmask: 4}
	serverSizes  = sizes{
		dstAddress: 4, dstPort: 2, dstForward: 4, dstWeight: 4, dstUpper: 4, dstLower: 4, dstActive: 4, dstInactive: 4, dstPersistent: 4,
		dstFamily: 2, dstTunType: 1, dstTunPort: 2, dstTunChecksum: 2,
	}
	timeoutSizes = sizes{attrTimeoutTCP: 4, attrTimeoutTCPFin: 4, attrTimeoutUDP: 4}
	daemonSizes  = sizes{dmnState: 4, dmnSyncID: 4, dmnMaxLen: 2, dmnGroup: 4, dmnGroup6: 16, dmnPort: 2, dmnTTL: 1}
)

// service decodes the body of a message about a service.
func (n names) service(body []byte) (s service, err error) {
	var f fields
	if !f.inside(body, attrService, &serviceSizes) {
		return s, errMalformed
	}
	family := spec.Family(f.u16(svcFamily))
	if family != spec.IPv4 && family != spec.IPv6 {
		return s, errMalformed
	}
	if mark := f.u32(svcFWMark); mark != 0 {
		s.key = spec.Mark(mark, family)
	} else {
		s.key.Protocol = spec.Protocol(f.u16(svcProtocol))
		s.key.Address = netip.AddrPortFrom(f.address(svcAddress, family), f.port(svcPort))
	}
	flags := f.u32(svcFlags)
	s.value = spec.Service{
		Scheduler:  n.of(f.text(svcScheduler)),
		Flags:      spec.SchedulerFlags(flags &^ flagsOwned),
		OnePacket:  flags&flagOnePacket != 0,
		Persistent: flags&flagPersistent != 0,
		Timeout:    f.u32(svcTimeout),
		Engine:     n.of(f.text(svcEngine)),
	}
	if s.value.Scheduler == "" {
		s.value.Scheduler = noScheduler
	}
	switch {
	case f.at[svcNetmask] == 0:
	case family == spec.IPv6:
		s.value.Netmask = spec.PrefixIPv6(uint8(min(f.u32(svcNetmask), 128)))
	default:
		s.value.Netmask = spec.MaskIPv4(binary.BigEndian.Uint32(f.value(svcNetmask)))
	}
	return s, nil
}

// decodeServer fills s from the body of a message about a destination of a service of the family.
func decodeServer(body []byte, family spec.Family, s *server) error {
	var f fields
	if !f.inside(body, attrDest, &serverSizes) {
		return errMalformed
	}
	if own := f.u16(dstFamily); own != 0 {
		family = spec.Family(own)
	}
	if family != spec.IPv4 && family != spec.IPv6 {
		return errMalformed
	}
	s.address = netip.AddrPortFrom(f.address(dstAddress, family), f.port(dstPort))
	s.value = spec.Destination{
		Forward: spec.Forward(f.u32(dstForward) & forwardMask), Weight: f.u32(dstWeight),
		UpperThreshold: f.u32(dstUpper), LowerThreshold: f.u32(dstLower),
	}
	if s.value.Forward == spec.TunnelTo { // for others getsockopt does not show it, and nothing comes of it
		s.value.Tunnel = spec.Tunnel{
			Type: spec.TunnelType(f.u8(dstTunType)), Port: f.port(dstTunPort), Checksum: spec.Checksum(f.u16(dstTunChecksum)),
		}
	}
	s.conns = spec.Connections{Active: f.u32(dstActive), Inactive: f.u32(dstInactive), Persistent: f.u32(dstPersistent)}
	return nil
}

func decodeTimeouts(body []byte) (t spec.Timeouts, err error) {
	var f fields
	if !f.index(body, &timeoutSizes) {
		return t, errMalformed
	}
	return spec.Timeouts{TCP: f.u32(attrTimeoutTCP), TCPFin: f.u32(attrTimeoutTCPFin), UDP: f.u32(attrTimeoutUDP)}, nil
}

func (n names) daemon(body []byte) (k spec.SyncDaemonKey, d spec.SyncDaemon, err error) {
	var f fields
	if !f.inside(body, attrDaemon, &daemonSizes) {
		return k, d, errMalformed
	}
	d = spec.SyncDaemon{
		Interface: n.of(f.text(dmnInterface)), SyncID: f.u32(dmnSyncID), MaxLen: f.u16(dmnMaxLen), Port: f.u16(dmnPort), TTL: f.u8(dmnTTL),
	}
	switch {
	case f.at[dmnGroup] != 0:
		d.Group = f.address(dmnGroup, spec.IPv4)
	case f.at[dmnGroup6] != 0:
		d.Group = f.address(dmnGroup6, spec.IPv6)
	}
	return spec.SyncDaemonKey{Role: spec.Role(f.u32(dmnState))}, d, nil
}
