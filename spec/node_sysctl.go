package spec

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
)

// Normal is a value as every State has it: words separated by single blanks. Of the settings that the kernel switches by
// itself between 1 and 2, both are 1.
func (k SysctlKey) Normal(value string) Sysctl {
	value = strings.Join(strings.Fields(value), " ")
	switch k.Name {
	case "net.ipv4.vs.drop_entry", "net.ipv4.vs.drop_packet", "net.ipv4.vs.secure_tcp":
		if value == "2" {
			value = "1"
		}
	}
	return Sysctl{value}
}

// Accepts says what the kernel does with a value, of the settings that are known to take numbers; of others it says nothing.
// Where the kernel takes half of a value and says nothing (IPv6 forwarding takes any word), this is stricter. Numbers are
// decimal.
func (k SysctlKey) Accepts(value string) syscall.Errno {
	name := k.Base()
	own := strings.HasPrefix(k.Name, "net.ipv4.vs.")
	if !own && !k.isConf() && k.Name != "net.ipv4.ip_forward" {
		return 0
	}
	if own && name == "sync_threshold" {
		return threshold(value)
	}
	if own && name == "est_cpulist" {
		return 0
	}
	n, err := strconv.ParseInt(value, 10, 64)
	least, most := k.bounds()
	if err != nil || strconv.FormatInt(n, 10) != value || n < least || n > most || own && name == "sync_ports" && n&(n-1) != 0 {
		return syscall.EINVAL
	}
	return 0
}

// Takes is what the kernel accepts of a setting that does not accept everything, in words.
func (k SysctlKey) Takes() string {
	least, most := k.bounds()
	switch {
	case k.Name == "net.ipv4.vs.sync_threshold":
		return "two numbers such as \"3 50\", the first below the second unless that is 0"
	case k.Name == "net.ipv4.vs.sync_ports":
		return "a power of two"
	}
	return fmt.Sprintf("a whole number from %d to %d", least, most)
}

func (k SysctlKey) bounds() (least, most int64) {
	if !strings.HasPrefix(k.Name, "net.ipv4.vs.") {
		return -1 << 31, 1<<31 - 1
	}
	switch k.Base() {
	case "drop_entry", "drop_packet", "secure_tcp", "sync_retries":
		return 0, 3
	case "sync_version":
		return 0, 1
	case "sync_ports":
		return 1, 1 << 30
	case "sync_qlen_max":
		return 0, 1<<63 - 1
	case "est_nice":
		return -20, 19
	case "sync_refresh_period", "lblc_expiration", "lblcr_expiration": // seconds, which are kept as ticks
		return -(1<<31 - 1) / 100, (1<<31 - 1) / 100
	}
	return -1 << 31, 1<<31 - 1
}

// threshold is that of sync_threshold: the second number is larger, or 0.
func threshold(value string) syscall.Errno {
	var n [2]int
	words := strings.Fields(value)
	for i, w := range words {
		v, err := strconv.ParseInt(w, 10, 32)
		if err != nil || i > 1 || v < 0 {
			return syscall.EINVAL
		}
		n[i] = int(v)
	}
	if len(words) != 2 || n[1] != 0 && n[0] >= n[1] {
		return syscall.EINVAL
	}
	return 0
}

func (k SysctlKey) isConf() bool {
	rest, ok := strings.CutPrefix(k.Name, "net.ipv4.conf.")
	if !ok {
		rest, ok = strings.CutPrefix(k.Name, "net.ipv6.conf.")
	}
	_, name, _ := strings.Cut(rest, ".")
	return ok && numeric(name)
}

// numeric says that a setting of an interface is one number.
func numeric(name string) bool {
	switch name {
	case "arp_accept", "arp_announce", "arp_filter", "arp_ignore", "arp_notify", "rp_filter", "forwarding", "accept_local",
		"accept_redirects", "send_redirects", "secure_redirects", "proxy_arp", "route_localnet", "promote_secondaries",
		"disable_ipv6", "ignore_routes_with_linkdown", "keep_addr_on_down", "ndisc_notify":
		return true
	}
	return false
}

// sysctl sets what is there; a setting cannot be made.
func (n *Node) sysctl(k SysctlKey, s Sysctl) syscall.Errno {
	before, ok := n.state.Sysctls[k]
	if !ok {
		return syscall.ENOENT
	}
	s = k.Normal(s.Value)
	if e := k.Accepts(s.Value); e != 0 {
		return e
	}
	// For IPv4 the kernel does so only when the value changes.
	if s != before || strings.HasPrefix(k.Name, "net.ipv6.") {
		n.rewrite(k, s)
	}
	for other := range n.follow(k, before) {
		n.state.Set(other, s)
	}
	n.state.Set(k, s)
	n.own[k.Name] = true
	return 0
}

// rewrite sets what the kernel sets along with a setting.
func (n *Node) rewrite(k SysctlKey, s Sysctl) {
	if !k.IsGlobal() {
		return
	}
	for o := range n.state.Sysctls {
		if k.Rewrites(o) {
			n.state.Sysctls[o] = k.Along(o, s)
		}
	}
}

// follow are the settings of interfaces that go with the one for new interfaces: by IPv4, those that nobody has written, of
// interfaces that have never had an address. A State does not show that; what is as the one for new interfaces is taken for it.
func (n *Node) follow(k SysctlKey, before Sysctl) map[SysctlKey]bool {
	out := map[SysctlKey]bool{}
	if _, leads := k.leading(); !leads {
		return out
	}
	addressed := map[string]bool{}
	for a := range n.state.Addresses {
		addressed[a.Interface] = addressed[a.Interface] || a.Prefix.Addr().Is4()
	}
	for o, v := range n.state.Sysctls {
		if i := o.Interface(); v == before && k.Leads(o) && !n.own[o.Name] && !n.own[i] && !addressed[i] {
			out[o] = true
		}
	}
	return out
}
