//go:build linux

package host

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// kernel is a namespace with eth0, which is up, and eth1, which is down, and the driver of it. Interfaces make no addresses by
// themselves.
func kernel(t *testing.T) *Driver {
	t.Helper()
	return kernelWith(t, "2")
}

const tunnelsOnlyHere = "net/core/fb_tunnels_only_for_init_net"

// kernelWith is kernel with tunl0 and the like, if tunnels is "0", or without, if it is "2".
func kernelWith(t *testing.T, tunnels string) *Driver {
	t.Helper()
	if os.Getenv("LVSFORM_IN_TEST_KERNEL") != "" {
		drivertest.Run(t, "modprobe", "-a", "ipip", "ip_gre", "ip6_tunnel", "ip6_gre", "sit", "fou", "nf_tables")
		set(t, tunnelsOnlyHere, tunnels)
		t.Cleanup(func() { // others use this kernel; and other goroutines are in its first namespace, where the setting is
			done := make(chan error)
			go func() { done <- os.WriteFile("/proc/sys/"+tunnelsOnlyHere, []byte("0"), 0o644) }()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
	drivertest.Kernel(t)
	for _, family := range []string{"all", "default"} {
		set(t, "net/ipv6/conf/"+family+"/addr_gen_mode", "1")
	}
	batch(t,
		"link add eth0 type dummy", "link add eth1 type dummy", "link set eth0 up",
		"address add 10.0.0.2/24 dev eth0", "address add 2001:db8::2/64 dev eth0 nodad")
	d, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func set(t *testing.T, path, value string) {
	t.Helper()
	if err := os.WriteFile("/proc/sys/"+path, []byte(value), 0o644); err != nil {
		t.Fatal(err)
	}
}

func batch(t *testing.T, lines ...string) {
	t.Helper()
	for _, line := range lines {
		drivertest.Run(t, "ip", strings.Fields(line)...)
	}
}

func read(t *testing.T, d *Driver) spec.State {
	t.Helper()
	s, err := d.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func one(t *testing.T, d *Driver, k spec.Key, before, after spec.Value) error {
	t.Helper()
	r := d.Do(context.Background(), []plan.Change{{Key: k, Before: before, After: after}})
	if len(r) != 1 || r[0].Unknown {
		t.Fatalf("%+v", r)
	}
	return r[0].Err
}

func must(t *testing.T, d *Driver, k spec.Key, before, after spec.Value) {
	t.Helper()
	if err := one(t, d, k, before, after); err != nil {
		t.Fatal(err)
	}
}

// difference has a line for each object that is not the same in both.
func difference(a, b spec.State) string {
	var lines []string
	a.Differences(b, func(k spec.Key, before, after spec.Value) {
		lines = append(lines, fmt.Sprintf("%s: %+v, %+v", k, before, after))
	})
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// agrees compares what the driver reads with what other programs say, but for settings and the origin of addresses.
func agrees(t *testing.T, s spec.State) {
	t.Helper()
	s, want := s.Clone(), oracle(t)
	s.Sysctls = nil
	for k, v := range s.Addresses {
		v.Origin = 0
		s.Set(k, v)
	}
	if diff := difference(want, s); diff != "" {
		t.Errorf("other programs, driver\n%s", diff)
	}
}

func agreesOnSettings(t *testing.T, d *Driver, s spec.State) {
	t.Helper()
	if diff := difference(spec.State{Sysctls: oracleSettings(t, d)}, spec.State{Sysctls: s.Sysctls}); diff != "" {
		t.Errorf("sysctl, driver\n%s", diff)
	}
}

func on(iface, prefix string) spec.AddressKey {
	return spec.AddressKey{Interface: iface, Prefix: netip.MustParsePrefix(prefix)}
}

func permanent(iface, a string) spec.NeighbourKey {
	return spec.NeighbourKey{Interface: iface, Address: netip.MustParseAddr(a)}
}

// others do what lvsform never does.
func others(t *testing.T) {
	t.Helper()
	batch(t,
		"address add 10.0.3.3/24 dev eth0 label eth0:three scope link preferred_lft 0",
		"address add 10.0.0.4/24 dev eth0 preferred_lft 100 valid_lft 200",
		"address add 10.0.1.1 peer 10.0.1.2 dev eth0",
		"address add 192.0.2.10/32 dev lo scope 42",
		"address add 2001:db8::10/128 dev eth0 nodad preferred_lft 0",
		"address add 2001:db8::11/128 dev eth0",
		"address add 2001:db8:1::/64 dev eth1 noprefixroute preferred_lft 0 valid_lft 300",
		"link add link eth0 name eth0.100 type vlan id 100", "link set tunl0 up", "link set gre0 up",
		"link add nbma type gre local 10.0.0.2 key 1", "link set nbma up",
		"neigh add 10.0.0.53 lladdr 02:00:5e:00:53:01 dev eth0 nud permanent",
		"neigh add 10.0.0.54 lladdr 02:00:5e:00:53:02 dev eth0 nud reachable",
		"neigh add 10.0.0.55 lladdr 10.0.0.99 dev nbma nud permanent",
		"neigh add 2001:db8::53 lladdr 02:00:5e:00:53:03 dev eth0 nud permanent",
		"neigh add proxy 10.0.0.56 dev eth0",
		"fou add port 6080 gue", "-6 fou add port 6080 gue", "fou add port 6081 ipproto 4", "fou add port 6082 gue local 10.0.0.2")
	set(t, "net/ipv4/conf/eth0.100/arp_ignore", "1")
	set(t, "net/ipv4/vs/sync_threshold", "5\t60")
	set(t, "net/ipv4/vs/secure_tcp", "1")
}

func TestKernelReadsWhatOthersShow(t *testing.T) {
	d := kernelWith(t, "0")
	others(t)
	d.Watch(spec.SysctlKey{Name: "net.core.somaxconn"}, spec.SysctlKey{Name: "net.ipv4.nonsense"}, spec.SysctlKey{Name: "net.ipv4.route.flush"},
		spec.SysctlKey{Name: "net.//.//.//.etc.passwd"}, spec.SysctlKey{Name: ""}, spec.SysctlKey{Name: "net.ipv4"})
	d.WatchModules(spec.ModuleKey{Name: "veth"}, spec.ModuleKey{Name: "nonsense"}, spec.ModuleKey{Name: "../../proc"}, spec.ModuleKey{Name: "tcp_cubic"})
	s := read(t, d)
	for name, want := range map[string]spec.Value{"veth": spec.Module{}, "tcp_cubic": spec.Module{}, "nonsense": nil, "ip_vs": spec.Module{}} {
		if got := s.Get(spec.ModuleKey{Name: name}); got != want {
			t.Errorf("module %s: %v", name, got)
		}
		if !matters(name) {
			s.Set(spec.ModuleKey{Name: name}, nil)
		}
	}
	agrees(t, s)
	agreesOnSettings(t, d, s)
	for k, want := range map[spec.Key]spec.Value{
		on("lo", "::1/128"):                                       spec.Address{Scope: "host", Origin: s.Addresses[on("lo", "::1/128")].Origin},
		on("lo", "192.0.2.10/32"):                                 spec.Address{Label: "lo", Scope: "42"},
		on("eth0", "10.0.3.3/24"):                                 spec.Address{Label: "eth0:three", Scope: "link", Deprecated: true},
		on("eth0", "10.0.1.1/32"):                                 spec.Address{Label: "eth0", Scope: "global"},
		on("eth1", "2001:db8:1::/64"):                             spec.Address{Scope: "global", NoPrefixRoute: true, Deprecated: true, Dynamic: true},
		permanent("nbma", "10.0.0.55"):                            spec.Neighbour{MAC: "0a:00:00:63"},
		permanent("eth0", "10.0.0.54"):                            nil,
		spec.SysctlKey{Name: "net.ipv4.conf.eth0/100.arp_ignore"}: spec.Sysctl{Value: "1"},
		spec.SysctlKey{Name: "net.ipv4.vs.sync_threshold"}:        spec.Sysctl{Value: "5 60"},
		spec.SysctlKey{Name: "net.ipv4.vs.secure_tcp"}:            spec.Sysctl{Value: "1"},
		spec.SysctlKey{Name: "net.core.somaxconn"}:                spec.Sysctl{Value: "4096"},
		spec.LinkKey{Name: "eth0.100"}:                            spec.Link{Type: "vlan"},
		spec.LinkKey{Name: "tunl0"}:                               spec.Link{Type: "ipip", Up: true},
		spec.LinkKey{Name: "lo"}:                                  spec.Link{Type: "loopback", Up: true},
		spec.GUEReceiver(6080):                                    spec.Link{Type: "gue", Up: true},
		spec.GUEReceiver6(6080):                                   spec.Link{Type: "gue", Up: true},
		spec.GUEReceiver(6081):                                    nil,
		spec.GUEReceiver(6082):                                    nil,
	} {
		if got := s.Get(k); got != want {
			t.Errorf("%s is %v, want %v", k, got, want)
		}
	}
	if origin := s.Addresses[on("lo", "::1/128")].Origin; origin != 1 {
		t.Errorf("::1 has the origin %d, want the kernel's", origin)
	}
}

func TestKernelOtherNamespace(t *testing.T) {
	here := kernel(t)
	other := drivertest.NewNetns(t)
	other.Run("ip", "link", "add", "eth7", "type", "dummy")
	d, err := Open(Options{Namespace: other.Path()})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	before := read(t, here)
	must(t, d, on("eth7", "192.0.2.10/32"), nil, spec.VIP(on("eth7", "192.0.2.10/32")))
	must(t, d, spec.SysctlKey{Name: "net.ipv4.conf.eth7.arp_ignore"}, spec.Sysctl{Value: "0"}, spec.Sysctl{Value: "1"})
	must(t, d, spec.GUEReceiver(6080), nil, spec.Link{Type: "gue", Up: true})
	s := read(t, d)
	other.Do(func() { agrees(t, s) })
	if diff := difference(before, read(t, here)); diff != "" {
		t.Errorf("-before +after\n%s", diff)
	}
}

func TestKernelPatience(t *testing.T) {
	d := kernel(t)
	start := time.Now()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	k := on("eth0", "192.0.2.10/32")
	if r := d.Do(ctx, []plan.Change{{Key: k, After: spec.VIP(k)}}); !errors.Is(r[0].Err, context.Canceled) || r[0].Unknown {
		t.Errorf("%+v", r)
	}
	if _, err := d.Read(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if s := read(t, d); s.Get(k) != nil || time.Since(start) > patience {
		t.Errorf("%s is there, or took %s", k, time.Since(start))
	}
}
