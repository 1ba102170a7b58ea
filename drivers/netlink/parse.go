//go:build linux

package netlink

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"github.com/lvsform/lvsform/spec"
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

// sizes is what the values of attributes must at least be, by kind. Texts, and what is not read, are of any size.
type sizes [16]uint8

// fields are the attributes of one level, found in one pass and read in place. A kind that is absent reads as zero.
type fields struct {
	b  []byte
	at [16]uint32 // where the value of each kind starts; it is never at 0
}

// index is false if an attribute is cut short, or shorter than it must be.
func (f *fields) index(b []byte, least *sizes) bool {
	f.b = b
	for at := 0; at < len(b); {
		if len(b)-at < attrHeaderLen {
			return false
		}
		n := int(native.Uint16(b[at:]))
		kind := native.Uint16(b[at+2:]) & attrTypeMask
		if n < attrHeaderLen || n > len(b)-at {
			return false
		}
		if int(kind) < len(f.at) {
			if n-attrHeaderLen < int(least[kind]) {
				return false
			}
			f.at[kind] = uint32(at + attrHeaderLen)
		}
		at += align(n)
	}
	return true
}

// inside indexes the attributes within one; it is false if there is none of the kind, or a bad one.
func (f *fields) inside(b []byte, kind uint16, least *sizes) bool {
	var top fields
	return top.index(b, &sizes{}) && top.at[kind] != 0 && f.index(top.value(kind), least)
}

// value is the whole value of an attribute.
func (f *fields) value(kind uint16) []byte {
	at := f.at[kind]
	if at == 0 {
		return nil
	}
	return f.b[at : at+uint32(native.Uint16(f.b[at-attrHeaderLen:]))-attrHeaderLen]
}

func (f *fields) u8(kind uint16) uint8 {
	if f.at[kind] == 0 {
		return 0
	}
	return f.b[f.at[kind]]
}

func (f *fields) u16(kind uint16) uint16 {
	if f.at[kind] == 0 {
		return 0
	}
	return native.Uint16(f.b[f.at[kind]:])
}

func (f *fields) u32(kind uint16) uint32 {
	if f.at[kind] == 0 {
		return 0
	}
	return native.Uint32(f.b[f.at[kind]:])
}

func (f *fields) u64(kind uint16) uint64 {
	if f.at[kind] == 0 {
		return 0
	}
	return native.Uint64(f.b[f.at[kind]:])
}

// port is a u16 in network byte order.
func (f *fields) port(kind uint16) uint16 {
	if f.at[kind] == 0 {
		return 0
	}
	return binary.BigEndian.Uint16(f.b[f.at[kind]:])
}

// text is a string without its terminating zero, still in the datagram.
func (f *fields) text(kind uint16) []byte {
	v := f.value(kind)
	if i := bytes.IndexByte(v, 0); i >= 0 {
		return v[:i]
	}
	return v
}

// address is of either family: IPv4 is in the first four bytes.
func (f *fields) address(kind uint16, family spec.Family) netip.Addr {
	v := f.value(kind)
	if family == spec.IPv4 && len(v) >= 4 {
		return netip.AddrFrom4([4]byte(v))
	}
	if len(v) >= 16 {
		return netip.AddrFrom16([16]byte(v))
	}
	var b [16]byte
	copy(b[:], v)
	if family == spec.IPv4 {
		return netip.AddrFrom4([4]byte(b[:]))
	}
	return netip.AddrFrom16(b)
}

func align(n int) int { return (n + 3) &^ 3 }
