//go:build linux

package netlink

import (
	"net/netip"
	"testing"

	"github.com/lvsform/lvsform/spec"
)

// record is a destination as a 6.1 kernel dumps it.
func record() []byte {
	e := &encoder{}
	at := e.nest(attrDest)
	a := netip.MustParseAddr("10.0.0.1").As4()
	e.header(dstAddress, 16)
	e.b = append(append(e.b, a[:]...), make([]byte, 12)...)
	e.port(dstPort, 80)
	for k := uint16(dstForward); k <= dstPersistent; k++ {
		e.u32(k, 1)
	}
	e.u16(dstFamily, 2)
	e.u8(dstTunType, 0)
	e.port(dstTunPort, 0)
	e.u16(dstTunChecksum, 0)
	for _, stats := range []uint16{dstStats, dstStats64} {
		in := e.nest(stats)
		for k := range uint16(10) {
			e.u32(k+1, 0)
			if stats == dstStats64 {
				e.b = append(e.b, 0, 0, 0, 0)
			}
		}
		e.close(in)
	}
	e.close(at)
	return e.b
}

func BenchmarkDecodeServer(b *testing.B) {
	r := record()
	for b.Loop() {
		var s server
		if err := decodeServer(r, spec.IPv4, &s); err != nil || s.value.Weight != 1 {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeService(b *testing.B) {
	r := encode(create(web, rr))[headerLen+genlHeaderLen:]
	n := names{}
	for b.Loop() {
		if s, err := n.service(r); err != nil || s.key != web {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	c := &channel{}
	x := five()[1]
	b.ReportAllocs()
	for b.Loop() {
		c.enc.reset()
		c.change(x)
	}
}
