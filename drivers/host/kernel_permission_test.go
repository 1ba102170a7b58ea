//go:build linux

package host

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// without takes a capability from the thread of the test, and from the programs that it runs.
func without(t *testing.T, capability int) {
	t.Helper()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		t.Fatal(err)
	}
	bit := uint32(1) << (capability % 32)
	data[capability/32].Effective &^= bit
	data[capability/32].Permitted &^= bit
	if err := unix.Prctl(unix.PR_CAPBSET_DROP, uintptr(capability), 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	if err := unix.Capset(&header, &data[0]); err != nil {
		t.Fatal(err)
	}
}

type refused struct {
	change plan.Change
	errno  syscall.Errno
	words  string
}

func isRefused(t *testing.T, d *Driver, cases ...refused) {
	t.Helper()
	before := read(t, d)
	for _, c := range cases {
		r := d.Do(context.Background(), []plan.Change{c.change})[0]
		if !errors.Is(r.Err, c.errno) || r.Unknown || !strings.Contains(r.Err.Error(), c.words) || !strings.Contains(r.Err.Error(), c.change.String()) {
			t.Errorf("%s: %+v, want %s with %q", c.change, r, spec.ErrnoName(c.errno), c.words)
		}
	}
	if diff := difference(before, read(t, d)); diff != "" {
		t.Errorf("before, after\n%s", diff)
	}
}

func TestKernelWithoutNetAdmin(t *testing.T) {
	d := kernel(t)
	without(t, unix.CAP_NET_ADMIN)
	if _, err := d.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "CAP_NET_ADMIN") {
		t.Errorf("the rules are read: %v", err)
	}
	d.rules = &spyRules{}
	vip, vip6 := on("eth0", "192.0.2.10/32"), on("eth0", "2001:db8::10/128")
	const words = "CAP_NET_ADMIN in the network namespace"
	isRefused(t, d,
		refused{plan.Change{Key: vip, After: spec.VIP(vip)}, unix.EPERM, words},
		refused{plan.Change{Key: vip6, After: spec.VIP(vip6)}, unix.EPERM, words},
		refused{plan.Change{Key: on("eth0", "10.0.0.2/24"), Before: spec.Address{Label: "eth0"}}, unix.EPERM, words},
		refused{plan.Change{Key: permanent("eth0", "10.0.0.53"), After: spec.Neighbour{MAC: "02:00:5e:00:53:01"}}, unix.EPERM, words},
		refused{plan.Change{Key: spec.LinkKey{Name: "any0"}, After: spec.Link{Type: "dummy"}}, unix.EPERM, words},
		refused{plan.Change{Key: spec.LinkKey{Name: "eth0"}, Before: spec.Link{Type: "dummy", Up: true}, After: spec.Link{Type: "dummy"}}, unix.EPERM, words},
		refused{plan.Change{Key: spec.GUEReceiver(6080), After: spec.Link{Type: "gue", Up: true}}, unix.EPERM, words},
		refused{plan.Change{Key: spec.SysctlKey{Name: "net.ipv4.ip_forward"}, Before: spec.Sysctl{Value: "0"}, After: spec.Sysctl{Value: "1"}}, unix.EPERM, "CAP_NET_ADMIN"},
	)
}

func TestKernelWithoutSysModule(t *testing.T) {
	d := kernel(t)
	drivertest.Run(t, "modprobe", "-r", "sit")
	without(t, unix.CAP_SYS_MODULE)
	isRefused(t, d, refused{plan.Change{Key: spec.ModuleKey{Name: "sit"}, After: spec.Module{}}, unix.EPERM, "CAP_SYS_MODULE"})
}

func TestKernelWithoutNetRaw(t *testing.T) {
	d := kernel(t)
	batch(t, "link add veth0 type veth peer name veth1", "link set veth0 up", "link set veth1 up")
	without(t, unix.CAP_NET_RAW)
	for _, k := range []spec.AddressKey{on("veth0", "192.0.2.10/32"), on("veth0", "2001:db8::10/128")} {
		err := d.Announce(context.Background(), []spec.AddressKey{k})
		if !errors.Is(err, unix.EPERM) || !strings.Contains(err.Error(), "CAP_NET_RAW") || !strings.Contains(err.Error(), k.String()) {
			t.Error(err)
		}
	}
}

func TestKernelReadOnlyProc(t *testing.T) {
	d := kernel(t)
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		t.Fatal(err)
	}
	for _, m := range []struct {
		from, to string
		flags    uintptr
	}{
		{"none", "/", unix.MS_REC | unix.MS_PRIVATE},
		{"/proc/sys", "/proc/sys", unix.MS_BIND},
		{"none", "/proc/sys", unix.MS_REMOUNT | unix.MS_BIND | unix.MS_RDONLY},
	} {
		if err := unix.Mount(m.from, m.to, "", m.flags, ""); err != nil {
			t.Fatal(err)
		}
	}
	isRefused(t, d,
		refused{plan.Change{Key: spec.SysctlKey{Name: "net.ipv4.ip_forward"}, Before: spec.Sysctl{Value: "0"}, After: spec.Sysctl{Value: "1"}}, unix.EROFS, "read-only"},
		refused{plan.Change{Key: spec.SysctlKey{Name: "net.ipv4.nonsense"}, After: spec.Sysctl{Value: "1"}}, unix.ENOENT, "no such setting"},
	)
}

func TestKernelWithoutIPv6(t *testing.T) {
	d := kernel(t)
	set(t, "net/ipv6/conf/eth1/disable_ipv6", "1")
	vip := on("eth1", "2001:db8::10/128")
	isRefused(t, d, refused{plan.Change{Key: vip, After: spec.VIP(vip)}, unix.EACCES, "net.ipv6.conf.eth1.disable_ipv6"})
}

func TestKernelPortInUse(t *testing.T) {
	d := kernel(t)
	batch(t, "fou add port 6081 ipproto 4")
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err == nil {
		defer unix.Close(fd)
		err = unix.Bind(fd, &unix.SockaddrInet4{Port: 6082})
	}
	if err != nil {
		t.Fatal(err)
	}
	gue := spec.Link{Type: "gue", Up: true}
	isRefused(t, d,
		refused{plan.Change{Key: spec.GUEReceiver(6081), After: gue}, unix.EADDRINUSE, "something else has the UDP port"},
		refused{plan.Change{Key: spec.GUEReceiver(6082), After: gue}, unix.EADDRINUSE, "something else has the UDP port"},
	)
}

// A dynamic entry gives way to a permanent one, and is none itself.
func TestKernelDynamicNeighbour(t *testing.T) {
	d := kernel(t)
	batch(t, "neigh add 10.0.0.53 lladdr 02:00:5e:00:53:99 dev eth0 nud reachable")
	k, v := permanent("eth0", "10.0.0.53"), spec.Neighbour{MAC: "02:00:5e:00:53:01"}
	isRefused(t, d,
		refused{plan.Change{Key: k, Before: v}, unix.ENOENT, "does not exist"},
		refused{plan.Change{Key: k, Before: v, After: v}, unix.ENOENT, "does not exist"},
	)
	must(t, d, k, nil, v)
	if s := read(t, d); s.Get(k) != v {
		t.Errorf("%v", s.Get(k))
	}
	agrees(t, read(t, d))
}
