package hclspec

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// settle gives every list of candidates one of them, which is then taken. Lists that begin alike all take the first place
// at which they differ, so that neither their order nor what else there is decides who has the shortest name.
func settle(taken map[string]bool, candidates [][]string) []string {
	groups := map[string][]int{}
	var order []string
	for i, names := range candidates {
		if groups[names[0]] == nil {
			order = append(order, names[0])
		}
		groups[names[0]] = append(groups[names[0]], i)
	}
	out := make([]string, len(candidates))
	for _, first := range order {
		group := groups[first]
		place := 0
		for place < len(candidates[group[0]])-1 && !free(taken, candidates, group, place) {
			place++
		}
		for _, i := range group {
			name := candidates[i][min(place, len(candidates[i])-1)]
			out[i] = name
			for n := 2; taken[out[i]]; n++ {
				out[i] = name + "-" + strconv.Itoa(n)
			}
			taken[out[i]] = true
		}
	}
	return out
}

// free says that the candidates at that place are different from each other and from what is taken.
func free(taken map[string]bool, candidates [][]string, group []int, place int) bool {
	seen := map[string]bool{}
	for _, i := range group {
		name := candidates[i][min(place, len(candidates[i])-1)]
		if taken[name] || seen[name] {
			return false
		}
		seen[name] = true
	}
	return true
}

// nameVIPs: names that were given come first, then those made of them.
func nameVIPs(vips []*writtenVIP) {
	taken := map[string]bool{}
	for _, of := range []func(*writtenVIP) bool{
		func(v *writtenVIP) bool { return v.given != "" && !v.part },
		func(v *writtenVIP) bool { return v.given != "" && v.part },
		func(v *writtenVIP) bool { return v.given == "" },
	} {
		var some []*writtenVIP
		var candidates [][]string
		for _, v := range vips {
			if of(v) {
				some = append(some, v)
				candidates = append(candidates, v.candidates())
			}
		}
		for i, name := range settle(taken, candidates) {
			some[i].name = name
		}
	}
}

func (v *writtenVIP) candidates() []string {
	base, address := v.given, dashed(v.addresses[0])
	switch {
	case base == "" && v.word == "":
		return []string{"vip-" + address}
	case base == "":
		base = v.word + familySuffix(v.addresses)
	case v.part && v.word == "":
		return []string{base + "-" + address}
	case v.part:
		base += "-" + v.word
	}
	return []string{base, base + "-" + address}
}

func dashed(addr netip.Addr) string {
	return strings.NewReplacer(".", "-", ":", "-").Replace(addr.String())
}

// familySuffix tells what serves IPv6 alone from what it is beside, or may be one day.
func familySuffix(addresses []netip.Addr) string {
	if addresses[0].Is6() { // IPv4 is first
		return "-ipv6"
	}
	return ""
}

// nameServices names services, and pools after the first service that uses them.
func nameServices(services []*writtenService) {
	var pools []*writtenPool
	var candidates, ofPools [][]string
	for _, b := range services {
		all := b.candidates()
		b.base = all[0]
		candidates = append(candidates, all)
	}
	for i, name := range settle(map[string]bool{}, candidates) {
		b := services[i]
		b.name = name
		if b.pool.user == b {
			pools = append(pools, b.pool)
			ofPools = append(ofPools, []string{b.base, b.name})
		}
	}
	for i, name := range settle(map[string]bool{}, ofPools) {
		pools[i].name = name
	}
}

func (b *writtenService) candidates() []string {
	if b.site == nil {
		k := b.listens[0].mark
		base := "fwmark-" + strconv.FormatUint(uint64(k.FWMark), 10)
		if k.MarkFamily == spec.IPv6 {
			base += "-ipv6"
		}
		return []string{base}
	}
	base, vip := b.called()+familySuffix(b.site.addresses), b.site.vip
	protocol, port := base+"-"+strings.Join(protocols(b.listens), "-"), "-"+ports(b.listens[0].ports[:1])
	return []string{base, protocol, vip.qualify(base), base + port, vip.qualify(protocol), vip.qualify(protocol + port)}
}

// qualify tells a name from the same on another vip: a name that was given to the vip stands before it, else the address after it.
func (v *writtenVIP) qualify(name string) string {
	address := "-" + dashed(v.addresses[0])
	if v.given == "" {
		return name + address
	}
	if of := "-" + strings.TrimSuffix(v.name, address); strings.HasSuffix(of, "-"+name) {
		return v.name
	}
	return v.name + "-" + name
}

// called is what people call a service with these listeners: "web", "dns", or "tcp-8443".
func (b *writtenService) called() string {
	if words := known(b.listens); len(words) > 0 && len(words) <= 3 {
		return strings.Join(words, "-")
	}
	all := b.listens[0].ports
	for _, l := range b.listens[1:] {
		if !slices.Equal(all, l.ports) {
			all = b.listens[0].ports[:1]
		}
	}
	return strings.Join(protocols(b.listens), "-") + "-" + ports(all)
}

func protocols(listens []writtenListen) (out []string) {
	for _, l := range listens {
		if p := l.protocol.String(); !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// ports is a range of ports, or the first of others.
func ports(all []uint16) string {
	first, last := all[0], all[len(all)-1]
	switch {
	case first == 0:
		return "any"
	case first == last || int(last-first) != len(all)-1:
		return strconv.Itoa(int(first))
	}
	return strconv.Itoa(int(first)) + "-" + strconv.Itoa(int(last))
}
