package spec_test

import (
	"errors"
	"net/netip"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/spec"
)

// host is a node with eth0, which has an IPv4 address, and any0, which has none.
func host() *spec.Node {
	var s spec.State
	s.Set(spec.LinkKey{Name: "lo"}, spec.Link{Type: "loopback", Up: true})
	s.Set(spec.LinkKey{Name: "eth0"}, spec.Link{Type: "device", Up: true})
	s.Set(spec.LinkKey{Name: "any0"}, spec.Link{Type: "dummy", Up: true})
	s.Set(spec.AddressKey{Interface: "eth0", Prefix: netip.MustParsePrefix("10.0.0.2/24")}, spec.Address{Label: "eth0", Scope: "global"})
	s.Set(spec.SysctlKey{Name: "net.ipv4.ip_forward"}, spec.Sysctl{Value: "0"})
	s.Set(spec.ConfSysctl("ipv4", "all", "accept_redirects"), spec.Sysctl{Value: "1"})
	for _, i := range []string{"all", "default", "lo", "eth0", "any0"} {
		s.Set(spec.ConfSysctl("ipv4", i, "forwarding"), spec.Sysctl{Value: "0"})
		s.Set(spec.ConfSysctl("ipv6", i, "forwarding"), spec.Sysctl{Value: "0"})
		s.Set(spec.ConfSysctl("ipv4", i, "rp_filter"), spec.Sysctl{Value: "0"})
	}
	return spec.NewNode(spec.Kernel{}, s)
}

func set(t *testing.T, n *spec.Node, k spec.SysctlKey, value string) {
	t.Helper()
	if err := n.Do(k, n.State().Get(k), spec.Sysctl{Value: value}); err != nil {
		t.Fatal(err)
	}
}

func is(t *testing.T, n *spec.Node, k spec.SysctlKey, want string) {
	t.Helper()
	if got := n.State().Sysctls[k].Value; got != want {
		t.Errorf("%s is %q, want %q", k, got, want)
	}
}

func TestForwardingIsCopied(t *testing.T) {
	n := host()
	forward, redirects, eth0 := spec.SysctlKey{Name: "net.ipv4.ip_forward"}, spec.ConfSysctl("ipv4", "all", "accept_redirects"), spec.ConfSysctl("ipv4", "eth0", "forwarding")
	set(t, n, forward, "1")
	is(t, n, eth0, "1")
	is(t, n, spec.ConfSysctl("ipv4", "all", "forwarding"), "1")
	is(t, n, redirects, "0")
	set(t, n, eth0, "0")
	set(t, n, forward, "1") // no change, no copies
	is(t, n, eth0, "0")
	set(t, n, forward, "0")
	is(t, n, redirects, "1")
	six, any6 := spec.ConfSysctl("ipv6", "all", "forwarding"), spec.ConfSysctl("ipv6", "any0", "forwarding")
	set(t, n, six, "1")
	set(t, n, any6, "0")
	set(t, n, six, "1") // always copied
	is(t, n, any6, "1")
	is(t, n, eth0, "0")
}

func TestUntouchedSettingsFollowTheDefault(t *testing.T) {
	n := host()
	def := spec.ConfSysctl("ipv4", "default", "rp_filter")
	set(t, n, def, "2")
	is(t, n, spec.ConfSysctl("ipv4", "any0", "rp_filter"), "2")
	is(t, n, spec.ConfSysctl("ipv4", "eth0", "rp_filter"), "0")
	set(t, n, spec.ConfSysctl("ipv4", "any0", "rp_filter"), "2")
	set(t, n, def, "1")
	is(t, n, spec.ConfSysctl("ipv4", "any0", "rp_filter"), "2")
}

func TestNeighboursGoWithTheLastAddress(t *testing.T) {
	n := host()
	a, k := spec.AddressKey{Interface: "eth0", Prefix: netip.MustParsePrefix("192.0.2.10/32")}, spec.NeighbourKey{Interface: "eth0", Address: netip.MustParseAddr("10.0.0.53")}
	first := spec.AddressKey{Interface: "eth0", Prefix: netip.MustParsePrefix("10.0.0.2/24")}
	for _, err := range []error{
		n.Do(a, nil, spec.VIP(a)), n.Do(k, nil, spec.Neighbour{MAC: "02:00:5e:00:53:01"}), n.Do(a, spec.VIP(a), nil),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if n.State().Get(k) == nil {
		t.Error("it goes with an address that is not the last")
	}
	if err := n.Do(first, n.State().Get(first), nil); err != nil || n.State().Get(k) != nil {
		t.Errorf("%v, %v", err, n.State().Get(k))
	}
}

func TestReceiversNeedTheirModule(t *testing.T) {
	n := host()
	for _, k := range []spec.LinkKey{spec.GUEReceiver(6080), spec.GUEReceiver6(6080)} {
		if err := n.Do(k, nil, spec.Link{Type: "gue", Up: true}); !errors.Is(err, syscall.ENOENT) {
			t.Error(err)
		}
	}
	fou := spec.ModuleKey{Name: "fou"}
	if err := n.Do(fou, nil, spec.Module{}); err != nil {
		t.Fatal(err)
	}
	for _, k := range []spec.LinkKey{spec.GUEReceiver(6080), spec.GUEReceiver6(6080)} {
		port, ok := k.GUEPort()
		if err := n.Do(k, nil, spec.Link{Type: "gue", Up: true}); err != nil || port != 6080 || !ok {
			t.Error(k, err)
		}
	}
	for _, name := range []string{"gue:", "gue:0", "gue:06080", "gue:65536", "gue6:x", "gue", "eth0"} {
		if _, ok := (spec.LinkKey{Name: name}).GUEPort(); ok {
			t.Errorf("%q is a receiver", name)
		}
	}
}

func TestAddressesAsTheKernelShowsThem(t *testing.T) {
	n := host()
	for prefix, want := range map[string]spec.Address{
		"192.0.2.10/32":    {Label: "eth0", Scope: "link"},
		"2001:db8::10/128": {Scope: "global"},
		"fe80::10/128":     {Scope: "link"},
		"fec0::10/128":     {Scope: "site"},
	} {
		k := spec.AddressKey{Interface: "eth0", Prefix: netip.MustParsePrefix(prefix)}
		v := spec.Address{Scope: "link"}
		if k.Prefix.Addr().Is6() {
			v.Label = "eth0:1"
		}
		if err := n.Do(k, nil, v); err != nil || n.State().Get(k) != spec.Value(want) {
			t.Errorf("%s: %v, %v", k, n.State().Get(k), err)
		}
	}
}

// A value below 0 hides an address no better than 0: the greater of two counts.
func TestQuietness(t *testing.T) {
	ignore := spec.ConfSysctl("ipv4", "all", "arp_ignore")
	for value, want := range map[string]bool{"-1": false, "0": false, "1": true, "2": true, "3": false, "8": true, "9": false, "x": false} {
		if got := ignore.AsQuiet(spec.Sysctl{value}, spec.Sysctl{"1"}); got != want {
			t.Errorf("%s: %v", value, got)
		}
	}
}
