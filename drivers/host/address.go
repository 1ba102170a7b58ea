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
