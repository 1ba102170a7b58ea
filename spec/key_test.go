package spec_test

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
)

func TestKeySpelling(t *testing.T) {
	for want, k := range map[string]spec.Key{
		"timeouts":                                  spec.TimeoutsKey{},
		"sync master":                               spec.SyncDaemonKey{Role: spec.Master},
		"sync backup":                               spec.SyncDaemonKey{Role: spec.Backup},
		"tcp 192.0.2.10:80":                         web,
		"udp 192.0.2.10:53":                         dns,
		"tcp [2001:db8::10]:80":                     web6,
		"sctp 0.0.0.0:0":                            spec.Listener(spec.SCTP, netip.MustParseAddrPort("0.0.0.0:0")),
		"protocol300 [::ffff:192.0.2.10]:65535":     spec.Listener(300, netip.MustParseAddrPort("[::ffff:192.0.2.10]:65535")),
		"fwmark 21 ipv4":                            mark,
		"fwmark 4294967295 ipv6":                    spec.Mark(1<<32-1, spec.IPv6),
		"tcp 192.0.2.10:80 -> 10.0.0.11:8080":       at(web, "10.0.0.11:8080"),
		"fwmark 21 ipv4 -> [2001:db8:1::11]:0":      at(mark, "[2001:db8:1::11]:0"),
		"tcp [2001:db8::10]:80 -> [2001:db8::11]:0": at(web6, "[2001:db8::11]:0"),

		"module ip_vs_ftp":                  spec.ModuleKey{Name: "ip_vs_ftp"},
		"link anycast0":                     spec.LinkKey{Name: "anycast0"},
		"link gue:6080":                     spec.GUEReceiver(6080),
		"sysctl net.ipv4.ip_forward":        spec.SysctlKey{Name: "net.ipv4.ip_forward"},
		"neighbour eth0 192.0.2.53":         spec.NeighbourKey{Interface: "eth0", Address: netip.MustParseAddr("192.0.2.53")},
		"arp_filter eth0.100 192.0.2.10":    spec.ARPFilterKey{Interface: "eth0.100", Address: netip.MustParseAddr("192.0.2.10")},
		"address lo 2001:db8::10/128":       spec.AddressKey{Interface: "lo", Prefix: netip.MustParsePrefix("2001:db8::10/128")},
		"mark_rule tcp 192.0.2.10:80":       spec.MarkRuleKey{Protocol: spec.TCP, Address: web.Address.Addr(), First: 80, Last: 80},
		"mark_rule udp [2001:db8::10]:1-99": spec.MarkRuleKey{Protocol: spec.UDP, Address: web6.Address.Addr(), First: 1, Last: 99},
		"mark_rule sctp 192.0.2.10:any":     spec.MarkRuleKey{Protocol: spec.SCTP, Address: web.Address.Addr()},

		"masquerade_rule fwmark 21 ipv4 -> 10.0.0.11:0": spec.MasqueradeRuleKey{Destination: at(mark, "10.0.0.11:0")},
	} {
		if got := k.String(); got != want {
			t.Errorf("spelling %q, want %q", got, want)
		}
		if got, err := spec.ParseKey(want); got != k || err != nil {
			t.Errorf("%q is read as %v, %v", want, got, err)
		}
	}
}

func TestParseKeyErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "not a protocol",
		"tcp":                       "not an address and port",
		"TCP 192.0.2.1:80":          "not a protocol",
		"tcp 192.0.2.1":             "not an address and port",
		"tcp 192.0.2.1:65536":       "not an address and port",
		"tcp [fe80::1%eth0]:80":     "not an address and port",
		"tcp 192.0.2.1:80 -> ":      "not an address and port",
		"tcp 192.0.2.1:80 -> rs1":   "not an address and port",
		"fwmark 4294967296 ipv4":    "not a firewall mark",
		"fwmark 1":                  "not an address family",
		"fwmark 1 inet":             "not an address family",
		"sync both":                 "not a sync daemon role",
		"protocol65536 192.0.2.1:1": "not a protocol",
		"timeouts tcp":              "not a protocol",
		"link":                      `is not "link NAME"`,
		"sysctl a b":                `is not "sysctl NAME"`,
		"address eth0 192.0.2.10":   "ADDRESS/LENGTH",
		"neighbour 192.0.2.10":      "INTERFACE ADDRESS",
		"arp_filter eth0 fe80::1%1": "INTERFACE ADDRESS",
		"mark_rule tcp 192.0.2.1":   "ADDRESS:PORTS",

		"mark_rule tcp 192.0.2.1:9-8":       "ADDRESS:PORTS",
		"masquerade_rule tcp 192.0.2.10:80": "SERVICE -> ADDRESS:PORT",
	} {
		if k, err := spec.ParseKey(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is read as %v, %v; want an error with %q", text, k, err, want)
		}
	}
}

