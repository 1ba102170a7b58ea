//go:build linux

package host

import (
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// interfaces reads links, addresses and neighbours. They are read again if something is on an interface that came in between.
func (d *Driver) interfaces(s *spec.State) error {
	c := &conn{}
	defer c.close()
	if c.dial(d.open, unix.NETLINK_ROUTE); c.err != nil {
		return c.err
	}
	for range again {
		complete, err := c.readInterfaces(s)
		if complete || err != nil {
			return asked(err)
		}
	}
	return errChanging
}

func (c *conn) readInterfaces(s *spec.State) (complete bool, err error) {
	links, err := c.links()
	if err != nil {
		return false, err
	}
	s.Links, s.Addresses, s.Neighbours = spec.Objects[spec.LinkKey, spec.Link]{}, nil, nil
	for _, l := range links {
		s.Set(spec.LinkKey{Name: l.name}, l.value())
	}
	for _, family := range []byte{unix.AF_INET, unix.AF_INET6} {
		addresses, err := c.addresses(family)
		if err != nil {
			return false, err
		}
		for _, x := range addresses {
			l, ok := links[x.index]
			if !ok {
				return false, nil
			}
			s.Set(spec.AddressKey{Interface: l.name, Prefix: x.prefix}, x.value())
		}
		neighbours, err := c.neighbours(family)
		if err != nil {
			return false, err
		}
		for _, n := range neighbours {
			l, ok := links[n.index]
			if !ok {
				return false, nil
			}
			s.Set(spec.NeighbourKey{Interface: l.name, Address: n.address}, n.value())
		}
	}
	return true, nil
}

func (d *Driver) receivers(s *spec.State) error {
	c := &conn{}
	defer c.close()
	if c.dial(d.open, unix.NETLINK_GENERIC); c.err != nil {
		return c.err
	}
	return asked(c.readReceivers(s))
}
