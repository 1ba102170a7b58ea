//go:build linux

package host

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// Ways are how the kernel would send packets to addresses at the moment; what no route leads to is not in the map. Beside them
// are the MTUs of all interfaces.
func (d *Driver) Ways(ctx context.Context, to []netip.Addr) (ways map[netip.Addr]Way, mtu map[string]int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	ways, mtu = make(map[netip.Addr]Way, len(to)), map[string]int{}
	err = d.within(ctx, func() error {
		c := &conn{}
		defer c.close()
		if c.dial(d.open, unix.NETLINK_ROUTE); c.err != nil {
			return c.err
		}
		links, err := c.links()
		if err != nil {
			return fmt.Errorf("read the interfaces: %w", asked(err))
		}
		for _, l := range links {
			mtu[l.name] = int(l.mtu)
		}
		for _, a := range to {
			if err := ctx.Err(); err != nil {
				return err
			}
			w, found, err := c.way(a, links)
			if err != nil {
				return fmt.Errorf("ask for the route to %s: %w", a, asked(err))
			}
			if found {
				ways[a] = w
			}
		}
		return nil
	})
	return ways, mtu, err
}

func (c *conn) way(to netip.Addr, links map[uint32]link) (w Way, found bool, err error) {
	header := make([]byte, unix.SizeofRtMsg)
	header[0], header[1] = unix.AF_INET, byte(to.BitLen())
	if to.Is6() {
		header[0] = unix.AF_INET6
	}
	b, err := body(header, func(a *netlink.AttributeEncoder) { a.Bytes(unix.RTA_DST, to.AsSlice()) })
	if err != nil {
		return Way{}, false, err
	}
	list, err := c.exchange(unix.RTM_GETROUTE, 0, b)
	switch err {
	case unix.ENETUNREACH, unix.EHOSTUNREACH, unix.EACCES, unix.EINVAL: // none, unreachable, prohibit, blackhole
		return Way{}, false, nil
	}
	if err != nil {
		return Way{}, false, err
	}
	if len(list) != 1 {
		return Way{}, false, errShort
	}
	return parseWay(list[0], links)
}

// parseWay: the MTU is the route's, or what has been learnt of the path, and never more than the interface's.
func parseWay(m netlink.Message, links map[uint32]link) (w Way, found bool, err error) {
	var index, mtu uint32
	err = attributes(m, unix.SizeofRtMsg, func(a *netlink.AttributeDecoder) {
		switch a.Type() {
		case unix.RTA_OIF:
			index = a.Uint32()
		case unix.RTA_GATEWAY:
			w.Gateway, _ = netip.AddrFromSlice(a.Bytes())
		case unix.RTA_VIA: // the family of the gateway is another one
			if b := a.Bytes(); len(b) > 2 {
				w.Gateway, _ = netip.AddrFromSlice(b[2:])
			}
		case unix.RTA_METRICS:
			a.Nested(func(metrics *netlink.AttributeDecoder) error {
				for metrics.Next() {
					if metrics.Type() == unix.RTAX_MTU {
						mtu = metrics.Uint32()
					}
				}
				return nil
			})
		}
	})
	if err != nil {
		return Way{}, false, err
	}
	const typeAt = 7
	w.Local = m.Data[typeAt] == unix.RTN_LOCAL
	l := links[index]
	w.Interface, w.MTU = l.name, int(l.mtu)
	if mtu > 0 && mtu < l.mtu {
		w.MTU = int(mtu)
	}
	return w, w.Local || m.Data[typeAt] == unix.RTN_UNICAST, nil
}
