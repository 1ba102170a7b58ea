//go:build linux

package netlink

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"
)

const (
	headerLen     = unix.NLMSG_HDRLEN // of a netlink message
	genlHeaderLen = 4
	attrHeaderLen = 4
	attrTypeMask  = 1<<14 - 1
)

var native = binary.NativeEndian

// encoder appends requests, one after the other, to a buffer that is used again.
type encoder struct {
	b []byte
	// start is where the request that is being built, or was built last, begins.
	start int
}

func (e *encoder) reset() { e.b, e.start = e.b[:0], 0 }

// begin starts a request to a generic netlink family; end must follow.
func (e *encoder) begin(family, flags uint16, seq uint32, cmd, version uint8) {
	e.start = len(e.b)
	b := e.room(headerLen + genlHeaderLen)[:headerLen+genlHeaderLen]
	native.PutUint32(b, 0)
	native.PutUint16(b[4:], family)
	native.PutUint16(b[6:], flags|unix.NLM_F_REQUEST)
	native.PutUint32(b[8:], seq)
	native.PutUint32(b[12:], 0)
	native.PutUint32(b[headerLen:], 0)
	b[headerLen], b[headerLen+1] = cmd, version
}

func (e *encoder) end() { native.PutUint32(e.b[e.start:], uint32(len(e.b)-e.start)) }

// acknowledge makes the kernel answer the request at an offset even if it succeeds.
func (e *encoder) acknowledge(start int) {
	flags := e.b[start+6:]
	native.PutUint16(flags, native.Uint16(flags)|unix.NLM_F_ACK)
}

func (e *encoder) header(kind uint16, size int) {
	b := e.room(attrHeaderLen)[:attrHeaderLen]
	native.PutUint16(b, uint16(attrHeaderLen+size))
	native.PutUint16(b[2:], kind)
}

// room is n more bytes of the buffer, with whatever was in them.
func (e *encoder) room(n int) []byte {
	at := len(e.b)
	if cap(e.b)-at < n {
		e.b = slices.Grow(e.b, n)
	}
	e.b = e.b[:at+n]
	return e.b[at:]
}

// nest opens an attribute that holds others; close, with what nest returned, ends it.
func (e *encoder) nest(kind uint16) int {
	at := len(e.b)
	e.header(kind|unix.NLA_F_NESTED, 0)
	return at
}

func (e *encoder) close(at int) { native.PutUint16(e.b[at:], uint16(len(e.b)-at)) }

// word is an attribute of up to four bytes, which the caller fills in.
func (e *encoder) word(kind uint16, size int) []byte {
	b := e.room(attrHeaderLen + 4)[:attrHeaderLen+4]
	native.PutUint16(b, uint16(attrHeaderLen+size))
	native.PutUint16(b[2:], kind)
	native.PutUint32(b[attrHeaderLen:], 0)
	return b[attrHeaderLen:]
}

func (e *encoder) u8(kind uint16, v uint8)   { e.word(kind, 1)[0] = v }
func (e *encoder) u16(kind, v uint16)        { native.PutUint16(e.word(kind, 2), v) }
func (e *encoder) u32(kind uint16, v uint32) { native.PutUint32(e.word(kind, 4), v) }

// port is a u16 in network byte order, and be32 a u32.
func (e *encoder) port(kind, v uint16)        { binary.BigEndian.PutUint16(e.word(kind, 2), v) }
func (e *encoder) be32(kind uint16, v uint32) { binary.BigEndian.PutUint32(e.word(kind, 4), v) }

// text is a string with its terminating zero. Callers bound its length.
func (e *encoder) text(kind uint16, s string) {
	e.header(kind, len(s)+1)
	e.b = append(append(e.b, s...), 0)
	for len(e.b)%4 != 0 {
		e.b = append(e.b, 0)
	}
}

// address is 4 or 16 bytes; zones are not the kernel's.
func (e *encoder) address(kind uint16, a netip.Addr) {
	if a.Is4() {
		b := a.As4()
		e.header(kind, len(b))
		e.b = append(e.b, b[:]...)
		return
	}
	b := a.As16()
	e.header(kind, len(b))
	e.b = append(e.b, b[:]...)
}
