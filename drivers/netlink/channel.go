//go:build linux

package netlink

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// channel is one netlink socket with its buffers. After a transport's error it is used no more: answers of what was
// asked last may still be in it.
type channel struct {
	transport
	enc    encoder
	seq    uint32
	family uint16
	// acks receives many small datagrams, data a few large ones. The kernel makes the datagrams of a dump as large
	// as the largest buffer that the socket has ever received with.
	acks, data *inbox
}

// request starts the only request of the next call or dump; the encoder's end must follow.
func (c *channel) request(flags uint16, cmd uint8) *encoder {
	c.enc.reset()
	c.begin(flags, cmd)
	return &c.enc
}

func (c *channel) begin(flags uint16, cmd uint8) {
	c.seq++
	c.enc.begin(c.family, flags, c.seq, cmd, ipvsVersion)
}

// call sends the request that is not a dump and gives f every message of the answer. The error is the kernel's
// errno, or a transport's.
func (c *channel) call(f func(body []byte) error) error {
	c.enc.acknowledge(c.enc.start)
	_, err := c.dump(f)
	return err
}

// shape is what the datagrams of a dump looked like.
type shape struct {
	datagrams, largest int
	// interrupted is the kernel's own word for it; IPVS never says it.
	interrupted bool
}

// No object takes more than this in a dump.
const maxRecord = 512

// The kernel fills the datagrams of a dump up to the size of the socket's largest receive buffer. What it allocates for
// one is 320 bytes more.
const (
	narrowDatagram = 8192 - 320
	wideDatagram   = 32768 - 320
)

// snapshot says that nobody's change can have come in the middle of the dump: it was one datagram with room for more.
func (s shape) snapshot() bool {
	full := s.largest+maxRecord > narrowDatagram && s.largest <= narrowDatagram || s.largest+maxRecord > wideDatagram
	return s.datagrams <= 1 && !full && !s.interrupted
}

// dump sends the request and gives f every object. An object may come twice or not at all if
// somebody changes the table meanwhile.
func (c *channel) dump(f func(body []byte) error) (s shape, err error) {
	if err := c.send(c.enc.b); err != nil {
		return s, err
	}
	for {
		if err := c.receive(c.data, true); err != nil {
			return s, err
		}
		for _, datagram := range c.data.got {
			done, err := c.messages(datagram, &s, f)
			if done || err != nil {
				return s, err
			}
		}
	}
}

// messages handles one datagram; done says that it was the last.
func (c *channel) messages(datagram []byte, s *shape, f func([]byte) error) (done bool, err error) {
	m := messages{rest: datagram}
	counted := false
	for m.next() {
		if m.seq != c.seq {
			continue
		}
		s.interrupted = s.interrupted || m.flags&unix.NLM_F_DUMP_INTR != 0
		switch m.kind {
		case unix.NLMSG_ERROR, unix.NLMSG_DONE:
			e, ok := m.errno()
			switch {
			case !ok:
				return true, errMalformed
			case e != 0:
				return true, e
			}
			return true, nil
		case c.family:
			if len(m.body) < genlHeaderLen {
				return false, errMalformed
			}
			if !counted {
				counted = true
				s.datagrams, s.largest = s.datagrams+1, max(s.largest, len(datagram))
			}
			if err := f(m.body[genlHeaderLen:]); err != nil {
				return false, err
			}
		}
	}
	if m.bad {
		return false, errMalformed
	}
	return false, nil
}

// Generic netlink's own family, which resolves the others.
const (
	controlFamily    = unix.GENL_ID_CTRL
	controlVersion   = 2
	ipvsVersion      = 1
	familyName       = "IPVS"
	missingModule    = `this kernel has no IPVS: the module ip_vs is neither loaded nor found; "modprobe ip_vs" says why`
	missingPrivilege = "not permitted: CAP_NET_ADMIN in the initial user namespace is needed"
)

// resolve asks for the number of the IPVS family, which makes the kernel load the module.
func (c *channel) resolve() error {
	c.seq++
	c.enc.reset()
	c.enc.begin(controlFamily, 0, c.seq, unix.CTRL_CMD_GETFAMILY, controlVersion)
	c.enc.text(unix.CTRL_ATTR_FAMILY_NAME, familyName)
	c.enc.end()
	c.family = controlFamily
	var id uint16
	err := c.call(func(body []byte) error {
		var f fields
		if !f.index(body, &sizes{unix.CTRL_ATTR_FAMILY_ID: 2}) {
			return errMalformed
		}
		id = f.u16(unix.CTRL_ATTR_FAMILY_ID)
		return nil
	})
	c.family = id
	if errors.Is(err, unix.ENOENT) {
		return errors.New(missingModule)
	}
	if err == nil && id == 0 {
		err = errMalformed
	}
	return explain("find IPVS", err)
}

// explain names what was being done, and says what a missing privilege is.
func explain(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.EPERM):
		return fmt.Errorf("%s: %s (%w)", what, missingPrivilege, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
