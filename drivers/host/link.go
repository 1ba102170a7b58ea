//go:build linux

package host

import (
	"encoding/binary"

	"github.com/lvsform/lvsform/spec"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// link is an interface as the kernel shows it.
type link struct {
	index    uint32
	name     string
	kind     string // of its driver
	hardware uint16 // ARPHRD_…
	flags    uint32
	address  []byte
	mtu      uint32
}

func (l link) value() spec.Link {
	v := spec.Link{Type: l.kind, Up: l.flags&unix.IFF_UP != 0}
	switch {
	case l.flags&unix.IFF_LOOPBACK != 0:
		v.Type = "loopback"
	case l.kind == "":
		v.Type = "device"
	}
	return v
}

// withoutStatistics makes a kernel leave out the counters (RTEXT_FILTER_SKIP_STATS).
const withoutStatistics = 1 << 3

func ifinfo(index, flags, change uint32) []byte {
	b := make([]byte, unix.SizeofIfInfomsg)
	binary.NativeEndian.PutUint32(b[4:], index)
	binary.NativeEndian.PutUint32(b[8:], flags)
	binary.NativeEndian.PutUint32(b[12:], change)
	return b
}

func parseLink(m netlink.Message) (l link, err error) {
	err = attributes(m, unix.SizeofIfInfomsg, func(a *netlink.AttributeDecoder) {
		switch a.Type() {
		case unix.IFLA_IFNAME:
			l.name = a.String()
		case unix.IFLA_ADDRESS:
			l.address = a.Bytes()
		case unix.IFLA_MTU:
			l.mtu = a.Uint32()
		case unix.IFLA_LINKINFO:
			a.Nested(func(info *netlink.AttributeDecoder) error {
				for info.Next() {
					if info.Type() == unix.IFLA_INFO_KIND {
						l.kind = info.String()
					}
				}
				return nil
			})
		}
	})
	if err != nil {
		return link{}, err
	}
	l.hardware = binary.NativeEndian.Uint16(m.Data[2:])
	l.index = binary.NativeEndian.Uint32(m.Data[4:])
	l.flags = binary.NativeEndian.Uint32(m.Data[8:])
	return l, nil
}

// links are all interfaces by their index.
func (c *conn) links() (map[uint32]link, error) {
	b, err := body(ifinfo(0, 0, 0), func(a *netlink.AttributeEncoder) { a.Uint32(unix.IFLA_EXT_MASK, withoutStatistics) })
	if err != nil {
		return nil, err
	}
	list, err := c.dump(unix.RTM_GETLINK, b)
	out := make(map[uint32]link, len(list))
	for _, m := range list {
		if m.Header.Type != unix.RTM_NEWLINK {
			continue
		}
		l, err := parseLink(m)
		if err != nil {
			return nil, err
		}
		out[l.index] = l
	}
	return out, err
}

// link is the interface of a name; ENODEV says that there is none. The kernel also finds one by an alternative name, which is not
// what the state calls it.
func (c *conn) link(name string) (link, error) {
	if name == "" || len(name) > unix.IFNAMSIZ-1 {
		return link{}, unix.ENODEV
	}
	b, err := body(ifinfo(0, 0, 0), func(a *netlink.AttributeEncoder) { a.String(unix.IFLA_IFNAME, name) })
	if err != nil {
		return link{}, err
	}
	list, err := c.exchange(unix.RTM_GETLINK, 0, b)
	if err != nil {
		return link{}, asked(err)
	}
	if len(list) != 1 {
		return link{}, errShort
	}
	l, err := parseLink(list[0])
	if err == nil && l.name != name {
		return link{}, unix.ENODEV
	}
	return l, err
}

// makeLink makes a dummy interface, which nothing but the kernel's memory is needed for.
func (c *conn) makeLink(k spec.LinkKey, v spec.Link) error {
	_, err := c.link(k.Name)
	switch {
	case v.Type == "gue":
		return unix.EINVAL
	case len(k.Name) > unix.IFNAMSIZ-1:
		return unix.ERANGE
	case err == nil:
		return unix.EEXIST
	case err != unix.ENODEV:
		return err
	case v.Type != "dummy":
		return unix.EOPNOTSUPP
	case !k.IsInterface():
		return unix.EINVAL // the kernel completes some of those by itself
	}
	b, err := body(ifinfo(0, up(v), unix.IFF_UP), func(a *netlink.AttributeEncoder) {
		a.String(unix.IFLA_IFNAME, k.Name)
		a.Nested(unix.IFLA_LINKINFO, func(info *netlink.AttributeEncoder) error {
			info.String(unix.IFLA_INFO_KIND, v.Type)
			return nil
		})
	})
	if err != nil {
		return err
	}
	err = c.request(unix.RTM_NEWLINK, netlink.Create|netlink.Excl, b)
	if err == unix.EEXIST {
		return c.cameAlong(k, v)
	}
	return err
}

// cameAlong: the module may make dummy0 by itself when our request loads it, and then the kernel has it already.
func (c *conn) cameAlong(k spec.LinkKey, v spec.Link) error {
	if l, err := c.link(k.Name); err != nil || l.kind != v.Type || l.flags&unix.IFF_UP != 0 {
		return unix.EEXIST
	}
	return c.setLink(k, v)
}

func up(v spec.Link) uint32 {
	if v.Up {
		return unix.IFF_UP
	}
	return 0
}

// setLink switches an interface on or off.
func (c *conn) setLink(k spec.LinkKey, v spec.Link) error {
	l, err := c.link(k.Name)
	if err != nil {
		return err
	}
	if l.value().Type != v.Type {
		return unix.EOPNOTSUPP
	}
	return c.request(unix.RTM_NEWLINK, 0, ifinfo(l.index, up(v), unix.IFF_UP))
}

// removeLink removes an interface. The kernel says that it has removed one that comes with a module, and has not.
func (c *conn) removeLink(k spec.LinkKey) error {
	l, err := c.link(k.Name)
	if err != nil {
		return err
	}
	if k.Fixed(l.value()) {
		return unix.EOPNOTSUPP
	}
	return c.request(unix.RTM_DELLINK, 0, ifinfo(l.index, 0, 0))
}

// asked makes of a lost answer to a question an error like another: nothing can have been done.
func asked(err error) error {
	if l, ok := err.(lost); ok {
		return l.error
	}
	return err
}
