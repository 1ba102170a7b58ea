package drivertest

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// HostDriver is what HostSuite is about: apply.Driver as far as the host around the table goes.
type HostDriver interface {
	Read(ctx context.Context) (spec.State, error)
	Cannot(k spec.Key, v spec.Value) error
	Do(ctx context.Context, changes []plan.Change) []plan.Result
}

// HostSuite proves of the objects around the table what Suite proves of the table: that a driver reads what it wrote, knows of
// each change whether it was done, and changes nothing else.
// open is called in each subtest and gives a node of its own with the interfaces of KernelNode: lo; eth0, which is up and has
// 10.0.0.2/24 and 2001:db8::2/64; eth1, which is down and has nothing. What its kernel has no module for is left out.
func HostSuite(t *testing.T, open func(t *testing.T) HostDriver) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *around)
	}{
		{"reading", testReading},
		{"links", testLinks},
		{"links take with them", testLinkTakes},
		{"link down takes", testLinkDown},
		{"link refusals", testLinkRefusals},
		{"modules", testModules},
		{"receivers", testReceivers},
		{"sysctls", testSysctls},
		{"forwarding is copied", testForwarding},
		{"sysctl refusals", testSysctlRefusals},
		{"neighbours", testNeighbours},
		{"neighbour refusals", testNeighbourRefusals},
		{"addresses", testAddresses},
		{"address attributes", testAddressAttributes},
		{"address refusals", testAddressRefusals},
		{"arp filters", testARPFilters},
		{"mark rules", testMarkRules},
		{"masquerade rules", testMasqueradeRules},
		{"rule refusals", testRuleRefusals},
		{"batch", testHostBatch},
		{"cancelled", testHostCancelled},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &around{HostDriver: open(t), t: t}
			n.want = n.read()
			c.test(t, n)
		})
	}
}

// around is a driver and what its host must be.
type around struct {
	HostDriver
	t    *testing.T
	want spec.State
}

func (n *around) read() spec.State {
	n.t.Helper()
	s, err := n.Read(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	return HostOnly(s)
}

// HostOnly is the part of a state around the table, without the addresses that a kernel gives an interface by itself: nobody can
// foresee them.
func HostOnly(s spec.State) spec.State {
	s = s.Host().Clone()
	maps.DeleteFunc(s.Addresses, func(k spec.AddressKey, v spec.Address) bool {
		return k.Prefix.Addr().IsLinkLocalUnicast() && k.Prefix.Addr().Is6() && !v.NoDAD && v.Origin != spec.OriginLVSForm
	})
	return s
}

// done does changes that must succeed, and expects their outcome from then on.
func (n *around) done(changes ...plan.Change) {
	n.t.Helper()
	for i, r := range results(n.t, n.HostDriver, changes...) {
		if r != (plan.Result{}) {
			n.t.Errorf("%s %s: %+v", changes[i], spec.EncodeValue(changes[i].After), r)
		}
		n.expect(changes[i].Key, changes[i].After)
	}
}

// expect is an object that is there from now on, or, with nil, is not.
func (n *around) expect(k spec.Key, v spec.Value) { n.want.Set(k, v) }

func (n *around) check() {
	n.t.Helper()
	if diff := cmp.Diff(HostLines(n.want), HostLines(n.read())); diff != "" {
		n.t.Errorf("host (-want +got):\n%s", diff)
	}
}

// has does a change that the kernel may be unable to do. Without the ability the rest of the test is left out.
func (n *around) has(c plan.Change, lacks syscall.Errno) bool {
	n.t.Helper()
	r := results(n.t, n.HostDriver, c)[0]
	if errors.Is(r.Err, lacks) && !r.Unknown {
		isRefusal(n.t, c, r, lacks)
		n.check()
		n.t.Logf("left out: %v", r.Err)
		return false
	}
	if r != (plan.Result{}) {
		n.t.Fatalf("%s: %+v", c, r)
	}
	n.expect(c.Key, c.After)
	return true
}

// refused does one change that the kernel must refuse; that nothing changes, the next check tells.
func (n *around) refused(c plan.Change, want syscall.Errno) {
	n.t.Helper()
	isRefusal(n.t, c, results(n.t, n.HostDriver, c)[0], want)
}

// refusal is a change that the kernel must refuse.
type refusal struct {
	change plan.Change
	want   syscall.Errno
}

func (n *around) refuses(all ...refusal) {
	n.t.Helper()
	for _, c := range all {
		n.refused(c.change, c.want)
	}
	n.check()
}

func link(name string) spec.LinkKey { return spec.LinkKey{Name: name} }

func sysctl(name string) spec.SysctlKey { return spec.SysctlKey{Name: name} }

func conf(iface, name string) spec.SysctlKey { return spec.ConfSysctl("ipv4", iface, name) }

func address(iface, prefix string) spec.AddressKey {
	return spec.AddressKey{Interface: iface, Prefix: netip.MustParsePrefix(prefix)}
}

func neighbour(iface, a string) spec.NeighbourKey {
	return spec.NeighbourKey{Interface: iface, Address: netip.MustParseAddr(a)}
}

// arises expects an interface and its settings, which are those of "default" at the time.
func (n *around) arises(name string, l spec.Link) {
	n.expect(link(name), l)
	for k, v := range n.want.Clone().Sysctls {
		for _, family := range []string{"ipv4", "ipv6"} {
			if rest, ok := strings.CutPrefix(k.Name, "net."+family+".conf.default."); ok {
				n.expect(spec.ConfSysctl(family, name, rest), v)
			}
		}
	}
}

// goes expects that an interface and all that is on it is gone.
func (n *around) goes(name string) {
	n.expect(link(name), nil)
	for _, k := range n.want.Keys() {
		switch k := k.(type) {
		case spec.SysctlKey:
			if k.Interface() == name {
				n.expect(k, nil)
			}
		case spec.AddressKey:
			if k.Interface == name {
				n.expect(k, nil)
			}
		case spec.NeighbourKey:
			if k.Interface == name {
				n.expect(k, nil)
			}
		}
	}
}

func testReading(t *testing.T, n *around) {
	n.check() // a read must not change what is read
	for _, c := range []struct {
		key  spec.Key
		want spec.Value
	}{
		{link("eth0"), nil}, {link("eth1"), nil}, {link("lo"), spec.Link{Type: "loopback", Up: true}},
		{address("eth0", "10.0.0.2/24"), nil}, {address("eth0", "2001:db8::2/64"), nil}, {address("lo", "127.0.0.1/8"), nil}, {address("lo", "::1/128"), nil},
		{sysctl("net.ipv4.ip_forward"), nil}, {sysctl("net.ipv4.vs.conntrack"), spec.Sysctl{Value: "0"}}, {conf("all", "arp_ignore"), nil},
		{conf("default", "arp_announce"), nil}, {conf("eth0", "rp_filter"), nil}, {conf("lo", "forwarding"), nil}, {spec.ConfSysctl("ipv6", "eth0", "forwarding"), nil},
	} {
		if got := n.want.Get(c.key); got == nil || c.want != nil && got != c.want {
			t.Errorf("%s is %s", c.key, spec.EncodeValue(got))
		}
	}
	if got := n.want.Get(sysctl("net.ipv4.vs.sync_threshold")); got != spec.Value(spec.Sysctl{Value: "3 50"}) {
		t.Errorf("sync_threshold is %v", got)
	}
}
