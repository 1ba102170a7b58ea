package plan_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/plan"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata")

// golden compares with testdata/name, or rewrites it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func render(t *testing.T, p *plan.Plan, o plan.TextOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.WriteText(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriteText(t *testing.T) {
	for name, p := range samples() {
		t.Run(name, func(t *testing.T) {
			got := render(t, p, plan.TextOptions{})
			golden(t, name+".txt", got)
			if again := render(t, p, plan.TextOptions{}); !bytes.Equal(got, again) {
				t.Error("a second rendering differs")
			}
		})
	}
}

// Programs that read OpenTofu's output, such as tfcmt, find the same lines here.
func TestWriteTextLines(t *testing.T) {
	lines := func(pattern, text string) int {
		return len(regexp.MustCompile("(?m)"+pattern).FindAllString(text, -1))
	}
	for name, p := range samples() {
		t.Run(name, func(t *testing.T) {
			text := string(render(t, p, plan.TextOptions{}))
			got := plan.Summary{
				Import:  lines(`^ *# (.*) will be imported$`, text) + lines(`^ *# \(imported from (.*)\)$`, text),
				Add:     lines(`^ *# (.*) will be created$`, text),
				Change:  lines(`^ *# (.*) will be updated in-place$`, text),
				Destroy: lines(`^ *# (.*) will be destroyed$`, text),
			}
			if diff := cmp.Diff(p.Summary(), got); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
			summary := `^Plan: (?:\d+ to import, )?\d+ to add, \d+ to change, \d+ to destroy\.$`
			if p.Empty() {
				summary = `^No changes\. `
			}
			if lines(summary, text) != 1 {
				t.Errorf("no summary:\n%s", text)
			}
		})
	}
}

func TestWriteTextOptions(t *testing.T) {
	all := samples()
	for name, c := range map[string]struct {
		sample  string
		options plan.TextOptions
	}{
		"updates-verbose":   {"updates", plan.TextOptions{Verbose: true}},
		"unmanaged-verbose": {"unmanaged", plan.TextOptions{Verbose: true}},
		"many-verbose":      {"many", plan.TextOptions{Verbose: true}},
		"warnings-width-60": {"warnings", plan.TextOptions{Width: 60}},
		"deletes-width-60":  {"deletes", plan.TextOptions{Width: 60}},
		"steps-color":       {"steps", plan.TextOptions{Color: true}},
		"deletes-color":     {"deletes", plan.TextOptions{Color: true}},
		"warnings-color":    {"warnings", plan.TextOptions{Color: true, Width: 60}},
		"no-changes-color":  {"no-changes", plan.TextOptions{Color: true}},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name+".txt", render(t, all[c.sample], c.options)) })
	}
}
