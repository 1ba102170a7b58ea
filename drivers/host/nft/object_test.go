//go:build linux

package nft

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// random objects that rules can say; few addresses and ports, so that keys meet.
type random struct{ *rand.Rand }

func (r random) address(six bool) netip.Addr {
	if six {
		return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: byte(1 + r.IntN(3))})
	}
	return netip.AddrFrom4([4]byte{192, 0, 2, byte(1 + r.IntN(3))})
}

func (r random) protocol() spec.Protocol {
	return []spec.Protocol{spec.TCP, spec.UDP, spec.SCTP}[r.IntN(3)]
}

func (r random) port() uint16 { return []uint16{1, 80, 443, 65535}[r.IntN(4)] }

func (r random) portOrAny() uint16 { return []uint16{0, 80, 443}[r.IntN(3)] }

func (r random) mark() uint32 { return []uint32{0, 1, 21, 0xffffffff}[r.IntN(4)] }

func (r random) object() (spec.Key, spec.Value) {
	six := r.IntN(2) == 0
	switch r.IntN(3) {
	case 0:
		k := spec.MarkRuleKey{Protocol: r.protocol(), Address: r.address(six)}
		if r.IntN(4) > 0 {
			a, b := r.port(), r.port()
			k.First, k.Last = min(a, b), max(a, b)
		}
		return k, spec.MarkRule{Mark: r.mark()}
	case 1:
		s := spec.Listener(r.protocol(), netip.AddrPortFrom(r.address(six), r.portOrAny()))
		if r.IntN(3) == 0 {
			s = spec.Mark(1+uint32(r.IntN(2)), spec.FamilyOf(r.address(six)))
		}
		k := spec.MasqueradeRuleKey{Destination: spec.DestinationKey{Service: s, Address: netip.AddrPortFrom(r.address(six), r.portOrAny())}}
		v := spec.MasqueradeRule{}
		if r.IntN(2) == 0 {
			v.Source = r.address(six)
		}
		return k, v
	}
	v := spec.ARPFilter{}
	if r.IntN(2) == 0 {
		v.Source = r.address(false)
	}
	return spec.ARPFilterKey{Interface: []string{"eth0", "bond0.100", "fifteen-letters"}[r.IntN(3)], Address: r.address(false)}, v
}

// listed is what the kernel makes of what we send: the same, with attributes that are zero beside it.
func listed(list []expression) []expression {
	var b []byte
	for _, e := range list {
		if e.name == "payload" {
			e.data = append(slices.Clone(e.data), number(unix.NFTA_PAYLOAD_CSUM_FLAGS, 0)...)
		}
		b = append(b, e.encode()...)
	}
	out, err := steps(b)
	if err != nil {
		panic(err)
	}
	return out
}

func FuzzRulesSayTheirObject(f *testing.F) {
	for i := range uint64(20) {
		f.Add(i, i)
	}
	f.Fuzz(func(t *testing.T, a, b uint64) {
		r := random{rand.New(rand.NewPCG(a, b))}
		k, v := r.object()
		rules, e := build(k, v)
		if e != 0 {
			t.Fatalf("%v %+v: %v", k, v, e)
		}
		var read ruleset
		for c, list := range rules {
			if (list != nil) != chain(c).has(k.Kind()) {
				t.Errorf("%v: chain %v", k, chain(c))
			}
			if list != nil {
				read[c] = listed(list)
			}
		}
		if got := value(k, read); got != v {
			t.Errorf("%v %+v is read as %+v", k, v, got)
		}
		if c := comment(k); commented(c) != k || len(c) > 2+128 {
			t.Errorf("%v is read as %v from its comment of %d bytes", k, commented(c), len(c))
		}
		// A rule that does something else is not the object, whatever its comment says.
		other, w := r.object()
		if rules2, _ := build(other, w); other != k && value(k, rules2) != nil {
			t.Errorf("%v is read as %v", other, k)
		}
		if o := order(k, other); o != -order(other, k) || (o == 0) != (k == other) {
			t.Errorf("order of %v and %v: %d", k, other, o)
		}
	})
}

func order(a, b spec.Key) int {
	if a.Kind() != b.Kind() {
		return spec.CompareKeys(a, b)
	}
	return compareRules(a, b)
}

func FuzzKernelsWords(f *testing.F) {
	rules, _ := build(spec.MarkRuleKey{Protocol: spec.TCP, Address: addr("192.0.2.1")}, spec.MarkRule{Mark: 1})
	f.Add(about(1, 2, 3, attr(1, rules[output][0].encode()), attr(2, comment(spec.ModuleKey{Name: "x"}))).append(nil, 7))
	f.Fuzz(func(_ *testing.T, b []byte) {
		list, err := answers(b)
		if err != nil {
			return
		}
		for _, a := range list {
			_, _ = a.errno()
			fields, _ := a.attributes()
			for _, v := range fields {
				commented(v)
				if list, err := steps(v); err == nil {
					loaded(list)
					same(list, listed(nil))
					for _, e := range list {
						e.same(expression{e.name, nil})
					}
				}
			}
		}
	})
}

