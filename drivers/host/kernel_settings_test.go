//go:build linux

package host

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
)

func TestKernelSettings(t *testing.T) {
	d := kernel(t)
	watched := spec.SysctlKey{Name: "net.ipv4.tcp_rmem"}
	d.Watch(watched, spec.ConfSysctl("ipv6", "all", "ignore_routes_with_linkdown"), spec.ConfSysctl("ipv6", "all", "addr_gen_mode"))
	before, all := read(t, d), everything(t)
	node := spec.NewNode(spec.Kernel{}, before)
	for _, text := range []string{
		"net.ipv4.vs.conntrack=1",
		"net.ipv4.vs.sync_threshold=5 60",
		"net.ipv4.vs.drop_entry=3",
		"net.ipv4.vs.drop_entry=2",
		"net.ipv4.vs.secure_tcp=1",
		"net.ipv4.conf.eth0.arp_ignore=1",
		"net.ipv4.conf.all.arp_announce=2",
		"net.ipv4.conf.eth1.rp_filter=1",
		"net.ipv4.conf.eth0.forwarding=1",
		"net.ipv4.ip_forward=1",
		"net.ipv4.conf.eth0.forwarding=0",
		"net.ipv4.conf.all.accept_redirects=1",
		"net.ipv4.ip_forward=1", // changes nothing
		"net.ipv4.ip_forward=2",
		"net.ipv4.conf.all.forwarding=0",
		"net.ipv4.conf.default.forwarding=1",
		"net.ipv4.conf.default.rp_filter=2",
		"net.ipv6.conf.eth0.forwarding=1",
		"net.ipv6.conf.all.forwarding=1",
		"net.ipv6.conf.eth0.forwarding=0",
		"net.ipv6.conf.all.forwarding=1", // changes eth0
		"net.ipv6.conf.all.forwarding=0",
		"net.ipv6.conf.eth0.ignore_routes_with_linkdown=1",
		"net.ipv6.conf.all.ignore_routes_with_linkdown=0", // changes eth0
		"net.ipv6.conf.all.ignore_routes_with_linkdown=1",
		"net.ipv6.conf.default.ignore_routes_with_linkdown=0",
		"net.ipv6.conf.default.addr_gen_mode=3",
		"net.ipv6.conf.all.addr_gen_mode=1", // changes the default
		watched.Name + "=4096 131072 6291455",
	} {
		sets(t, d, node, text)
	}
	agreesOnSettings(t, d, read(t, d))
	for range 2 { // the second time what the writing of others has changed back
		for k, v := range before.Sysctls {
			if live := read(t, d); live.Get(k) != spec.Value(v) {
				must(t, d, k, live.Get(k), v)
			}
		}
	}
	if diff := cmp.Diff(settingsText(all), settingsText(everything(t))); diff != "" {
		t.Errorf("-before +after\n%s", diff)
	}
}

// sets writes a setting ("net.ipv4.ip_forward=1"), of which kernel and simulated node make the same.
func sets(t *testing.T, d *Driver, node *spec.Node, text string) {
	t.Helper()
	name, value, _ := strings.Cut(text, "=")
	k := spec.SysctlKey{Name: name}
	was, want := node.State().Get(k), k.Normal(value)
	must(t, d, k, was, spec.Sysctl{Value: value})
	if err := node.Do(k, was, spec.Sysctl{Value: value}); err != nil {
		t.Fatal(err)
	}
	live := read(t, d)
	if got := live.Get(k); got != want {
		t.Errorf("%s is %v, want %v", k, got, want)
	}
	if diff := difference(node.State(), live); diff != "" {
		t.Fatalf("after %s: simulated, kernel\n%s", text, diff)
	}
}

func TestKernelModules(t *testing.T) {
	kernelWith(t, "0")
	drivertest.Kernel(t) // with nothing but lo
	drivertest.Run(t, "modprobe", "-r", "ip6_gre", "ip_gre", "fou6", "fou", "ipip", "sit", "ip6_tunnel")
	d, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if s := read(t, d); s.Get(spec.ModuleKey{Name: "fou"}) != nil {
		t.Error("reading loads fou")
	}
	set(t, "net/ipv4/conf/default/rp_filter", "2")
	if err := one(t, d, spec.GUEReceiver(6080), nil, spec.Link{Type: "gue", Up: true}); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "module fou is not loaded") {
		t.Errorf("a receiver without its module: %v", err)
	}
	node := spec.NewNode(spec.Kernel{}, read(t, d))
	for _, name := range []string{"ipip", "ip_gre", "ip6_tunnel", "ip6_gre", "sit", "fou", "ip_vs_ftp", "ipip"} {
		k := spec.ModuleKey{Name: name}
		must(t, d, k, nil, spec.Module{})
		if err := node.Do(k, nil, spec.Module{}); err != nil {
			t.Fatal(err)
		}
		live := read(t, d)
		for k := range live.Modules { // what comes with others
			node.Do(k, nil, spec.Module{})
		}
		if diff := difference(node.State(), live); diff != "" {
			t.Fatalf("after %s: simulated, kernel\n%s", name, diff)
		}
		agrees(t, live)
	}
	for name, words := range map[string]string{"nonsense": "no such module", "-r": "no such module", "../x": "no such module", "": "no such module"} {
		err := one(t, d, spec.ModuleKey{Name: name}, nil, spec.Module{})
		if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), words) {
			t.Errorf("module %q: %v", name, err)
		}
	}
}
