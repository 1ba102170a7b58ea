package hclspec_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
)

// FuzzFormat: what Format writes is canonical, Load gives the State back, and the names and the header that a document has
// change nothing.
func FuzzFormat(f *testing.F) {
	for i := range uint64(20) {
		f.Add(i, uint8(i*3), "")
	}
	for _, text := range []string{"web", "a\n} b\r\n# c\x00\x1b[1m\xff", "9 lives", "vip-192-0-2-10", "\ufeff…ü \u2028${x}", "http-192-0-2-11"} {
		f.Add(uint64(len(text)), uint8(30), text)
	}
	f.Fuzz(func(t *testing.T, seed uint64, size uint8, text string) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := randomState(r, int(size%40))
		first, loaded := laws(t, hclspec.Document{State: s})
		if again, _ := laws(t, hclspec.Document{State: loaded}); first != again {
			t.Errorf("another text (-first +second):\n%s", cmp.Diff(first, again))
		}
		d := hclspec.Document{State: s, Header: strings.SplitAfter(text, " ")}
		for range r.IntN(5) {
			d.VIPs = append(d.VIPs, randomVIP(r, text))
		}
		laws(t, d)
	})
}

// laws holds what is true of every document, and gives its text and what Load makes of it.
func laws(t *testing.T, d hclspec.Document) (string, spec.State) {
	t.Helper()
	text, err := hclspec.Format(d)
	if err != nil {
		t.Fatal(err)
	}
	laid, diags := hclspec.Fmt(text, "main.lvs.hcl")
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, text)
	}
	if diff := cmp.Diff(string(text), string(laid)); diff != "" {
		t.Errorf("layout (-Format +Fmt):\n%s", diff)
	}
	c, diags := load(t, map[string]string{"main.lvs.hcl": string(text)})
	for _, diag := range diags {
		if !slices.Contains([]string{"LVS202", "LVS204", "LVS206"}, hclspec.Code(diag)) {
			t.Errorf("%v\n%s", diag, text)
		}
	}
	if !c.Chosen.Desired.State.Equal(d.State) {
		t.Errorf("state (-want +got):\n%s\n%s", diffStates(d.State, c.Chosen.Desired.State), text)
	}
	return string(text), c.Chosen.Desired.State
}

func randomVIP(r *rand.Rand, text string) hclspec.NamedVIP {
	v := hclspec.NamedVIP{Name: pick(r, text, text+"2", "web", "http", "VI_1", ""), Comment: pick(r, "", text, "held by VRRP\non eth0")}
	for range r.IntN(4) {
		a := pick(r, "192.0.2.10", "192.0.2.11", "2001:db8::10", "2001:db8:1::", "198.51.100.7", "fe80::1%eth0", "::ffff:192.0.2.11", "224.0.0.18")
		v.Addresses = append(v.Addresses, netip.MustParseAddr(a))
		v.Prefixes = append(v.Prefixes, netip.PrefixFrom(netip.MustParseAddr(a), 24+r.IntN(9)))
	}
	return v
}

func diffStates(want, got spec.State) string {
	a, _ := want.MarshalJSON()
	b, _ := got.MarshalJSON()
	split := func(j []byte) []string { return strings.SplitAfter(string(j), "},") }
	return cmp.Diff(split(a), split(b))
}

func load(t testing.TB, files map[string]string) (*hclspec.Config, hcl.Diagnostics) {
	return loadFrom(t, files, hclspec.Source{})
}

func loadFrom(t testing.TB, files map[string]string, src hclspec.Source) (*hclspec.Config, hcl.Diagnostics) {
	t.Helper()
	dir := fstest.MapFS{}
	for name, text := range files {
		dir[name] = &fstest.MapFile{Data: []byte(text)}
	}
	src.Dir, src.FS = ".", dir
	return hclspec.Load(src)
}

