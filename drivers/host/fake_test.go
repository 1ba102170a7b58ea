//go:build linux

package host

import (
	"encoding/binary"
	"errors"
	"iter"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/lvsform/lvsform/spec"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// fakeKernel answers as rtnetlink does, with eth0 and what is added to it. It loses the answer to some requests.
type fakeKernel struct {
	addresses map[netip.Prefix]bool
	// lose says of a request that changes something whether it is done before its answer is lost, if it is lost.
	lose func(kind netlink.HeaderType) (done, lost bool)
	// silent is from then on: nothing is answered.
	silent      bool
	interrupted int // dumps to go that are not in one piece
	queue       []netlink.Message
	opened      int
}

var errSilence = os.NewSyscallError("recvmsg", syscall.EAGAIN)

func (f *fakeKernel) open(int) (*netlink.Conn, error) {
	f.opened++
	f.queue = nil
	return netlink.NewConn(f, 7), nil
}

func (f *fakeKernel) Close() error                           { return nil }
func (f *fakeKernel) SetDeadline(time.Time) error            { return nil }
func (f *fakeKernel) SetReadDeadline(time.Time) error        { return nil }
func (f *fakeKernel) SetWriteDeadline(time.Time) error       { return nil }
func (f *fakeKernel) SendMessages(m []netlink.Message) error { return errors.ErrUnsupported }
func (f *fakeKernel) ReceiveIter() iter.Seq2[netlink.Message, error] {
	return func(yield func(netlink.Message, error) bool) {
		if len(f.queue) == 0 {
			yield(netlink.Message{}, errSilence)
			return
		}
		for _, m := range f.queue {
			if !yield(m, nil) {
				break
			}
		}
		f.queue = nil
	}
}

func (f *fakeKernel) Receive() (out []netlink.Message, err error) {
	for m, err := range f.ReceiveIter() {
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

func (f *fakeKernel) answer(to netlink.Message, kind netlink.HeaderType, flags netlink.HeaderFlags, data []byte) {
	f.queue = append(f.queue, netlink.Message{
		Header: netlink.Header{Type: kind, Flags: flags, Sequence: to.Header.Sequence, PID: to.Header.PID, Length: uint32(16 + len(data))}, Data: data,
	})
}

func (f *fakeKernel) acknowledge(to netlink.Message, e syscall.Errno) {
	data := make([]byte, 20)
	binary.NativeEndian.PutUint32(data, uint32(-int32(e)))
	f.answer(to, netlink.Error, 0, data)
}

func (f *fakeKernel) Send(m netlink.Message) error {
	if f.silent {
		return nil
	}
	switch m.Header.Type {
	case unix.RTM_NEWADDR, unix.RTM_DELADDR:
		x, err := parseAddress(m)
		if err != nil {
			f.acknowledge(m, unix.EINVAL)
			return nil
		}
		done, lost := f.lose(m.Header.Type)
		if done || !lost {
			f.addresses[x.prefix] = m.Header.Type == unix.RTM_NEWADDR
		}
		if !lost {
			f.acknowledge(m, 0)
		}
	case unix.RTM_GETLINK:
		b, err := body(ifinfo(2, unix.IFF_UP, 0), func(a *netlink.AttributeEncoder) { a.String(unix.IFLA_IFNAME, "eth0") })
		if err != nil {
			return err
		}
		if m.Header.Flags&netlink.Dump == 0 {
			f.answer(m, unix.RTM_NEWLINK, 0, b)
			return nil
		}
		f.answer(m, unix.RTM_NEWLINK, netlink.Multi|f.interruption(), b)
		f.done(m)
	case unix.RTM_GETADDR:
		for p, there := range f.addresses {
			if !there {
				continue
			}
			b, err := address{index: 2, prefix: p, peer: p.Addr(), label: "eth0", origin: spec.OriginLVSForm, preferred: forever, valid: forever}.encode()
			if err != nil {
				return err
			}
			f.answer(m, unix.RTM_NEWADDR, netlink.Multi, b)
		}
		f.done(m)
	default:
		f.done(m)
	}
	return nil
}

func (f *fakeKernel) done(m netlink.Message) {
	f.answer(m, netlink.Done, netlink.Multi, make([]byte, 4))
}

func (f *fakeKernel) interruption() netlink.HeaderFlags {
	if f.interrupted > 0 {
		f.interrupted--
		return netlink.DumpInterrupted
	}
	return 0
}

func fakeDriver(t *testing.T) (*Driver, *fakeKernel) {
	t.Helper()
	d, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	f := &fakeKernel{addresses: map[netip.Prefix]bool{}, lose: func(netlink.HeaderType) (bool, bool) { return true, false }}
	d.open, d.rules = f.open, &spyRules{}
	return d, f
}
