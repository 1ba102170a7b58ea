//go:build linux

package netlink

import (
	"encoding/binary"
	"net/netip"
	"os"
	"unsafe"

	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// sockopts is the older of the kernel's two interfaces. It shows IPv4 only, no tunnels and no persistence engines, but
// all destinations of a service at once, at a twentieth of the cost.
type sockopts struct {
	fd int
	// buf is used again by every call, services holds the entries of the last counts.
	buf, services []byte
}

// Options of getsockopt and the layout of what they fill in, on 64-bit machines.
const (
	optInfo     = 1152 + 1
	optServices = 1152 + 2
	optDests    = 1152 + 4

	infoLen        = 12
	infoServices   = 8
	servicesHeader = 8
	serviceEntry   = 104
	entryScheduler = 16 // after what identifies the service
	entryCount     = 44
	destsHeader    = 24
	destEntry      = 96
)

// openSockopts is nil where the layout of the structures is another one.
func openSockopts() (*sockopts, error) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		return nil, nil
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	return &sockopts{fd: fd}, nil
}

func (s *sockopts) close() error { return os.NewSyscallError("close", unix.Close(s.fd)) }

func (s *sockopts) get(option int, b []byte) error {
	n := uint32(len(b))
	for {
		// The kernel does not wait in it: to tell the scheduler that it could would cost more than the call.
		_, _, e := unix.RawSyscall6(unix.SYS_GETSOCKOPT, uintptr(s.fd), unix.IPPROTO_IP, uintptr(option),
			uintptr(unsafe.Pointer(&b[0])), uintptr(unsafe.Pointer(&n)), 0)
		switch e {
		case 0:
			return nil
		case unix.EINTR:
		default:
			return e
		}
	}
}

// space is n bytes whose content is left from the last use.
func (s *sockopts) space(n int) []byte {
	if cap(s.buf) < n {
		s.buf = make([]byte, n+n/4)
	}
	return s.buf[:n]
}

// list is all IPv4 services of one moment as entries in buf.
func (s *sockopts) list() ([]byte, error) {
	info := s.space(infoLen)
	if err := s.get(optInfo, info); err != nil {
		return nil, err
	}
	for n := int(native.Uint32(info[infoServices:])) + 1; ; n *= 2 {
		b := s.space(servicesHeader + n*serviceEntry)
		clear(b)
		native.PutUint32(b, uint32(n))
		if err := s.get(optServices, b); err != nil {
			return nil, err
		}
		entries := b[servicesHeader:]
		for at := 0; at < len(entries); at += serviceEntry {
			if entries[at+entryScheduler] == 0 { // no service is without: what was not filled in
				return entries[:at], nil
			}
		}
	}
}

// counts are all IPv4 services of one moment and how many destinations each has, IPv6 ones included.
func (s *sockopts) counts() (map[spec.ServiceKey]uint32, error) {
	entries, err := s.list()
	if err != nil {
		return nil, err
	}
	s.services = append(s.services[:0], entries...)
	out := make(map[spec.ServiceKey]uint32, len(entries)/serviceEntry)
	for e := entries; len(e) > 0; e = e[serviceEntry:] {
		out[serviceOf(e)] = native.Uint32(e[entryCount:])
	}
	return out, nil
}

// unchanged says that the services are still those that counts gave, and as many of their destinations.
func (s *sockopts) unchanged() bool {
	now, err := s.list()
	if err != nil || len(now) != len(s.services) {
		return false
	}
	for at := 0; at < len(now); at += serviceEntry {
		x, y := now[at:at+serviceEntry], s.services[at:at+serviceEntry]
		if [entryScheduler]byte(x) != [entryScheduler]byte(y) || native.Uint32(x[entryCount:]) != native.Uint32(y[entryCount:]) {
			return false
		}
	}
	return true
}

// serviceOf reads an entry's key: protocol, address, port, mark.
func serviceOf(e []byte) spec.ServiceKey {
	if mark := native.Uint32(e[12:]); mark != 0 {
		return spec.Mark(mark, spec.IPv4)
	}
	return spec.Listener(spec.Protocol(native.Uint16(e)),
		netip.AddrPortFrom(netip.AddrFrom4([4]byte(e[4:8])), binary.BigEndian.Uint16(e[8:])))
}

// servers are the destinations of one moment of an IPv4 service that is thought to have n, as entries in buf. ok is
// false if they are not n, or if there is more to know than this interface shows.
func (s *sockopts) servers(k spec.ServiceKey, n uint32) (entries []byte, ok bool, err error) {
	size := int(n) + 1
	b := s.space(destsHeader + size*destEntry)
	clear(b[:destsHeader])
	if k.IsMark() {
		native.PutUint32(b[12:], k.FWMark)
	} else {
		a := k.Address.Addr().As4()
		native.PutUint16(b, uint16(k.Protocol))
		copy(b[4:], a[:])
		binary.BigEndian.PutUint16(b[8:], k.Address.Port())
	}
	native.PutUint32(b[16:], uint32(size))
	entries = b[destsHeader:]
	for at := 0; at < len(entries); at += destEntry {
		native.PutUint32(entries[at:], 0)
	}
	if err := s.get(optDests, b); err != nil {
		return nil, false, err
	}
	// The kernel refuses 0.0.0.0, which therefore ends the entries.
	at := 0
	for ; at < len(entries) && native.Uint32(entries[at:]) != 0; at += destEntry {
		if spec.Forward(native.Uint32(entries[at+8:])&forwardMask) == spec.TunnelTo {
			return nil, false, nil
		}
	}
	return entries[:at], at == int(n)*destEntry, nil
}

// serverOf reads a destination's entry.
func serverOf(e []byte) (netip.AddrPort, spec.Destination) {
	_ = e[destEntry-1]
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(e[:4])), binary.BigEndian.Uint16(e[4:])), spec.Destination{
		Forward: spec.Forward(native.Uint32(e[8:]) & forwardMask), Weight: native.Uint32(e[12:]),
		UpperThreshold: native.Uint32(e[16:]), LowerThreshold: native.Uint32(e[20:]),
	}
}

func connectionsOf(e []byte) spec.Connections {
	return spec.Connections{Active: native.Uint32(e[24:]), Inactive: native.Uint32(e[28:]), Persistent: native.Uint32(e[32:])}
}
