package plan_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// samePlan compares plans; what is empty and what is missing are the same, and so are an object without an entry
// and one whose entry says that it has no name.
func samePlan(want, got *plan.Plan) string {
	return cmp.Diff(named(want), named(got), cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{}, netip.AddrPort{}, netip.Prefix{}, spec.Netmask{}))
}

func named(p *plan.Plan) *plan.Plan {
	full := *p
	full.Objects = map[spec.Key]plan.Object{}
	add := func(k spec.Key) {
		o := p.Objects[k]
		o.Name = p.Name(k)
		full.Objects[k] = o
	}
	for _, s := range p.Changes {
		add(s.Key)
	}
	for _, k := range p.Adopted {
		add(k)
	}
	for _, k := range p.Unmanaged {
		add(k)
	}
	return &full
}

func save(t testing.TB, p *plan.Plan) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriteJSON(t *testing.T) {
	all := samples()
	for _, name := range []string{"adoptions", "deletes", "steps", "warnings", "hostile", "no-changes", "director", "retired"} {
		t.Run(name, func(t *testing.T) { golden(t, name+".json", save(t, all[name])) })
	}
}

func TestJSONRoundTrip(t *testing.T) {
	for name, p := range samples() {
		t.Run(name, func(t *testing.T) {
			file := save(t, p)
			escaped, err := json.Marshal(p) // which escapes <, > and &
			if err != nil {
				t.Fatal(err)
			}
			var indented bytes.Buffer
			if err := json.Indent(&indented, escaped, "\t", "\t"); err != nil {
				t.Fatal(err)
			}
			for form, text := range map[string][]byte{"file": file, "marshalled": escaped, "indented": indented.Bytes()} {
				got, err := plan.Decode(bytes.NewReader(text))
				if err != nil {
					t.Fatalf("%s: %v", form, err)
				}
				if diff := samePlan(p, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", form, diff)
				}
				if again := save(t, got); !bytes.Equal(file, again) {
					t.Errorf("%s: a second save differs:\n%s", form, cmp.Diff(string(file), string(again)))
				}
			}
		})
	}
}

