//go:build linux

package host

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// bare is a namespace without any interface but lo, and the driver of it. Interfaces make no addresses by themselves.
func bare(t *testing.T) *Driver {
	t.Helper()
	drivertest.Kernel(t)
	set(t, "net/ipv6/conf/default/addr_gen_mode", "1")
	d, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestKernelWays(t *testing.T) {
	d := bare(t)
	batch(t, "link add eth0 mtu 1400 type dummy", "link add eth1 type dummy", "link set eth0 up", "address add 10.0.0.2/24 dev eth0",
		"address add 2001:db8::2/64 dev eth0 nodad", "-6 route add 2001:db8:9::/48 via 2001:db8::1",
		"route add 10.1.0.0/16 via 10.0.0.1", "route add 10.2.0.0/16 via 10.0.0.1 mtu 1300", "route add 10.3.0.0/16 via 10.0.0.1 mtu 9000",
		"route add 10.4.0.0/16 via inet6 2001:db8::1 dev eth0",
		"route add unreachable 10.5.0.0/16", "route add blackhole 10.6.0.0/16", "route add prohibit 10.7.0.0/16", "-6 route add unreachable 2001:db8:7::/48")
	gateway, gateway6 := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1")
	want := map[netip.Addr]Way{}
	for a, w := range map[string]Way{
		"10.0.0.11": {Interface: "eth0", MTU: 1400}, "2001:db8::11": {Interface: "eth0", MTU: 1400},
		"10.0.0.2": {Interface: "lo", MTU: 65536, Local: true}, "2001:db8::2": {Interface: "lo", MTU: 65536, Local: true},
		"10.1.0.1": {Interface: "eth0", MTU: 1400, Gateway: gateway}, "10.2.0.1": {Interface: "eth0", MTU: 1300, Gateway: gateway},
		"10.3.0.1": {Interface: "eth0", MTU: 1400, Gateway: gateway}, "10.4.0.1": {Interface: "eth0", MTU: 1400, Gateway: gateway6},
		"2001:db8:9::1": {Interface: "eth0", MTU: 1400, Gateway: gateway6},
	} {
		want[netip.MustParseAddr(a)] = w
	}
	to := []netip.Addr{}
	for a := range want {
		to = append(to, a)
	}
	for _, a := range []string{"10.5.0.1", "10.6.0.1", "10.7.0.1", "198.51.100.1", "2001:db8:7::1", "2001:db9::1"} {
		to = append(to, netip.MustParseAddr(a))
	}
	got, mtu, err := d.Ways(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	for a, w := range got {
		if w.Local {
			w.Interface, w.MTU = "lo", 65536 // some kernels name the interface that has the address
			got[a] = w
		}
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if mtu["eth0"] != 1400 || mtu["lo"] != 65536 || mtu["eth1"] != 1500 {
		t.Errorf("%v", mtu)
	}
}

func TestKernelHolders(t *testing.T) {
	d := bare(t)
	client := wire(t)
	held, held6 := on("eth0", "10.0.0.100/32"), on("eth0", "2001:db8::100/128")
	free, free6 := on("eth0", "10.0.0.10/32"), on("eth0", "2001:db8::10/128")
	quiet, own, lo, gone := on("eth0", "10.0.0.30/32"), on("eth0", "10.0.0.2/24"), on("lo", "10.0.0.100/32"), on("bogus", "10.0.0.100/32")
	client.Run("ip", "link", "set", "eth0", "address", "02:00:5e:00:53:99")
	client.Run("ip", "address", "add", quiet.Prefix.String(), "dev", "lo")
	client.Run("sysctl", "-q", "-w", "net.ipv4.conf.all.arp_ignore=1")
	sight := func() string { return drivertest.Run(t, "ip", "neigh") + client.Run("ip", "neigh", "show", "10.0.0.2") }
	before, near := read(t, d), sight()
	got, err := d.Holders(t.Context(), []spec.AddressKey{held, held6, free, free6, quiet, own, lo, gone}, 400*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	text := map[spec.AddressKey][]string{}
	for k, macs := range got {
		text[k] = nil
		for _, m := range macs {
			text[k] = append(text[k], m.String())
		}
	}
	other := []string{"02:00:5e:00:53:99"}
	want := map[spec.AddressKey][]string{held: other, held6: other, free: nil, free6: nil, quiet: nil, own: nil}
	if diff := cmp.Diff(want, text, cmp.Comparer(func(a, b spec.AddressKey) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := difference(before, read(t, d)) + cmp.Diff(near, sight()); diff != "" {
		t.Errorf("before, after\n%s", diff)
	}

	// A second one beside our own is a duplicate. By IPv6 the question now comes from an address.
	batch(t, "address add 10.0.0.100/32 dev eth0", "address add fe80::2/64 dev eth0 nodad")
	got, err = d.Holders(t.Context(), []spec.AddressKey{held, held6}, 400*time.Millisecond)
	if err != nil || len(got[held]) != 1 || len(got[held6]) != 1 {
		t.Errorf("%v, %v", got, err)
	}
	batch(t, "link set eth0 down")
	if got, err = d.Holders(t.Context(), []spec.AddressKey{held}, 400*time.Millisecond); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	batch(t, "link set eth0 up")
	without(t, unix.CAP_NET_RAW)
	_, err = d.Holders(t.Context(), []spec.AddressKey{held}, time.Second)
	if !errors.Is(err, unix.EPERM) || !strings.Contains(err.Error(), "CAP_NET_RAW is needed") {
		t.Error(err)
	}
}

func TestKernelSourceNATOfOlderPrograms(t *testing.T) {
	d := bare(t)
	if where, err := d.SourceNAT(t.Context()); err != nil || len(where) != 0 {
		t.Errorf("%v, %v", where, err)
	}
	drivertest.Run(t, "iptables-legacy", "-t", "nat", "-A", "POSTROUTING", "-o", "eth7", "-j", "MASQUERADE")
	if where, err := d.SourceNAT(t.Context()); err != nil || len(where) != 1 || where[0] != "iptables-legacy" {
		t.Errorf("%v, %v", where, err)
	}
}
