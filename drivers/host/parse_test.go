//go:build linux

package host

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/spec"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

func TestAddressRoundTrip(t *testing.T) {
	for _, x := range []address{
		{index: 7, prefix: netip.MustParsePrefix("192.0.2.10/32"), peer: netip.MustParseAddr("192.0.2.10"), label: "eth0:1", preferred: forever, valid: forever},
		{index: 7, prefix: netip.MustParsePrefix("192.0.2.10/24"), peer: netip.MustParseAddr("192.0.2.99"), scope: 253, origin: 0x6c, flags: 0x202, preferred: 0, valid: 300, metric: 5},
		{index: 1 << 30, prefix: netip.MustParsePrefix("2001:db8::10/128"), peer: netip.MustParseAddr("2001:db8::10"), flags: 0x202, preferred: 0, valid: forever},
	} {
		b, err := x.encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseAddress(netlink.Message{Data: b})
		if got != x || err != nil {
			t.Errorf("%+v is read back as %+v, %v", x, got, err)
		}
	}
}

func TestScopes(t *testing.T) {
	for n := range 256 {
		if got, err := scopeNumber(scopeName(uint8(n))); int(got) != n || err != nil {
			t.Errorf("%d is %q, and back %d, %v", n, scopeName(uint8(n)), got, err)
		}
	}
	for _, name := range []string{"", "256", "-1", "nonsense"} {
		if _, err := scopeNumber(name); err != unix.EINVAL {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestMAC(t *testing.T) {
	for text, n := range map[string]int{"02:00:5e:00:53:01": 6, "0a:00:00:63": 4, "ff": 1, "": 0, "02:00:5E:00:53:01": 0, "0200:5e": 0, "2:0": 0, "02-00": 0} {
		b, err := parseMAC(text)
		if len(b) != n || (err == nil) != (n > 0) || n > 0 && formatMAC(b) != text {
			t.Errorf("%q: %x, %v", text, b, err)
		}
	}
}

func TestParseModules(t *testing.T) {
	const text = "ip_vs 225280 3 ip_vs_rr,ip_vs_wlc, Live 0x0000000000000000\nfou 10780 0 - Loading 0x0\nsit 1 0 - Unloading 0x0\nbad\n\nipip 1 0 - Live 0x0 (OE)\n"
	if got := parseModules([]byte(text)); !cmp.Equal(got, map[string]bool{"ip_vs": true, "ipip": true}) {
		t.Errorf("%v", got)
	}
	if got := parseBuiltin([]byte("kernel/net/ipv4/ip_gre.ko\nkernel/net/netfilter/nf-tables.ko\n")); !cmp.Equal(got, map[string]bool{"ip_gre": true, "nf_tables": true}) {
		t.Errorf("%v", got)
	}
	for name, want := range map[string]bool{"ip_vs": true, "nf-nat": false, "": false, "..": false, "a/b": false, "-x y": false, "x\x00": false} {
		if plain(name) != want {
			t.Errorf("%q", name)
		}
	}
}

func TestBelow(t *testing.T) {
	for name, want := range map[string]bool{
		"net.ipv4.ip_forward": true, "net.ipv4.conf.eth0/100.arp_ignore": true, "": false, "net.//.//.etc": false, ".etc.passwd": false, "net..ipv4": false, "net.": false, "/": false,
	} {
		if got := below(spec.SysctlKey{Name: name}.Path()); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

// The kernel may say anything; the driver must not fall over it.
func FuzzParse(f *testing.F) {
	b, err := address{prefix: netip.MustParsePrefix("192.0.2.10/32"), peer: netip.MustParseAddr("192.0.2.10"), label: "x"}.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte{2, 33, 0, 0, 0, 0, 0, 0, 8, 0, 1, 0, 1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, data []byte) {
		m := netlink.Message{Data: data}
		if x, err := parseAddress(m); err == nil {
			_ = x.value()
			if _, err := x.encode(); err != nil && x.peer.IsValid() {
				t.Errorf("%+v: %v", x, err)
			}
		}
		if l, err := parseLink(m); err == nil {
			_ = l.value()
		}
		if n, err := parseNeighbour(m); err == nil {
			_ = n.value()
		}
		if r, err := parseReceiver(m); err == nil {
			_, _ = r.key()
		}
	})
}