// OpenTofu's users count with this filter of GitLab's documentation:
// ([.resource_changes[]?.change.actions?]|flatten)|{"create":(map(select(.=="create"))|length),…}
func TestJSONActions(t *testing.T) {
	for name, p := range samples() {
		t.Run(name, func(t *testing.T) {
			var doc struct {
				Changes []struct {
					Change struct {
						Actions   []string
						Importing *struct{ ID string }
					}
				} `json:"resource_changes"`
				Summary plan.Summary `json:"change_summary"`
			}
			if err := json.Unmarshal(save(t, p), &doc); err != nil {
				t.Fatal(err)
			}
			var counted plan.Summary
			for _, c := range doc.Changes {
				for _, action := range c.Change.Actions {
					switch action {
					case "create":
						counted.Add++
					case "update":
						counted.Change++
					case "delete":
						counted.Destroy++
					}
				}
				if c.Change.Importing != nil {
					counted.Import++
				}
			}
			want := p.Summary()
			if diff := cmp.Diff([]plan.Summary{want, want}, []plan.Summary{counted, doc.Summary}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A plan that is shown as JSON cannot command the terminal either.
func TestWriteJSONIsQuiet(t *testing.T) {
	p := hostile()
	p.Warnings = append(p.Warnings, "\u009b2J \u2066 \U000e0041 \U0001f600 \u4e16")
	file := save(t, p)
	for _, r := range string(file) {
		if r != '\n' && !strconv.IsPrint(r) {
			t.Errorf("%q", r)
		}
	}
	got, err := plan.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if diff := samePlan(p, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzRoundTrip: what was saved is what is read, whatever the states are.
func FuzzRoundTrip(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		p := arbitrary(rand.New(rand.NewPCG(seed, 1)))
		got, err := plan.Decode(bytes.NewReader(save(t, p)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := samePlan(p, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// arbitrary is a plan between two states that any kernel might hold.
func arbitrary(r *rand.Rand) *plan.Plan {
	p := between(oddState(r), oddState(r))
	p.Created = time.Unix(r.Int64N(1<<33), r.Int64N(1e9)).UTC()
	for i := range p.Changes {
		if p.Changes[i].Drain > 0 {
			p.Changes[i].Drain = time.Duration(1 + r.Int64())
		}
	}
	for _, c := range p.Changes {
		about(p, c.Key, func(o *plan.Object) {
			o.Reason, o.Protected = oddText(r), r.IntN(2) == 0
			o.Connections = spec.Connections{Active: r.Uint32(), Inactive: r.Uint32N(2), Persistent: r.Uint32N(2)}
			if o.Name = nameOf(c.Key); r.IntN(3) == 0 {
				o.Ignore = []string{spec.Attributes(c.Key.Kind())[0].Name}
			}
		})
	}
	for _, k := range []spec.Key{serviceKey(mark), spec.SyncDaemonKey{Role: spec.Backup}} {
		if r.IntN(2) == 0 {
			p.Adopted = append(p.Adopted, k)
		}
	}
	p.Unmanaged = []spec.Key{serviceKey("protocol47 198.51.100.1:0")}
	p.Unchanged, p.Partial, p.Warnings = r.IntN(9), r.IntN(2) == 0, []string{oddText(r)}
	p.Version, p.Instance, p.Config, p.Host.Name = oddText(r), oddText(r), oddText(r), oddText(r)
	return p
}

func oddText(r *rand.Rand) string {
	letters := []rune("ab<>&\"\\\x00\x1b\u2028\u202e世\U0001f600`|")
	var b strings.Builder
	for range r.IntN(8) {
		b.WriteRune(letters[r.IntN(len(letters))])
	}
	return b.String()
}

func oddState(r *rand.Rand) spec.State {
	var s spec.State
	s.Set(spec.TimeoutsKey{}, spec.Timeouts{TCP: r.Uint32(), TCPFin: r.Uint32(), UDP: r.Uint32()})
	for _, text := range []string{https, dns, mark, "protocol47 192.0.2.1:0", "sctp [::ffff:192.0.2.1]:9"} {
		if r.IntN(3) == 0 {
			continue
		}
		k := serviceKey(text)
		s.Set(k, spec.Service{Scheduler: []string{"rr", "sh", "none", "x<y"}[r.IntN(4)], Flags: spec.SchedulerFlags(r.Uint32() &^ 7),
			OnePacket: r.IntN(2) == 0, Persistent: r.IntN(2) == 0, Timeout: r.Uint32(),
			Netmask: []spec.Netmask{{}, spec.MaskIPv4(r.Uint32()), spec.PrefixIPv6(64)}[r.IntN(3)], Engine: []string{"", "sip"}[r.IntN(2)]})
		for range r.IntN(4) {
			a := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(r.IntN(4))}), uint16(r.IntN(3)))
			s.Set(spec.DestinationKey{Service: k, Address: a}, spec.Destination{Forward: spec.Forward(r.IntN(8)), Weight: r.Uint32N(3),
				Tunnel:         spec.Tunnel{Type: spec.TunnelType(r.IntN(256)), Port: uint16(r.IntN(3)), Checksum: spec.Checksum(r.IntN(1 << 16))},
				UpperThreshold: r.Uint32N(3), LowerThreshold: r.Uint32N(3)})
		}
	}
	for _, role := range []spec.Role{spec.Master, spec.Backup} {
		if r.IntN(2) == 0 {
			s.Set(spec.SyncDaemonKey{Role: role}, spec.SyncDaemon{Interface: "eth0", SyncID: r.Uint32(), MaxLen: uint16(r.IntN(3)),
				Group: []netip.Addr{{}, netip.MustParseAddr("ff02::1")}[r.IntN(2)], Port: uint16(r.IntN(3)), TTL: uint8(r.IntN(3))})
		}
	}
	return s
}
