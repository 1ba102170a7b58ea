//go:build linux

package host

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// both does a change on the kernel and on a simulated node, and compares what they say.
func both(t *testing.T, d *Driver, node *spec.Node, c plan.Change) (errno syscall.Errno) {
	t.Helper()
	r := d.Do(context.Background(), []plan.Change{c})[0]
	simulated := node.Do(c.Key, c.Before, c.After)
	if r.Unknown || fmt.Sprint(r.Err) != fmt.Sprint(simulated) {
		t.Errorf("%s: %+v -> %+v\nkernel:    %v\nsimulated: %v", c, c.Before, c.After, r.Err, simulated)
	}
	errors.As(r.Err, &errno)
	return errno
}

// attempt is a change, and the errno that it gives; 0 if it is done.
type attempt struct {
	key           spec.Key
	before, after spec.Value
	want          syscall.Errno
}

// attempts does changes one after the other. Kernel and simulated node say the same of each, and are alike after it.
func attempts(t *testing.T, changes []attempt) {
	t.Helper()
	d := kernelWith(t, "0")
	node := spec.NewNode(spec.Kernel{}, read(t, d))
	for _, c := range changes {
		if got := both(t, d, node, plan.Change{Key: c.key, Before: c.before, After: c.after}); got != c.want {
			t.Errorf("%s %+v -> %+v: %s, want %s", c.key, c.before, c.after, spec.ErrnoName(got), spec.ErrnoName(c.want))
		}
		if diff := difference(node.State(), read(t, d)); diff != "" {
			t.Fatalf("after %s: simulated, kernel\n%s", c.key, diff)
		}
	}
}

func TestKernelRefusesAddresses(t *testing.T) {
	v4, v6 := spec.Address{Label: "eth0", Scope: "global"}, spec.Address{Scope: "global", NoDAD: true}
	deprecated, dynamic, local := v4, v4, v4
	deprecated.Deprecated, dynamic.Dynamic, local.Scope = true, true, "host"
	labelled, long, odd := v4, v4, v4
	labelled.Label, long.Label, odd.Scope = "eth0:1", "sixteen--letters", "nonsense"
	attempts(t, []attempt{
		{on("eth0", "192.0.2.10/32"), nil, v4, 0},
		{on("eth0", "192.0.2.10/32"), nil, v4, unix.EEXIST},
		{on("eth0", "192.0.2.10/32"), nil, deprecated, unix.EEXIST},
		{on("eth0", "192.0.2.10/24"), nil, v4, 0},
		{on("eth0", "192.0.2.11/24"), nil, local, unix.EINVAL},
		{on("lo", "192.0.2.10/32"), nil, spec.Address{Label: "lo", Scope: "host"}, 0},
		{on("eth0", "2001:db8::10/128"), nil, v6, 0},
		{on("eth0", "2001:db8::10/128"), nil, v6, unix.EEXIST},
		{on("eth0", "2001:db8::10/64"), nil, v6, unix.EEXIST},
		{on("eth1", "2001:db8::10/64"), nil, v6, 0},
		{on("eth0", "192.0.2.12/32"), v4, nil, unix.EADDRNOTAVAIL},
		{on("eth0", "192.0.2.10/25"), v4, nil, unix.EADDRNOTAVAIL},
		{on("eth0", "2001:db8::10/127"), v6, nil, unix.EADDRNOTAVAIL},
		{on("eth0", "2001:db8::99/128"), v6, nil, unix.EADDRNOTAVAIL},
		{on("eth0", "224.0.0.9/32"), nil, v4, 0},
		{on("eth0", "255.255.255.255/32"), nil, v4, 0},
		{on("eth0", "127.0.0.9/32"), nil, v4, 0},
		{on("eth0", "0.0.0.0/32"), nil, v4, unix.EINVAL},
		{on("eth0", "ff0e::9/128"), nil, v6, unix.EADDRNOTAVAIL},
		{on("eth0", "::/128"), nil, v6, unix.EADDRNOTAVAIL},
		{on("eth0", "::1/128"), nil, v6, unix.EADDRNOTAVAIL},
		{on("tunl0", "ff0e::9/128"), nil, v6, unix.EADDRNOTAVAIL},
		{spec.AddressKey{Interface: "eth0"}, nil, v4, unix.EINVAL},
		{on("bogus", "192.0.2.10/32"), nil, v4, unix.ENODEV},
		{on("bogus", "192.0.2.10/32"), v4, deprecated, unix.ENODEV},
		{on("bogus", "192.0.2.10/32"), v4, nil, unix.ENODEV},
		{on("", "192.0.2.10/32"), nil, v4, unix.ENODEV},
		{on("eth0", "192.0.2.13/32"), nil, long, unix.ERANGE},
		{on("eth0", "192.0.2.13/32"), nil, odd, unix.EINVAL},
		{on("eth0", "192.0.2.13/32"), nil, dynamic, unix.EOPNOTSUPP},
		{on("eth0", "192.0.2.13/32"), nil, spec.Address{Scope: "global"}, 0}, // gets the label
		{on("eth0", "2001:db8::13/128"), nil, labelled, 0},                   // gets none
		{on("eth0", "fe80::13/128"), nil, v6, 0},                             // gets the scope of a link
		{on("eth0", "fec0::13/128"), nil, v6, 0},                             // gets the scope of a site
		{on("eth0", "192.0.2.14/32"), v4, deprecated, unix.EADDRNOTAVAIL},
		{on("eth0", "192.0.2.10/32"), v4, labelled, unix.EOPNOTSUPP},
		{on("eth0", "192.0.2.10/32"), v4, local, unix.EOPNOTSUPP},
		{on("eth0", "192.0.2.10/32"), v4, deprecated, 0},
		{on("eth0", "192.0.2.10/32"), deprecated, deprecated, 0},
	})
}

