package spec

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Family is an address family; the numbers are the kernel's AF_INET and AF_INET6.
type Family uint8

// The two families IPVS knows.
const (
	IPv4 Family = 2
	IPv6 Family = 10
)

// FamilyOf is the family of an address; an IPv4-mapped IPv6 address is IPv6, as it is to the kernel.
func FamilyOf(a netip.Addr) Family {
	if a.Is4() {
		return IPv4
	}
	return IPv6
}

// String is "ipv4" or "ipv6".
func (f Family) String() string {
	switch f {
	case IPv4:
		return "ipv4"
	case IPv6:
		return "ipv6"
	}
	return "family" + strconv.Itoa(int(f))
}

// ParseFamily reads "ipv4" or "ipv6".
func ParseFamily(s string) (Family, error) {
	switch s {
	case "ipv4":
		return IPv4, nil
	case "ipv6":
		return IPv6, nil
	}
	return 0, fmt.Errorf("%q is not an address family: write ipv4 or ipv6", s)
}

// MarshalText writes String.
func (f Family) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what String writes.
func (f *Family) UnmarshalText(b []byte) (err error) {
	*f, err = ParseFamily(string(b))
	return err
}

// Protocol is an IP protocol number. A firewall-mark service has none (0). The kernel stores any number;
// only TCP, UDP and SCTP are declared in a configuration.
type Protocol uint16

// The protocols a service can be declared for.
const (
	TCP  Protocol = 6
	UDP  Protocol = 17
	SCTP Protocol = 132
)

// String is "tcp", "udp", "sctp", or "protocol47" for what the kernel stores besides.
func (p Protocol) String() string {
	switch p {
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case SCTP:
		return "sctp"
	}
	return "protocol" + strconv.Itoa(int(p))
}

// ParseProtocol reads what String writes.
func ParseProtocol(s string) (Protocol, error) {
	switch s {
	case "tcp":
		return TCP, nil
	case "udp":
		return UDP, nil
	case "sctp":
		return SCTP, nil
	}
	if n, err := strconv.ParseUint(strings.TrimPrefix(s, "protocol"), 10, 16); err == nil && strings.HasPrefix(s, "protocol") {
		return Protocol(n), nil
	}
	return 0, fmt.Errorf("%q is not a protocol: write tcp, udp or sctp", s)
}

// MarshalText writes String.
func (p Protocol) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what String writes.
func (p *Protocol) UnmarshalText(b []byte) (err error) {
	*p, err = ParseProtocol(string(b))
	return err
}

// Role is what a sync daemon does; the numbers are the kernel's IP_VS_STATE_MASTER and _BACKUP.
type Role uint8

// The two roles. A node may run one daemon of each at the same time.
const (
	Master Role = 1
	Backup Role = 2
)

// String is "master" or "backup".
func (r Role) String() string {
	switch r {
	case Master:
		return "master"
	case Backup:
		return "backup"
	}
	return "role" + strconv.Itoa(int(r))
}

// ParseRole reads "master" or "backup".
func ParseRole(s string) (Role, error) {
	switch s {
	case "master":
		return Master, nil
	case "backup":
		return Backup, nil
	}
	return 0, fmt.Errorf("%q is not a sync daemon role: write master or backup", s)
}

// MarshalText writes String.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what String writes.
func (r *Role) UnmarshalText(b []byte) (err error) {
	*r, err = ParseRole(string(b))
	return err
}

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

func enumName(n int, names []string, other string) string {
	if n < len(names) {
		return names[n]
	}
	return other + strconv.Itoa(n)
}

func parseEnum(s string, names []string, other string, most uint64) (uint64, error) {
	if i := slices.Index(names, s); i >= 0 {
		return uint64(i), nil
	}
	rest, found := strings.CutPrefix(s, other)
	n, err := strconv.ParseUint(rest, 10, 16)
	if !found || err != nil || n > most || n < uint64(len(names)) {
		return 0, strconv.ErrSyntax
	}
	return n, nil
}
