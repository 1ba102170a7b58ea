package spec_test

import (
	"errors"
	"net/netip"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/spec"
)

func TestNodeDaemons(t *testing.T) {
	master, backup := spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemonKey{Role: spec.Backup}
	four, six := netip.MustParseAddr("224.0.0.81"), netip.MustParseAddr("ff05::81")
	on := func(name string) spec.SyncDaemon { return spec.SyncDaemon{Interface: name} }
	live := func(name string, maxLen uint16, group netip.Addr) spec.SyncDaemon {
		return spec.SyncDaemon{Interface: name, MaxLen: maxLen, Group: group, Port: 8848, TTL: 1}
	}
	maxLen := func(name string, n uint16, group netip.Addr) spec.SyncDaemon {
		return spec.SyncDaemon{Interface: name, MaxLen: n, Group: group}
	}
	run(t, linux(), false, []row{
		{"master", master, on("eth0"), 0, live("eth0", 1472, four)},
		{"master on a large MTU", master, on("jumbo"), 0, live("jumbo", 1472, four)},
		{"master on a small MTU", master, on("small"), 0, live("small", 1472, four)},
		{"master of IPv6", master, maxLen("eth0", 0, six), 0, live("eth0", 1452, six)},
		{"master of IPv6 where there is none", master, maxLen("small", 0, six), syscall.ENETUNREACH, nil},
		{"master on a loopback", master, on("lo"), 0, live("lo", 1472, four)},
		{"master of IPv6 on a loopback", master, maxLen("lo", 0, six), syscall.ENETUNREACH, nil},
		{"master on an interface that is down", master, on("down"), syscall.ENETUNREACH, nil},
		{"shortest of a master", master, maxLen("eth0", 1, four), 0, live("eth0", 1, four)},
		{"longest of a master", master, maxLen("eth0", 65535, four), 0, live("eth0", 65507, four)},
		{"longest of IPv6", master, maxLen("eth0", 65535, six), 0, live("eth0", 65487, six)},
		{"backup", backup, on("eth0"), 0, live("eth0", 1472, four)},
		{"backup on a large MTU", backup, on("jumbo"), 0, live("jumbo", 8972, four)},
		{"backup on a small MTU", backup, on("small"), 0, live("small", 1472, four)},
		{"backup on a loopback", backup, on("lo"), 0, live("lo", 65507, four)},
		{"backup on an interface that is down", backup, on("down"), 0, live("down", 1472, four)},
		{"shortest of a backup", backup, maxLen("eth0", 1, four), 0, live("eth0", 1024, four)},
		{"large sync id", backup, spec.SyncDaemon{Interface: "eth0", SyncID: 100000}, 0, spec.SyncDaemon{
			Interface: "eth0", SyncID: 100000, MaxLen: 1472, Group: four, Port: 8848, TTL: 1,
		}},
		{"all said", backup, spec.SyncDaemon{Interface: "eth0", SyncID: 7, MaxLen: 1400, Group: four, Port: 1, TTL: 255}, 0, nil},
		{"unknown interface", master, on("eth9"), syscall.ENODEV, nil},
		{"no interface", master, on(""), syscall.ENODEV, nil},
		{"interface of 16 characters", master, on("sixteen--letters"), syscall.EINVAL, nil},
		{"group of one", master, maxLen("eth0", 0, netip.MustParseAddr("192.0.2.1")), syscall.EINVAL, nil},
		{"IPv6 group of one", master, maxLen("eth0", 0, netip.MustParseAddr("2001:db8::1")), syscall.EINVAL, nil},
		{"wrong group before wrong interface", master, maxLen("eth9", 0, netip.MustParseAddr("192.0.2.1")), syscall.EINVAL, nil},
	})
	run(t, linux(), true, []row{
		{"stop what does not run", master, nil, syscall.ESRCH, nil},
		{"edit", master, on("eth0"), syscall.EEXIST, nil},
	})
	run(t, spec.Kernel{}, false, []row{{"any kernel leaves open what is open", master, on("eth9"), 0, nil}})
}

func TestNodeDaemonsAndMixedFamilies(t *testing.T) {
	n := spec.NewNode(linux(), spec.State{})
	mixed, tunnel := at(web, "[2001:db8:1::11]:80"), spec.Destination{Forward: spec.TunnelTo}
	master, backup, daemon := spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemonKey{Role: spec.Backup}, spec.SyncDaemon{Interface: "eth0"}
	for i, c := range []struct {
		key           spec.Key
		before, after spec.Value
		want          error
	}{
		{web, nil, rr, nil},
		{master, nil, daemon, nil},
		{master, nil, daemon, syscall.EEXIST},
		{master, nil, spec.SyncDaemon{Interface: "eth9"}, syscall.ENODEV},
		{backup, nil, daemon, nil},
		{mixed, nil, tunnel, syscall.EINVAL},
		{master, daemon, nil, nil},
		{mixed, nil, tunnel, syscall.EINVAL},
		{backup, daemon, nil, nil},
		{mixed, nil, tunnel, nil},
		{mixed, tunnel, spec.Destination{Forward: spec.Direct}, syscall.EINVAL},
		{mixed, tunnel, spec.Destination{Forward: spec.TunnelTo, Weight: 5}, nil},
		{master, nil, daemon, syscall.EINVAL},
		{web, rr, nil, nil},
		{master, nil, daemon, nil},
	} {
		if err := n.Do(c.key, c.before, c.after); !errors.Is(err, c.want) {
			t.Errorf("step %d: %v, want %v", i, err, c.want)
		}
	}
}
