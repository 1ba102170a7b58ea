package rules

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// names asks the Resolver, once for each name.
type names struct {
	resolver Resolver
	ports    map[[2]string]uint16
	hosts    map[string]netip.Addr
	// at is where the first name of each kind is, found are the names with what they stand for.
	portsAt, hostsAt       place
	portsFound, hostsFound []string
}

func (n *names) port(at place, protocol, name string) (uint16, error) {
	if port, ok := n.ports[[2]string{protocol, name}]; ok {
		return port, nil
	}
	port, err := n.resolver.Port(protocol, name)
	if err != nil {
		return 0, err
	}
	if n.ports == nil {
		n.ports, n.portsAt = map[[2]string]uint16{}, at
	}
	n.ports[[2]string{protocol, name}] = port
	if found := fmt.Sprintf("%s %d", name, port); !slices.Contains(n.portsFound, found) {
		n.portsFound = append(n.portsFound, found)
	}
	return port, nil
}

func (n *names) host(at place, name string) (netip.Addr, error) {
	if a, ok := n.hosts[name]; ok {
		return a, nil
	}
	a, err := n.resolver.Host(name)
	if err != nil {
		return a, err
	}
	if n.hosts == nil {
		n.hosts, n.hostsAt = map[string]netip.Addr{}, at
	}
	n.hosts[name] = a
	n.hostsFound = append(n.hostsFound, fmt.Sprintf("%s %s", name, a))
	return a, nil
}

// addrPort reads host[:port]; without a port the result's hasPort is false. A bracketed address has a port, a bare IPv6
// address has none.
func (p *parser) addrPort(at place, text, protocol string) (a netip.AddrPort, hasPort bool, err error) {
	host, port := text, ""
	if inner, found := strings.CutPrefix(text, "["); found {
		host, port, hasPort = strings.Cut(inner, "]:")
		if !hasPort {
			return a, false, at.errorf("%s: an address in brackets needs a port, such as [2001:db8::1]:80", quote(text))
		}
		addr, err := netip.ParseAddr(host)
		if err != nil || !addr.Is6() || addr.Zone() != "" {
			return a, false, at.errorf("%s is not an IPv6 address in brackets and a port: if it is a name, list with -n", quote(text))
		}
		at.column += len(host) + len("[]:")
		n, err := p.port(at, port, protocol)
		return netip.AddrPortFrom(addr, n), true, err
	}
	if addr, err := netip.ParseAddr(text); err == nil && addr.Is6() && addr.Zone() == "" {
		return netip.AddrPortFrom(addr, 0), false, nil
	}
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		host, port, hasPort = text[:i], text[i+1:], true
	}
	addr, err := p.ipv4(at, host)
	if err != nil || !hasPort {
		return netip.AddrPortFrom(addr, 0), hasPort, err
	}
	at.column += len(host) + len(":")
	n, err := p.port(at, port, protocol)
	return netip.AddrPortFrom(addr, n), true, err
}

func (p *parser) port(at place, text, protocol string) (uint16, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		if n < 0 || n > 65535 {
			return 0, at.errorf("%s is not a port: use 0 to 65535", quote(text))
		}
		return uint16(n), nil
	}
	if p.names.resolver.Port == nil || text == "" {
		return 0, at.errorf("%s is not a port number: write the number, or list with -n", quote(text))
	}
	n, err := p.names.port(at, protocol, text)
	if err != nil {
		return 0, at.errorf("the port %s of %s: %v: write the number, or list with -n", quote(text), protocol, err)
	}
	return n, nil
}

// ipv4 reads an IPv4 address in any form of the C library's, or a name.
func (p *parser) ipv4(at place, text string) (netip.Addr, error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Is4() {
		return a, nil
	}
	if n, ok := inetAton(text); ok {
		a := ipv4Of(n)
		p.note(at, "%s is read as %s, as ipvsadm does", quote(text), a)
		return a, nil
	}
	if p.names.resolver.Host == nil || !isHostName(text) {
		return netip.Addr{}, at.errorf("%s is not an address: write it in numbers, or list with -n", quote(text))
	}
	a, err := p.names.host(at, text)
	switch {
	case err != nil:
		return a, at.errorf("the name %s: %v: write the address, or list with -n", quote(text), err)
	case !a.Is4():
		return a, at.errorf("the name %s has no IPv4 address, and ipvsadm looks up no others: write the address", quote(text))
	}
	return a, nil
}

// isHostName says that the text has a letter, and nothing but what names have.
func isHostName(text string) bool {
	letter := func(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }
	odd := func(r rune) bool {
		return r != '.' && r != '-' && r != '_' && (r < '0' || r > '9') && !letter(r)
	}
	return len(text) < 254 && strings.ContainsFunc(text, letter) && !strings.ContainsFunc(text, odd)
}

func ipv4Of(n uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

// inetAton reads one to four numbers, each decimal, octal (077) or hexadecimal (0x3f), of which the last fills what the
// others leave of 32 bits.
func inetAton(text string) (uint32, bool) {
	parts := strings.Split(text, ".")
	if len(parts) > 4 || len(text) > 80 {
		return 0, false
	}
	var out uint64
	for i, part := range parts {
		n, ok := cNumber(part)
		most := uint64(255)
		if i == len(parts)-1 {
			most = 1<<(8*(5-len(parts))) - 1
			out <<= 8 * (5 - len(parts))
		} else {
			out <<= 8
		}
		if !ok || n > most {
			return 0, false
		}
		out |= n
	}
	return uint32(out), true
}

func cNumber(text string) (uint64, bool) {
	base := 10
	switch {
	case strings.HasPrefix(text, "0x"), strings.HasPrefix(text, "0X"):
		text, base = text[2:], 16
	case len(text) > 1 && text[0] == '0':
		text, base = text[1:], 8
	}
	n, err := strconv.ParseUint(text, base, 32)
	return n, err == nil
}

// number reads a decimal number between two bounds.
func (w word) number(what string, least, most int64) (uint32, error) {
	n, err := strconv.ParseInt(w.text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, w.errorf("%s is not a %s: use %d to %d", quote(w.text), what, least, most)
	}
	return uint32(n), nil
}

// mark reads a firewall mark. What ipvsadm prints for one above 2147483647 is negative.
func (w word) mark() (uint32, error) {
	n, err := strconv.ParseInt(w.text, 10, 64)
	if err != nil || n == 0 || n < -1<<31 || n > 1<<32-1 {
		return 0, w.errorf("%s is not a firewall mark: use 1 to 4294967295", quote(w.text))
	}
	return uint32(n), nil
}

// netmask reads the mask of a service of the family. IPv4 has a mask with four bytes, IPv6 a length.
func (p *parser) netmask(w word, f spec.Family) (spec.Netmask, error) {
	if f == spec.IPv6 {
		n, err := w.number("netmask of an IPv6 service", 1, 128)
		return spec.PrefixIPv6(uint8(n)), err
	}
	n, ok := inetAton(w.text)
	if !ok {
		return spec.Netmask{}, w.errorf("%s is not a netmask of an IPv4 service: write one such as 255.255.255.0", quote(w.text))
	}
	if strings.Count(w.text, ".") != 3 {
		p.note(w.place, "the netmask %s is read as %s, as ipvsadm does", w.text, ipv4Of(n))
	}
	return spec.MaskIPv4(n), nil
}
