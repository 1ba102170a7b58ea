//go:build linux

package host

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"

	"github.com/lvsform/lvsform/spec"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// neighbour is an entry of the neighbour table as the kernel shows it.
type neighbour struct {
	index   uint32
	address netip.Addr
	state   uint16
	flags   uint8
	mac     []byte
}

func (n neighbour) permanent() bool {
	return n.state&unix.NUD_PERMANENT != 0 && n.flags&unix.NTF_PROXY == 0
}

func (n neighbour) value() spec.Neighbour { return spec.Neighbour{MAC: formatMAC(n.mac)} }

// A hardware address is as long as the interface says: 4 bytes for an IPv4 tunnel.
func formatMAC(b []byte) string {
	parts := make([]string, len(b))
	for i := range b {
		parts[i] = hex.EncodeToString(b[i : i+1])
	}
	return strings.Join(parts, ":")
}

func parseMAC(s string) ([]byte, error) {
	b, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil || formatMAC(b) != s || len(b) == 0 {
		return nil, unix.EINVAL
	}
	return b, nil
}

func parseNeighbour(m netlink.Message) (n neighbour, err error) {
	err = attributes(m, unix.SizeofNdMsg, func(a *netlink.AttributeDecoder) {
		switch a.Type() {
		case unix.NDA_DST:
			n.address, _ = netip.AddrFromSlice(a.Bytes())
		case unix.NDA_LLADDR:
			n.mac = a.Bytes()
		}
	})
	if err != nil {
		return neighbour{}, err
	}
	n.index, n.state, n.flags = binary.NativeEndian.Uint32(m.Data[4:]), binary.NativeEndian.Uint16(m.Data[8:]), m.Data[10]
	return n, nil
}

func (n neighbour) encode() ([]byte, error) {
	header := make([]byte, unix.SizeofNdMsg)
	header[0] = unix.AF_INET
	if n.address.Is6() {
		header[0] = unix.AF_INET6
	}
	binary.NativeEndian.PutUint32(header[4:], n.index)
	binary.NativeEndian.PutUint16(header[8:], n.state)
	return body(header, func(a *netlink.AttributeEncoder) {
		a.Bytes(unix.NDA_DST, n.address.AsSlice())
		if len(n.mac) > 0 {
			a.Bytes(unix.NDA_LLADDR, n.mac)
		}
	})
}

// neighbours are the permanent entries of a family.
func (c *conn) neighbours(family byte) ([]neighbour, error) {
	header := make([]byte, unix.SizeofNdMsg)
	header[0] = family
	list, err := c.dump(unix.RTM_GETNEIGH, header)
	var out []neighbour
	for _, m := range list {
		if m.Header.Type != unix.RTM_NEWNEIGH || len(m.Data) == 0 || m.Data[0] != family {
			continue
		}
		n, err := parseNeighbour(m)
		if err != nil {
			return nil, err
		}
		if n.permanent() && n.address.IsValid() {
			out = append(out, n)
		}
	}
	return out, err
}

// putNeighbour makes a permanent entry, or changes one. What the kernel has learned by itself gives way.
func (c *conn) putNeighbour(k spec.NeighbourKey, v spec.Neighbour, create bool) error {
	there, length, err := c.neighbour(k)
	if err != nil && err != unix.ENOENT {
		return err
	}
	switch {
	case create && err == nil:
		return unix.EEXIST
	case !create && err != nil:
		return err
	}
	n := neighbour{index: there.index, address: k.Address, state: unix.NUD_PERMANENT}
	if n.mac, err = parseMAC(v.MAC); err != nil {
		return err
	}
	if len(n.mac) != length { // the kernel would cut off what is too much
		return unix.EINVAL
	}
	b, err := n.encode()
	if err != nil {
		return err
	}
	flags := netlink.Replace
	if create {
		flags |= netlink.Create
	}
	return c.request(unix.RTM_NEWNEIGH, flags, b)
}

func (c *conn) removeNeighbour(k spec.NeighbourKey) error {
	n, _, err := c.neighbour(k)
	if err != nil {
		return err
	}
	b, err := neighbour{index: n.index, address: k.Address}.encode()
	if err != nil {
		return err
	}
	return c.request(unix.RTM_DELNEIGH, 0, b)
}

// neighbour finds a permanent entry, and says how long hardware addresses are there. With ENOENT the index of the interface is
// in the entry.
func (c *conn) neighbour(k spec.NeighbourKey) (n neighbour, length int, err error) {
	l, err := c.link(k.Interface)
	if err != nil {
		return neighbour{}, 0, err
	}
	family := byte(unix.AF_INET)
	switch {
	case k.Address.Is6():
		family = unix.AF_INET6
	case l.flags&(unix.IFF_LOOPBACK|unix.IFF_POINTOPOINT) != 0:
		return neighbour{}, 0, unix.EOPNOTSUPP // there the kernel has one entry for every IPv4 address
	}
	all, err := c.neighbours(family)
	if err != nil {
		return neighbour{}, 0, asked(err)
	}
	for _, n := range all {
		if n.index == l.index && n.address == k.Address {
			return n, len(l.address), nil
		}
	}
	return neighbour{index: l.index}, len(l.address), unix.ENOENT
}
