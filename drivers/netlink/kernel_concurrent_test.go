//go:build linux

package netlink

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// meddler is a transport whose answers somebody else's changes come between.
type meddler struct {
	transport
	between func()
}

func (m *meddler) receive(in *inbox, wait bool) error {
	err := m.transport.receive(in, wait)
	m.between()
	return err
}

// meddle makes d meet f after each of the next n datagrams that it receives, one at a time.
func meddle(t *testing.T, d *Driver, n int, f func()) {
	t.Helper()
	_, err1 := d.wideChannel()
	_, err2 := d.narrowChannel()
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*channel{d.wide, d.narrow} {
		size := len(c.data.slots[0])
		c.data = newInbox(1, size)
		c.transport = &meddler{c.transport, func() {
			if n > 0 {
				n--
				f()
			}
		}}
	}
}

// window is a service with a run of destinations that moves along by one creation and one deletion at a time.
type window struct {
	key         spec.ServiceKey
	first, last int
}

func (w *window) change(i int) plan.Change {
	a := netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)})
	if w.key.Family() == spec.IPv6 {
		b := a.As4()
		a = netip.AddrFrom16([16]byte{0: 0x20, 1: 0x01, 14: b[2], 15: b[3]})
	}
	return create(spec.DestinationKey{Service: w.key, Address: netip.AddrPortFrom(a, 80)}, one)
}

func (w *window) grow(t *testing.T, d *Driver) {
	t.Helper()
	w.last++
	mustDo(t, d, w.change(w.last))
}

func (w *window) move(t *testing.T, d *Driver) {
	t.Helper()
	w.grow(t, d)
	mustDo(t, d, w.change(w.first).Inverse())
	w.first++
}

// whole says that a state shows the destinations of one moment: a run without holes that is as long as it should be.
func (w *window) whole(t *testing.T, s spec.State, size int) {
	t.Helper()
	n, first, last := 0, 1<<30, 0
	for i := range w.last + 1 {
		if s.Get(w.change(i).Key) != nil {
			n, first, last = n+1, min(first, i), i
		}
	}
	if n != last-first+1 || n < size || n > size+1 {
		t.Errorf("%s: %d destinations from %d to %d, want a run of %d", w.key, n, first, last, size)
	}
}

// Somebody else changes a service between the datagrams of its dump. What is read is one moment's.
func TestKernelDumpInPieces(t *testing.T) {
	for _, address := range []string{"192.0.2.10:80", "[2001:db8::10]:80"} {
		for _, size := range []int{5, 18, 21, 90, 200} {
			for _, meddling := range []int{1, 2, 3, 5, 8} {
				t.Run(fmt.Sprintf("%s, %d destinations, %d changes", address, size, meddling), func(t *testing.T) {
					drivertest.Kernel(t)
					d, other := open(t, Options{}), open(t, Options{})
					w := &window{key: listener(address), first: 1}
					mustDo(t, other, create(w.key, rr))
					for range size {
						w.grow(t, other)
					}
					if w.key.Family() == spec.IPv4 { // what getsockopt cannot read
						mustDo(t, other, create(serverOn(w.key, "10.9.9.9:80"), spec.Destination{Forward: spec.TunnelTo}))
					}
					meddle(t, d, meddling, func() { w.move(t, other) })
					w.whole(t, read(t, d), size)
				})
			}
		}
	}
}

func TestKernelNeverSettles(t *testing.T) {
	drivertest.Kernel(t)
	d, other := open(t, Options{}), open(t, Options{})
	w := &window{key: listener("[2001:db8::10]:80"), first: 1}
	mustDo(t, other, create(w.key, rr))
	for range 200 {
		w.grow(t, other)
	}
	meddle(t, d, 1000, func() { w.move(t, other) })
	if _, err := d.Read(t.Context()); !errors.Is(err, errUnsettled) {
		t.Errorf("read: %v", err)
	}
	w.whole(t, read(t, d), 200) // on new sockets, which nobody meddles with
}

// Services come and go between the datagrams of their dump: those that stay are all there, with their destinations.
func TestKernelServicesComeAndGo(t *testing.T) {
	for _, stay := range []string{"192.0.2.%d:%d", "[2001:db8::%d]:%d"} {
		drivertest.Kernel(t)
		d, other := open(t, Options{}), open(t, Options{})
		var kept []spec.ServiceKey
		var changes []plan.Change
		for i := range 400 {
			k, server := listener(fmt.Sprintf(stay, i%100, 1+i)), "10.0.0.1:80"
			if k.Family() == spec.IPv6 {
				server = "[2001:db8::1]:80"
			}
			kept = append(kept, k)
			changes = append(changes, create(k, rr), create(serverOn(k, server), one))
		}
		mustDo(t, other, changes...)
		var gone []plan.Change
		for i := range 100 {
			gone = append(gone, create(listener(fmt.Sprintf(stay, 100+i, 1+i)), rr))
		}
		for n := range 6 {
			mustDo(t, other, gone...)
			at := 0
			meddle(t, d, 4*n, func() {
				for range 25 / max(n, 1) {
					mustDo(t, other, gone[at].Inverse())
					at++
				}
			})
			s := read(t, d)
			for _, k := range kept {
				if s.Get(k) == nil {
					t.Errorf("%s is missing", k)
				}
			}
			if len(s.Destinations) != len(kept) {
				t.Errorf("%d destinations of %d", len(s.Destinations), len(kept))
			}
			d.hangUp()
			mustDo(t, other, inverse(gone[at:])...)
		}
	}
}

func inverse(changes []plan.Change) (out []plan.Change) {
	for _, c := range changes {
		out = append(out, c.Inverse())
	}
	return out
}

// A service that goes while it is read is there with its destinations, or not at all.
func TestKernelServiceGoesAway(t *testing.T) {
	for n := range 8 {
		drivertest.Kernel(t)
		d, other := open(t, Options{}), open(t, Options{})
		six := listener("[2001:db8::10]:80")
		mustDo(t, other, create(six, rr), create(serverOn(six, "[2001:db8::1]:80"), one))
		left := n
		meddle(t, d, n+1, func() {
			if left--; left < 0 {
				mustDo(t, other, plan.Change{Key: six, Before: rr})
			}
		})
		s := read(t, d)
		if len(s.Services) != len(s.Destinations) {
			t.Errorf("deleted after %d datagrams: %v", n, drivertest.TableLines(s))
		}
	}
}
