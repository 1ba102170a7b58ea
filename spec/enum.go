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
