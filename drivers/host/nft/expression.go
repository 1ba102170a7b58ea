//go:build linux

package nft

import (
	"bytes"
	"encoding/binary"
	"maps"
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"
)

// expression is one step of a rule: what the kernel calls it, and its attributes as the kernel lists them.
type expression struct {
	name string
	data []byte
}

func (e expression) encode() []byte {
	return attr(unix.NFTA_LIST_ELEM, text(unix.NFTA_EXPR_NAME, e.name), attr(unix.NFTA_EXPR_DATA, e.data))
}

// step is an expression of encoded attributes.
func step(name string, attrs ...[]byte) expression {
	return expression{name, bytes.Join(attrs, nil)}
}

// All steps use the first register.
func register(kind uint16) []byte { return number(kind, unix.NFT_REG_1) }

func meta(key uint32) expression {
	return step("meta", number(unix.NFTA_META_KEY, key), register(unix.NFTA_META_DREG))
}

func setMeta(key uint32) expression {
	return step("meta", number(unix.NFTA_META_KEY, key), register(unix.NFTA_META_SREG))
}

func compare(op uint32, value []byte) expression {
	return step("cmp", register(unix.NFTA_CMP_SREG), number(unix.NFTA_CMP_OP, op),
		attr(unix.NFTA_CMP_DATA, attr(unix.NFTA_DATA_VALUE, value)))
}

func is(value ...byte) expression { return compare(unix.NFT_CMP_EQ, value) }

func payload(base, offset, size uint32) expression {
	return step("payload", register(unix.NFTA_PAYLOAD_DREG), number(unix.NFTA_PAYLOAD_BASE, base),
		number(unix.NFTA_PAYLOAD_OFFSET, offset), number(unix.NFTA_PAYLOAD_LEN, size))
}

// setPayload has no checksum to mend.
func setPayload(base, offset, size uint32) expression {
	return step("payload", register(unix.NFTA_PAYLOAD_SREG), number(unix.NFTA_PAYLOAD_BASE, base),
		number(unix.NFTA_PAYLOAD_OFFSET, offset), number(unix.NFTA_PAYLOAD_LEN, size),
		number(unix.NFTA_PAYLOAD_CSUM_TYPE, unix.NFT_PAYLOAD_CSUM_NONE))
}

// original is what the first packet of the connection had when it came in.
func original(key uint32) expression {
	const direction = 0 // IP_CT_DIR_ORIGINAL
	return step("ct", register(unix.NFTA_CT_DREG), number(unix.NFTA_CT_KEY, key), attr(unix.NFTA_CT_DIRECTION, []byte{direction}))
}

func load(value []byte) expression {
	return step("immediate", register(unix.NFTA_IMMEDIATE_DREG), attr(unix.NFTA_IMMEDIATE_DATA, attr(unix.NFTA_DATA_VALUE, value)))
}

func drop() expression {
	const verdict = 0 // NF_DROP
	return step("immediate", number(unix.NFTA_IMMEDIATE_DREG, unix.NFT_REG_VERDICT), attr(unix.NFTA_IMMEDIATE_DATA,
		attr(unix.NFTA_DATA_VERDICT, number(unix.NFTA_VERDICT_CODE, verdict))))
}

func masquerade() expression { return step("masq") }

// sourceNAT takes the new source from the register. The kernel sets the flag itself where it is missing.
func sourceNAT(family uint32) expression {
	return step("nat", number(unix.NFTA_NAT_TYPE, unix.NFT_NAT_SNAT), number(unix.NFTA_NAT_FAMILY, family),
		register(unix.NFTA_NAT_REG_ADDR_MIN), register(unix.NFTA_NAT_REG_ADDR_MAX), number(unix.NFTA_NAT_FLAGS, unix.NF_NAT_RANGE_MAP_IPS))
}

func port(p uint16) []byte { return binary.BigEndian.AppendUint16(nil, p) }

// name is an interface as meta has it.
func name(s string) []byte {
	b := make([]byte, unix.IFNAMSIZ)
	copy(b, s)
	return b
}

// steps decodes the expressions of a rule.
func steps(b []byte) (out []expression, err error) {
	err = walk(b, func(_ uint16, value []byte) error {
		var e expression
		err := walk(value, func(kind uint16, value []byte) error {
			switch kind {
			case unix.NFTA_EXPR_NAME:
				e.name = cString(value)
			case unix.NFTA_EXPR_DATA:
				e.data = value
			}
			return nil
		})
		out = append(out, e)
		return err
	})
	return out, err
}

// same says that two lists of expressions do the same.
func same(a, b []expression) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !a[i].same(b[i]) {
			return false
		}
	}
	return true
}

// same: an attribute that is zero is as good as none, whichever the kernel prefers to show.
func (e expression) same(o expression) bool {
	if e.name != o.name {
		return false
	}
	if bytes.Equal(e.data, o.data) {
		return true
	}
	a, b := map[string]string{}, map[string]string{}
	return flatten(a, e.name, e.data) == nil && flatten(b, o.name, o.data) == nil && maps.Equal(a, b)
}

func flatten(out map[string]string, path string, b []byte) error {
	return walk(b, func(kind uint16, value []byte) error {
		at := path + "/" + strconv.Itoa(int(kind))
		switch {
		case holds(at):
			return flatten(out, at, value)
		case len(bytes.Trim(value, "\x00")) > 0:
			out[at] = string(value)
		}
		return nil
	})
}

// holds says that the attribute holds others: NFTA_CMP_DATA, NFTA_IMMEDIATE_DATA, and NFTA_DATA_VERDICT in that.
func holds(path string) bool {
	return path == "cmp/3" || path == "immediate/2" || path == "immediate/2/2"
}

// loaded is what a rule loads into the register, and nil if it loads nothing. Our rules load at most once.
func loaded(list []expression) []byte {
	for _, e := range list {
		if e.name != "immediate" {
			continue
		}
		a, err := inside(e.data)
		if err != nil {
			return nil
		}
		if a, err = inside(a[unix.NFTA_IMMEDIATE_DATA]); err == nil && a[unix.NFTA_DATA_VALUE] != nil {
			return a[unix.NFTA_DATA_VALUE]
		}
	}
	return nil
}

// addressOf is the address that a rule loads, or the zero value.
func addressOf(list []expression) netip.Addr {
	a, _ := netip.AddrFromSlice(loaded(list))
	return a
}
