package drivertest

import (
	"strings"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

func testAddresses(_ *testing.T, n *around) {
	for _, k := range []spec.AddressKey{
		address("eth0", "192.0.2.10/32"), address("eth0", "192.0.2.11/32"), address("lo", "192.0.2.10/32"), address("eth1", "192.0.2.10/32"),
		address("eth0", "192.0.2.10/24"), address("eth0", "224.0.0.9/32"), address("eth0", "255.255.255.255/32"), address("eth0", "127.0.0.9/32"),
		address("eth0", "2001:db8::10/128"), address("lo", "2001:db8::10/128"), address("eth0", "fd00::1/64"),
	} {
		n.done(create(k, spec.VIP(k)))
		n.check()
		n.refused(create(k, spec.VIP(k)), syscall.EEXIST)
	}
	n.refused(create(address("eth0", "2001:db8::10/64"), spec.VIP(address("eth0", "2001:db8::10/64"))), syscall.EEXIST)
	for _, k := range n.want.Keys() {
		if a, ok := n.want.Get(k).(spec.Address); ok && a.Origin == spec.OriginLVSForm {
			n.done(remove(k, a))
			n.check()
		}
	}
}

func testAddressAttributes(t *testing.T, n *around) {
	for _, k := range []spec.AddressKey{address("eth0", "192.0.2.10/32"), address("lo", "192.0.2.0/25"), address("eth0", "2001:db8::10/128")} {
		base := spec.Address{Scope: "global"}
		other := spec.Address{Scope: "global", NoPrefixRoute: true, NoDAD: true, Deprecated: true, Origin: spec.OriginLVSForm}
		if k.Prefix.Addr().Is4() {
			base.Label, other.Label, other.Scope = k.Interface, "any:text, or no", "host"
			other.NoDAD = false // which IPv4 has not: see below
		}
		for _, a := range spec.Attributes(spec.KindAddress) {
			if a.Name == "dynamic" {
				continue // is somebody else's
			}
			n.addressThereAndBack(k, a.Copy(base, other).(spec.Address))
		}
		n.addressThereAndBack(k, other)
	}
	k := address("eth0", "192.0.2.10/32")
	n.done(create(k, spec.Address{Label: "eth0", Scope: "global", NoDAD: true}))
	n.expect(k, spec.Address{Label: "eth0", Scope: "global"})
	n.check()
	n.done(remove(k, spec.Address{Label: "eth0", Scope: "global"}))
	for _, scope := range []string{"global", "site", "link", "host", "nowhere", "7"} {
		n.addressThereAndBack(k, spec.Address{Label: "eth0", Scope: scope})
	}
	n.done(create(k, spec.Address{Scope: "253"})) // in another spelling than it reads
	n.expect(k, spec.Address{Label: "eth0", Scope: "link"})
	n.check()
	if t.Failed() {
		t.Fatal("the rest would say it again")
	}
}

// addressThereAndBack makes an address, deprecates it and the other way round, and removes it.
func (n *around) addressThereAndBack(k spec.AddressKey, v spec.Address) {
	n.t.Helper()
	n.done(create(k, v))
	n.check()
	turned := v
	turned.Deprecated = !v.Deprecated
	n.done(update(k, v, turned))
	n.check()
	n.done(update(k, turned, turned), update(k, turned, v), remove(k, v))
	n.check()
}

func testAddressRefusals(_ *testing.T, n *around) {
	four, six := address("eth0", "192.0.2.10/32"), address("eth0", "2001:db8::10/128")
	v, w := spec.VIP(four), spec.VIP(six)
	n.done(create(four, v), create(six, w))
	with := func(edit func(*spec.Address)) spec.Address { x := v; edit(&x); return x }
	none := address("eth0", "192.0.2.11/32")
	n.refuses(
		refusal{create(address("none", "192.0.2.10/32"), v), syscall.ENODEV},
		refusal{remove(address("none", "192.0.2.10/32"), v), syscall.ENODEV},
		refusal{update(address("none", "192.0.2.10/32"), v, v), syscall.ENODEV},
		refusal{update(none, v, v), syscall.EADDRNOTAVAIL},
		refusal{remove(none, v), syscall.EADDRNOTAVAIL},
		refusal{remove(address("eth0", "192.0.2.10/24"), v), syscall.EADDRNOTAVAIL},
		refusal{remove(address("eth0", "2001:db8::10/64"), w), syscall.EADDRNOTAVAIL},
		refusal{remove(four, with(func(a *spec.Address) { a.Label = "eth0:1" })), syscall.EADDRNOTAVAIL},
		refusal{create(none, with(func(a *spec.Address) { a.Label = "sixteen--letters" })), syscall.ERANGE},
		refusal{create(none, with(func(a *spec.Address) { a.Scope = "bogus" })), syscall.EINVAL},
		refusal{create(none, with(func(a *spec.Address) { a.Scope = "256" })), syscall.EINVAL},
		refusal{create(none, with(func(a *spec.Address) { a.Dynamic = true })), syscall.EOPNOTSUPP},
		refusal{create(address("eth0", "0.0.0.0/32"), v), syscall.EINVAL},
		refusal{create(address("eth0", "::/128"), w), syscall.EADDRNOTAVAIL},
		refusal{create(address("eth0", "ff02::9/128"), w), syscall.EADDRNOTAVAIL},
		refusal{create(address("eth0", "::1/128"), w), syscall.EADDRNOTAVAIL},
		refusal{create(address("eth0", "10.0.0.3/24"), with(func(a *spec.Address) { a.Scope = "link" })), syscall.EINVAL},
		refusal{update(four, v, with(func(a *spec.Address) { a.Label = "eth0:1" })), syscall.EOPNOTSUPP},
		refusal{update(four, v, with(func(a *spec.Address) { a.Scope = "link" })), syscall.EOPNOTSUPP},
		refusal{update(four, v, with(func(a *spec.Address) { a.NoPrefixRoute = true })), syscall.EOPNOTSUPP},
	)
}

// testHostBatch: whatever the place of the refused changes in a batch, the others are done and they alone are said to have failed.
func testHostBatch(t *testing.T, n *around) {
	n.done(create(link("any0"), dummyUp))
	n.arises("any0", dummyUp)
	var changes []plan.Change
	var bad []bool
	add := func(c plan.Change, refused bool) { changes, bad = append(changes, c), append(bad, refused) }
	for i := range 40 {
		k := address("any0", strings.Replace("192.0.2.N/32", "N", string(rune('1'+i%9)), 1))
		add(create(k, spec.VIP(k)), i >= 9)
		mac := neighbour("any0", strings.Replace("192.0.2.10N", "N", string(rune('1'+i%9)), 1))
		add(create(mac, spec.Neighbour{MAC: "02:00:5e:00:53:01"}), i >= 9)
		add(update(conf("any0", "arp_ignore"), spec.Sysctl{Value: "0"}, spec.Sysctl{Value: []string{"1", "no", "2"}[i%3]}), i%3 == 1)
		add(update(sysctl("net.ipv4.vs.bogus"), spec.Sysctl{}, spec.Sysctl{Value: "1"}), true)
	}
	for i, r := range results(t, n.HostDriver, changes...) {
		if bad[i] != (r.Err != nil) || r.Unknown {
			t.Errorf("%s: %+v", changes[i], r)
		}
		if r.Err == nil {
			n.expect(changes[i].Key, changes[i].After)
		}
	}
	n.check()
}

func testHostCancelled(t *testing.T, n *around) {
	k, rule := address("eth0", "192.0.2.10/32"), create(filter("eth0", "192.0.2.10"), spec.ARPFilter{})
	cancelled(t, n.HostDriver, rule, create(k, spec.VIP(k)), n.set(conf("eth0", "arp_ignore"), "1"), rule, create(link("any0"), dummyUp))
	n.check()
}
