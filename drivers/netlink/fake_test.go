//go:build linux

package netlink

import (
	"errors"
	"net/netip"
	"slices"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

const fakeFamily = 0x1c

// fakeKernel answers requests from a simulated node, and can be made to lose the answers.
type fakeKernel struct {
	node  *spec.Node
	names names
	// lose says what comes of the answers to the next batch of changes: what is left, and what the first receive says.
	lose func(answers [][]byte) ([][]byte, error)
	// deaf refuses new connections.
	deaf bool
	// batches has the number of changes in each.
	batches []int
}

var errDeaf = errors.New("no more sockets")

func newFake() (*fakeKernel, *Driver) {
	k := &fakeKernel{node: spec.NewNode(spec.Kernel{}, spec.State{
		Timeouts: map[spec.TimeoutsKey]spec.Timeouts{{}: {TCP: 900, TCPFin: 120, UDP: 300}},
	}), names: names{}}
	return k, newDriver(func() (transport, error) {
		if k.deaf {
			return nil, errDeaf
		}
		return &fakeSocket{kernel: k}, nil
	})
}

// fakeSocket is one connection to it.
type fakeSocket struct {
	kernel *fakeKernel
	queue  [][]byte
	err    error
}

func (s *fakeSocket) close() error { return nil }

func (s *fakeSocket) receive(in *inbox, _ bool) error {
	in.got = in.got[:0]
	if err := s.err; err != nil {
		s.err = nil
		return err
	}
	n := min(len(s.queue), len(in.slots))
	if n == 0 {
		return errLost
	}
	in.got, s.queue = append(in.got, s.queue[:n]...), s.queue[n:]
	return nil
}

func (s *fakeSocket) send(requests []byte) error {
	m := messages{rest: requests}
	var answers [][]byte
	changes := 0
	for m.next() {
		switch {
		case m.kind == controlFamily:
			e := answer(m.seq, controlFamily)
			e.u16(unix.CTRL_ATTR_FAMILY_ID, fakeFamily)
			e.end()
			answers = append(answers, e.b, result(m.seq, 0))
		case m.body[0] == cmdGetService || m.body[0] == cmdGetDest || m.body[0] == cmdGetDaemon || m.body[0] == cmdGetConfig:
			answers = append(answers, s.kernel.get(&m)...)
		default:
			changes++
			e := s.kernel.change(m.body[0], m.body[genlHeaderLen:])
			if e != 0 || m.flags&unix.NLM_F_ACK != 0 {
				answers = append(answers, result(m.seq, e))
			}
		}
	}
	if m.bad {
		panic("a malformed request: the kernel would drop what follows it and say nothing")
	}
	if changes > 0 {
		s.kernel.batches = append(s.kernel.batches, changes)
		if lose := s.kernel.lose; lose != nil {
			s.kernel.lose = nil
			answers, s.err = lose(answers)
		}
	}
	s.queue = append(s.queue, answers...)
	return nil
}

func answer(seq uint32, family uint16) *encoder {
	e := &encoder{}
	e.begin(family, 0, seq, 0, 1)
	return e
}

func result(seq uint32, e unix.Errno) []byte { return control(unix.NLMSG_ERROR, seq, e) }

func control(kind uint16, seq uint32, e unix.Errno) []byte {
	b := native.AppendUint32(nil, headerLen+4)
	b = native.AppendUint16(b, kind)
	b = native.AppendUint16(b, 0)
	b = native.AppendUint32(b, seq)
	b = native.AppendUint32(b, 0)
	return native.AppendUint32(b, uint32(-int32(e)))
}

// change does what a request asks for, and gives the errno.
func (k *fakeKernel) change(cmd uint8, body []byte) unix.Errno {
	c := k.decode(body)
	switch cmd {
	case cmdNewService, cmdNewDest, cmdNewDaemon:
	case cmdDelService, cmdDelDest, cmdDelDaemon:
		c.Before, c.After = c.After, nil
	default:
		c.Before = c.After
	}
	err := k.node.Do(c.Key, c.Before, c.After)
	if refusal, ok := errors.AsType[*spec.Refusal](err); ok {
		return refusal.Errno
	}
	return 0
}

func (k *fakeKernel) decode(body []byte) plan.Change {
	service, noService := k.names.service(body)
	if new(fields).inside(body, attrDest, &sizes{}) {
		var d server
		if err := decodeServer(body, service.key.Family(), &d); err != nil || noService != nil {
			panic("cannot decode")
		}
		return plan.Change{Key: spec.DestinationKey{Service: service.key, Address: d.address}, After: d.value}
	}
	if noService == nil {
		return plan.Change{Key: service.key, After: service.value}
	}
	if key, v, err := k.names.daemon(body); err == nil {
		return plan.Change{Key: key, After: v}
	}
	t, err := decodeTimeouts(body)
	if err != nil {
		panic(err)
	}
	return plan.Change{Key: spec.TimeoutsKey{}, After: t}
}

// get answers a question, as a dump of which each object is in a datagram of its own.
func (k *fakeKernel) get(m *messages) (answers [][]byte) {
	var asked service
	if m.body[0] == cmdGetDest || m.flags&unix.NLM_F_DUMP == 0 && m.body[0] == cmdGetService {
		asked, _ = k.names.service(m.body[genlHeaderLen:])
	}
	for _, key := range k.node.State().Keys() {
		e := answer(m.seq, fakeFamily)
		switch v := k.node.State().Get(key).(type) {
		case spec.Service:
			if m.body[0] != cmdGetService || asked.key != (spec.ServiceKey{}) && asked.key != key {
				continue
			}
			at := e.service(key.(spec.ServiceKey))
			e.serviceValue(key.(spec.ServiceKey), v)
			e.close(at)
		case spec.Destination:
			if m.body[0] != cmdGetDest || asked.key != key.(spec.DestinationKey).Service {
				continue
			}
			at := e.nest(attrDest)
			e.server(key.(spec.DestinationKey).Address)
			e.destinationValue(v)
			e.close(at)
		case spec.Timeouts:
			if m.body[0] != cmdGetConfig {
				continue
			}
			e.timeouts(v)
		case spec.SyncDaemon:
			if m.body[0] != cmdGetDaemon {
				continue
			}
			at := e.nest(attrDaemon)
			e.u32(dmnState, uint32(key.(spec.SyncDaemonKey).Role))
			e.daemonValue(v)
			e.close(at)
		}
		e.end()
		answers = append(answers, e.b)
	}
	if m.flags&unix.NLM_F_DUMP == 0 {
		if len(answers) == 0 {
			return [][]byte{result(m.seq, unix.ESRCH)}
		}
		return append(answers, result(m.seq, 0))
	}
	return append(answers, control(unix.NLMSG_DONE, m.seq, 0))
}

func (e *encoder) server(a netip.AddrPort) {
	e.address(dstAddress, a.Addr())
	e.port(dstPort, a.Port())
	e.u16(dstFamily, uint16(spec.FamilyOf(a.Addr())))
}

// do is Do that must give as many results.
func do(t *testing.T, d *Driver, changes ...plan.Change) []plan.Result {
	t.Helper()
	results := d.Do(t.Context(), slices.Clone(changes))
	if len(results) != len(changes) {
		t.Fatalf("%d results of %d changes", len(results), len(changes))
	}
	return results
}

func TestClosedDriverHasNoHost(t *testing.T) {
	d := newDriver(nil)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if h, err := d.Host(t.Context()); err == nil {
		t.Errorf("%+v", h)
	}
}