func TestKernelRefusesNeighbours(t *testing.T) {
	mac := spec.Neighbour{MAC: "02:00:5e:00:53:01"}
	attempts(t, []attempt{
		{permanent("eth0", "10.0.0.53"), nil, mac, 0},
		{permanent("eth0", "10.0.0.53"), nil, mac, unix.EEXIST},
		{permanent("eth0", "10.0.0.54"), mac, mac, unix.ENOENT},
		{permanent("eth0", "10.0.0.54"), mac, nil, unix.ENOENT},
		{permanent("bogus", "10.0.0.53"), nil, mac, unix.ENODEV},
		{permanent("bogus", "10.0.0.53"), mac, nil, unix.ENODEV},
		{permanent("lo", "10.0.0.53"), nil, mac, unix.EOPNOTSUPP},
		{permanent("lo", "10.0.0.53"), mac, nil, unix.EOPNOTSUPP},
		{permanent("lo", "2001:db8::53"), nil, mac, 0},
		{permanent("eth0", "10.0.0.55"), nil, spec.Neighbour{MAC: "02:00"}, unix.EINVAL},
		{permanent("eth0", "10.0.0.55"), nil, spec.Neighbour{MAC: "02:00:5E:00:53:01"}, unix.EINVAL},
		{permanent("eth0", "10.0.0.55"), nil, spec.Neighbour{MAC: ""}, unix.EINVAL},
		{permanent("eth0", "10.0.0.55"), nil, spec.Neighbour{MAC: "02:00:5e:00:53:01:02:03"}, unix.EINVAL},
	})
}

