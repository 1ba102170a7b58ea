package spec

import "fmt"

// Forward is how packets reach a real server; the numbers are the kernel's connection flags (3 bits).
type Forward uint8

// The forwarding methods. The kernel stores 4 to 7 as well; Bypass and above lose the packets.
const (
	Masquerade Forward = 0
	Local      Forward = 1
	TunnelTo   Forward = 2
	Direct     Forward = 3
	Bypass     Forward = 4
)

var forwardNames = []string{"masquerade", "local", "tunnel", "direct", "bypass"}

// String is the word of the language: "masquerade", "local", "tunnel", "direct", and "bypass" or "method5" for odd live values.
func (f Forward) String() string { return enumName(int(f), forwardNames, "method") }

// ParseForward reads what String writes.
func ParseForward(s string) (Forward, error) {
	n, err := parseEnum(s, forwardNames, "method", 7)
	if err != nil {
		return 0, fmt.Errorf("%q is not a forwarding method: write direct, masquerade, tunnel or local", s)
	}
	return Forward(n), nil
}

// MarshalText writes String.
func (f Forward) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what String writes.
func (f *Forward) UnmarshalText(b []byte) (err error) {
	*f, err = ParseForward(string(b))
	return err
}

// TunnelType is the encapsulation of a tunnelled destination; the numbers are the kernel's.
type TunnelType uint8

// The encapsulations. The kernel stores any other number and sends ipip.
const (
	IPIP TunnelType = 0
	GUE  TunnelType = 1
	GRE  TunnelType = 2
)

var tunnelNames = []string{"ipip", "gue", "gre"}

// String is "ipip", "gue", "gre", or "type7" for odd live values.
func (t TunnelType) String() string { return enumName(int(t), tunnelNames, "type") }

// ParseTunnelType reads what String writes.
func ParseTunnelType(s string) (TunnelType, error) {
	n, err := parseEnum(s, tunnelNames, "type", 255)
	if err != nil {
		return 0, fmt.Errorf("%q is not a tunnel type: write ipip, gue or gre", s)
	}
	return TunnelType(n), nil
}

// MarshalText writes String.
func (t TunnelType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what String writes.
func (t *TunnelType) UnmarshalText(b []byte) (err error) {
	*t, err = ParseTunnelType(string(b))
	return err
}

// Checksum is how a gue or gre tunnel protects its header; the numbers are the kernel's tunnel flags (16 bits).
type Checksum uint16

// The checksum modes.
const (
	ChecksumNone   Checksum = 0
	ChecksumFull   Checksum = 1
	ChecksumRemote Checksum = 2
)

var checksumNames = []string{"none", "full", "remote"}

// String is "none", "full", "remote", or "flags3" for odd live values.
func (c Checksum) String() string { return enumName(int(c), checksumNames, "flags") }

// ParseChecksum reads what String writes.
func ParseChecksum(s string) (Checksum, error) {
	n, err := parseEnum(s, checksumNames, "flags", 65535)
	if err != nil {
		return 0, fmt.Errorf("%q is not a checksum mode: write none, full or remote", s)
	}
	return Checksum(n), nil
}

// MarshalText writes String.
func (c Checksum) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what String writes.
func (c *Checksum) UnmarshalText(b []byte) (err error) {
	*c, err = ParseChecksum(string(b))
	return err
}

// Overhead is how many bytes the kernel puts in front of a packet to a server of the family: its room in the MTU of the way there.
func (t Tunnel) Overhead(f Family) int {
	const ipv4, ipv6, udp, gue, remoteChecksum, gre, checksum = 20, 40, 8, 4, 8, 4, 4
	size := ipv4
	if f == IPv6 {
		size = ipv6
	}
	switch {
	case t.Type == GUE && t.Checksum&ChecksumRemote != 0:
		return size + udp + gue + remoteChecksum
	case t.Type == GUE:
		return size + udp + gue
	case t.Type == GRE && t.Checksum&ChecksumFull != 0:
		return size + gre + checksum
	case t.Type == GRE:
		return size + gre
	}
	return size
}
