package drivertest

import (
	"fmt"
	"net/netip"
	"slices"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

func testRefusals(_ *testing.T, n *node) {
	web, none := listener(spec.TCP, "192.0.2.10:80"), listener(spec.TCP, "192.0.2.10:81")
	six := listener(spec.TCP, "[2001:db8::10]:80")
	rs1, rs2, orphan := server(web, "10.0.0.11:80"), server(web, "10.0.0.12:80"), server(none, "10.0.0.11:80")
	rr, one := spec.Service{Scheduler: "rr"}, spec.Destination{Weight: 1}
	n.done(create(web, rr), create(rs1, one))
	for _, c := range []struct {
		change plan.Change
		want   syscall.Errno
	}{
		{create(web, rr), syscall.EEXIST},
		{update(none, rr, rr), syscall.ESRCH},
		{remove(none, rr), syscall.ESRCH},
		{create(none, spec.Service{Scheduler: "bogus"}), syscall.ENOENT},
		{create(none, spec.Service{Scheduler: "rr", Engine: "bogus"}), syscall.ENOENT},
		{create(none, spec.Service{}), syscall.ENOENT},
		{create(none, spec.Service{Scheduler: "sixteen--letters"}), syscall.EINVAL},
		{create(none, spec.Service{Scheduler: "rr", Engine: "seventeen-letters"}), syscall.EINVAL},
		{create(none, spec.Service{Scheduler: "rr", Netmask: spec.PrefixIPv6(64)}), syscall.EINVAL},
		{create(six, spec.Service{Scheduler: "rr", Netmask: spec.MaskIPv4(0xffffff00)}), syscall.EINVAL},
		{update(web, rr, spec.Service{Scheduler: "bogus"}), syscall.ENOENT},
		{update(web, rr, spec.Service{Scheduler: "wlc", Engine: "bogus"}), syscall.ENOENT},
		{create(rs1, one), syscall.EEXIST},
		{create(orphan, one), syscall.ESRCH},
		{update(orphan, one, one), syscall.ESRCH},
		{remove(orphan, one), syscall.ESRCH},
		{update(rs2, one, one), syscall.ENOENT},
		{remove(rs2, one), syscall.ENOENT},
		{create(rs2, spec.Destination{Weight: 1 << 31}), syscall.ERANGE},
		{create(rs2, spec.Destination{LowerThreshold: 1}), syscall.ERANGE},
		{update(rs1, one, spec.Destination{UpperThreshold: 1, LowerThreshold: 2}), syscall.ERANGE},
		{create(rs2, spec.Destination{Tunnel: spec.Tunnel{Type: spec.GUE}}), syscall.EINVAL},
		{create(server(web, "0.0.0.0:80"), one), syscall.EINVAL},
		{create(server(web, "224.0.0.5:80"), one), syscall.EINVAL},
		{create(server(web, "255.255.255.255:80"), one), syscall.EINVAL},
		{create(server(web, "[2001:db8:1::11]:80"), one), syscall.EINVAL},
		{update(spec.TimeoutsKey{}, n.want.Get(spec.TimeoutsKey{}), spec.Timeouts{TCP: 1 << 31}), syscall.EINVAL},
		{remove(spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "lo"}), syscall.ESRCH},
		{create(spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "bogus"}), syscall.ENODEV},
		{create(spec.SyncDaemonKey{Role: spec.Backup}, spec.SyncDaemon{}), syscall.ENODEV},
		{create(spec.SyncDaemonKey{Role: spec.Backup}, spec.SyncDaemon{Interface: "lo", Group: netip.MustParseAddr("192.0.2.1")}), syscall.EINVAL},
	} {
		n.refused(c.change, c.want)
		n.check()
	}
	n.done(create(spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "lo"}))
	n.refused(create(spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "eth0"}), syscall.EEXIST)
}

// Whatever the place of the refused change in a batch, the others are done and it alone is said to have failed.
func testRefusedInBatch(_ *testing.T, n *node) {
	for port, at := range [][]int{{0}, {4}, {9}, {0, 1}, {8, 9}, {0, 4, 9}} {
		web := listener(spec.TCP, fmt.Sprintf("192.0.2.10:%d", 1+port))
		n.done(create(web, spec.Service{Scheduler: "rr"}))
		var changes []plan.Change
		for i := range 10 {
			v := spec.Destination{Weight: 1}
			if slices.Contains(at, i) {
				v.LowerThreshold = 1
			}
			changes = append(changes, create(server(web, fmt.Sprintf("10.0.0.%d:80", 11+i)), v))
		}
		n.partly(changes, func(i int) bool { return slices.Contains(at, i) })
	}
}

