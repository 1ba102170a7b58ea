package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/plan"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const docs = "../../docs/"

func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(docs + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func commands() (*cobra.Command, map[string]*cobra.Command) {
	root := (&program{}).root()
	all := map[string]*cobra.Command{}
	for _, c := range root.Commands() {
		if !c.Hidden {
			all[c.Name()] = c
		}
	}
	return root, all
}

var (
	longFlag = regexp.MustCompile(`--[a-z][a-z-]*`)
	codeLine = regexp.MustCompile("^(?:[$#] |ExecStart=|\\s*- )?(?:\\S*/)?lvsform (.*)$")
	codeSpan = regexp.MustCompile("`lvsform ([^`{]+)`")
)

// flagsOf are all flags of all commands.
func flagsOf(root *cobra.Command) map[string]bool {
	known := map[string]bool{"--help": true}
	for _, c := range append(root.Commands(), root) {
		c.Flags().VisitAll(func(f *pflag.Flag) { known["--"+f.Name] = true })
		c.PersistentFlags().VisitAll(func(f *pflag.Flag) { known["--"+f.Name] = true })
	}
	return known
}

// In pages about lvsform every long flag in code is one of lvsform's, and every command line is one that it understands.
func TestDocumentsParse(t *testing.T) {
	root, _ := commands()
	known := flagsOf(root)
	for _, path := range documents(t) {
		name := filepath.Base(path)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, span := range regexp.MustCompile("`(--[a-z-]+)").FindAllStringSubmatch(string(text), -1) {
			if !known[span[1]] {
				t.Errorf("%s: there is no flag %s", name, span[1])
			}
		}
		for _, line := range commandLines(string(text)) {
			if err := understood(line); err != nil {
				t.Errorf("%s: lvsform %s: %v", name, line, err)
			}
		}
	}
}

// commandLines are the calls of lvsform in blocks of sh, console and ini, and in code within sentences.
func commandLines(text string) (lines []string) {
	var open []string
	for line := range strings.Lines(text) {
		if m := fence.FindStringSubmatch(line); m != nil && open == nil {
			open = m
			continue
		}
		switch {
		case open != nil && line == open[1]+"\n":
			open = nil
		case open != nil && slices.Contains([]string{"sh", "console", "ini", "yaml"}, open[2]):
			if open[2] == "console" && !strings.HasPrefix(line, "$ ") {
				continue // output
			}
			if m := codeLine.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil {
				lines = append(lines, m[1])
			}
		case open == nil:
			for _, m := range codeSpan.FindAllStringSubmatch(line, -1) {
				lines = append(lines, m[1])
			}
		}
	}
	return lines
}

// understood looks whether lvsform knows the command and its flags.
func understood(line string) error {
	args, err := words(line)
	if err != nil {
		return err
	}
	root, _ := commands()
	c, rest, err := root.Find(longFlags(root, args))
	if err != nil {
		return err
	}
	if err := c.ParseFlags(rest); err != nil {
		return err
	}
	if rest = c.Flags().Args(); len(rest) == 0 {
		return nil // in a sentence the arguments may be left out
	}
	return c.ValidateArgs(rest)
}

// docs/operations.md names the metrics that there are.
func TestDocumentsHaveEveryMetric(t *testing.T) {
	metric := regexp.MustCompile(`\blvsform_[a-z_]+\b`)
	sorted := func(text string) []string {
		found := metric.FindAllString(text, -1)
		slices.Sort(found)
		return slices.DeleteFunc(slices.Compact(found), func(s string) bool { return s == "lvsform_version" })
	}
	c := check{plan: &plan.Plan{}, start: time.Now()}
	if diff := cmp.Diff(sorted(c.metrics("0")), sorted(page(t, "operations.md"))); diff != "" {
		t.Errorf("metrics in operations.md (-want +got):\n%s", diff)
	}
}

// A test that a page names exists: "`TestX`" somewhere, and "`TestX` in `FILE`" in that file.
func TestDocumentsNameTests(t *testing.T) {
	there := tests(t)
	named := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Z]\\w*)`(?: in `([^`]+_test\\.go)`)?")
	for _, path := range documents(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(strings.ReplaceAll(string(text), "\n", " "), -1) {
			if files := there[m[1]]; len(files) == 0 || m[2] != "" && !slices.Contains(files, m[2]) {
				t.Errorf("%s names %s: it is in %q", filepath.Base(path), m[0], files)
			}
		}
	}
}

// tests are the files that each test of the repository is in.
func tests(t *testing.T) map[string][]string {
	test, found := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)[A-Z]\w*)\(`), map[string][]string{}
	err := fs.WalkDir(os.DirFS("../.."), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile("../../" + path)
		for _, m := range test.FindAllStringSubmatch(string(text), -1) {
			found[m[1]] = append(found[m[1]], path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
