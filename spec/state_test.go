package spec_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
)

func roundTrip(t *testing.T, s spec.State) {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var got spec.State
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	again, err := json.Marshal(got)
	if !got.Equal(s) || string(again) != string(text) || err != nil {
		t.Errorf("%v\n%s", err, cmp.Diff(string(text), string(again)))
	}
}

func FuzzStateJSON(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		roundTrip(t, drivertest.RandomState(r))
		roundTrip(t, drivertest.OddState(r))
		one, other := hostState(t, r), hostState(t, r)
		roundTrip(t, one)
		patched(t, one, other)
	})
}

// Any number that a field holds survives, whether or not a kernel would store it.
func FuzzValueJSON(f *testing.F) {
	f.Add("sh", "sip", uint32(0x18), uint32(360), uint32(0xffffff00), uint8(64), uint16(6080), uint16(2), uint8(5), []byte{224, 0, 0, 81})
	f.Fuzz(func(t *testing.T, a, b string, w, x, y uint32, p uint8, q, flags uint16, n uint8, group []byte) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			return // no name of a module or an interface; JSON cannot say it
		}
		address, _ := netip.AddrFromSlice(group)
		netmask := spec.MaskIPv4(y)
		if n > 128 {
			netmask = spec.PrefixIPv6(p)
		}
		for _, v := range []spec.Value{
			spec.Service{Scheduler: a, Flags: spec.SchedulerFlags(w) &^ 7, OnePacket: n&1 > 0, Persistent: n&2 > 0, Timeout: x, Netmask: netmask, Engine: b},
			spec.Destination{
				Forward: spec.Forward(n % 8), Tunnel: spec.Tunnel{Type: spec.TunnelType(p), Port: q, Checksum: spec.Checksum(flags)},
				Weight: w, UpperThreshold: x, LowerThreshold: y,
			},
			spec.Timeouts{TCP: w, TCPFin: x, UDP: y},
			spec.SyncDaemon{Interface: a, SyncID: w, MaxLen: q, Group: address, Port: flags, TTL: n},
		} {
			if got, err := spec.DecodeValue(v.Kind(), spec.EncodeValue(v)); got != v || err != nil {
				t.Errorf("%s is read back as %s, %v", spec.EncodeValue(v), spec.EncodeValue(got), err)
			}
		}
	})
}

func TestStateJSONErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{"services": {}}`: `no objects of kind "services"`,
		`{"service": {"tcp [::1]:80": {"scheduler": "rr"}, "tcp [0::1]:80": {"scheduler": "rr"}}}`: "in two spellings",
		`{"service": {"tcp 192.0.2.1": {}}}`:               "not an address and port",
		`{"destination": {"tcp 192.0.2.1:80": {}}}`:        `is a service and stands under "destination"`,
		`{"service": {"tcp 192.0.2.1:80": null}}`:          "null is not a service",
		`{"service": {"tcp 192.0.2.1:80": {"weight": 1}}}`: `tcp 192.0.2.1:80: a service has no attribute "weight"`,
		`{"timeouts": {"timeouts": {"tcp": "long"}}}`:      `timeouts: attribute "tcp"`,
	} {
		var s spec.State
		if err := json.Unmarshal([]byte(text), &s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", text, err, want)
		}
	}
}

func TestDifferences(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 0))
		a, b := drivertest.RandomState(r), drivertest.OddState(r)
		got := a.Clone()
		a.Differences(b, func(k spec.Key, before, after spec.Value) {
			if before == after || before != a.Get(k) || after != b.Get(k) {
				t.Errorf("%s: %v, %v", k, before, after)
			}
			got.Set(k, after)
		})
		if !got.Equal(b) {
			t.Errorf("seed %d: the differences do not lead from one state to the other", seed)
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	a := drivertest.RandomState(rand.New(rand.NewPCG(3, 0)))
	b := a.Clone()
	for k := range b.All() {
		b.Set(k, nil)
	}
	if b.Len() != 0 || a.Len() == 0 || a.Equal(b) || len(a.Keys()) != a.Len() {
		t.Errorf("%d objects, and %d of the copy", a.Len(), b.Len())
	}
}

func TestServers(t *testing.T) {
	for seed := range uint64(50) {
		s := drivertest.OddState(rand.New(rand.NewPCG(seed, 0)))
		n := 0
		for k, servers := range s.Servers() {
			n += len(servers)
			if !slices.IsSortedFunc(servers, spec.DestinationKey.Compare) || s.Get(k) == nil {
				t.Errorf("seed %d: servers of %s: %v", seed, k, servers)
			}
		}
		if n != len(s.Destinations) {
			t.Errorf("seed %d: %d servers of %d", seed, n, len(s.Destinations))
		}
	}
}

// Of several things that are wrong, the same one is told each time.
func TestStateErrorsAreStable(t *testing.T) {
	text := []byte(`{"sysctl": {"a": {}}, "link": {"link b": {"type": 7}, "link a": {"type": 7}, "link c": {"type": 7}}}`)
	for range 20 {
		var s spec.State
		if err := s.UnmarshalJSON(text); err == nil || !strings.HasPrefix(err.Error(), "link a: ") {
			t.Fatal(err)
		}
		_, err := spec.DecodeValue(spec.KindLink, []byte(`{"c": 1, "a": 1, "b": 1}`))
		if err == nil || !strings.Contains(err.Error(), `"a"`) {
			t.Fatal(err)
		}
	}
}
