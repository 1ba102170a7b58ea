//go:build linux

package host

import (
	"cmp"
	"errors"
	"syscall"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// conn is a netlink connection that is used for one call of the driver, so that nothing of an earlier one can be in it.
type conn struct {
	*netlink.Conn
	err error
}

// lost says that a request was sent and no answer came.
type lost struct{ error }

func (l lost) Unwrap() error { return l.error }

// patience is how long an answer may take: the kernel has one lock for all of rtnetlink, which a namespace that is torn
// down holds for seconds.
const patience = 20 * time.Second

var errGone = errors.New("the connection to the kernel is gone")

var errChanging = errors.New("it changed while it was read, again and again")

// again is how often a list is read that changes meanwhile.
const again = 20

// dial makes the connection when it is first needed, on the caller's thread: call it within the namespace.
func (c *conn) dial(open func(int) (*netlink.Conn, error), family int) {
	if c.Conn == nil && c.err == nil {
		c.Conn, c.err = open(family)
	}
}

func (c *conn) close() {
	if c.Conn != nil {
		_ = c.Close() // nothing is kept in it
	}
}

// openNetlink opens a connection in the network namespace of the calling thread.
func openNetlink(family int) (*netlink.Conn, error) { return netlink.Dial(family, nil) }

// request sends a request that changes something: nil when the kernel has done it, its errno when it refused, lost when
// nobody knows.
func (c *conn) request(kind uint16, flags netlink.HeaderFlags, body []byte) error {
	_, err := c.exchange(kind, netlink.Acknowledge|flags, body)
	return err
}

// exchange is request for one that asks.
func (c *conn) exchange(kind uint16, flags netlink.HeaderFlags, body []byte) ([]netlink.Message, error) {
	if c.Conn == nil {
		return nil, cmp.Or(c.err, errGone)
	}
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	out, err := c.Execute(netlink.Message{
		Header: netlink.Header{Type: netlink.HeaderType(kind), Flags: netlink.Request | flags}, Data: body,
	})
	var op *netlink.OpError
	switch {
	case err == nil:
		return out, nil
	case errors.As(err, &op) && op.Op == "send":
		return nil, err // the kernel has not seen it
	case op != nil:
		if e, ok := op.Err.(syscall.Errno); ok && op.Sequence != 0 {
			return nil, e
		}
	}
	// What comes later would be taken for the answer to another request.
	c.close()
	c.Conn = nil
	return nil, lost{err}
}

// dump reads a list, as often as it takes to have it in one piece.
func (c *conn) dump(kind uint16, body []byte) ([]netlink.Message, error) {
	for range again {
		out, err := c.exchange(kind, netlink.Dump, body)
		if err == unix.EINTR { // how some kernels say it
			continue
		}
		if err != nil || !interrupted(out) {
			return out, err
		}
	}
	return nil, errChanging
}

func interrupted(list []netlink.Message) bool {
	for _, m := range list {
		if m.Header.Flags&netlink.DumpInterrupted != 0 {
			return true
		}
	}
	return false
}

// attributes decodes what follows a header of a fixed size.
func attributes(m netlink.Message, header int, each func(a *netlink.AttributeDecoder)) error {
	if len(m.Data) < header {
		return errShort
	}
	a, err := netlink.NewAttributeDecoder(m.Data[header:])
	if err != nil {
		return err
	}
	for a.Next() {
		each(a)
	}
	return a.Err()
}

var errShort = errors.New("the kernel's answer is too short")

// body is a header and attributes.
func body(header []byte, add func(a *netlink.AttributeEncoder)) ([]byte, error) {
	a := netlink.NewAttributeEncoder()
	add(a)
	b, err := a.Encode()
	return append(header, b...), err
}
