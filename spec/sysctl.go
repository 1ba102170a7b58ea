package spec

import (
	"slices"
	"strconv"
	"strings"
)

// Along is the value that the kernel gives the other setting when this one, which Rewrites it, gets a value: the same, but for
// redirects, which a router stops to accept and a host starts to accept again.
func (k SysctlKey) Along(o SysctlKey, s Sysctl) Sysctl {
	switch {
	case o.Base() != "accept_redirects":
		return s
	case s.Value == "0":
		return Sysctl{"1"}
	}
	return Sysctl{"0"}
}

// GlobalSysctls are the settings that set others along for sure.
func GlobalSysctls() []SysctlKey {
	return []SysctlKey{{"net.ipv4.ip_forward"}, {"net.ipv4.conf.all.forwarding"}, {"net.ipv6.conf.all.forwarding"},
		{"net.ipv6.conf.all.disable_ipv6"}, {"net.ipv6.conf.all.addr_gen_mode"}, {"net.ipv6.conf.all.ignore_routes_with_linkdown"}}
}

// IsGlobal says that there are settings which it Rewrites.
func (k SysctlKey) IsGlobal() bool { return slices.Contains(GlobalSysctls(), k) }

// Rewrites says that the kernel sets the other setting along with this one: ip_forward and conf.all.forwarding are the same, and
// go to every interface, as a few for all interfaces do by IPv6.
func (k SysctlKey) Rewrites(o SysctlKey) bool {
	if k == o || !k.IsGlobal() {
		return false
	}
	family, name := k.Name[:len("net.ipv4.")], k.Base()
	if family == "net.ipv4." {
		if o.Name == "net.ipv4.ip_forward" || o.Name == "net.ipv4.conf.all.accept_redirects" {
			return true
		}
		name = "forwarding"
	}
	return strings.HasPrefix(o.Name, family+"conf.") && strings.HasSuffix(o.Name, "."+name)
}

// Leads says that the other setting, an interface's, may go with this one, which is for new interfaces: by IPv4, as long as nobody has
// written it and the interface has had no address. A State does not show that.
func (k SysctlKey) Leads(o SysctlKey) bool {
	name, ok := k.leading()
	iface := o.Interface()
	return ok && iface != "" && o == ConfSysctl("ipv4", iface, name)
}

// leading is the last part of a setting that leads others.
func (k SysctlKey) leading() (name string, ok bool) {
	family, name, ok := k.conf("default")
	return name, ok && family == "ipv4" && name != "forwarding"
}

// MaySet says that setting this one sets the other one along, or may do so.
func (k SysctlKey) MaySet(o SysctlKey) bool { return k.Rewrites(o) || k.Leads(o) }

// MaySetOthers says that there are settings which MaySet holds for.
func (k SysctlKey) MaySetOthers() bool {
	_, leads := k.leading()
	return leads || k.IsGlobal()
}

// Default is the setting from which an interface that comes takes this one; ok is false for what is not an interface's.
func (k SysctlKey) Default() (d SysctlKey, ok bool) {
	iface := k.Interface()
	if iface == "" {
		return SysctlKey{}, false
	}
	family, name, ok := k.conf(iface)
	return ConfSysctl(family, "default", name), ok
}

// Base is the last part of the name: "arp_ignore".
func (k SysctlKey) Base() string { return k.Name[strings.LastIndexByte(k.Name, '.')+1:] }

// Quietness ranks the values of arp_ignore and arp_announce: of two values, the higher rank keeps an address at least as quiet on
// every interface, whatever its other settings are, because the greater number of "all" and the interface counts. Ranks
// above 0 are quiet. ok is false for other settings.
func (k SysctlKey) Quietness(s Sysctl) (rank int, ok bool) {
	name := k.Base()
	if name != "arp_ignore" && name != "arp_announce" || !strings.HasPrefix(k.Name, "net.ipv4.conf.") {
		return 0, false
	}
	n, err := strconv.Atoi(s.Value)
	if err != nil {
		return 0, true
	}
	if quietNumber(name, n) {
		return n, true
	}
	return -max(n, 0), true
}

// quietNumber: arp_ignore 1, 2 and 8 do not answer for an address of another interface; any other does, or is not defined.
func quietNumber(name string, n int) bool {
	if name == "arp_announce" {
		return n == 2
	}
	return n == 1 || n == 2 || n == 8
}

// AsQuiet says that the live value does what a derived setting is for: it is the wanted one, or keeps addresses no less quiet.
func (k SysctlKey) AsQuiet(live, want Sysctl) bool {
	rank, ok := k.Quietness(live)
	wanted, _ := k.Quietness(want)
	return live == want || ok && rank > 0 && wanted > 0
}

// Mute says that the interface neither answers ARP for addresses of other interfaces nor announces them. What the State does not have
// of the settings is as the kernel begins.
func (s State) Mute(iface string) bool {
	return quietNumber("arp_ignore", s.greater(iface, "arp_ignore")) && quietNumber("arp_announce", s.greater(iface, "arp_announce"))
}

// AnswersOwn says that the interface answers ARP for the addresses that it has itself. Of the values that are quiet for those of
// other interfaces, 1 does, and 2 does if another of its addresses has their network.
func (s State) AnswersOwn(iface string) bool { return s.greater(iface, "arp_ignore") != 8 }

// greater is the greater number of the interface's setting and the one for all.
func (s State) greater(iface, name string) (most int) {
	for _, of := range []string{"all", iface} {
		if n, err := strconv.Atoi(s.Sysctls[ConfSysctl("ipv4", of, name)].Value); err == nil {
			most = max(most, n)
		}
	}
	return most
}
