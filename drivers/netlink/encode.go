//go:build linux

package netlink

import (
	"encoding/binary"
	"net/netip"

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
	e.b = native.AppendUint32(e.b, 0)
	e.b = native.AppendUint16(e.b, family)
	e.b = native.AppendUint16(e.b, flags|unix.NLM_F_REQUEST)
	e.b = native.AppendUint32(e.b, seq)
	e.b = native.AppendUint32(e.b, 0)
	e.b = append(e.b, cmd, version, 0, 0)
}

func (e *encoder) end() { native.PutUint32(e.b[e.start:], uint32(len(e.b)-e.start)) }

// drop takes the last request back.
func (e *encoder) drop() { e.b = e.b[:e.start] }

// acknowledge makes the kernel answer the request at an offset even if it succeeds.
func (e *encoder) acknowledge(start int) {
	flags := e.b[start+6:]
	native.PutUint16(flags, native.Uint16(flags)|unix.NLM_F_ACK)
}

func (e *encoder) header(kind uint16, size int) {
	e.b = native.AppendUint16(e.b, uint16(attrHeaderLen+size))
	e.b = native.AppendUint16(e.b, kind)
}

// nest opens an attribute that holds others; close, with what nest returned, ends it.
func (e *encoder) nest(kind uint16) int {
	at := len(e.b)
	e.header(kind|unix.NLA_F_NESTED, 0)
	return at
}

func (e *encoder) close(at int) { native.PutUint16(e.b[at:], uint16(len(e.b)-at)) }

func (e *encoder) u8(kind uint16, v uint8) {
	e.header(kind, 1)
	e.b = append(e.b, v, 0, 0, 0)
}

func (e *encoder) u16(kind, v uint16) {
	e.header(kind, 2)
	e.b = append(native.AppendUint16(e.b, v), 0, 0)
}

// port is a u16 in network byte order.
func (e *encoder) port(kind, v uint16) {
	e.header(kind, 2)
	e.b = append(e.b, byte(v>>8), byte(v), 0, 0)
}

func (e *encoder) u32(kind uint16, v uint32) {
	e.header(kind, 4)
	e.b = native.AppendUint32(e.b, v)
}

// be32 is a u32 in network byte order.
func (e *encoder) be32(kind uint16, v uint32) {
	e.header(kind, 4)
	e.b = binary.BigEndian.AppendUint32(e.b, v)
}

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
