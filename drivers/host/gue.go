//go:build linux

package host

import (
	"encoding/binary"
	"slices"

	"github.com/lvsform/lvsform/spec"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// The generic netlink family "fou", from linux/fou.h.
const (
	fouFamily                   = "fou"
	fouVersion                  = 1
	fouAdd, fouDelete, fouGet   = 1, 2, 3
	fouPort, fouAF, fouType     = 1, 2, 4
	fouLocal4, fouLocal6        = 6, 7
	fouPeer4, fouPeer6, fouPeer = 8, 9, 10
	fouInterface                = 11
	fouGUE                      = 2
)

// receiver is a UDP port that takes packets out of other packets.
type receiver struct {
	port   uint16
	family uint8
	kind   uint8
	bound  bool // to an address or an interface: that is not a receiver of everything for the port
}

func (r receiver) key() (k spec.LinkKey, ok bool) {
	ok = r.kind == fouGUE && !r.bound
	if r.family == unix.AF_INET6 {
		return spec.GUEReceiver6(r.port), ok
	}
	return spec.GUEReceiver(r.port), ok
}

// wanted is the receiver of a key.
func wanted(k spec.LinkKey) receiver {
	port, _ := k.GUEPort()
	return receiver{port: port, family: uint8(k.GUEFamily()), kind: fouGUE}
}

func parseReceiver(m netlink.Message) (r receiver, err error) {
	err = attributes(m, unix.GENL_HDRLEN, func(a *netlink.AttributeDecoder) {
		switch a.Type() {
		case fouPort:
			r.port = bigEndian(a.Bytes())
		case fouAF:
			r.family = a.Uint8()
		case fouType:
			r.kind = a.Uint8()
		case fouLocal4, fouLocal6, fouPeer4, fouPeer6, fouPeer, fouInterface:
			r.bound = r.bound || slices.ContainsFunc(a.Bytes(), func(b byte) bool { return b != 0 })
		}
	})
	return r, err
}

func bigEndian(b []byte) uint16 {
	if len(b) < 2 {
		return 0
	}
	return binary.BigEndian.Uint16(b)
}

// fou is the number of the family, or 0 where its module is not loaded. It is looked for in the list of all families: a
// question for it alone would make a kernel load it.
func (c *conn) fou() (uint16, error) {
	list, err := c.dump(unix.GENL_ID_CTRL, []byte{unix.CTRL_CMD_GETFAMILY, 1, 0, 0})
	if err != nil {
		return 0, err
	}
	for _, m := range list {
		var name string
		var id uint16
		err := attributes(m, unix.GENL_HDRLEN, func(a *netlink.AttributeDecoder) {
			switch a.Type() {
			case unix.CTRL_ATTR_FAMILY_NAME:
				name = a.String()
			case unix.CTRL_ATTR_FAMILY_ID:
				id = a.Uint16()
			}
		})
		if err != nil {
			return 0, err
		}
		if name == fouFamily {
			return id, nil
		}
	}
	return 0, nil
}

// receivers are all that there are, of any kind.
func (c *conn) receivers(family uint16) ([]receiver, error) {
	list, err := c.dump(family, []byte{fouGet, fouVersion, 0, 0})
	if err != nil {
		return nil, err
	}
	out := make([]receiver, 0, len(list))
	for _, m := range list {
		r, err := parseReceiver(m)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func (c *conn) readReceivers(s *spec.State) error {
	family, err := c.fou()
	if err != nil || family == 0 {
		return err
	}
	all, err := c.receivers(family)
	for _, r := range all {
		if k, ok := r.key(); ok {
			s.Set(k, spec.Link{Type: "gue", Up: true})
		}
	}
	return err
}

// find looks for a receiver of GUE packets; family is 0 where there can be none.
func (c *conn) find(r receiver) (family uint16, there bool, err error) {
	family, err = c.fou()
	if err != nil || family == 0 {
		return 0, false, asked(err)
	}
	all, err := c.receivers(family)
	return family, slices.Contains(all, r), asked(err)
}

func (c *conn) makeReceiver(r receiver) error {
	family, there, err := c.find(r)
	switch {
	case err != nil:
		return err
	case family == 0:
		return unix.ENOENT // no module
	case there:
		return unix.EEXIST
	}
	err = c.receiver(family, fouAdd, r)
	if err == unix.EALREADY { // one of another kind
		return unix.EADDRINUSE
	}
	return err
}

func (c *conn) removeReceiver(r receiver) error {
	family, there, err := c.find(r)
	if err != nil {
		return err
	}
	if !there {
		return unix.ENODEV
	}
	return c.receiver(family, fouDelete, r)
}

// setReceiver: there is nothing to change.
func (c *conn) setReceiver(r receiver) error {
	_, there, err := c.find(r)
	if err != nil {
		return err
	}
	if !there {
		return unix.ENODEV
	}
	return unix.EOPNOTSUPP
}

func (c *conn) receiver(family uint16, command uint8, r receiver) error {
	b, err := body([]byte{command, fouVersion, 0, 0}, func(a *netlink.AttributeEncoder) {
		a.Bytes(fouPort, binary.BigEndian.AppendUint16(nil, r.port))
		a.Uint8(fouAF, r.family)
		if command == fouAdd {
			a.Uint8(fouType, r.kind)
		}
	})
	if err != nil {
		return err
	}
	return c.request(family, 0, b)
}
