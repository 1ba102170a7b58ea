package hclspec_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/spec/hclspec"
)

// FuzzLoad: whatever a file says, every diagnostic has a place and a code, can be printed, and what is accepted can be
// written and read back.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"../../testdata/errors/*/*.lvs.hcl", "../../testdata/errors/*/*.lvs.json", "testdata/*.lvs.hcl"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text), filepath.Ext(name) == ".json")
		}
	}
	f.Fuzz(func(t *testing.T, text string, inJSON bool) {
		name := "main.lvs.hcl"
		if inJSON {
			name = "main.lvs.json"
		}
		sound(t, name, text)
	})
}

// sound holds what is true of every input.
func sound(t *testing.T, name, text string) {
	t.Helper()
	c, diags := load(t, map[string]string{name: text})
	for _, d := range diags {
		if d.Subject == nil || hclspec.Code(d) == "" {
			t.Errorf("code %q, subject %v: %v", hclspec.Code(d), d.Subject, d)
		}
	}
	if err := hclspec.WriteDiagnostics(&bytes.Buffer{}, c.Files, diags, 80, true); err != nil {
		t.Error(err)
	}
	hclspec.DiagnosticsJSON(c.Files, diags)
	if diags.HasErrors() {
		return
	}
	for _, n := range c.Nodes {
		want := n.Desired.State.Table()
		written, err := hclspec.Format(hclspec.Document{State: n.Desired.State})
		if err != nil {
			t.Fatal(err)
		}
		again, diags := load(t, map[string]string{"main.lvs.hcl": string(written)})
		if diags.HasErrors() || !again.Chosen.Desired.State.Equal(want) {
			t.Errorf("%v\n%s\n%s", diags, diffStates(want, again.Chosen.Desired.State), written)
		}
		for k := range n.Desired.State.All() {
			if o, ok := n.Desired.Objects[k]; !ok || o.Name == "" || o.Lifecycle == nil {
				t.Errorf("%s is %v", k, o)
			}
			if _, ok := n.Range(k); !ok {
				t.Errorf("%s is declared nowhere", k)
			}
		}
	}
}

// FuzzOddValues puts odd expressions into the places of two values.
func FuzzOddValues(f *testing.F) { fuzzOdd(f, "testdata/odd.lvs.hcl", 4) }

// FuzzOddSite does the same where there are nodes.
func FuzzOddSite(f *testing.F) { fuzzOdd(f, "testdata/site.lvs.hcl", 1) }

func fuzzOdd(f *testing.F, name string, each int) {
	text, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	var settable []int
	for i, line := range lines {
		if strings.Contains(line, "= ") {
			settable = append(settable, i)
		}
	}
	for i := range settable {
		for j := range each {
			f.Add(uint8(i), uint8(i+j*15), uint8(i+j), uint8(255))
		}
	}
	f.Fuzz(func(t *testing.T, i, v, j, w uint8) {
		changed := slices.Clone(lines)
		set := func(place, value uint8) {
			n := settable[int(place)%len(settable)]
			before, _, _ := strings.Cut(lines[n], "= ")
			changed[n] = before + "= " + oddValues[int(value)%len(oddValues)]
		}
		if w < 128 {
			set(j, w)
		}
		set(i, v)
		sound(t, "main.lvs.hcl", strings.Join(changed, "\n"))
	})
}

var oddValues = []string{
	"null", "true", "-1", "1.5", "0", "1e999999999", `""`, `"\u0000"`, `"any"`, `"1-65535"`, `"::"`, `"::ffff:10.0.0.1"`, `"10.0.0.1"`, `"%{ if true }x%{ endif }"`,
	"[]", "{}", "[null]", `{ a = null }`, `["a", 1, [2]]`, `toset(["1"])`, `tomap({ a = "b" })`, `tolist([])`, "[1e999999999]", "1e999999999 / 3",
	"var.a", "local.b", "local", "vip", "pool", "service", "pool.web", "pool.each", `pool.each["k"]`, `pool.web["k"]`, "service.web", "pool.web.servers", "vip.v.ipv4",
	"vip.v", "each", "each.key", "each.value", "self", "x.y.z", "nothing()", "jsondecode(1)", "var.secret", "[var.secret]", "{ a = var.secret }", "var.none",
	"target", "target.name", "target.vars", "target.vars.number", "node", "node.lb1", "node.real", `node.real["gre"]`, "role", "role.director", "role.real", "[node.lb2]",
	"[role.director, node.real]", "on", "real_server.x", `service.four["a"]`, "[service.four]", `vip.own["two"].ipv4`, "[]", `"lo"`, `"filter"`, `"tunl0"`, "{ a = 1 }",
	"1 +", "[for x in pool.web.servers : x.address]", "pool.web.servers[9]", "pool[null]", "pool[1]", `pool["web"]["servers"]`, "try(pool.x, null)",
}
