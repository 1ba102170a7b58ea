package spec

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// ModuleKey identifies a kernel module by its name, with underscores: "ip_vs_ftp".
type ModuleKey struct{ Name string }

// Kind is KindModule.
func (ModuleKey) Kind() Kind { return KindModule }

// String is "module ip_vs_ftp".
func (k ModuleKey) String() string { return "module " + k.Name }

func (k ModuleKey) compare(o Key) int { return cmp.Compare(k.Name, o.(ModuleKey).Name) }

// LinkKey identifies a network interface by its name, at most 15 bytes, or a receiver of GUE packets by its UDP port:
// "gue:6080" and "gue6:6080" are names of the latter, which no interface can have.
type LinkKey struct{ Name string }

// Kind is KindLink.
func (LinkKey) Kind() Kind { return KindLink }

// String is "link dummy0".
func (k LinkKey) String() string { return "link " + k.Name }

func (k LinkKey) compare(o Key) int { return cmp.Compare(k.Name, o.(LinkKey).Name) }

// GUEReceiver is the key of what receives GUE packets on a UDP port by IPv4, and GUEReceiver6 by IPv6: one does not do the
// other's work.
func GUEReceiver(port uint16) LinkKey { return LinkKey{gueName + strconv.Itoa(int(port))} }

// GUEReceiver6 is GUEReceiver for IPv6: "gue6:6080".
func GUEReceiver6(port uint16) LinkKey { return LinkKey{gue6Name + strconv.Itoa(int(port))} }

// GUEPort is the port of a receiver of GUE packets; ok is false for an interface.
func (k LinkKey) GUEPort() (port uint16, ok bool) {
	text, ok := strings.CutPrefix(k.Name, gueName)
	if !ok {
		text, ok = strings.CutPrefix(k.Name, gue6Name)
	}
	n, err := strconv.ParseUint(text, 10, 16)
	return uint16(n), ok && err == nil && n != 0 && text[0] != '0'
}

// GUEFamily is the family of the packets that a receiver of GUE packets gets.
func (k LinkKey) GUEFamily() Family {
	if strings.HasPrefix(k.Name, gue6Name) {
		return IPv6
	}
	return IPv4
}

const (
	gueName  = "gue:"
	gue6Name = "gue6:"
)

// SysctlKey identifies a kernel setting. The name has dots between its parts, and a slash for a dot within one, as with
// sysctl(8): "net.ipv4.conf.eth0/100.arp_ignore" is that of the interface eth0.100.
type SysctlKey struct{ Name string }

// Kind is KindSysctl.
func (SysctlKey) Kind() Kind { return KindSysctl }

// String is "sysctl net.ipv4.ip_forward".
func (k SysctlKey) String() string { return "sysctl " + k.Name }

func (k SysctlKey) compare(o Key) int { return cmp.Compare(k.Name, o.(SysctlKey).Name) }

// Path is the setting's file below /proc/sys: "net/ipv4/conf/eth0.100/arp_ignore".
func (k SysctlKey) Path() string { return swap.Replace(k.Name) }

// SysctlOfPath is the key of a file below /proc/sys.
func SysctlOfPath(path string) SysctlKey { return SysctlKey{swap.Replace(path)} }

var swap = strings.NewReplacer(".", "/", "/", ".")

// NeighbourKey identifies a permanent entry of the neighbour table: the one way to an address that no ARP changes.
type NeighbourKey struct {
	Interface string
	Address   netip.Addr
}

// Kind is KindNeighbour.
func (NeighbourKey) Kind() Kind { return KindNeighbour }

// String is "neighbour eth0 192.0.2.53".
func (k NeighbourKey) String() string { return "neighbour " + k.Interface + " " + k.Address.String() }

func (k NeighbourKey) compare(o Key) int {
	p := o.(NeighbourKey)
	return cmp.Or(cmp.Compare(k.Interface, p.Interface), k.Address.Compare(p.Address))
}

// ARPFilterKey identifies what keeps an interface from answering ARP for an address, and from announcing it.
type ARPFilterKey struct {
	Interface string
	Address   netip.Addr
}

// Kind is KindARPFilter.
func (ARPFilterKey) Kind() Kind { return KindARPFilter }

// String is "arp_filter eth0 192.0.2.10".
func (k ARPFilterKey) String() string { return "arp_filter " + k.Interface + " " + k.Address.String() }

func (k ARPFilterKey) compare(o Key) int {
	return NeighbourKey(k).compare(NeighbourKey(o.(ARPFilterKey)))
}

// AddressKey identifies an address of an interface. VIPs are /32 and /128.
type AddressKey struct {
	Interface string
	// Prefix keeps the bits of the host: 10.0.0.2/24.
	Prefix netip.Prefix
}

// Kind is KindAddress.
func (AddressKey) Kind() Kind { return KindAddress }

// String is "address eth0 192.0.2.10/32".
func (k AddressKey) String() string { return "address " + k.Interface + " " + k.Prefix.String() }

