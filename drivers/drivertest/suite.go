package drivertest

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Driver is what the suite is about: apply.Driver as far as the table goes.
type Driver interface {
	Host(ctx context.Context) (plan.Host, error)
	Read(ctx context.Context) (spec.State, error)
	Connections(ctx context.Context, services []spec.ServiceKey) (map[spec.DestinationKey]spec.Connections, error)
	Cannot(k spec.Key, v spec.Value) error
	Do(ctx context.Context, changes []plan.Change) []plan.Result
}

// Suite proves that a driver reads what it wrote, and knows of each change whether it was done. Every driver passes it. What
// a driver cannot express it must refuse by name, change nothing, and then the suite goes on without it.
// open is called in each subtest and gives an empty node of its own, with the timeouts of a fresh kernel and two
// interfaces that are up: lo and eth0.
func Suite(t *testing.T, open func(t *testing.T) Driver) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *node)
	}{
		{"empty", testEmpty},
		{"expressible", testExpressible},
		{"host", testHost},
		{"every kind", testKinds},
		{"service attributes", testServiceAttributes},
		{"destination attributes", testDestinationAttributes},
		{"timeouts attributes", testTimeoutsAttributes},
		{"daemon attributes", testDaemonAttributes},
		{"timeouts left open", testTimeoutsLeftOpen},
		{"refusals", testRefusals},
		{"refused in a batch", testRefusedInBatch},
		{"large batch", testLargeBatch},
		{"cancelled", testCancelled},
		{"orphans", testOrphans},
		{"mixed families and daemons", testMixed},
		{"connections", testConnections},
		{"there and back", testThereAndBack},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, &node{open(t), t, fresh()}) })
	}
}

// node is a driver and what its node must be.
type node struct {
	Driver
	t    *testing.T
	want spec.State
}

func fresh() spec.State {
	return spec.State{Timeouts: map[spec.TimeoutsKey]spec.Timeouts{{}: {TCP: 900, TCPFin: 120, UDP: 300}}}
}

// done does changes that must succeed, and expects their outcome from then on.
func (n *node) done(changes ...plan.Change) {
	n.t.Helper()
	for i, r := range results(n.t, n.Driver, changes...) {
		if n.incapable(changes[i], r) {
			continue
		}
		if r != (plan.Result{}) {
			n.t.Errorf("%s: %+v", changes[i], r)
		}
		n.expect(changes[i])
	}
}

func (n *node) expect(c plan.Change) {
	after := spec.Settle(n.want.Get(c.Key), c.After)
	if d, ok := after.(spec.Destination); ok && d.Forward != spec.TunnelTo {
		d.Tunnel = spec.Tunnel{} // of a destination that is not tunnelled, no driver shows it
		after = d
	}
	n.want.Set(c.Key, after)
	if k, ok := c.Key.(spec.ServiceKey); ok && c.After == nil {
		for _, d := range n.want.Servers()[k] {
			n.want.Set(d, nil)
		}
	}
}

// check reads twice: a read must not change what is read.
func (n *node) check() {
	n.t.Helper()
	for range 2 {
		got, err := n.Read(n.t.Context())
		if err != nil {
			n.t.Fatal(err)
		}
		if diff := cmp.Diff(TableLines(n.want), TableLines(got)); diff != "" {
			n.t.Errorf("state (-want +got):\n%s", diff)
		}
	}
}

// refused does one change that the kernel must refuse, with nothing else changed.
func (n *node) refused(c plan.Change, want syscall.Errno) {
	n.t.Helper()
	n.isRefusal(c, results(n.t, n.Driver, c)[0], want)
}

func (n *node) isRefusal(c plan.Change, got plan.Result, want syscall.Errno) {
	n.t.Helper()
	if !n.incapable(c, got) {
		isRefusal(n.t, c, got, want)
	}
}

func create(k spec.Key, v spec.Value) plan.Change { return plan.Change{Key: k, After: v} }
func update(k spec.Key, from, to spec.Value) plan.Change {
	return plan.Change{Key: k, Before: from, After: to}
}
func remove(k spec.Key, v spec.Value) plan.Change { return plan.Change{Key: k, Before: v} }

func listener(p spec.Protocol, a string) spec.ServiceKey {
	return spec.Listener(p, netip.MustParseAddrPort(a))
}

func server(k spec.ServiceKey, a string) spec.DestinationKey {
	return spec.DestinationKey{Service: k, Address: netip.MustParseAddrPort(a)}
}

func testEmpty(_ *testing.T, n *node) { n.check() }

func testHost(t *testing.T, n *node) {
	first, err := n.Host(t.Context())
	if err != nil || first.Name == "" || first.Driver == "" {
		t.Errorf("host %+v, %v", first, err)
	}
	n.done(create(listener(spec.TCP, "192.0.2.10:80"), spec.Service{Scheduler: "rr"}))
	if second, err := n.Host(t.Context()); err != nil || cmp.Diff(first, second) != "" {
		t.Errorf("host %+v after a change, %v; before %+v", second, err, first)
	}
}

func testConnections(t *testing.T, n *node) {
	web, dns := listener(spec.TCP, "192.0.2.10:80"), listener(spec.UDP, "[2001:db8::10]:53")
	a, b, c := server(web, "10.0.0.11:80"), server(web, "10.0.0.12:80"), server(dns, "[2001:db8:1::11]:53")
	n.done(create(web, spec.Service{Scheduler: "rr"}), create(dns, spec.Service{Scheduler: "rr"}),
		create(a, spec.Destination{}), create(b, spec.Destination{}), create(c, spec.Destination{}))
	for _, x := range []struct {
		ask  []spec.ServiceKey
		want map[spec.DestinationKey]spec.Connections
	}{
		{nil, nil},
		{[]spec.ServiceKey{web}, map[spec.DestinationKey]spec.Connections{a: {}, b: {}}},
		{[]spec.ServiceKey{dns, listener(spec.TCP, "192.0.2.10:81"), web}, map[spec.DestinationKey]spec.Connections{a: {}, b: {}, c: {}}},
	} {
		got, err := n.Connections(t.Context(), x.ask)
		same := cmp.Diff(len(x.want), len(got)) == ""
		for k, v := range x.want {
			at, ok := got[k]
			same = same && ok && at == v
		}
		if err != nil || !same {
			t.Errorf("connections of %v: %v, %v; want %v", x.ask, got, err, x.want)
		}
	}
}

// The law of plan, on the driver: a changeset from a to b done on a gives b, and its inverse gives a back.
func testThereAndBack(t *testing.T, n *node) {
	r := rand.New(rand.NewPCG(1, 0))
	now := func(o plan.Options, to spec.State) {
		t.Helper()
		for _, batch := range plan.Diff(n.want, to, o).Batches() {
			n.done(batch.Changes()...)
		}
		n.check()
	}
	for range 6 {
		before, after := n.want.Clone(), Expressible(n.Driver, RandomState(r))
		now(plan.Options{}, after)
		now(plan.Options{}, before)
		now(plan.Options{}, after)
		if t.Failed() {
			t.Fatalf("from %s\nto %s", strings.Join(TableLines(before), "\n"), strings.Join(TableLines(after), "\n"))
		}
	}
}
