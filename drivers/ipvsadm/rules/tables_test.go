//go:build linux

package rules_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/spec"
)

var update = flag.Bool("update", false, "write what ipvsadm prints beside the tables (on a kernel alone)")

const tablesDir = "../../../testdata/rules"

// table is a file NAME.rules for ipvsadm -R. Beside it stands what ipvsadm prints of the table: NAME.save for -Sn,
// NAME.listing for all listings. "# differs: why" on top of it says why the saved text is not the same as NAME.save.
type table struct{ name, rules, differs string }

func tables(t *testing.T) (out []table) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(tablesDir, "*.rules"))
	if err != nil || len(files) < 40 {
		t.Fatal(len(files), err)
	}
	for _, f := range files {
		c := table{name: strings.TrimSuffix(filepath.Base(f), ".rules")}
		c.rules = c.file(t, "rules")
		if first, _, _ := strings.Cut(c.rules, "\n"); strings.HasPrefix(first, "# differs: ") {
			c.differs = first
		}
		out = append(out, c)
	}
	return out
}

func (c table) path(kind string) string { return filepath.Join(tablesDir, c.name+"."+kind) }

func (c table) file(t *testing.T, kind string) string {
	t.Helper()
	b, err := os.ReadFile(c.path(kind))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (c table) source(t *testing.T, kind string) rules.Source {
	t.Helper()
	return rules.Source{Name: c.name + "." + kind, Text: []byte(c.file(t, kind))}
}

// commands are the rules without comments, which -R does not know.
func (c table) commands() string {
	if c.differs == "" {
		return c.rules
	}
	return strings.TrimPrefix(c.rules, c.differs+"\n")
}

// compare holds what a kernel printed against what it printed before.
func (c table) compare(t *testing.T, kind string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(c.path(kind), got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(c.file(t, kind), string(got)); diff != "" {
		t.Errorf("%s.%s (-want +got):\n%s", c.name, kind, diff)
	}
}

func mustParse(t *testing.T, r rules.Resolver, sources ...rules.Source) rules.Dump {
	t.Helper()
	d, err := rules.Parse(sources, r)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// shown is a state as lines, in order.
func shown(s spec.State) (out []string) {
	for _, k := range s.Keys() {
		out = append(out, k.String()+" "+string(spec.EncodeValue(s.Get(k))))
	}
	return out
}

// The dump alone gives the same text again, and the rules mean what the kernel made of them.
func TestTables(t *testing.T) {
	for _, c := range tables(t) {
		t.Run(c.name, func(t *testing.T) {
			dump := mustParse(t, rules.Resolver{}, c.source(t, "save"))
			saved, err := rules.Save(dump.State)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.file(t, "save"), string(saved)); (diff != "") != (c.differs != "") {
				t.Errorf("saved (-want +got):\n%s", diff)
			}
			all := mustParse(t, rules.Resolver{}, c.source(t, "save"), c.source(t, "listing"))
			meant := mustParse(t, services(t), c.source(t, "rules")).State
			for k, v := range meant.All() {
				if live := all.State.Get(k); spec.Satisfies(live, v) {
					meant.Set(k, live)
				}
			}
			if len(meant.Timeouts) == 0 {
				meant.Timeouts = all.State.Timeouts
			}
			if diff := cmp.Diff(shown(all.State), shown(meant)); diff != "" {
				t.Errorf("the rules (-listed +meant):\n%s", diff)
			}
		})
	}
}

// services knows the names of /etc/services.
func services(t *testing.T) rules.Resolver {
	t.Helper()
	text, err := os.ReadFile("/etc/services")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]uint16{}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(strings.Replace(line, "/", " ", 1))
		var port uint16
		if len(words) < 3 {
			continue
		}
		if _, err := fmt.Sscan(words[1], &port); err != nil {
			t.Fatal(line, err)
		}
		for _, name := range append(words[3:], words[0]) {
			known[words[2]+" "+name] = port
		}
	}
	return rules.Resolver{Port: func(protocol, name string) (uint16, error) {
		port, ok := known[protocol+" "+name]
		if !ok {
			return 0, errors.New("there is no such service")
		}
		return port, nil
	}}
}

func same(t *testing.T, what string, want, got spec.State) {
	t.Helper()
	if diff := cmp.Diff(shown(want), shown(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
