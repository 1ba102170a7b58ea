//go:build linux

package host

import (
	"net/netip"

	"github.com/lvsform/lvsform/spec"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// place is where an address is.
type place struct {
	index  uint32
	prefix netip.Prefix
}

// addresses are those of a family. A kernel without the family answers with all that it has. Several IPv4 addresses of one place
// have different peers: the one without is shown, because that is the one which can be made and removed.
func (c *conn) addresses(family byte) (map[place]address, error) {
	list, err := c.dump(unix.RTM_GETADDR, []byte{family, 0, 0, 0, 0, 0, 0, 0})
	out := make(map[place]address, len(list))
	for _, m := range list {
		if m.Header.Type != unix.RTM_NEWADDR || len(m.Data) == 0 || m.Data[0] != family {
			continue
		}
		x, err := parseAddress(m)
		if err != nil {
			return nil, err
		}
		at := place{x.index, x.prefix}
		if _, ok := out[at]; !ok || x.peer == x.prefix.Addr() {
			out[at] = x
		}
	}
	return out, err
}

func (c *conn) makeAddress(k spec.AddressKey, v spec.Address) error {
	l, err := c.link(k.Interface)
	if err != nil {
		return err
	}
	x := address{index: l.index, prefix: k.Prefix, peer: k.Prefix.Addr(), origin: v.Origin, preferred: forever, valid: forever}
	switch {
	case !k.Prefix.IsValid() || k.Prefix.Addr() == netip.IPv4Unspecified():
		return unix.EINVAL // the kernel says that it has done the latter, and has not
	case v.Dynamic:
		return unix.EOPNOTSUPP // nobody knows for how long
	}
	if x.scope, err = scopeNumber(v.Scope); err != nil {
		return err
	}
	if k.Prefix.Addr().Is4() {
		x.label = v.Label
	}
	if v.Deprecated {
		x.preferred = 0
	}
	if v.NoPrefixRoute {
		x.flags |= unix.IFA_F_NOPREFIXROUTE
	}
	if v.NoDAD {
		x.flags |= unix.IFA_F_NODAD
	}
	b, err := x.encode()
	if err != nil {
		return err
	}
	return c.request(unix.RTM_NEWADDR, netlink.Create|netlink.Excl, b)
}

// setAddress changes whether an address is deprecated, and keeps the rest of it, also what a state does not show.
func (c *conn) setAddress(k spec.AddressKey, v spec.Address) error {
	x, err := c.address(k)
	if err != nil {
		return err
	}
	before := x.value()
	if spec.Settle(before, v) != spec.Value(v) {
		return unix.EOPNOTSUPP
	}
	if before.Deprecated == v.Deprecated {
		return nil
	}
	x.flags &^= unix.IFA_F_SECONDARY | unix.IFA_F_TENTATIVE | unix.IFA_F_DADFAILED | unix.IFA_F_PERMANENT | unix.IFA_F_DEPRECATED
	x.preferred = 0
	if !v.Deprecated {
		x.preferred = x.valid
	}
	b, err := x.encode()
	if err != nil {
		return err
	}
	return c.request(unix.RTM_NEWADDR, netlink.Replace, b)
}

// address finds one of an interface.
func (c *conn) address(k spec.AddressKey) (address, error) {
	l, err := c.link(k.Interface)
	if err != nil {
		return address{}, err
	}
	family := byte(unix.AF_INET)
	if k.Prefix.Addr().Is6() {
		family = unix.AF_INET6
	}
	all, err := c.addresses(family)
	if err != nil {
		return address{}, asked(err)
	}
	x, ok := all[place{l.index, k.Prefix}]
	if !ok {
		return address{}, unix.EADDRNOTAVAIL
	}
	return x, nil
}

// removeAddress removes an address by its exact prefix and label, so that it cannot be another one. An IPv4 one with a peer is not
// lvsform's, and stays.
func (c *conn) removeAddress(k spec.AddressKey, v spec.Address) error {
	l, err := c.link(k.Interface)
	if err != nil {
		return err
	}
	if !k.Prefix.IsValid() {
		return unix.EADDRNOTAVAIL
	}
	x := address{index: l.index, prefix: k.Prefix, peer: k.Prefix.Addr(), preferred: forever, valid: forever}
	if k.Prefix.Addr().Is4() {
		x.label = v.Label
	}
	b, err := x.encode()
	if err != nil {
		return err
	}
	err = c.request(unix.RTM_DELADDR, 0, b)
	if err == unix.ENXIO { // the interface has no part in IPv6
		return unix.EADDRNOTAVAIL
	}
	return err
}
