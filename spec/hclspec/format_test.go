package hclspec_test

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
)

// FuzzFormat: what Format writes is canonical, and Load gives the State back.
func FuzzFormat(f *testing.F) {
	for i := range uint64(20) {
		f.Add(i, uint8(i*3))
	}
	f.Fuzz(func(t *testing.T, seed uint64, size uint8) {
		s := randomState(rand.New(rand.NewPCG(seed, 1)), int(size%40))
		text, err := hclspec.Format(hclspec.Document{State: s})
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
		if diags.HasErrors() {
			t.Fatalf("%v\n%s", diags, text)
		}
		if !c.Desired.State.Equal(s) {
			t.Errorf("state (-want +got):\n%s\n%s", diffStates(s, c.Desired.State), text)
		}
	})
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

func TestFormat(t *testing.T) {
	c, diags := load(t, map[string]string{"main.lvs.hcl": readFile(t, "testdata/format.lvs.hcl")})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	text, err := hclspec.Format(hclspec.Document{State: c.Desired.State})
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(filepath.Join("testdata", "format.lvs.hcl"), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(readFile(t, "testdata/format.lvs.hcl"), string(text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
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
