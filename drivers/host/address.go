//go:build linux

package host

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"github.com/lvsform/lvsform/spec"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// address is an address of an interface as the kernel shows it.
type address struct {
	index            uint32
	prefix           netip.Prefix
	peer             netip.Addr // of a point-to-point address; otherwise the address itself
	label            string
	scope, origin    uint8
	flags            uint32
	preferred, valid uint32 // seconds
	metric           uint32
}

const (
	forever = 0xffffffff
	// ifaProto is IFA_PROTO, since Linux 5.18.
	ifaProto = 11
)

// value leaves out the flags that are the kernel's: which address is secondary, and how far the search for duplicates is.
func (x address) value() spec.Address {
	return spec.Address{
		Label: x.label, Scope: scopeName(x.scope), Origin: x.origin,
		NoPrefixRoute: x.flags&unix.IFA_F_NOPREFIXROUTE != 0, NoDAD: x.flags&unix.IFA_F_NODAD != 0,
		Deprecated: x.flags&unix.IFA_F_DEPRECATED != 0 || x.preferred == 0,
		Dynamic:    x.valid != forever,
	}
}

func scopeName(s uint8) string {
	for name, number := range scopes() {
		if number == s {
			return name
		}
	}
	return strconv.Itoa(int(s))
}

func scopes() map[string]uint8 {
	return map[string]uint8{
		"global": unix.RT_SCOPE_UNIVERSE, "site": unix.RT_SCOPE_SITE, "link": unix.RT_SCOPE_LINK,
		"host": unix.RT_SCOPE_HOST, "nowhere": unix.RT_SCOPE_NOWHERE,
	}
}

func scopeNumber(name string) (uint8, error) {
	if n, ok := scopes()[name]; ok {
		return n, nil
	}
	n, err := strconv.ParseUint(name, 10, 8)
	if err != nil {
		return 0, unix.EINVAL
	}
	return uint8(n), nil
}

func parseAddress(m netlink.Message) (x address, err error) {
	x.preferred, x.valid = forever, forever
	var local netip.Addr
	err = attributes(m, unix.SizeofIfAddrmsg, func(a *netlink.AttributeDecoder) {
		switch a.Type() {
		case unix.IFA_ADDRESS:
			x.peer, _ = netip.AddrFromSlice(a.Bytes())
		case unix.IFA_LOCAL:
			local, _ = netip.AddrFromSlice(a.Bytes())
		case unix.IFA_LABEL:
			x.label = a.String()
		case unix.IFA_FLAGS:
			x.flags = a.Uint32()
		case unix.IFA_RT_PRIORITY:
			x.metric = a.Uint32()
		case ifaProto:
			x.origin = a.Uint8()
		case unix.IFA_CACHEINFO:
			if b := a.Bytes(); len(b) >= 8 {
				x.preferred, x.valid = binary.NativeEndian.Uint32(b), binary.NativeEndian.Uint32(b[4:])
			}
		}
	})
	if err != nil {
		return address{}, err
	}
	x.scope, x.index = m.Data[3], binary.NativeEndian.Uint32(m.Data[4:])
	x.flags |= uint32(m.Data[2]) // all that there is where the kernel has no IFA_FLAGS
	if !local.IsValid() {
		local = x.peer
	}
	x.prefix = netip.PrefixFrom(local, int(m.Data[1]))
	if !x.prefix.IsValid() {
		return address{}, errShort
	}
	return x, nil
}

func (x address) encode() ([]byte, error) {
	family := byte(unix.AF_INET)
	if x.prefix.Addr().Is6() {
		family = unix.AF_INET6
	}
	header := []byte{family, byte(x.prefix.Bits()), byte(x.flags), x.scope, 0, 0, 0, 0}
	binary.NativeEndian.PutUint32(header[4:], x.index)
	return body(header, func(a *netlink.AttributeEncoder) {
		a.Bytes(unix.IFA_LOCAL, x.prefix.Addr().AsSlice())
		a.Bytes(unix.IFA_ADDRESS, x.peer.AsSlice())
		if x.label != "" {
			a.String(unix.IFA_LABEL, x.label)
		}
		if x.flags != 0 {
			a.Uint32(unix.IFA_FLAGS, x.flags)
		}
		if x.origin != 0 {
			a.Uint8(ifaProto, x.origin)
		}
		if x.metric != 0 {
			a.Uint32(unix.IFA_RT_PRIORITY, x.metric)
		}
		if x.preferred != forever || x.valid != forever {
			cache := make([]byte, 16)
			binary.NativeEndian.PutUint32(cache, x.preferred)
			binary.NativeEndian.PutUint32(cache[4:], x.valid)
			a.Bytes(unix.IFA_CACHEINFO, cache)
		}
	})
}

// addresses are those of a family. A kernel without the family answers with all that it has.
func (c *conn) addresses(family byte) ([]address, error) {
	list, err := c.dump(unix.RTM_GETADDR, []byte{family, 0, 0, 0, 0, 0, 0, 0})
	out := make([]address, 0, len(list))
	for _, m := range list {
		if m.Header.Type != unix.RTM_NEWADDR || len(m.Data) == 0 || m.Data[0] != family {
			continue
		}
		x, err := parseAddress(m)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
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
	for _, x := range all {
		if x.index == l.index && x.prefix == k.Prefix {
			return x, nil
		}
	}
	if err != nil {
		return address{}, asked(err)
	}
	return address{}, unix.EADDRNOTAVAIL
}

// removeAddress removes an address by its exact prefix and label, so that it cannot be another one. One with a peer is not
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
	return c.request(unix.RTM_DELADDR, 0, b)
}
