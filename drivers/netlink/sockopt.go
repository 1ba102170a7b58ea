//go:build linux

package netlink

import (
	"bytes"
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
	fd  int
	buf []byte
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
		_, _, e := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(s.fd), unix.IPPROTO_IP, uintptr(option),
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

// counts are all IPv4 services of one moment and how many destinations each has, IPv6 ones included.
func (s *sockopts) counts() (map[spec.ServiceKey]uint32, error) {
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
		out := make(map[spec.ServiceKey]uint32, n)
		for e := b[servicesHeader:]; len(e) > 0 && e[16] != 0; e = e[serviceEntry:] {
			out[serviceOf(e)] = native.Uint32(e[44:])
		}
		if len(out) < n {
			return out, nil
		}
	}
}

// serviceOf reads an entry's key: protocol, address, port, mark; a scheduler's name follows at 16, never empty.
func serviceOf(e []byte) spec.ServiceKey {
	if mark := native.Uint32(e[12:]); mark != 0 {
		return spec.Mark(mark, spec.IPv4)
	}
	return spec.Listener(spec.Protocol(native.Uint16(e)),
		netip.AddrPortFrom(netip.AddrFrom4([4]byte(e[4:8])), binary.BigEndian.Uint16(e[8:])))
}

// servers are the destinations of one moment of an IPv4 service that is thought to have n. ok is false if they are not
// n, or if there is more to know than this interface shows.
func (s *sockopts) servers(k spec.ServiceKey, n uint32, f func(server)) (ok bool, err error) {
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
	entries := b[destsHeader:]
	for at := 0; at < len(entries); at += destEntry {
		native.PutUint32(entries[at:], 0)
	}
	if err := s.get(optDests, b); err != nil {
		return false, err
	}
	// The kernel refuses 0.0.0.0, which therefore ends the entries.
	found, shown := uint32(0), true
	for e := entries; len(e) > 0 && !bytes.Equal(e[:4], zeros[:4]); e = e[destEntry:] {
		found++
		shown = shown && native.Uint32(e[8:])&forwardMask != uint32(spec.TunnelTo)
	}
	if found != n || !shown {
		return false, nil
	}
	for e := entries[:n*destEntry]; len(e) > 0; e = e[destEntry:] {
		f(serverOf(e))
	}
	return true, nil
}

func serverOf(e []byte) server {
	return server{
		address: netip.AddrPortFrom(netip.AddrFrom4([4]byte(e[:4])), binary.BigEndian.Uint16(e[4:])),
		value: spec.Destination{
			Forward: spec.Forward(native.Uint32(e[8:]) & forwardMask), Weight: native.Uint32(e[12:]),
			UpperThreshold: native.Uint32(e[16:]), LowerThreshold: native.Uint32(e[20:]),
		},
		conns: spec.Connections{Active: native.Uint32(e[24:]), Inactive: native.Uint32(e[28:]), Persistent: native.Uint32(e[32:])},
	}
}