// randomState is a valid state: a few addresses and values, so that many are equal.
func randomState(r *rand.Rand, services int) (s spec.State) {
	for range services {
		k := randomService(r)
		v := spec.Service{Scheduler: pick(r, spec.Schedulers()...)}
		v.Flags = spec.FlagsOf(v.Scheduler) & spec.SchedulerFlags(r.Uint32())
		v.OnePacket = (k.IsMark() || k.Protocol == spec.UDP) && r.IntN(3) == 0
		if v.Persistent = r.IntN(3) == 0 || !k.IsMark() && k.Address.Port() == 0; v.Persistent {
			v.Timeout = pick(r, uint32(1), 90, 360, 3600, spec.MaxPersistenceTimeout)
			if k.Family() == spec.IPv4 {
				v.Netmask = spec.MaskIPv4(uint32(uint64(0xffffffff) << r.IntN(33)))
			} else {
				v.Netmask = spec.PrefixIPv6(uint8(1 + r.IntN(128)))
			}
			if k.Protocol == spec.UDP && r.IntN(2) == 0 {
				v.Engine = "sip"
			}
		}
		if r.IntN(2) == 0 {
			v = spec.Service{Scheduler: "wlc", Persistent: v.Persistent, Timeout: v.Timeout}
		}
		s.Set(k, v)
		for range r.IntN(5) {
			randomServer(r, &s, k, v)
		}
	}
	if r.IntN(2) == 0 {
		s.Set(spec.TimeoutsKey{}, spec.Timeouts{TCP: r.Uint32N(spec.MaxTimeout + 1), UDP: pick(r, uint32(0), 300)})
	}
	if r.IntN(3) == 0 {
		d := spec.SyncDaemon{Interface: pick(r, "eth0", `${x}`, `a"b\`, "%{if}", "bond0.7"), SyncID: r.Uint32N(256), TTL: uint8(r.Uint32())}
		d.MaxLen, d.Port = uint16(r.Uint32N(spec.MaxSyncLen+1)), uint16(r.Uint32())
		d.Group = pick(r, netip.Addr{}, netip.MustParseAddr("224.0.0.81"), netip.MustParseAddr("ff02::81"))
		s.Set(spec.SyncDaemonKey{Role: pick(r, spec.Master, spec.Backup)}, d)
	}
	for _, p := range spec.Validate(s) {
		s.Set(p.Key, nil) // what was made without looking at the rest of the state
	}
	return s
}

func randomService(r *rand.Rand) spec.ServiceKey {
	if r.IntN(4) == 0 {
		return spec.Mark(1+r.Uint32N(5), pick(r, spec.IPv4, spec.IPv6))
	}
	addr := pick(r, "192.0.2.10", "192.0.2.11", "2001:db8::10", "2001:db8:1::")
	port := pick(r, uint16(0), 80, 81, 82, 83, 443, 65535)
	return spec.Listener(pick(r, spec.TCP, spec.UDP, spec.SCTP), netip.AddrPortFrom(netip.MustParseAddr(addr), port))
}

func randomServer(r *rand.Rand, s *spec.State, k spec.ServiceKey, v spec.Service) {
	d := spec.Destination{Forward: pick(r, spec.Masquerade, spec.Local, spec.TunnelTo, spec.Direct), Weight: pick(r, uint32(0), 1, 1, 1, spec.MaxWeight)}
	if v.OnePacket && d.Forward == spec.Masquerade {
		d.Forward = spec.Direct
	}
	port := k.Address.Port()
	if d.Forward == spec.Masquerade {
		port = pick(r, port, 8080, 8081)
		if port == 0 && !k.IsMark() && k.Address.Port() != 0 {
			port = 1
		}
	}
	if r.IntN(4) == 0 {
		d.UpperThreshold = r.Uint32()
		d.LowerThreshold = d.UpperThreshold / 2
	}
	addrs := []string{"10.0.0.11", "10.0.0.12", "10.0.0.13"}
	if k.Family() == spec.IPv6 && d.Forward != spec.TunnelTo || r.IntN(4) == 0 && d.Forward == spec.TunnelTo {
		addrs = []string{"2001:db8:1::11", "2001:db8:1::12"}
	}
	if d.Forward == spec.TunnelTo {
		d.Tunnel = pick(r, spec.Tunnel{}, spec.Tunnel{Type: spec.GUE, Port: 6080, Checksum: spec.ChecksumRemote}, spec.Tunnel{Type: spec.GRE, Checksum: spec.ChecksumFull})
	}
	s.Set(spec.DestinationKey{Service: k, Address: netip.AddrPortFrom(netip.MustParseAddr(pick(r, addrs...)), port)}, d)
}

func pick[T any](r *rand.Rand, all ...T) T { return all[r.IntN(len(all))] }

// TestFormat: each case is a document, and the text that a person would write for it.
func TestFormat(t *testing.T) {
	cases, err := filepath.Glob("testdata/format/*.json")
	if err != nil || len(cases) == 0 {
		t.Fatal(cases, err)
	}
	for _, name := range cases {
		name = strings.TrimSuffix(name, ".json")
		t.Run(filepath.Base(name), func(t *testing.T) {
			var d hclspec.Document
			if err := json.Unmarshal([]byte(readFile(t, name+".json")), &d); err != nil {
				t.Fatal(err)
			}
			text, _ := laws(t, d)
			golden(t, name+".hcl", text)
			added(t, d)
		})
	}
}

// added: what is new leaves what was there as it was, if it is of another kind.
func added(t *testing.T, d hclspec.Document) {
	t.Helper()
	text, _ := laws(t, hclspec.Document{State: d.State, VIPs: d.VIPs})
	for _, vip := range []string{"192.0.2.1:7", "203.0.113.200:7", "[2001:db8::]:7"} {
		more := hclspec.Document{VIPs: d.VIPs}
		more.State = d.State.Clone()
		k := spec.Listener(spec.TCP, netip.MustParseAddrPort(vip))
		more.State.Set(k, spec.Service{Scheduler: "rr"})
		after, _ := laws(t, more)
		blocks := strings.SplitAfter(after, "\n}\n")
		for _, block := range strings.SplitAfter(text, "\n}\n") {
			if !slices.ContainsFunc(blocks, func(b string) bool { return strings.TrimSpace(b) == strings.TrimSpace(block) }) {
				t.Errorf("with %s there is no more\n%s", vip, block)
			}
		}
	}
}

func TestFormatRefuses(t *testing.T) {
	var s spec.State
	s.Set(spec.Mark(7, spec.IPv4), spec.Service{Scheduler: "none"})
	_, err := hclspec.Format(hclspec.Document{State: s})
	if err == nil || !strings.HasPrefix(err.Error(), "fwmark 7 ipv4 cannot be written as configuration: unknown scheduler") {
		t.Errorf("error %v", err)
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
