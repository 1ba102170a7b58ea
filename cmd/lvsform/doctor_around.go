package main

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/lvsform/lvsform/drivers/host"
	"github.com/lvsform/lvsform/spec"
)

// fallback says in which network namespaces the interfaces come that modules of tunnels bring; only the first namespace has it.
var fallback = spec.SysctlKey{Name: "net.core.fb_tunnels_only_for_init_net"}

// around looks at what a configuration needs around the table of a node, and at what is in its way there. It changes nothing,
// and loads nothing; neighbours are asked who has the virtual addresses.
func (p *program) around(ctx context.Context, s *session, desired spec.Desired, configured bool) []finding {
	s.watch(desired.State)
	s.watch(spec.State{Sysctls: spec.Objects[spec.SysctlKey, spec.Sysctl]{fallback: {}}})
	in, err := s.inputs(ctx)
	if err != nil {
		return nil // which was said when the node was looked at
	}
	found := families(ctx, s, desired.State)
	joined, isKernel := s.node.(*host.Node)
	if isKernel {
		found = append(found, translations(ctx, joined.Around(), desired.State, in.Live)...)
	}
	if !configured {
		return found
	}
	in.Desired = desired
	found = append(found, s.refusals(ctx, in)...)
	if isKernel {
		found = append(found, p.fallbacks(desired.State, in.Live)...)
		found = append(found, servers(ctx, joined.Around(), desired.State, in.Live)...)
		found = append(found, holders(ctx, joined.Around(), desired, in.Live)...)
	}
	return found
}

// byName is the order in which links are told of.
func byName(a, b spec.LinkKey) int { return spec.CompareKeys(a, b) }

// fallbacks looks for interfaces that will not come with their module. Those whose module is there already, a plan knows about.
func (p *program) fallbacks(desired, live spec.State) (found []finding) {
	setting, first := live.Sysctls[fallback]
	if !first {
		text, err := p.readFile("/proc/sys/" + fallback.Path())
		if err != nil {
			return nil // a kernel that is too old for it, or lvsform is in that other namespace itself
		}
		setting.Value = strings.TrimSpace(string(text))
	}
	if setting.Value == "0" || first && setting.Value == "1" {
		return nil
	}
	for _, k := range slices.SortedFunc(maps.Keys(desired.Links), byName) {
		l := desired.Links[k]
		module := spec.TunnelModule(l.Type)
		if module == "" || !k.Fixed(l) || live.Get(k) != nil || live.Get(spec.ModuleKey{Name: module}) != nil {
			continue
		}
		found = append(found, broken("sysctl -w "+fallback.Name+"=0 in the first network namespace, before the module is loaded, or before this namespace is made",
			"%s will not come with the module %s in this network namespace: %s is %s", k.Name, module, fallback.Name, setting.Value))
	}
	return found
}

// tunnels compares what destinations need with when it came into the kernel, which nothing else tells.
func tunnels(desired spec.State, release string) (found []finding) {
	major, minor, known := majorMinor(release)
	if !known {
		return nil
	}
	needs := map[string]int{}
	for _, d := range desired.Destinations {
		switch t := d.Tunnel; {
		case d.Forward != spec.TunnelTo:
		case t.Checksum != spec.ChecksumNone:
			needs[t.Type.String()+" tunnels with checksums"] = 3
		case t.Type == spec.GRE:
			needs["gre tunnels"] = 3
		case t.Type == spec.GUE:
			needs["gue tunnels"] = 2
		}
	}
	for _, what := range slices.Sorted(maps.Keys(needs)) {
		if since := needs[what]; major < 5 || major == 5 && minor < since {
			found = append(found, note("a newer kernel, or tunnel { type = \"ipip\" }, or forward = \"direct\"",
				"Linux %s may not have %s: they came with Linux 5.%d, and an older one sends ipip", release, what, since))
		} else {
			found = append(found, ok("the kernel has %s", what))
		}
	}
	return found
}

// majorMinor is the beginning of a release such as "6.1.0-18-amd64".
func majorMinor(release string) (major, minor int, ok bool) {
	words := strings.FieldsFunc(release, func(r rune) bool { return r < '0' || r > '9' })
	if len(words) < 2 {
		return 0, 0, false
	}
	major, err := strconv.Atoi(words[0])
	minor, err2 := strconv.Atoi(words[1])
	return major, minor, err == nil && err2 == nil
}

// few are the first of a list, for one line.
func few[T interface{ String() string }](all []T) string {
	const most = 5
	var words []string
	for i, x := range all {
		if i == most {
			words = append(words, strconv.Itoa(len(all)-most)+" more")
			break
		}
		words = append(words, x.String())
	}
	return strings.Join(words, ", ")
}

func sortedAddresses[V any](m map[netip.Addr]V) []netip.Addr {
	return slices.SortedFunc(maps.Keys(m), netip.Addr.Compare)
}
