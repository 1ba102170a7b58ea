//go:build linux

package netlink

import (
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"testing/quick"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/internal/doubt"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

func encode(c plan.Change) []byte {
	channel := &channel{family: fakeFamily}
	channel.change(c)
	return channel.enc.b
}

// Counted by hand, for a little-endian machine.
func TestGolden(t *testing.T) {
	if native.Uint16([]byte{1, 0}) != 1 {
		t.Skip("a big-endian machine")
	}
	six := spec.Mark(21, spec.IPv6)
	for _, c := range []struct {
		change plan.Change
		want   string
	}{
		{create(web, spec.Service{Scheduler: "wlc", Flags: spec.Flag3, OnePacket: true, Persistent: true, Timeout: 360, Netmask: spec.MaskIPv4(0xffffff00), Engine: "sip"}),
			"64000000 1c000100 01000000 00000000 01010000" + // header, create
				"50000180 06000100 02000000 06000200 06000000 08000300 c000020a 06000400 00500000" + // tcp 192.0.2.10:80
				"08000600 776c6300 0c000700 25000000 ffffffff 08000800 68010000 08000900 ffffff00 08000b00 73697000"},
		{create(six, spec.Service{Scheduler: "rr", Netmask: spec.PrefixIPv6(64)}),
			"4c000000 1c000100 01000000 00000000 01010000" +
				"38000180 06000100 0a000000 08000500 15000000" + // fwmark 21 ipv6
				"07000600 72720000 0c000700 00000000 ffffffff 08000800 00000000 08000900 40000000"},
		{plan.Change{Key: serverOn(web, "10.0.0.11:8080"), Before: one, After: spec.Destination{Forward: spec.TunnelTo, Weight: 5, UpperThreshold: 9, LowerThreshold: 2, Tunnel: spec.Tunnel{Type: spec.GUE, Port: 6080, Checksum: spec.ChecksumRemote}}},
			"84000000 1c000100 01000000 00000000 06010000" +
				"24000180 06000100 02000000 06000200 06000000 08000300 c000020a 06000400 00500000" +
				"4c000280 08000100 0a00000b 06000200 1f900000 08000300 02000000 08000400 05000000 08000500 09000000 08000600 02000000" +
				"05000d00 01000000 06000e00 17c00000 06000f00 02000000"},
		{plan.Change{Key: serverOn(web, "[2001:db8::11]:80"), Before: one},
			"60000000 1c000100 01000000 00000000 07010000" +
				"24000180 06000100 02000000 06000200 06000000 08000300 c000020a 06000400 00500000" +
				"28000280 14000100 20010db8 00000000 00000000 00000011 06000200 00500000 06000b00 0a000000"},
		{create(spec.SyncDaemonKey{Role: spec.Backup}, spec.SyncDaemon{Interface: "eth0", SyncID: 7, Port: 8849, Group: netip.MustParseAddr("224.0.0.82")}),
			"44000000 1c000100 01000000 00000000 09010000" +
				"30000380 08000100 02000000 09000200 65746830 00000000 08000300 07000000 08000500 e0000052 06000700 91220000"},
		{plan.Change{Key: spec.SyncDaemonKey{Role: spec.Master}, Before: spec.SyncDaemon{Interface: "eth0"}},
			"20000000 1c000100 01000000 00000000 0a010000 0c000380 08000100 01000000"},
		{plan.Change{Key: spec.TimeoutsKey{}, Before: spec.Timeouts{TCP: 1}, After: spec.Timeouts{TCP: 900, UDP: 300}},
			"2c000000 1c000100 01000000 00000000 0c010000 08000400 84030000 08000500 00000000 08000600 2c010000"},
	} {
		want := strings.ReplaceAll(c.want, " ", "")
		if got := hex.EncodeToString(encode(c.change)); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.change, got, want)
		}
	}
}

// What is encoded is read back as it was, one message, of a bounded size, for whatever passes the refusals.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	k, _ := newFake()
	for range 2000 {
		c := drivertest.RandomChange(r, drivertest.RandomState(r))
		if c.After == nil || refuse(c) != nil {
			continue
		}
		m := messages{rest: encode(c)}
		if !m.next() || len(m.rest) > 0 || m.bad || len(m.body) > 256 {
			t.Fatalf("%s is %d messages of one", c, len(m.rest))
		}
		want := plan.Change{Key: c.Key, After: doubt.Seen(c.After)}
		if s, ok := c.After.(spec.Service); ok && s.Scheduler == "" {
			s.Scheduler = noScheduler
			want.After = s
		}
		if got := k.decode(m.body[genlHeaderLen:]); got != want {
			t.Fatalf("sent %+v\nread %+v", want, got)
		}
	}
}

