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
		key   spec.AddressKey
		value spec.Value // nil deletes
		want  syscall.Errno
		reads spec.Value
	}{
		{vip, spec.VIP(vip), syscall.EEXIST, nil},
		{address("eth0", "192.0.2.10/24"), with("", "0"), 0, with("eth0", "global")},
		{six, spec.VIP(six), syscall.EEXIST, nil},
		{address("eth0", "2001:db8::10/64"), spec.VIP(six), syscall.EEXIST, nil},
		{address("lo", "192.0.2.10/32"), spec.VIP(vip), 0, spec.VIP(vip)},
		{address("lo", "2001:db8::10/128"), spec.VIP(six), 0, spec.VIP(six)},
		{address("eth0", "224.0.0.9/32"), with("x", "host"), 0, with("x", "host")},
		{address("eth0", "255.255.255.255/32"), with("x", "253"), 0, with("x", "link")},
		{address("eth0", "127.0.0.9/8"), with("eth0:1", "007"), 0, with("eth0:1", "7")},
		{address("eth0", "0.0.0.0/32"), with("", "global"), syscall.EINVAL, nil},
		{address("eth0", "ff02::1/128"), with("", "global"), syscall.EADDRNOTAVAIL, nil},
		{address("eth0", "::/128"), with("", "global"), syscall.EADDRNOTAVAIL, nil},
		{address("eth0", "::1/128"), with("", "global"), syscall.EADDRNOTAVAIL, nil},
		{address("eth0", "fe80::9/128"), with("x", "global"), 0, with("", "link")},
		{address("none", "192.0.2.10/32"), with("", "global"), syscall.ENODEV, nil},
		{address("", "192.0.2.10/32"), with("", "global"), syscall.ENODEV, nil},
		{address("eth0", "192.0.2.11/32"), with("sixteen--letters", "global"), syscall.ERANGE, nil},
		{address("eth0", "2001:db8::11/128"), with("sixteen--letters", "global"), 0, with("", "global")},
		{address("eth0", "192.0.2.11/32"), with("", "256"), syscall.EINVAL, nil},
		{address("eth0", "10.0.0.3/24"), with("", "link"), syscall.EINVAL, nil}, // 10.0.0.2/24 is global
		{address("eth0", "192.0.2.11/32"), spec.Address{Scope: "global", Dynamic: true}, syscall.EOPNOTSUPP, nil},
		{address("eth0", "192.0.2.11/32"), spec.Address{Scope: "global", NoDAD: true}, 0, with("eth0", "global")},
		{address("eth0", "192.0.2.10/24"), nil, syscall.EADDRNOTAVAIL, nil},
		{address("none", "192.0.2.10/24"), nil, syscall.ENODEV, nil},
		{vip, nil, 0, nil},
	} {
		t.Run(fmt.Sprintf("%s %s", c.key, spec.EncodeValue(c.value)), func(t *testing.T) {
			n := hosted(t, vip, six)
			before := n.State().Clone()
			var err error
			if c.value == nil {
				err = n.Do(c.key, spec.VIP(c.key), nil)
			} else {
				err = n.Do(c.key, nil, c.value)
			}
			answers(t, err, c.want)
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
