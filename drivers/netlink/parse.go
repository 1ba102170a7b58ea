//go:build linux

package netlink

import (
	"bytes"
	"net/netip"

	"golang.org/x/sys/unix"
)

// messages walks over the netlink messages of a datagram, in place.
type messages struct {
	rest []byte
	// bad says that the datagram ended in the middle of something.
	bad bool

	kind, flags uint16
	seq         uint32
	body        []byte
}

func (m *messages) next() bool {
	if len(m.rest) == 0 || m.bad {
		return false
	}
	if len(m.rest) < headerLen {
		m.bad = true
		return false
	}
	n := int64(native.Uint32(m.rest))
	if n < headerLen || n > int64(len(m.rest)) {
		m.bad = true
		return false
	}
	m.kind, m.flags, m.seq = native.Uint16(m.rest[4:]), native.Uint16(m.rest[6:]), native.Uint32(m.rest[8:])
	m.body = m.rest[headerLen:n]
	m.rest = m.rest[min(align(int(n)), len(m.rest)):]
	return true
}

// errno is the result that an NLMSG_ERROR or NLMSG_DONE message carries; an NLMSG_DONE may carry none.
func (m *messages) errno() (unix.Errno, bool) {
	if len(m.body) < 4 {
		return 0, m.kind == unix.NLMSG_DONE
	}
	n := -int32(native.Uint32(m.body))
	return unix.Errno(n), n >= 0
}

// attributes walks over attributes, in place: after next, kind and value are the attribute's, and the methods
// read the value as what it should be.
type attributes struct {
	rest []byte
	// bad says that an attribute, or a value that was asked for, was cut short.
	bad bool

	kind  uint16
	value []byte
}

func (a *attributes) next() bool {
	if len(a.rest) == 0 || a.bad {
		return false
	}
	if len(a.rest) < attrHeaderLen {
		a.bad = true
		return false
	}
	n := int(native.Uint16(a.rest))
	if n < attrHeaderLen || n > len(a.rest) {
		a.bad = true
		return false
	}
	a.kind = native.Uint16(a.rest[2:]) & attrTypeMask
	a.value = a.rest[attrHeaderLen:n]
	a.rest = a.rest[min(align(n), len(a.rest)):]
	return true
}

func align(n int) int { return (n + 3) &^ 3 }

var zeros [16]byte

// fixed is the first n bytes of the value, n at most 16.
func (a *attributes) fixed(n int) []byte {
	if len(a.value) < n {
		a.bad = true
		return zeros[:n]
	}
	return a.value[:n]
}

func (a *attributes) u8() uint8   { return a.fixed(1)[0] }
func (a *attributes) u16() uint16 { return native.Uint16(a.fixed(2)) }
func (a *attributes) u32() uint32 { return native.Uint32(a.fixed(4)) }
func (a *attributes) u64() uint64 { return native.Uint64(a.fixed(8)) }

// port is a u16 in network byte order.
func (a *attributes) port() uint16 {
	b := a.fixed(2)
	return uint16(b[0])<<8 | uint16(b[1])
}

// text is a string without its terminating zero, still in the datagram.
func (a *attributes) text() []byte {
	if i := bytes.IndexByte(a.value, 0); i >= 0 {
		return a.value[:i]
	}
	return a.value
}

// raw is an address whose family stands somewhere else: IPv4 is in the first four bytes.
func (a *attributes) raw() (b [16]byte) {
	copy(b[:], a.fixed(4))
	copy(b[:], a.value[:min(len(a.value), len(b))])
	return b
}

func address(b *[16]byte, ipv6 bool) netip.Addr {
	if ipv6 {
		return netip.AddrFrom16(*b)
	}
	return netip.AddrFrom4([4]byte(b[:4]))
}