// partly does a batch of which some changes must be refused with ERANGE, and returns the inverse of the others, last first.
func (n *node) partly(changes []plan.Change, refused func(i int) bool) (back []plan.Change) {
	n.t.Helper()
	for i, r := range results(n.t, n.Driver, changes...) {
		switch {
		case refused(i):
			n.isRefusal(changes[i], r, syscall.ERANGE)
			continue
		case r != (plan.Result{}):
			n.t.Errorf("%s: %+v", changes[i], r)
		}
		n.expect(changes[i])
		back = append(back, changes[i].Inverse())
	}
	n.check()
	slices.Reverse(back)
	return back
}

// More changes than one message or one socket buffer holds, some of them refused, in the order that they depend on.
func testLargeBatch(_ *testing.T, n *node) {
	var changes []plan.Change
	for i := range 100 {
		web := listener(spec.TCP, fmt.Sprintf("192.0.2.10:%d", 1+i))
		changes = append(changes, create(web, spec.Service{Scheduler: "rr"}))
		for j := range 29 {
			v := spec.Destination{Weight: 1, Forward: spec.Direct}
			if j%10 == i%10 {
				v.LowerThreshold = 1
			}
			changes = append(changes, create(server(web, fmt.Sprintf("10.0.%d.%d:%d", i, 1+j, 1+i)), v))
		}
	}
	back := n.partly(changes, func(i int) bool { return i%30 > 0 && (i%30-1)%10 == i/30%10 })
	n.done(back...)
	n.check()
}

func testCancelled(t *testing.T, n *node) {
	web := listener(spec.TCP, "192.0.2.10:80")
	cancelled(t, n.Driver, create(web, spec.Service{Scheduler: "rr"}), create(server(web, "10.0.0.11:80"), spec.Destination{}))
	n.check()
}

func testOrphans(_ *testing.T, n *node) {
	web, one := listener(spec.TCP, "192.0.2.10:80"), spec.Destination{Weight: 1}
	rs1, rs2 := server(web, "10.0.0.11:80"), server(web, "10.0.0.12:80")
	rr := spec.Service{Scheduler: "rr"}
	n.refused(create(rs1, one), syscall.ESRCH)
	n.done(create(web, rr), create(rs1, one), create(rs2, one))
	n.done(remove(web, rr))
	n.check()
	n.refused(remove(rs1, one), syscall.ESRCH)
	n.done(create(web, rr))
	n.check()
	n.done(create(rs2, spec.Destination{Forward: spec.Direct}))
	n.check()
}

func testMixed(_ *testing.T, n *node) {
	web, six := listener(spec.TCP, "192.0.2.10:80"), listener(spec.TCP, "[2001:db8::10]:80")
	a, b := server(web, "[2001:db8:1::11]:80"), server(six, "10.0.0.11:80")
	tunnel := spec.Destination{Forward: spec.TunnelTo, Weight: 1}
	n.done(create(web, spec.Service{Scheduler: "rr"}), create(six, spec.Service{Scheduler: "rr"}), create(a, tunnel), create(b, tunnel))
	n.check()
	master, daemon := spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{
		Interface: "lo", SyncID: 1, MaxLen: 1400, Group: netip.MustParseAddr("224.0.0.81"), Port: 8848, TTL: 1,
	}
	n.refused(update(a, tunnel, spec.Destination{Forward: spec.Direct, Weight: 1}), syscall.EINVAL)
	n.refused(create(master, daemon), syscall.EINVAL)
	n.done(remove(a, tunnel))
	n.refused(create(master, daemon), syscall.EINVAL)
	n.done(remove(six, spec.Service{Scheduler: "rr"}))
	n.done(create(master, daemon))
	n.check()
	n.refused(create(a, tunnel), syscall.EINVAL)
	n.done(remove(master, daemon), create(a, tunnel))
	n.check()
}
