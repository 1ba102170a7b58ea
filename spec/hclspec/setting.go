package hclspec

import (
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// is says that the node declares a setting with the value.
func (l *loader) is(name, value string) bool {
	return l.node.Desired.State.Sysctls[spec.SysctlKey{Name: name}].Value == value
}

// setsSettings says that the configuration is about the kernel's settings too: those that it does not declare are nobody's
// then, and else somebody else's.
func (l *loader) setsSettings() bool { return len(l.blocks["sysctl"])+len(l.blocks["node"]) > 0 }

// settingDoubts warns of settings without which packets are lost.
func (l *loader) settingDoubts() {
	if !l.setsSettings() {
		return
	}
	four, six := l.is("net.ipv4.ip_forward", "1") || l.is("net.ipv4.conf.all.forwarding", "1"), l.is("net.ipv6.conf.all.forwarding", "1")
	for _, block := range l.blocks["service"] {
		for _, s := range l.services[block] {
			if s.pool == nil || !slices.ContainsFunc(s.pool.servers, func(s *server) bool { return s.dest.Forward == spec.Masquerade }) {
				continue
			}
			for _, in := range s.listeners {
				name, on := "net.ipv4.ip_forward", four
				if in.key.Family() == spec.IPv6 {
					name, on = "net.ipv6.conf.all.forwarding", six
				}
				if on {
					continue
				}
				l.warnf("LVS211", origin{block: s.pool.block}.place("forward"), "Masquerading without forwarding",
					"%s masquerades %s, and replies pass only where %s is 1: declare it in a sysctl block.", s.pool.addr, in.key.Family(), name)
			}
		}
	}
}

// sameSettings: two names of one setting.
func (l *loader) sameSettings() {
	a, b := spec.SysctlKey{Name: "net.ipv4.ip_forward"}, spec.SysctlKey{Name: "net.ipv4.conf.all.forwarding"}
	v, ok := l.node.Desired.State.Sysctls[a]
	w, also := l.node.Desired.State.Sysctls[b]
	if ok && also && v != w {
		l.clash("LVS051", l.node.origins[b].place("values"), "Object declared twice", "%s is the same setting as %s, which is %s by %s: write one of the two.", b.Name, a.Name, v.Value, l.node.Desired.Objects[a].Name)
	}
}