// Two spellings may name one object, and then one of them is the object's.
func FuzzParseKey(f *testing.F) {
	for _, text := range []string{"timeouts", "sync master", "fwmark 021 ipv6", "mark_rule tcp 192.0.2.1:080-90", "address a ::1/64", "link x", "protocol6 192.0.2.1:080", "tcp [2001:DB8:0::1]:80 -> 10.0.0.1:0", "a -> b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, err := spec.ParseKey(text)
		if err != nil {
			return
		}
		if again, err := spec.ParseKey(k.String()); again != k || err != nil {
			t.Errorf("%q is %q, which is read as %v, %v", text, k, again, err)
		}
	})
}

func FuzzKeys(f *testing.F) {
	f.Add(uint8(0), uint16(6), []byte{192, 0, 2, 1}, uint16(80), uint32(0), []byte{10, 0, 0, 1}, uint16(8080))
	f.Add(uint8(1), uint16(0), []byte{}, uint16(0), uint32(7), netip.MustParseAddr("::ffff:10.0.0.1").AsSlice(), uint16(0))
	f.Fuzz(func(t *testing.T, kind uint8, protocol uint16, a []byte, port uint16, fwmark uint32, b []byte, to uint16) {
		vip, ok := netip.AddrFromSlice(a)
		rs, isServer := netip.AddrFromSlice(b)
		k := spec.Mark(fwmark, []spec.Family{spec.IPv4, spec.IPv6}[kind/2%2])
		if kind%2 == 0 {
			k = spec.Listener(spec.Protocol(protocol), netip.AddrPortFrom(vip, port))
		} else {
			ok = true
		}
		if !ok {
			return
		}
		if got, err := spec.ParseKey(k.String()); got != spec.Key(k) || err != nil {
			t.Errorf("%s is read as %v, %v", k, got, err)
		}
		if isServer {
			d := spec.DestinationKey{Service: k, Address: netip.AddrPortFrom(rs, to)}
			if got, err := spec.ParseKey(d.String()); got != spec.Key(d) || err != nil {
				t.Errorf("%s is read as %v, %v", d, got, err)
			}
		}
	})
}

func TestKeysAreInOneOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	seen := map[spec.Key]bool{}
	for range 30 {
		for k := range drivertest.OddState(r).All() {
			seen[k] = true
		}
	}
	var keys []spec.Key
	for k := range seen {
		keys = append(keys, k)
		if len(keys) == 60 {
			break
		}
	}
	for _, a := range keys {
		for _, b := range keys {
			ab := spec.CompareKeys(a, b)
			if ab != -spec.CompareKeys(b, a) || (ab == 0) != (a == b) {
				t.Errorf("%s and %s: %d and %d", a, b, ab, spec.CompareKeys(b, a))
			}
			for _, c := range keys {
				if ab < 0 && spec.CompareKeys(b, c) < 0 && spec.CompareKeys(a, c) >= 0 {
					t.Fatalf("%s < %s < %s, and yet not", a, b, c)
				}
			}
		}
	}
}

func TestLiveName(t *testing.T) {
	got := map[string]string{}
	for _, k := range []spec.Key{web, web6, mark, at(web, "10.0.0.11:80"), spec.TimeoutsKey{}, spec.SyncDaemonKey{Role: spec.Master},
		spec.AddressKey{Interface: "eth0", Prefix: netip.MustParsePrefix("192.0.2.10/32")}, spec.SysctlKey{Name: "net.ipv4.ip_forward"}} {
		got[k.String()] = spec.LiveName(k)
	}
	want := map[string]string{
		"tcp 192.0.2.10:80":                 `live.tcp["192.0.2.10:80"]`,
		"tcp [2001:db8::10]:80":             `live.tcp["[2001:db8::10]:80"]`,
		"fwmark 21 ipv4":                    `live.fwmark["21/ipv4"]`,
		"tcp 192.0.2.10:80 -> 10.0.0.11:80": `live.tcp["192.0.2.10:80"].server["10.0.0.11:80"]`,
		"timeouts":                          `live.timeouts`,
		"sync master":                       `live.sync_daemon["master"]`,
		"address eth0 192.0.2.10/32":        `live.address["eth0 192.0.2.10/32"]`,
		"sysctl net.ipv4.ip_forward":        `live.sysctl["net.ipv4.ip_forward"]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}
