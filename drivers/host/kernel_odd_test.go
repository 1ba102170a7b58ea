//go:build linux

package host

import (
	"errors"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// The kernel takes an alternative name for the interface. A state does not have it, and so nothing is done by it.
func TestKernelAlternativeNames(t *testing.T) {
	d := kernel(t)
	batch(t, "link property add dev eth0 altname wan0")
	before := read(t, d)
	vip, mac, dummy := on("wan0", "192.0.2.10/32"), permanent("wan0", "10.0.0.53"), spec.Link{Type: "dummy", Up: true}
	for c, want := range map[plan.Change]unix.Errno{
		{Key: vip, After: spec.VIP(vip)}:                                                  unix.ENODEV,
		{Key: on("wan0", "10.0.0.2/24"), Before: before.Get(on("eth0", "10.0.0.2/24"))}:   unix.ENODEV,
		{Key: mac, After: spec.Neighbour{MAC: "02:00:5e:00:53:01"}}:                       unix.ENODEV,
		{Key: spec.LinkKey{Name: "wan0"}, Before: dummy, After: spec.Link{Type: "dummy"}}: unix.ENODEV,
		{Key: spec.LinkKey{Name: "wan0"}, Before: dummy}:                                  unix.ENODEV,
		{Key: spec.LinkKey{Name: "wan0"}, After: dummy}:                                   unix.EEXIST,
	} {
		if err := one(t, d, c.Key, c.Before, c.After); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", c, err, want)
		}
	}
	if err := d.Announce(t.Context(), []spec.AddressKey{vip}); err == nil {
		t.Error("announced on an alternative name")
	}
	if diff := difference(before, read(t, d)); diff != "" {
		t.Errorf("before, after\n%s", diff)
	}
}

// An interface can have an IPv4 address several times, with different peers.
func TestKernelPeers(t *testing.T) {
	d := kernel(t)
	k, v := on("eth0", "10.0.1.1/32"), spec.Address{Label: "eth0", Scope: "link"}
	batch(t,
		"address add 10.0.1.1 peer 10.0.1.2 dev eth0 label eth0:2",
		"address add 10.0.1.1/32 dev eth0 scope link",
		"address add 10.0.1.1 peer 10.0.1.3 dev eth0 label eth0:3")
	deprecated := v
	deprecated.Deprecated = true
	must(t, d, k, v, deprecated)
	if got := read(t, d).Get(k); got != spec.Value(deprecated) {
		t.Errorf("%+v is shown", got)
	}
	must(t, d, k, deprecated, nil)
	if got := read(t, d).Get(k); got == nil {
		t.Error("those with a peer are not shown")
	}
	if err := one(t, d, k, v, nil); !errors.Is(err, unix.EADDRNOTAVAIL) {
		t.Errorf("one with a peer: %v", err)
	}
	drivertest.Run(t, "ip", "address", "del", "10.0.1.1", "peer", "10.0.1.2", "dev", "eth0")
	drivertest.Run(t, "ip", "address", "del", "10.0.1.1", "peer", "10.0.1.3", "dev", "eth0")
}
