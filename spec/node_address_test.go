package spec_test

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/spec"
)

// What was observed of RTM_NEWADDR and RTM_DELADDR.
func TestNodeAddresses(t *testing.T) {
	vip, six := address("eth0", "192.0.2.10/32"), address("eth0", "2001:db8::10/128")
	with := func(label, scope string) spec.Address { return spec.Address{Label: label, Scope: scope} }
	for _, c := range []struct {
		key          spec.AddressKey
		value, reads spec.Value // a value of nil deletes
		want         syscall.Errno
	}{
		{vip, spec.VIP(vip), nil, syscall.EEXIST},
		{address("eth0", "192.0.2.10/24"), with("", "0"), with("eth0", "global"), 0},
		{six, spec.VIP(six), nil, syscall.EEXIST},
		{address("eth0", "2001:db8::10/64"), spec.VIP(six), nil, syscall.EEXIST},
		{address("lo", "192.0.2.10/32"), spec.VIP(vip), spec.VIP(vip), 0},
		{address("lo", "2001:db8::10/128"), spec.VIP(six), spec.VIP(six), 0},
		{address("eth0", "224.0.0.9/32"), with("x", "host"), with("x", "host"), 0},
		{address("eth0", "255.255.255.255/32"), with("x", "253"), with("x", "link"), 0},
		{address("eth0", "127.0.0.9/8"), with("eth0:1", "007"), with("eth0:1", "7"), 0},
		{address("eth0", "0.0.0.0/32"), with("", "global"), nil, syscall.EINVAL},
		{address("eth0", "ff02::1/128"), with("", "global"), nil, syscall.EADDRNOTAVAIL},
		{address("eth0", "::/128"), with("", "global"), nil, syscall.EADDRNOTAVAIL},
		{address("eth0", "::1/128"), with("", "global"), nil, syscall.EADDRNOTAVAIL},
		{address("eth0", "fe80::9/128"), with("x", "global"), with("", "link"), 0},
		{address("none", "192.0.2.10/32"), with("", "global"), nil, syscall.ENODEV},
		{address("", "192.0.2.10/32"), with("", "global"), nil, syscall.ENODEV},
		{address("eth0", "192.0.2.11/32"), with("sixteen--letters", "global"), nil, syscall.ERANGE},
		{address("eth0", "2001:db8::11/128"), with("sixteen--letters", "global"), with("", "global"), 0},
		{address("eth0", "192.0.2.11/32"), with("", "256"), nil, syscall.EINVAL},
		{address("eth0", "10.0.0.3/24"), with("", "link"), nil, syscall.EINVAL}, // 10.0.0.2/24 is global
		{address("eth0", "192.0.2.11/32"), spec.Address{Scope: "global", Dynamic: true}, nil, syscall.EOPNOTSUPP},
		{address("eth0", "192.0.2.11/32"), spec.Address{Scope: "global", NoDAD: true}, with("eth0", "global"), 0},
		{address("eth0", "192.0.2.10/24"), nil, nil, syscall.EADDRNOTAVAIL},
		{address("none", "192.0.2.10/24"), nil, nil, syscall.ENODEV},
		{vip, nil, nil, 0},
	} {
		t.Run(fmt.Sprintf("%s %s", c.key, spec.EncodeValue(c.value)), func(t *testing.T) {
			n := hosted(t, vip, six)
			before, was := n.State().Clone(), spec.Value(nil)
			if c.value == nil {
				was = spec.VIP(c.key)
			}
			answers(t, n.Do(c.key, was, c.value), c.want)
			if c.want != 0 && !n.State().Equal(before) {
				t.Error("the refusal has changed the node")
			}
			if got := n.State().Get(c.key); c.want == 0 && got != c.reads {
				t.Errorf("reads %s, want %s", spec.EncodeValue(got), spec.EncodeValue(c.reads))
			}
		})
	}
}

func TestNodeEditsAddresses(t *testing.T) {
	vip := address("eth0", "192.0.2.10/32")
	n := hosted(t, vip)
	was, deprecated, other := spec.VIP(vip), spec.VIP(vip), spec.VIP(vip)
	deprecated.Deprecated, other.Label = true, "eth0:1"
	answers(t, n.Do(vip, was, deprecated), 0)
	answers(t, n.Do(vip, was, other), syscall.EOPNOTSUPP)
	answers(t, n.Do(vip, other, nil), syscall.EADDRNOTAVAIL) // by its label it is another
	answers(t, n.Do(address("eth0", "192.0.2.11/32"), was, was), syscall.EADDRNOTAVAIL)
	if n.State().Get(vip) != spec.Value(deprecated) {
		t.Errorf("it is %v", n.State().Get(vip))
	}
}
