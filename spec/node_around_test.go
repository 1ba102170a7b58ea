package spec_test

import (
	"errors"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/spec"
)

// hosted is a node of linux() with the settings that such a kernel has, and what it is told to do first.
func hosted(t *testing.T, objects ...spec.Key) *spec.Node {
	t.Helper()
	k := linux()
	k.Modules = []string{"dummy", "fou", "ip_gre", "ip6_tunnel", "ipip"}
	s := spec.NewNode(k, spec.State{}).State()
	for name, value := range map[string]string{
		"ip_forward": "0", "vs.conntrack": "0", "vs.drop_entry": "0", "vs.sync_threshold": "3 50", "vs.sync_ports": "1", "conf.all.accept_redirects": "1",
	} {
		s.Set(spec.SysctlKey{Name: "net.ipv4." + name}, spec.Sysctl{Value: value})
	}
	for _, iface := range []string{"all", "default", "lo", "eth0", "jumbo", "small", "down"} {
		for _, name := range []string{"arp_ignore", "arp_announce", "rp_filter", "forwarding"} {
			s.Set(spec.ConfSysctl("ipv4", iface, name), spec.Sysctl{Value: "0"})
		}
		s.Set(spec.ConfSysctl("ipv6", iface, "forwarding"), spec.Sysctl{Value: "0"})
	}
	n := spec.NewNode(k, s)
	for _, k := range objects {
		if err := n.Do(k, nil, usual(k)); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// usual is a value of an object.
func usual(k spec.Key) spec.Value {
	switch k := k.(type) {
	case spec.LinkKey:
		if _, isGUE := k.GUEPort(); isGUE {
			return spec.Link{Type: "gue", Up: true}
		}
		return spec.Link{Type: "dummy", Up: true}
	case spec.AddressKey:
		return spec.VIP(k)
	case spec.NeighbourKey:
		return spec.Neighbour{MAC: "02:00:5e:00:53:01"}
	case spec.SysctlKey:
		return spec.Sysctl{Value: "1"}
	}
	return spec.Zero(k.Kind())
}

func link(name string) spec.LinkKey { return spec.LinkKey{Name: name} }

func conf(iface, name string) spec.SysctlKey { return spec.ConfSysctl("ipv4", iface, name) }

func address(iface, prefix string) spec.AddressKey {
	return spec.AddressKey{Interface: iface, Prefix: netip.MustParsePrefix(prefix)}
}

func answers(t *testing.T, err error, want syscall.Errno) {
	t.Helper()
	if want == 0 && err != nil || want != 0 && !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
}

// settings are the values of conf.*.forwarding and of what belongs to them.
func settings(s spec.State, family string) string {
	var out []string
	for _, k := range s.Keys() {
		if k, ok := k.(spec.SysctlKey); ok && strings.HasPrefix(k.Name, "net."+family) && strings.Contains(k.Name, "forward") {
			out = append(out, s.Sysctls[k].Value)
		}
	}
	return strings.Join(out, " ")
}

func TestNodeCopiesForwarding(t *testing.T) {
	for _, name := range []string{"net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding", "net.ipv6.conf.all.forwarding"} {
		k, family, n := spec.SysctlKey{Name: name}, strings.Split(name, ".")[1], hosted(t)
		off, on := spec.Sysctl{Value: "0"}, spec.Sysctl{Value: "1"}
		all := func(want string) {
			t.Helper()
			if got := settings(n.State(), family); strings.Trim(got, want+" ") != "" {
				t.Errorf("%s: %s, want %s everywhere", name, got, want)
			}
		}
		own := spec.ConfSysctl(family, "eth0", "forwarding")
		answers(t, n.Do(k, off, on), 0)
		all("1")
		if got := n.State().Sysctls[conf("all", "accept_redirects")].Value; (got == "0") != (family == "ipv4") {
			t.Errorf("%s: accept_redirects is %s", name, got)
		}
		answers(t, n.Do(own, on, off), 0)
		answers(t, n.Do(k, on, on), 0)
		if got := n.State().Sysctls[own].Value; (got == "0") != (family == "ipv4") {
			t.Errorf("%s is set to what it is, and %s is %s", name, own, got)
		}
		answers(t, n.Do(k, on, off), 0)
		all("0")
	}
}

func TestNodeSettings(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        syscall.Errno
		reads       string
	}{
		{"vs.conntrack", "99", 0, "99"}, {"vs.conntrack", "-1", 0, "-1"}, {"vs.conntrack", "yes", syscall.EINVAL, "0"}, {"vs.conntrack", "", syscall.EINVAL, "0"},
		{"vs.drop_entry", "3", 0, "3"}, {"vs.drop_entry", "2", 0, "1"}, {"vs.drop_entry", "4", syscall.EINVAL, "0"},
		{"vs.sync_threshold", "5\t60", 0, "5 60"}, {"vs.sync_threshold", "9 0", 0, "9 0"}, {"vs.sync_threshold", "60 5", syscall.EINVAL, "3 50"},
		{"vs.sync_ports", "64", 0, "64"}, {"vs.sync_ports", "3", syscall.EINVAL, "1"},
		{"conf.eth0.arp_ignore", "8", 0, "8"}, {"conf.eth0.arp_ignore", "2147483648", syscall.EINVAL, "0"},
		{"vs.bogus", "1", syscall.ENOENT, ""}, {"conf.none.arp_ignore", "1", syscall.ENOENT, ""},
	} {
		n, k := hosted(t), spec.SysctlKey{Name: "net.ipv4." + c.name}
		for _, before := range []spec.Value{nil, spec.Sysctl{}} { // creating is setting
			answers(t, n.Do(k, before, spec.Sysctl{Value: c.value}), c.want)
		}
		if got := n.State().Sysctls[k].Value; got != c.reads {
			t.Errorf("%s is %q after %q, want %q", k, got, c.value, c.reads)
		}
		answers(t, n.Do(k, spec.Sysctl{}, nil), syscall.EOPNOTSUPP)
	}
}

func TestNodeModulesBringTunnels(t *testing.T) {
	for module, name := range map[string]string{"ipip": "tunl0", "ip_gre": "gre0", "ip6_tunnel": "ip6tnl0"} {
		n := hosted(t)
		answers(t, n.Do(conf("default", "rp_filter"), spec.Sysctl{}, spec.Sysctl{Value: "2"}), 0)
		for range 2 {
			answers(t, n.Do(spec.ModuleKey{Name: module}, nil, spec.Module{}), 0)
			l, ok := n.State().Links[link(name)]
			if !ok || l.Up || n.State().Sysctls[conf(name, "rp_filter")].Value != "2" {
				t.Errorf("%s: %v", name, n.State().Links)
			}
		}
		l := n.State().Links[link(name)]
		answers(t, n.Do(link(name), l, spec.Link{Type: l.Type, Up: true}), 0)
		answers(t, n.Do(link(name), l, nil), syscall.EOPNOTSUPP)
		answers(t, n.Do(spec.ModuleKey{Name: module}, spec.Module{}, nil), syscall.EOPNOTSUPP)
		answers(t, n.Do(spec.ModuleKey{Name: "bogus"}, nil, spec.Module{}), syscall.ENOENT)
	}
}

// onAny is something of every kind that an interface takes with it, and the same of another.
func onAny(name string) []spec.Key {
	return []spec.Key{
		link(name), address(name, "192.0.2.10/32"), address(name, "2001:db8::10/128"),
		spec.NeighbourKey{Interface: name, Address: netip.MustParseAddr("192.0.2.53")}, conf(name, "arp_ignore"),
	}
}

func TestNodeLinkTakesWithIt(t *testing.T) {
	n := hosted(t, onAny("any0")...)
	without := n.State().Clone()
	for _, k := range onAny("any1") {
		answers(t, n.Do(k, nil, usual(k)), 0)
	}
	answers(t, n.Do(link("any1"), spec.Link{}, nil), 0)
	if d := diff(without, n.State()); d != "" {
		t.Errorf("(-before +after)\n%s", d)
	}
	answers(t, n.Do(link("any0"), usual(link("any0")), spec.Link{Type: "dummy"}), 0)
	for i, stays := range []bool{true, true, false, false, true} {
		if k := onAny("any0")[i]; (n.State().Get(k) != nil) != stays {
			t.Errorf("%s when its interface is down: %v", k, n.State().Get(k))
		}
	}
}

func TestNodeLoopbackComesUp(t *testing.T) {
	n := hosted(t)
	before := n.State().Clone()
	lo := before.Links[link("lo")]
	answers(t, n.Do(address("lo", "127.0.0.1/8"), before.Get(address("lo", "127.0.0.1/8")), nil), 0)
	answers(t, n.Do(link("lo"), lo, spec.Link{Type: "loopback"}), 0)
	answers(t, n.Do(link("lo"), spec.Link{Type: "loopback"}, lo), 0)
	for _, k := range []spec.AddressKey{address("lo", "127.0.0.1/8"), address("lo", "::1/128")} {
		if n.State().Get(k) == nil {
			t.Errorf("%s has not come back", k)
		}
	}
}
