package plan_test

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// samePlan compares plans; what is empty and what is missing are the same, and so are an object without an entry
// and one whose entry says that it has no name.
func samePlan(want, got *plan.Plan) string {
	return cmp.Diff(named(want), named(got), cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{}, netip.AddrPort{}, spec.Netmask{}))
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
	for _, name := range []string{"adoptions", "deletes", "steps", "warnings", "hostile", "no-changes"} {
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
