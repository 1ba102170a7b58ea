//go:build linux

package netlink

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/internal/doubt"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

func open(t testing.TB, o Options) *Driver {
	t.Helper()
	d, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// openBoth gives a driver that reads by whatever is faster and one that reads by netlink alone.
func openBoth(t *testing.T) (d, slow *Driver) {
	t.Helper()
	d, slow = open(t, Options{}), open(t, Options{})
	if err := slow.table.close(); err != nil {
		t.Fatal(err)
	}
	slow.table = nil
	return d, slow
}

func read(t *testing.T, d *Driver) spec.State {
	t.Helper()
	s, err := d.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustDo(t *testing.T, d *Driver, changes ...plan.Change) {
	t.Helper()
	for i, r := range do(t, d, changes...) {
		if r != (plan.Result{}) {
			t.Fatalf("%s: %+v", changes[i], r)
		}
	}
}

func same(t *testing.T, what string, want, got spec.State) {
	t.Helper()
	if diff := cmp.Diff(drivertest.TableLines(want), drivertest.TableLines(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// shown is a state as drivers show it.
func shown(s spec.State) spec.State {
	s = s.Clone()
	for k, v := range s.Destinations {
		s.Set(k, doubt.Seen(v))
	}
	return s
}

var freshTimeouts = map[spec.TimeoutsKey]spec.Timeouts{{}: {TCP: 900, TCPFin: 120, UDP: 300}}

// From one random state to the next: everybody who reads the table sees the same.
func TestKernelEverybodySeesTheSame(t *testing.T) {
	drivertest.KernelNode(t)
	d, slow := openBoth(t)
	r := rand.New(rand.NewPCG(7, 0))
	now := spec.State{Timeouts: freshTimeouts}
	for range 40 {
		next := drivertest.RandomState(r)
		mustDo(t, d, plan.Diff(now, next, plan.Options{}).Changes()...)
		now = next
		same(t, "read", now, read(t, d))
		same(t, "read by netlink alone", now, read(t, slow))
		same(t, "cloudflare/ipvs", now, oracle(t))
		got := slices.Sorted(strings.Lines(drivertest.Run(t, "ipvsadm", "-Sn")))
		if diff := cmp.Diff(strings.Join(saved(now), "\n"), strings.TrimSpace(strings.Join(got, ""))); diff != "" {
			t.Errorf("ipvsadm -Sn (-want +got):\n%s", diff)
		}
		if t.Failed() {
			return
		}
	}
}

// One attribute changed alone is what changes in the kernel, and nothing else is.
func TestKernelAttributes(t *testing.T) {
	udp := func(a string) spec.ServiceKey { return spec.Listener(spec.UDP, netip.MustParseAddrPort(a)) }
	plain := spec.Service{Scheduler: "wlc"}
	full4 := spec.Service{
		Scheduler: "sh", Flags: spec.Flag2, OnePacket: true, Persistent: true, Timeout: 300, Netmask: spec.MaskIPv4(0xfff0ff00), Engine: "sip",
	}
	full6 := full4
	full6.Netmask = spec.PrefixIPv6(56)
	gue := spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: spec.GUE, Port: 6080}, Weight: 1, UpperThreshold: 100}
	gre := spec.Destination{
		Forward: spec.Direct, Tunnel: spec.Tunnel{Type: spec.GRE, Port: 7000, Checksum: spec.ChecksumFull},
		Weight: 70000, UpperThreshold: 200, LowerThreshold: 20,
	}
	group := netip.MustParseAddr
	for _, c := range []struct {
		key         spec.Key
		base, other spec.Value
	}{
		{udp("192.0.2.10:5060"), plain, full4},
		{udp("192.0.2.10:5060"), full4, plain},
		{udp("[2001:db8::10]:5060"), plain, full6},
		{udp("[2001:db8::10]:5060"), full6, plain},
		{spec.Mark(1<<31, spec.IPv4), plain, full4},
		{spec.Mark(7, spec.IPv6), full6, plain},
		{serverOn(web, "10.0.0.11:80"), gue, gre},
		{serverOn(spec.Mark(7, spec.IPv6), "[2001:db8:1::11]:0"), gue, gre},
		{spec.TimeoutsKey{}, spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300}, spec.Timeouts{TCP: 7200, TCPFin: 60, UDP: 30}},
		{spec.SyncDaemonKey{Role: spec.Master},
			spec.SyncDaemon{Interface: "eth0", SyncID: 1, MaxLen: 1400, Group: group("224.0.0.81"), Port: 8848, TTL: 1},
			spec.SyncDaemon{Interface: "lo", SyncID: 255, MaxLen: 1200, Group: group("ff02::99"), Port: 9000, TTL: 3}},
		{spec.SyncDaemonKey{Role: spec.Backup},
			spec.SyncDaemon{Interface: "lo", SyncID: 1, MaxLen: 1400, Group: group("224.0.0.81"), Port: 8848, TTL: 1},
			spec.SyncDaemon{Interface: "eth0", SyncID: 0, MaxLen: 9000, Group: group("239.9.9.9"), Port: 1, TTL: 255}},
	} {
		t.Run(c.key.String(), func(t *testing.T) {
			drivertest.KernelNode(t)
			attribute(t, c.key, c.base, c.other)
		})
	}
}

func attribute(t *testing.T, k spec.Key, base, other spec.Value) {
	d, slow := openBoth(t)
	rest := oracle(t)
	if x, ok := k.(spec.DestinationKey); ok {
		mustDo(t, d, create(x.Service, rr))
		rest.Set(x.Service, rr)
	}
	if k.Kind() == spec.KindTimeouts {
		base = rest.Get(k)
	} else {
		mustDo(t, d, create(k, base))
	}
	edit := func(from, to spec.Value) {
		t.Helper()
		if k.Kind() == spec.KindSyncDaemon {
			mustDo(t, d, plan.Change{Key: k, Before: from}, create(k, to))
		} else {
			mustDo(t, d, plan.Change{Key: k, Before: from, After: to})
		}
		want := rest.Clone()
		want.Set(k, to)
		same(t, "the kernel", want, oracle(t))
		same(t, "read", shown(want), read(t, d))
		same(t, "read by netlink alone", shown(want), read(t, slow))
	}
	for _, a := range spec.Attributes(k.Kind()) {
		to := a.Copy(base, other)
		if a.Same(base, to) {
			t.Errorf("%s: nothing that it could be changed to", a.Name)
		}
		edit(base, to)
		edit(to, base)
	}
}

// A network namespace that is gone leaves its inode to the next one, and its name to nobody.
func TestKernelNamespacesAreToldApart(t *testing.T) {
	seen := map[string]bool{}
	for range 5 {
		drivertest.Kernel(t)
		d, err := Open(Options{})
		if err != nil {
			t.Fatal(err)
		}
		h, err := d.Host(t.Context())
		if err != nil || seen[h.Namespace] {
			t.Errorf("%q again, %v", h.Namespace, err)
		}
		seen[h.Namespace] = true
		d.Close()
		time.Sleep(100 * time.Millisecond) // the kernel takes namespaces down when it has time
	}
}
