package keepalived

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// vrrpInstance takes the addresses of an instance, and leaves the rest of it.
func (m *mapper) vrrpInstance(s statement) {
	if !m.braces(s) {
		return
	}
	if len(s.words) != 2 {
		m.ignored(s, "it needs one name")
		return
	}
	name := s.words[1]
	if first, there := m.instances[name]; there {
		m.ignored(s, "there is one of that name at "+first.String())
		return
	}
	m.instances[name] = s.place
	rest := summary{what: "VRRP settings"}
	var addresses []statement
	on := ""
	var f instanceFamily
	for _, c := range s.block {
		f.hear(c)
		switch c.keyword() {
		case "virtual_ipaddress":
			if m.lines(c) {
				addresses = append(addresses, m.ofFamily(s, &f, c.block)...)
			}
		case "virtual_ipaddress_excluded": // these may be of either family
			if m.lines(c) {
				addresses = append(addresses, c.block...)
			}
		case "interface":
			if args, ok := m.args(c, 1, 1); ok {
				on = args[0]
			}
		default:
			rest.add(c.place, c.name())
		}
	}
	m.leaveSummary(s, rest)
	m.addVIPs(s, name, on, addresses)
}

// instanceFamily is the family of a vrrp_instance: that of the first address in it which has a part in VRRP.
type instanceFamily struct{ spec.Family }

// hear takes note of a statement in the instance that may say which family it is.
func (f *instanceFamily) hear(s statement) {
	switch s.keyword() {
	case "native_ipv6":
		f.Family = cmp.Or(f.Family, spec.IPv6)
	case "mcast_src_ip", "unicast_src_ip":
		if len(s.words) > 1 {
			f.take(cutRange(s.words[1]))
		}
	case "unicast_peer":
		for _, line := range s.block {
			f.take(cutRange(line.words[0]))
		}
	}
}

// take takes note of an address, if it is one, and says whether it is of the family.
func (f *instanceFamily) take(text string) bool {
	a, ok := parseAddr(text)
	if !ok {
		return true // what it is instead is said elsewhere
	}
	f.Family = cmp.Or(f.Family, spec.FamilyOf(a))
	return f.Family == spec.FamilyOf(a)
}

// ofFamily are the lines that do not begin with an address of the other family than the instance's.
func (m *mapper) ofFamily(of statement, f *instanceFamily, lines []statement) (out []statement) {
	for _, line := range lines {
		text, _, _ := strings.Cut(line.words[0], "/")
		if f.take(text) {
			out = append(out, line)
			continue
		}
		m.left = append(m.left, Left{Place: line.place, Of: of.label(), Text: fmt.Sprintf("the address %s is not %s as the instance is: keepalived ignores it", text, f.Family)})
	}
	return out
}

// staticAddresses takes the addresses that keepalived puts on interfaces while it runs.
func (m *mapper) staticAddresses(s statement) {
	if m.lines(s) {
		m.addVIPs(s, "static", cmp.Or(m.globals.addresses, "eth0"), s.block)
	}
}

// addVIPs makes an entry for each interface, the block's own first.
func (m *mapper) addVIPs(s statement, name, on string, lines []statement) {
	options := summary{what: "options of the addresses"}
	own, others := VIP{Name: name, Interface: on, Place: s.place}, map[string]int{}
	var more []VIP
	for _, line := range lines {
		a, ok := m.prefix(s, line)
		if !ok {
			continue
		}
		dev := addressOptions(line, &options)
		if dev == "" || dev == on {
			own.Addresses = append(own.Addresses, a)
			continue
		}
		at, there := others[dev]
		if !there {
			at = len(more)
			others[dev] = at
			more = append(more, VIP{Name: name + "-" + dev, Interface: dev, Place: line.place})
		}
		more[at].Addresses = append(more[at].Addresses, a)
	}
	m.leaveSummary(s, options)
	if own.Addresses != nil {
		m.vips = append(m.vips, own)
	}
	m.vips = append(m.vips, more...)
}

// prefix reads the address that a line begins with.
func (m *mapper) prefix(block, line statement) (netip.Prefix, bool) {
	words := statement{append([]string{"address"}, line.words...), line.place, nil}
	args, ok := m.args(words, 1, len(words.words))
	if !ok {
		return netip.Prefix{}, false
	}
	text, length, found := strings.Cut(args[0], "/")
	a, ok := parseAddr(text)
	if !ok {
		m.ignoredLine(block, line, "it does not begin with an address")
		return netip.Prefix{}, false
	}
	bits := uint64(a.BitLen())
	if found {
		if n, ok := m.number(statement{words: line.words[:1], place: line.place}, "the length", length, 0, bits, true); ok {
			bits = n
		}
	}
	return netip.PrefixFrom(a, int(bits)), true
}

// addressOptions collects the words behind an address, and is the interface among them.
func addressOptions(line statement, options *summary) (dev string) {
	for i := 1; i < len(line.words); i++ {
		word := line.words[i]
		value := known("dev scope broadcast brd label peer preferred_lft track_group", word)
		if value && i+1 < len(line.words) {
			i++
		}
		if word == "dev" && i < len(line.words) {
			dev = line.words[i]
			continue
		}
		if !value && !known("home mngtmpaddr nodad autojoin noprefixroute no_track use_vmac", word) {
			word = "what is no option"
		}
		options.add(line.place, word)
	}
	return dev
}