func TestKernelRefusesLinks(t *testing.T) {
	link := func(name string) spec.LinkKey { return spec.LinkKey{Name: name} }
	dummy, down, gue := spec.Link{Type: "dummy", Up: true}, spec.Link{Type: "dummy"}, spec.Link{Type: "gue", Up: true}
	attempts(t, []attempt{
		{link("eth0"), nil, dummy, unix.EEXIST},
		{link("sixteen--letters"), nil, dummy, unix.ERANGE},
		{link("a/b"), nil, dummy, unix.EINVAL},
		{link("a b"), nil, dummy, unix.EINVAL},
		{link("a:b"), nil, dummy, unix.EINVAL},
		{link(".."), nil, dummy, unix.EINVAL},
		{link("gue:0"), nil, dummy, unix.EINVAL},
		{link("new0"), nil, spec.Link{Type: "ipip"}, unix.EOPNOTSUPP},
		{link("new0"), nil, spec.Link{Type: "device"}, unix.EOPNOTSUPP},
		{link("new0"), nil, spec.Link{Type: "gue"}, unix.EINVAL},
		{link("new0"), dummy, down, unix.ENODEV},
		{link("new0"), dummy, nil, unix.ENODEV},
		{link("eth0"), dummy, spec.Link{Type: "device", Up: true}, unix.EOPNOTSUPP},
		{link("lo"), spec.Link{Type: "loopback"}, nil, unix.EOPNOTSUPP},
		{link("tunl0"), spec.Link{Type: "ipip"}, nil, unix.EOPNOTSUPP},
		{link("gre0"), spec.Link{Type: "gre"}, nil, unix.EOPNOTSUPP},
		{link("ip6tnl0"), spec.Link{Type: "ip6tnl"}, nil, unix.EOPNOTSUPP},
		{link("ip6gre0"), spec.Link{Type: "ip6gre"}, nil, unix.EOPNOTSUPP},
		{link("sit0"), spec.Link{Type: "sit"}, nil, unix.EOPNOTSUPP},
		{spec.GUEReceiver(6080), nil, gue, 0},
		{spec.GUEReceiver(6080), nil, gue, unix.EEXIST},
		{spec.GUEReceiver(6081), nil, dummy, unix.EINVAL},
		{spec.GUEReceiver(6081), nil, spec.Link{Type: "gue"}, unix.EINVAL},
		{spec.GUEReceiver(6081), gue, nil, unix.ENODEV},
		{spec.GUEReceiver6(6080), gue, nil, unix.ENODEV},
		{spec.GUEReceiver(6081), gue, gue, unix.ENODEV},
		{spec.GUEReceiver(6080), gue, spec.Link{Type: "gue"}, unix.EOPNOTSUPP},
		{spec.ModuleKey{Name: "ip_vs"}, spec.Module{}, nil, unix.EOPNOTSUPP},

		{link("tunl0"), spec.Link{Type: "ipip"}, spec.Link{Type: "ipip", Up: true}, 0},
		{link("tunl0"), spec.Link{Type: "ipip", Up: true}, spec.Link{Type: "ipip"}, 0},
		{link("eth0"), dummy, down, 0}, // takes neighbours and IPv6 addresses with it
		{link("eth0"), down, dummy, 0},
		{link("eth0"), dummy, nil, 0},
	})
}

