//go:build linux

package host

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lvsform/lvsform/plan"
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

func create(k spec.AddressKey) plan.Change { return plan.Change{Key: k, After: spec.VIP(k)} }

// What became of a change whose answer did not come is read from the host; only what cannot be read stays unknown.
func TestLostAnswers(t *testing.T) {
	a, b := on("eth0", "192.0.2.10/32"), on("eth0", "192.0.2.11/32")
	for name, c := range map[string]struct {
		done, silent bool
		first        string // what is said of the first change; "" is done
	}{
		"done":        {done: true},
		"not done":    {first: "create address eth0 192.0.2.10/32: it was not done"},
		"nobody says": {silent: true, first: "create address eth0 192.0.2.10/32: it is not known whether it was done"},
	} {
		t.Run(name, func(t *testing.T) {
			d, f := fakeDriver(t)
			n := 0
			f.lose = func(netlink.HeaderType) (bool, bool) {
				n++
				f.silent = c.silent
				return c.done, n == 1
			}
			r := d.Do(context.Background(), []plan.Change{create(a), create(b)})
			if c.first == "" && r[0] != (plan.Result{}) || c.first != "" && (r[0].Err == nil || !strings.Contains(r[0].Err.Error(), c.first)) || r[0].Unknown != c.silent {
				t.Errorf("%+v", r[0])
			}
			if !c.silent && r[1] != (plan.Result{}) {
				t.Errorf("the next change: %+v", r[1])
			}
			if c.silent && (r[1].Err == nil || r[1].Unknown) {
				t.Errorf("the next change, which was not sent: %+v", r[1])
			}
		})
	}
}

func TestInterruptedDumps(t *testing.T) {
	d, f := fakeDriver(t)
	f.interrupted = again - 1
	if s, err := d.Read(context.Background()); err != nil || s.Get(spec.LinkKey{Name: "eth0"}) == nil {
		t.Errorf("%v", err)
	}
	f.interrupted = again
	if _, err := d.Read(context.Background()); !errors.Is(err, errChanging) {
		t.Errorf("%v", err)
	}
}

func TestClosed(t *testing.T) {
	d, _ := fakeDriver(t)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Read(context.Background()); err == nil {
		t.Error("a closed driver reads")
	}
	if r := d.Do(context.Background(), []plan.Change{create(on("eth0", "192.0.2.10/32"))}); r[0].Err == nil || r[0].Unknown {
		t.Errorf("%+v", r)
	}
	if err := d.Announce(context.Background(), []spec.AddressKey{on("lo", "192.0.2.10/32")}); err == nil {
		t.Error("a closed driver announces")
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestUnreachableKernel(t *testing.T) {
	d, _ := fakeDriver(t)
	d.open = func(int) (*netlink.Conn, error) { return nil, io.ErrClosedPipe }
	if _, err := d.Read(context.Background()); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
	if r := d.Do(context.Background(), []plan.Change{create(on("eth0", "192.0.2.10/32"))}); !errors.Is(r[0].Err, io.ErrClosedPipe) || r[0].Unknown {
		t.Errorf("%+v", r)
	}
}

// spyRules stand for the nftables part.
type spyRules struct{ did []plan.Change }

func (s *spyRules) Read(state *spec.State) error {
	state.Set(spec.ARPFilterKey{Interface: "eth0"}, spec.ARPFilter{})
	return nil
}

func (s *spyRules) Do(c []plan.Change) []plan.Result {
	s.did = append(s.did, c...)
	out := make([]plan.Result, len(c))
	for i := range out {
		out[i].Err = errors.New("rule " + c[i].Key.String())
	}
	return out
}

func (s *spyRules) Close() error { return nil }

func TestRulesAreDispatched(t *testing.T) {
	d, _ := fakeDriver(t)
	filter := spec.ARPFilterKey{Interface: "eth0", Address: netip.MustParseAddr("192.0.2.10")}
	a, b := create(on("eth0", "192.0.2.10/32")), create(on("eth0", "192.0.2.11/32"))
	changes := []plan.Change{a, {Key: filter, After: spec.ARPFilter{}}, {Key: spec.MarkRuleKey{Address: filter.Address}, After: spec.MarkRule{Mark: 1}}, b, {Key: spec.MasqueradeRuleKey{}, After: spec.MasqueradeRule{}}}
	spy := d.rules.(*spyRules)
	for i, r := range d.Do(context.Background(), changes) {
		if isRule(changes[i]) != (r.Err != nil && r.Err.Error() == "rule "+changes[i].Key.String()) {
			t.Errorf("%s: %+v", changes[i], r)
		}
	}
	s, err := d.Read(context.Background())
	if len(spy.did) != 3 || err != nil || len(s.ARPFilters) != 1 {
		t.Errorf("%v, %v, %v", spy.did, s.ARPFilters, err)
	}
}