func (k AddressKey) compare(o Key) int {
	p := o.(AddressKey)
	return cmp.Or(cmp.Compare(k.Interface, p.Interface), k.Prefix.Addr().Compare(p.Prefix.Addr()), cmp.Compare(k.Prefix.Bits(), p.Prefix.Bits()))
}

// MarkRuleKey identifies a rule that gives packets a firewall mark, by what it matches.
type MarkRuleKey struct {
	Protocol Protocol
	Address  netip.Addr
	// First and Last are the range of ports, both included; both are 0 for every port.
	First, Last uint16
}

// Kind is KindMarkRule.
func (MarkRuleKey) Kind() Kind { return KindMarkRule }

// String is "mark_rule tcp 192.0.2.10:80", "mark_rule udp [2001:db8::1]:8000-8010" or "mark_rule tcp 192.0.2.10:any".
func (k MarkRuleKey) String() string {
	host := k.Address.String()
	if k.Address.Is6() {
		host = "[" + host + "]"
	}
	return "mark_rule " + k.Protocol.String() + " " + host + ":" + k.ports()
}

func (k MarkRuleKey) ports() string {
	switch first := strconv.Itoa(int(k.First)); {
	case k.First == 0 && k.Last == 0:
		return "any"
	case k.First == k.Last:
		return first
	default:
		return first + "-" + strconv.Itoa(int(k.Last))
	}
}

// Matches says that packets of the protocol to the address and port get the mark.
func (k MarkRuleKey) Matches(p Protocol, to netip.AddrPort) bool {
	return k.Protocol == p && k.Address == to.Addr() && (k.Last == 0 || k.First <= to.Port() && to.Port() <= k.Last)
}

func (k MarkRuleKey) compare(o Key) int {
	p := o.(MarkRuleKey)
	return cmp.Or(cmp.Compare(k.Protocol, p.Protocol), k.Address.Compare(p.Address), cmp.Compare(k.First, p.First), cmp.Compare(k.Last, p.Last))
}

// MasqueradeRuleKey identifies a rule that hides clients behind the director, by the destination that it is for.
type MasqueradeRuleKey struct{ Destination DestinationKey }

// Kind is KindMasqueradeRule.
func (MasqueradeRuleKey) Kind() Kind { return KindMasqueradeRule }

// String is "masquerade_rule tcp 192.0.2.10:80 -> 10.0.0.11:8080".
func (k MasqueradeRuleKey) String() string { return "masquerade_rule " + k.Destination.String() }

func (k MasqueradeRuleKey) compare(o Key) int {
	return k.Destination.Compare(o.(MasqueradeRuleKey).Destination)
}

// parseHostKey reads the key of an object of the host; rest is what follows the word.
func parseHostKey(text, word, rest string) (Key, error) {
	wrong := func(form string) error { return fmt.Errorf("%q is not %q", text, form) }
	name, second, _ := strings.Cut(rest, " ")
	switch word {
	case "module", "link", "sysctl":
		if name == "" || name != rest {
			return nil, wrong(word + " NAME")
		}
		return map[string]Key{"module": ModuleKey{name}, "link": LinkKey{name}, "sysctl": SysctlKey{name}}[word], nil
	case "address":
		p, err := netip.ParsePrefix(second)
		if err != nil || name == "" {
			return nil, wrong("address INTERFACE ADDRESS/LENGTH")
		}
		return AddressKey{name, p}, nil
	case "neighbour", "arp_filter":
		a, err := netip.ParseAddr(second)
		if err != nil || a.Zone() != "" || name == "" {
			return nil, wrong(word + " INTERFACE ADDRESS")
		}
		if word == "neighbour" {
			return NeighbourKey{name, a}, nil
		}
		return ARPFilterKey{name, a}, nil
	case "mark_rule":
		return parseMarkRule(text, name, second)
	}
	k, err := parseTableKey(rest)
	d, ok := k.(DestinationKey)
	if err != nil || !ok {
		return nil, wrong("masquerade_rule SERVICE -> ADDRESS:PORT")
	}
	return MasqueradeRuleKey{d}, nil
}

func parseMarkRule(text, protocol, to string) (Key, error) {
	wrong := fmt.Errorf("%q is not %q", text, "mark_rule PROTOCOL ADDRESS:PORTS")
	p, err := ParseProtocol(protocol)
	at := strings.LastIndexByte(to, ':')
	if err != nil || at < 0 {
		return nil, wrong
	}
	first, last, isRange := strings.Cut(to[at+1:], "-")
	if first == "any" {
		first = "0"
	}
	if !isRange {
		last = first
	}
	from, err := parseAddrPort(to[:at] + ":" + first)
	n, err2 := strconv.ParseUint(last, 10, 16)
	if err != nil || err2 != nil || uint16(n) < from.Port() || isRange && from.Port() == 0 {
		return nil, wrong
	}
	return MarkRuleKey{p, from.Addr(), from.Port(), uint16(n)}, nil
}