func TestWhatNoRuleCanSay(t *testing.T) {
	a4, a6 := addr("192.0.2.1"), addr("2001:db8::1")
	web := spec.Listener(spec.TCP, netip.AddrPortFrom(a4, 80))
	masq := func(s spec.ServiceKey, server netip.Addr) spec.MasqueradeRuleKey {
		return spec.MasqueradeRuleKey{Destination: spec.DestinationKey{Service: s, Address: netip.AddrPortFrom(server, 80)}}
	}
	for _, x := range []struct {
		k    spec.Key
		v    spec.Value
		want unix.Errno
	}{
		{spec.MarkRuleKey{Protocol: 47, Address: a4}, spec.MarkRule{}, unix.EINVAL},
		{spec.MarkRuleKey{Protocol: spec.TCP}, spec.MarkRule{}, unix.EINVAL},
		{spec.MarkRuleKey{Protocol: spec.TCP, Address: addr("fe80::1%eth0")}, spec.MarkRule{}, unix.EINVAL},
		{spec.MarkRuleKey{Protocol: spec.TCP, Address: a4, First: 2, Last: 1}, spec.MarkRule{}, unix.EINVAL},
		{spec.MarkRuleKey{Protocol: spec.TCP, Address: a4, Last: 1}, spec.MarkRule{}, unix.EINVAL},
		{masq(web, a6), spec.MasqueradeRule{}, unix.EINVAL},
		{masq(spec.Mark(1, spec.IPv6), a4), spec.MasqueradeRule{}, unix.EINVAL},
		{masq(web, a4), spec.MasqueradeRule{Source: a6}, unix.EINVAL},
		{spec.ARPFilterKey{Interface: "eth0", Address: a6}, spec.ARPFilter{}, unix.EOPNOTSUPP},
		{spec.ARPFilterKey{Interface: "sixteen-letters-", Address: a4}, spec.ARPFilter{}, unix.EINVAL},
		{spec.ARPFilterKey{Address: a4}, spec.ARPFilter{}, unix.EINVAL},
		{spec.ARPFilterKey{Interface: "eth0", Address: a4}, spec.ARPFilter{Source: a6}, unix.EINVAL},
		{spec.ModuleKey{Name: "ip_vs"}, spec.Module{}, unix.EOPNOTSUPP},
	} {
		if _, e := build(x.k, x.v); e != x.want {
			t.Errorf("%v %+v: %v, want %v", x.k, x.v, e, x.want)
		}
	}
}

// The narrower range counts: for marks it stands last, for masquerading first.
func TestOrderOfRules(t *testing.T) {
	mark := func(first, last uint16) spec.Key {
		return spec.MarkRuleKey{Protocol: spec.TCP, Address: addr("192.0.2.1"), First: first, Last: last}
	}
	masq := func(service, server uint16) spec.Key {
		s := spec.Listener(spec.TCP, netip.AddrPortFrom(addr("192.0.2.1"), service))
		return spec.MasqueradeRuleKey{Destination: spec.DestinationKey{Service: s, Address: netip.AddrPortFrom(addr("192.0.2.9"), server)}}
	}
	byMark := spec.MasqueradeRuleKey{Destination: spec.DestinationKey{
		Service: spec.Mark(9, spec.IPv4), Address: netip.AddrPortFrom(addr("192.0.2.9"), 0)}}
	for _, want := range [][]spec.Key{
		{mark(0, 0), mark(1, 65535), mark(80, 90), mark(85, 95), mark(82, 84), mark(83, 83), mark(90, 90)},
		{byMark, masq(80, 80), masq(443, 80), masq(80, 0), masq(0, 80), masq(0, 0)},
	} {
		got := slices.Clone(want)
		rand.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		slices.SortFunc(got, compareRules)
		if !slices.Equal(got, want) {
			t.Errorf("order %v, want %v", got, want)
		}
	}
}

func TestCommentsOfOthers(t *testing.T) {
	raw := func(s string) []byte { return append(append([]byte{0, byte(len(s) + 1)}, s...), 0) }
	for _, b := range [][]byte{
		nil, {0}, {0, 200, 'x'}, raw("ours"), raw("mark_rule tcp 192.0.2.1:080"), raw("mark_rule tcp 192.0.2.1:80 "),
		append([]byte{1, 1, 7}, raw("x")...),
	} {
		if k := commented(b); k != nil {
			t.Errorf("%q is read as %v", b, k)
		}
	}
	if k := commented(append([]byte{1, 1, 7}, raw("module x")...)); k != (spec.ModuleKey{Name: "x"}) {
		t.Errorf("a comment behind another part is read as %v", k)
	}
}

// The outcome of a batch is told from whatever datagrams the kernel's answers come in.
func TestAnswersAreCut(t *testing.T) {
	for _, b := range [][]byte{{1}, binary.NativeEndian.AppendUint64(nil, 1<<40), make([]byte, 20)} {
		if _, err := answers(b); err == nil {
			t.Errorf("%v is taken for messages", b)
		}
	}
}
