package hclspec

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// writtenVIP is a vip block to be.
type writtenVIP struct {
	name      string
	addresses []netip.Addr // ascending
	comment   string
	given     string // a label made of the name that was given, or ""
	part      bool   // of what was given that name
	word      string // what is served there, if one word says it
}

// owners says which NamedVIP has which addresses.
type owners struct {
	named []NamedVIP
	has   [][]netip.Addr
	of    map[netip.Addr]int // 1 for the first NamedVIP
}

func newOwners(named []NamedVIP) owners {
	o := owners{named, make([][]netip.Addr, len(named)), map[netip.Addr]int{}}
	for i, v := range named {
		for _, addr := range v.Addresses {
			addr = addr.Unmap().WithZone("")
			if _, taken := o.of[addr]; addr.IsValid() && !taken {
				o.of[addr] = i + 1
				o.has[i] = append(o.has[i], addr)
			}
		}
		slices.SortFunc(o.has[i], netip.Addr.Compare)
	}
	return o
}

// vips makes the vips of all sites, and of what has a name without being used; in the order of their first addresses.
func (o owners) vips(sites []*site) (out []*writtenVIP) {
	used := make([][]*site, len(o.named))
	for _, s := range sites {
		if i := o.of[s.addresses[0]]; i > 0 {
			used[i-1] = append(used[i-1], s)
			continue
		}
		s.vip = &writtenVIP{addresses: s.addresses, word: s.word()}
		out = append(out, s.vip)
	}
	for i := range o.named {
		if len(o.has[i]) > 0 {
			out = append(out, o.divide(i, used[i])...)
		}
	}
	slices.SortFunc(out, func(a, b *writtenVIP) int { return a.addresses[0].Compare(b.addresses[0]) })
	nameVIPs(out)
	return out
}

// divide makes one vip of what a NamedVIP has, if the sites on it can refer to it; else one of each site, and one of the rest.
func (o owners) divide(i int, sites []*site) (out []*writtenVIP) {
	all := o.has[i]
	whole := writtenVIP{addresses: all, comment: o.named[i].about(all), given: label(o.named[i].Name)}
	if !slices.ContainsFunc(sites, func(s *site) bool { return s.reference("", all) == "" }) {
		for _, s := range sites {
			s.vip = &whole
		}
		return append(out, &whole)
	}
	rest := map[netip.Addr]bool{}
	for _, addr := range all {
		rest[addr] = true
	}
	for _, s := range sites {
		v := whole
		v.comment = o.named[i].about(s.addresses)
		v.addresses, v.part, v.word = s.addresses, len(sites) > 1, s.word()
		s.vip = &v
		out = append(out, s.vip)
		for _, addr := range s.addresses {
			delete(rest, addr)
		}
	}
	if len(rest) > 0 {
		unused := whole
		unused.addresses = slices.DeleteFunc(slices.Clone(all), func(a netip.Addr) bool { return !rest[a] })
		unused.comment = o.named[i].about(unused.addresses)
		unused.part, unused.word = true, "other"
		out = append(out, &unused)
	}
	return out
}

// about is the comment on a block that has some of the addresses.
func (v NamedVIP) about(addresses []netip.Addr) string {
	text := v.Comment
	for _, p := range v.Prefixes {
		if !p.IsSingleIP() && slices.Contains(addresses, p.Addr()) {
			text += ", " + p.String()
		}
	}
	return strings.TrimPrefix(text, ", ")
}

// reference is how a listener on the site's addresses refers to a vip that has all of these, or "" if it cannot.
func (s *site) reference(name string, all []netip.Addr) string {
	if len(s.addresses) == len(all) {
		return "vip." + name + ".addresses"
	}
	is6 := s.addresses[0].Is6()
	own := 0
	for _, addr := range all {
		if addr.Is6() == is6 {
			own++
		}
	}
	switch {
	case len(s.addresses) != 1 || own != 1:
		return ""
	case is6:
		return "[vip." + name + ".ipv6]"
	}
	return "[vip." + name + ".ipv4]"
}

// word is what all services of the site are called, if one word says it.
func (s *site) word() string {
	var all writtenService
	for _, u := range s.uses {
		all.listen(u)
	}
	if words := known(all.listens); len(words) == 1 {
		return words[0]
	}
	return ""
}

// label makes a name that references can use, or "" if nothing is left of it.
func label(name string) string {
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_')
	}), "-")
	if name != "" && !hclsyntax.ValidIdentifier(name) {
		name = "vip-" + name
	}
	return name
}