func TestKernelRefusesSettings(t *testing.T) {
	sysctl := func(name string) spec.SysctlKey { return spec.SysctlKey{Name: name} }
	value := func(s string) spec.Value { return spec.Sysctl{Value: s} }
	attempts(t, []attempt{
		{sysctl("net.ipv4.nonsense"), nil, value("1"), unix.ENOENT},
		{sysctl("net.ipv4.conf.bogus.arp_ignore"), value("0"), value("1"), unix.ENOENT},
		{sysctl("net.ipv4.conf"), value("0"), value("1"), unix.ENOENT},
		{sysctl("net.//.//.//.etc.passwd"), value("0"), value("1"), unix.ENOENT},
		{sysctl(""), value("0"), value("1"), unix.ENOENT},
		{sysctl("net.ipv4.ip_forward"), value("0"), nil, unix.EOPNOTSUPP},
		{sysctl("net.ipv4.ip_forward"), value("0"), value("yes"), unix.EINVAL},
		{sysctl("net.ipv4.ip_forward"), value("0"), value("1 2"), unix.EINVAL},
		{sysctl("net.ipv4.ip_forward"), value("0"), value(""), unix.EINVAL},
		{sysctl("net.ipv6.conf.all.forwarding"), value("0"), value("yes"), unix.EINVAL},
		{sysctl("net.ipv6.conf.eth0.forwarding"), value("0"), value("-1"), 0},
		{sysctl("net.ipv4.conf.eth0.arp_ignore"), value("0"), value("0x1"), unix.EINVAL},
		{sysctl("net.ipv4.conf.eth0.arp_ignore"), value("0"), value("2147483648"), unix.EINVAL},
		{sysctl("net.ipv4.conf.eth0.arp_ignore"), value("0"), value("-1"), 0},
		{sysctl("net.ipv4.vs.conntrack"), value("0"), value("2"), 0},
		{sysctl("net.ipv4.vs.drop_entry"), value("0"), value("4"), unix.EINVAL},
		{sysctl("net.ipv4.vs.drop_entry"), value("0"), value("-1"), unix.EINVAL},
		{sysctl("net.ipv4.vs.drop_entry"), value("0"), value("3"), 0},
		{sysctl("net.ipv4.vs.secure_tcp"), value("0"), value("2"), 0},
		{sysctl("net.ipv4.vs.sync_retries"), value("0"), value("4"), unix.EINVAL},
		{sysctl("net.ipv4.vs.sync_version"), value("1"), value("2"), unix.EINVAL},
		{sysctl("net.ipv4.vs.sync_ports"), value("1"), value("3"), unix.EINVAL},
		{sysctl("net.ipv4.vs.sync_ports"), value("1"), value("64"), 0},
		{sysctl("net.ipv4.vs.sync_threshold"), value("3 50"), value("50 3"), unix.EINVAL},
		{sysctl("net.ipv4.vs.sync_threshold"), value("3 50"), value("1 2 3"), unix.EINVAL},
		{sysctl("net.ipv4.vs.sync_threshold"), value("3 50"), value("x"), unix.EINVAL},
		{sysctl("net.ipv4.vs.sync_threshold"), value("3 50"), value("5 0"), 0},
	})
}

// Of a setting that it knows nothing of, a simulated node takes any words.
func TestKernelRefusesWords(t *testing.T) {
	d, k := kernelWith(t, "0"), spec.SysctlKey{Name: "net.core.somaxconn"}
	if err := one(t, d, k, spec.Sysctl{Value: "4096"}, spec.Sysctl{Value: "words"}); !errors.Is(err, unix.EINVAL) {
		t.Error(err)
	}
}

func TestKernelVanishes(t *testing.T) {
	d := kernel(t)
	before := read(t, d)
	drivertest.Run(t, "ip", "link", "del", "eth0")
	vip := on("eth0", "192.0.2.10/32")
	changes := []plan.Change{
		{Key: vip, After: spec.VIP(vip)},
		{Key: on("eth0", "10.0.0.2/24"), Before: before.Addresses[on("eth0", "10.0.0.2/24")]},
		{Key: permanent("eth0", "10.0.0.53"), After: spec.Neighbour{MAC: "02:00:5e:00:53:01"}},
		{Key: spec.LinkKey{Name: "eth0"}, Before: spec.Link{Type: "dummy", Up: true}, After: spec.Link{Type: "dummy"}},
		{Key: spec.ConfSysctl("ipv4", "eth0", "arp_ignore"), Before: spec.Sysctl{Value: "0"}, After: spec.Sysctl{Value: "1"}},
		{Key: on("eth1", "192.0.2.10/32"), After: spec.VIP(on("eth1", "192.0.2.10/32"))},
	}
	results := d.Do(context.Background(), changes)
	for i, want := range []syscall.Errno{unix.ENODEV, unix.ENODEV, unix.ENODEV, unix.ENODEV, unix.ENOENT, 0} {
		var refusal *spec.Refusal
		if ok := errors.As(results[i].Err, &refusal); results[i].Unknown || ok != (want != 0) || ok && (refusal.Errno != want || refusal.Key != changes[i].Key) {
			t.Errorf("%s: %+v, want %s", changes[i], results[i], spec.ErrnoName(want))
		}
	}
}
