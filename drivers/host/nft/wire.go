//go:build linux

package nft

import (
	"encoding/binary"
	"errors"
	"slices"

	"golang.org/x/sys/unix"
)

const (
	headerLen  = unix.NLMSG_HDRLEN
	genericLen = 4 // family, version and resource, in front of the attributes
	attrLen    = unix.NLA_HDRLEN
	attrMask   = 1<<14 - 1
)

var errMalformed = errors.New("the kernel's answer makes no sense")

// attr is one attribute: what it holds may come in parts.
func attr(kind uint16, parts ...[]byte) []byte {
	value := slices.Concat(parts...)
	b := make([]byte, attrLen, align(attrLen+len(value)))
	binary.NativeEndian.PutUint16(b, uint16(attrLen+len(value)))
	binary.NativeEndian.PutUint16(b[2:], kind)
	b = append(b, value...)
	return b[:cap(b)][:align(len(b))]
}

func text(kind uint16, s string) []byte { return attr(kind, []byte(s), []byte{0}) }
func number(kind uint16, n uint32) []byte {
	return attr(kind, binary.BigEndian.AppendUint32(nil, n))
}
func number64(kind uint16, n uint64) []byte {
	return attr(kind, binary.BigEndian.AppendUint64(nil, n))
}

func align(n int) int { return (n + 3) &^ 3 }

// request is one message to nfnetlink.
type request struct {
	kind, flags uint16
	family      uint8
	// resource is the subsystem for the messages around a batch.
	resource uint16
	body     []byte
}

// about is a request to nf_tables.
func about(kind, flags uint16, family uint8, attrs ...[]byte) request {
	return request{kind: unix.NFNL_SUBSYS_NFTABLES<<8 | kind, flags: flags, family: family, body: slices.Concat(attrs...)}
}

func (r request) append(b []byte, seq uint32) []byte {
	b = binary.NativeEndian.AppendUint32(b, uint32(headerLen+genericLen+len(r.body)))
	b = binary.NativeEndian.AppendUint16(b, r.kind)
	b = binary.NativeEndian.AppendUint16(b, r.flags|unix.NLM_F_REQUEST)
	b = binary.NativeEndian.AppendUint32(b, seq)
	b = binary.NativeEndian.AppendUint32(b, 0)
	b = append(b, r.family, unix.NFNETLINK_V0)
	b = binary.BigEndian.AppendUint16(b, r.resource)
	return append(b, r.body...)
}

// answer is one message of the kernel.
type answer struct {
	kind, flags uint16
	seq         uint32
	body        []byte
}

// answers cuts a datagram into its messages.
func answers(b []byte) (out []answer, err error) {
	for len(b) > 0 {
		if len(b) < headerLen {
			return nil, errMalformed
		}
		n := int64(binary.NativeEndian.Uint32(b))
		if n < headerLen || n > int64(len(b)) {
			return nil, errMalformed
		}
		out = append(out, answer{
			kind: binary.NativeEndian.Uint16(b[4:]), flags: binary.NativeEndian.Uint16(b[6:]),
			seq: binary.NativeEndian.Uint32(b[8:]), body: b[headerLen:n],
		})
		b = b[min(align(int(n)), len(b)):]
	}
	return out, nil
}

// errno is what a message of the kind error or done says.
func (a answer) errno() (unix.Errno, error) {
	if len(a.body) < 4 {
		return 0, errMalformed
	}
	return unix.Errno(-int32(binary.NativeEndian.Uint32(a.body))), nil
}

// attributes are the values of one level by their kind; of a kind that comes twice the last.
type attributes map[uint16][]byte

func (a answer) attributes() (attributes, error) {
	if len(a.body) < genericLen {
		return nil, errMalformed
	}
	return inside(a.body[genericLen:])
}

func inside(b []byte) (attributes, error) {
	out := attributes{}
	err := walk(b, func(kind uint16, value []byte) error {
		out[kind] = value
		return nil
	})
	return out, err
}

// walk ends with the first error.
func walk(b []byte, f func(kind uint16, value []byte) error) error {
	for len(b) > 0 {
		if len(b) < attrLen {
			return errMalformed
		}
		n := int(binary.NativeEndian.Uint16(b))
		if n < attrLen || n > len(b) {
			return errMalformed
		}
		if err := f(binary.NativeEndian.Uint16(b[2:])&attrMask, b[attrLen:n]); err != nil {
			return err
		}
		b = b[min(align(n), len(b)):]
	}
	return nil
}

// number is 0 for what is absent, or too short.
func (a attributes) number(kind uint16) uint32 {
	if len(a[kind]) < 4 {
		return 0
	}
	return binary.BigEndian.Uint32(a[kind])
}

func (a attributes) number64(kind uint16) uint64 {
	if len(a[kind]) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(a[kind])
}

func (a attributes) text(kind uint16) string { return cString(a[kind]) }

func cString(b []byte) string {
	if i := slices.Index(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}
