package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

var section = regexp.MustCompile("(?m)^### (\\S+)\n\n```text\n([^`]+)```$")

// Each command has a section in docs/commands.md, whose first block has the command and all of its flags, and no others.
func TestDocumentsHaveEveryFlag(t *testing.T) {
	root, all := commands()
	sections := section.FindAllStringSubmatch(page(t, "commands.md"), -1)
	for _, m := range sections {
		c, synopsis := all[m[1]], m[2]
		if c == nil {
			t.Errorf("commands.md has a section %q, and lvsform no such command", m[1])
			continue
		}
		delete(all, m[1])
		if !strings.HasPrefix(synopsis, "lvsform "+c.Use) {
			t.Errorf("the synopsis of %s does not begin with %q", m[1], "lvsform "+c.Use)
		}
		var want []string
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" {
				want = append(want, "--"+f.Name)
			}
		})
		got := longFlag.FindAllString(synopsis, -1)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
			t.Errorf("the flags of %s in commands.md (-want +got):\n%s", m[1], diff)
		}
	}
	for name := range all {
		t.Errorf("commands.md has no section \"### %s\" with a synopsis", name)
	}
	text := page(t, "commands.md")
	each := func(f *pflag.Flag) {
		if !strings.Contains(text, "--"+f.Name) {
			t.Errorf("commands.md does not mention --%s", f.Name)
		}
	}
	root.PersistentFlags().VisitAll(each)
	root.Flags().VisitAll(each)
}

// The first tables of docs/commands.md say in brackets which commands have a flag: at the row, or else above the table.
func TestDocumentsSayWhoHasAFlag(t *testing.T) {
	_, all := commands()
	list, word := regexp.MustCompile("\\((`[a-z]+`(?:, `[a-z]+`)*)\\)"), regexp.MustCompile("[a-z]+")
	front, _, _ := strings.Cut(page(t, "commands.md"), "\n## The commands\n")
	var above []string
	rows := 0
	for line := range strings.Lines(front) {
		who := list.FindStringSubmatch(line)
		if strings.HasPrefix(line, "**") {
			above = nil
			if who != nil {
				above = word.FindAllString(who[1], -1)
			}
		}
		flag := longFlag.FindString(line)
		if above == nil || !strings.HasPrefix(line, "| `--") || strings.Contains(line, "`plan` alone") {
			continue
		}
		rows++
		want := slices.Clone(above)
		if who != nil {
			want = word.FindAllString(who[1], -1)
		}
		var got []string
		for name, c := range all {
			if c.Flags().Lookup(flag[2:]) != nil {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("who has %s (-page +program)\n%s", flag, diff)
		}
	}
	if rows < 8 {
		t.Errorf("only %d rows", rows)
	}
}
