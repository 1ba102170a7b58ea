//go:build linux

package rules_test

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/spec"
)

// The files of testdata/rules/texts hold texts, each after a line "=== what it is", and FILE.want what is read of each.
// A text whose name ends in "end" has no line end.
func TestTexts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(tablesDir, "texts", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	resolver := services(t)
	resolver.Host = func(name string) (netip.Addr, error) {
		a, ok := map[string]string{"www": "192.0.2.10", "web1": "10.0.1.11", "web2": "10.0.1.12", "six": "2001:db8::6"}[name]
		if !ok {
			return netip.Addr{}, errors.New("no such host")
		}
		return netip.MustParseAddr(a), nil
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for c := range strings.SplitSeq(strings.TrimPrefix(string(text), "=== "), "\n=== ") {
				name, text, _ := strings.Cut(c, "\n")
				if !strings.HasSuffix(name, " end") {
					text += "\n"
				}
				d, err := rules.Parse([]rules.Source{{Name: "x", Text: []byte(text)}}, resolver)
				fmt.Fprintf(&got, "=== %s\n%s", name, told(t, d, err))
			}
			if *update {
				if err := os.WriteFile(f+".want", []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(f + ".want")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// told is a dump, or the errors, as lines.
func told(t *testing.T, d rules.Dump, err error) string {
	t.Helper()
	if err != nil {
		for _, e := range places(err) {
			if _, at := errors.AsType[*rules.SyntaxError](e); !at {
				t.Errorf("%T is no SyntaxError", e)
			}
		}
		return err.Error() + "\n"
	}
	var out strings.Builder
	for _, line := range shown(d.State) {
		fmt.Fprintln(&out, line)
	}
	for _, k := range d.State.Keys() {
		if d, c := connections(d, k); d {
			fmt.Fprintf(&out, "%s has connections %+v\n", k, c)
		}
	}
	if d.TimeoutsListed {
		fmt.Fprintln(&out, "the timeouts are those of a listing")
	}
	for _, n := range d.Notes {
		fmt.Fprintln(&out, "note:", n)
	}
	return out.String()
}

// places are the errors that have one: the one behind the tenth says how many more there are.
func places(err error) []error {
	all := err.(interface{ Unwrap() []error }).Unwrap()
	return all[:min(len(all), 10)]
}

func connections(d rules.Dump, k spec.Key) (bool, spec.Connections) {
	server, _ := k.(spec.DestinationKey)
	c, ok := d.Connections[server]
	return ok && c != spec.Connections{}, c
}
