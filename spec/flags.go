package spec

import (
	"fmt"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"
)

// SchedulerFlags are the flags a scheduler reads, as the kernel's bits. The kernel stores every bit for every
// scheduler; the bits that mean something else (persistent, hashed, one-packet) are never part of it.
type SchedulerFlags uint32

// The three flags. For sh and mh the first two are called fallback and port.
const (
	Flag1 SchedulerFlags = 0x08
	Flag2 SchedulerFlags = 0x10
	Flag3 SchedulerFlags = 0x20
)

// Names are the flags in the spelling of ipvsadm, for the scheduler that reads them: "sh-port", "flag-3", or
// "0x40" for a bit that has no name.
func (f SchedulerFlags) Names(scheduler string) []string {
	var out []string
	for rest := uint32(f); rest != 0; rest &= rest - 1 {
		bit := SchedulerFlags(1) << bits.TrailingZeros32(rest)
		name := fmt.Sprintf("%#x", uint32(bit))
		switch {
		case bit == Flag1 && (scheduler == "sh" || scheduler == "mh"):
			name = scheduler + "-fallback"
		case bit == Flag2 && (scheduler == "sh" || scheduler == "mh"):
			name = scheduler + "-port"
		case bit >= Flag1 && bit <= Flag3:
			name = fmt.Sprintf("flag-%d", bits.TrailingZeros32(rest)-2)
		}
		out = append(out, name)
	}
	return out
}

// ParseSchedulerFlag reads one name for a scheduler: its own names, "flag-1" to "flag-3", or a single bit such as "0x40".
func ParseSchedulerFlag(scheduler, name string) (SchedulerFlags, error) {
	for i := range 32 {
		if f := SchedulerFlags(1) << i; f&ownedBits == 0 && (f.Names(scheduler)[0] == name || f.Names("")[0] == name) {
			return f, nil
		}
	}
	return 0, fmt.Errorf("%q is not a flag of scheduler %q", name, scheduler)
}

const ownedBits SchedulerFlags = 0x1 | 0x2 | 0x4

// Netmask says which part of a client's address persistence looks at. The zero value is the whole address.
type Netmask struct {
	wildcard uint32 // IPv4: the bits that are not looked at; the kernel keeps masks with holes
	prefix   uint8  // IPv6: the prefix length, 1 to 127
}

// MaskIPv4 is the mask with these bits (0xffffff00 is a /24); masks with holes are kept.
func MaskIPv4(mask uint32) Netmask { return Netmask{wildcard: ^mask} }

// PrefixIPv6 is the IPv6 prefix length 1 to 128; the kernel refuses others, and 0 and 128 give the whole address.
func PrefixIPv6(length uint8) Netmask {
	if length >= 128 {
		length = 0
	}
	return Netmask{prefix: length}
}

// IPv4 is the mask in host byte order: 0xffffffff for the whole address.
func (m Netmask) IPv4() uint32 { return ^m.wildcard }

// IPv6 is the prefix length: 128 for the whole address.
func (m Netmask) IPv6() uint8 {
	if m.prefix == 0 {
		return 128
	}
	return m.prefix
}

// Fits says that the mask can belong to a service of the family; the whole address belongs to both.
func (m Netmask) Fits(f Family) bool {
	return m == Netmask{} || (m.prefix != 0) == (f == IPv6)
}

// String is "255.255.255.0", "/64", or "" for the whole address.
func (m Netmask) String() string {
	switch {
	case m.prefix != 0:
		return "/" + strconv.Itoa(int(m.prefix))
	case m.wildcard != 0:
		v := m.IPv4()
		return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}).String()
	}
	return ""
}

// MarshalText writes String.
func (m Netmask) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what String writes.
func (m *Netmask) UnmarshalText(b []byte) error {
	text := string(b)
	if text == "" {
		*m = Netmask{}
		return nil
	}
	if rest, found := strings.CutPrefix(text, "/"); found {
		n, err := strconv.ParseUint(rest, 10, 8)
		if err != nil || n < 1 || n > 128 {
			return fmt.Errorf("%q is not an IPv6 prefix length (/1 to /128)", text)
		}
		*m = PrefixIPv6(uint8(n))
		return nil
	}
	a, err := netip.ParseAddr(text)
	if err != nil || !a.Is4() {
		return fmt.Errorf("%q is not a netmask such as 255.255.255.0 or /64", text)
	}
	b4 := a.As4()
	*m = MaskIPv4(uint32(b4[0])<<24 | uint32(b4[1])<<16 | uint32(b4[2])<<8 | uint32(b4[3]))
	return nil
}