// A batch never has a length in it that would hide what follows.
func TestNoMalformedRequests(t *testing.T) {
	check := func(scheduler, engine, dev string, id uint32, mark uint32, port uint16, address [16]byte) bool {
		channel := &channel{family: fakeFamily}
		a := netip.AddrPortFrom(netip.AddrFrom16(address), port)
		n := 0
		for _, c := range []plan.Change{
			create(spec.Listener(spec.Protocol(port), a), spec.Service{Scheduler: scheduler, Engine: engine, Flags: spec.SchedulerFlags(mark)}),
			create(spec.Mark(mark, spec.IPv4), spec.Service{Scheduler: strings.Repeat(scheduler, int(port)%1500), Engine: engine}),
			create(spec.SyncDaemonKey{Role: spec.Role(port)}, spec.SyncDaemon{Interface: dev, SyncID: id, Group: a.Addr()}),
			create(spec.DestinationKey{Service: web, Address: a}, spec.Destination{Weight: id, UpperThreshold: mark}),
		} {
			if refuse(c) == nil {
				channel.change(c)
				n++
			}
		}
		m := messages{rest: channel.enc.b}
		for m.next() {
			var f, in fields
			if !f.index(m.body[genlHeaderLen:], &sizes{}) {
				return false
			}
			for kind := range f.at {
				if !in.index(f.value(uint16(kind)), &sizes{}) {
					return false
				}
			}
			n--
		}
		return !m.bad && n == 0
	}
	if err := quick.Check(check, &quick.Config{MaxCount: 500}); err != nil {
		t.Error(err)
	}
}

func TestCounters(t *testing.T) {
	e := &encoder{}
	at := e.nest(attrDest)
	stats := e.nest(dstStats)
	for i := range uint16(10) {
		if i == 3 || i == 4 {
			e.header(i+1, 8)
			e.b = native.AppendUint64(e.b, uint64(i)+1)
		} else {
			e.u32(i+1, uint32(i)+1)
		}
	}
	e.close(stats)
	e.close(at)
	want := Counters{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	if got, err := countersIn(e.b, attrDest, dstStats, dstStats64); err != nil || got != want {
		t.Errorf("32 bits: %+v, %v", got, err)
	}
	e = &encoder{}
	at = e.nest(attrDest)
	stats = e.nest(dstStats64)
	v := reflect.ValueOf(&want).Elem()
	for i := range v.NumField() {
		v.Field(i).SetUint(1<<40 + uint64(i))
		e.header(uint16(i+1), 8)
		e.b = native.AppendUint64(e.b, 1<<40+uint64(i))
	}
	e.close(stats)
	e.close(at)
	if got, err := countersIn(e.b, attrDest, dstStats, dstStats64); err != nil || got != want {
		t.Errorf("64 bits: %+v, %v", got, err)
	}
}

func TestMissingFamily(t *testing.T) {
	c := &channel{transport: &answerWith{}, acks: newInbox(1, 64), data: newInbox(1, 64)}
	if err := c.resolve(); err == nil || err.Error() != missingModule {
		t.Errorf("resolve: %v", err)
	}
}

// answerWith is a kernel without IPVS.
type answerWith struct{ seq uint32 }

func (a *answerWith) send(b []byte) error { a.seq = native.Uint32(b[8:]); return nil }
func (a *answerWith) close() error        { return nil }
func (a *answerWith) receive(in *inbox, _ bool) error {
	in.got = append(in.got[:0], result(a.seq, unix.ENOENT))
	return nil
}

// Whatever a datagram holds, parsing ends, stays inside it and says no or gives values.
func FuzzParse(f *testing.F) {
	for _, c := range five() {
		f.Add(encode(c))
	}
	f.Add(result(1, unix.EEXIST))
	f.Fuzz(func(t *testing.T, b []byte) {
		n := names{}
		m := messages{rest: b}
		for m.next() {
			_, _ = m.errno()
		}
		c := &channel{family: fakeFamily, seq: 1}
		_, _ = c.messages(b, new(shape), func([]byte) error { return nil })
		_, errService := n.service(b)
		errServer := decodeServer(b, spec.IPv4, new(server))
		_, _, errDaemon := n.daemon(b)
		_, _ = decodeTimeouts(b)
		_, _ = countersIn(b, attrDest, dstStats, dstStats64)
		if errService == nil && !new(fields).inside(b, attrService, &sizes{}) {
			t.Error("a service out of nothing")
		}
		if errServer == nil && errService == nil && errDaemon == nil && len(b) < 3*attrHeaderLen {
			t.Error("three objects in", len(b), "bytes")
		}
		for _, err := range []error{errService, errServer, errDaemon} {
			if err != nil && !errors.Is(err, errMalformed) {
				t.Error(cmp.Diff(errMalformed, err))
			}
		}
	})
}
