package keepalived

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// group is a virtual_server_group.
type group struct {
	place   Place
	entries []entry
	// v4 and v6 say that there are addresses or marks of the family, open that there is a mark without one.
	v4, v6, open bool
}

// entry is an address, a range of them, or a firewall mark.
type entry struct {
	mark   uint32
	family spec.Family // of a mark; 0 is open
	first  netip.AddrPort
	count  int // 0 for a mark
}

// addresses says that there are entries with addresses, and marks the same of marks.
func (g *group) addresses() bool { return g.some(func(e entry) bool { return e.count > 0 }) }
func (g *group) marks() bool     { return g.some(func(e entry) bool { return e.count == 0 }) }

func (g *group) some(f func(entry) bool) bool {
	for _, e := range g.entries {
		if f(e) {
			return true
		}
	}
	return false
}

func (m *mapper) virtualServerGroup(s statement) {
	args, ok := m.args(s, 1, 1)
	if !ok || !m.lines(s) {
		return
	}
	g := &group{place: s.place}
	for _, line := range s.block {
		m.groupEntry(s, g, line)
	}
	switch first := m.groups[args[0]]; {
	case len(g.entries) == 0:
		m.ignored(s, "it has no entries")
	case g.v4 && g.v6 && g.open:
		m.ignored(s, "a firewall mark without inet or inet6 stands beside both families")
	case first != nil:
		m.ignored(s, "there is a group of that name at "+first.place.String())
	default:
		m.groups[args[0]] = g
	}
}

func (m *mapper) groupEntry(of statement, g *group, s statement) {
	if s.words[0] == "fwmark" {
		m.groupMark(g, s)
		return
	}
	words := statement{append([]string{"address"}, s.words...), s.place, nil}
	args, ok := m.args(words, 1, 2)
	if !ok {
		return
	}
	if _, ok := parseAddr(cutRange(args[0])); !ok {
		m.ignoredLine(of, s, "it does not begin with an address")
		return
	}
	first, ok := m.address(s, args)
	if !ok {
		return
	}
	count, ok := m.span(s, args[0], first.Addr())
	if !ok {
		return
	}
	g.entries = append(g.entries, entry{first: first, count: count})
	g.note(spec.FamilyOf(first.Addr()))
}

func (g *group) note(f spec.Family) {
	g.v4 = g.v4 || f == spec.IPv4
	g.v6 = g.v6 || f == spec.IPv6
	g.open = g.open || f == 0
}

func (m *mapper) groupMark(g *group, s statement) {
	args, ok := m.args(s, 1, 2)
	if !ok {
		return
	}
	n, ok := m.number(s, "the mark", args[0], 0, 1<<32-1, true)
	if !ok {
		return
	}
	if n == 0 {
		m.fail(s.place, "firewall mark 0 is no mark, and keepalived makes a service for the address 0.0.0.0 of it: write 1 or more")
		return
	}
	var f spec.Family
	if len(args) > 1 {
		if f, ok = familyOf(args[1]); !ok {
			m.ignored(s, "what stands behind the mark is not inet or inet6")
			return
		}
	}
	g.entries = append(g.entries, entry{mark: uint32(n), family: f})
	g.note(f)
}

func familyOf(word string) (spec.Family, bool) {
	switch word {
	case "inet":
		return spec.IPv4, true
	case "inet6":
		return spec.IPv6, true
	}
	return 0, false
}

// span counts the addresses of "first", "first/24", "first-20" and "first-last".
func (m *mapper) span(s statement, text string, first netip.Addr) (int, bool) {
	_, mask, network := strings.Cut(text, "/")
	_, end, ranged := strings.Cut(text, "-")
	switch {
	case network:
		return m.network(s, mask, first)
	case !ranged:
		return 1, true
	case first.Is4() && strings.Contains(end, "."), first.Is6() && strings.Contains(end, ":"):
		last, ok := parseAddr(cutRange(end))
		if !ok || last.Is4() != first.Is4() || last.Less(first) {
			m.ignored(s, "the range does not end with an address behind the first")
			return 0, false
		}
		return m.walk(s, first, last)
	}
	base, most := 10, uint64(255)
	if first.Is6() {
		base, most = 16, 0xffff
	}
	n, err := strconv.ParseUint(end, base, 64)
	if err != nil {
		m.fail(s.place, "%s: the range has no end: write the last part of the last address", s.label())
		return 0, false
	}
	if n > most || n <= uint64(tail(first)) {
		m.ignored(s, fmt.Sprintf("the range does not end behind its beginning, or above %d", most))
		return 0, false
	}
	return int(n) - tail(first) + 1, true
}

// tail is the part of an address that keepalived counts with: the last byte, for IPv6 the last two.
func tail(a netip.Addr) int {
	b := a.As16()
	if a.Is4() {
		return int(b[15])
	}
	return int(b[14])<<8 | int(b[15])
}

// network counts the addresses of a network, all of them.
func (m *mapper) network(s statement, mask string, first netip.Addr) (int, bool) {
	n, err := strconv.ParseUint(strings.TrimLeft(mask, spaces), 10, 16)
	if err != nil || n == 0 || int(n) > first.BitLen() {
		m.ignored(s, "what stands behind / is not a length")
		return 0, false
	}
	p := netip.PrefixFrom(first, int(n))
	if p.Masked().Addr() != first {
		m.ignored(s, "the address has bits behind the length")
		return 0, false
	}
	last := first.AsSlice()
	for i := int(n); i < first.BitLen(); i++ {
		last[i/8] |= 0x80 >> (i % 8)
	}
	end, _ := netip.AddrFromSlice(last)
	return m.walk(s, first, end)
}

// walk counts the addresses that keepalived makes services for between two. It counts with the tail alone, goes round
// where that overflows, and stops where the whole IPv4 address, or the tail of the IPv6 one, is the last one's.
func (m *mapper) walk(s statement, first, last netip.Addr) (int, bool) {
	if first.Is4() {
		a, b := first.As4(), last.As4()
		if [3]byte(a[:3]) != [3]byte(b[:3]) {
			m.fail(s.place, "%s crosses the last part of the address, and keepalived never comes to its end: write one entry for each 256 addresses", s.label())
			return 0, false
		}
	} else if a, b := first.As16(), last.As16(); [14]byte(a[:14]) != [14]byte(b[:14]) {
		m.leave(Taken, s, "keepalived counts with the last 16 bits alone, and so misses what has other bits before them")
	}
	return (tail(last)-tail(first))&0xffff + 1, true
}

// address is the address of an entry at a position.
func (e entry) address(i int) netip.AddrPort {
	b := e.first.Addr().As16()
	n := tail(e.first.Addr()) + i
	if b[15] = byte(n); e.first.Addr().Is6() {
		b[14] = byte(n >> 8)
	}
	a := netip.AddrFrom16(b)
	if e.first.Addr().Is4() {
		a = a.Unmap()
	}
	return netip.AddrPortFrom(a, e.first.Port())
}
