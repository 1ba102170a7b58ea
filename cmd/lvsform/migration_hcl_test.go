package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What a line of the tables for programs without an import says of a configuration, the configuration does: testdata/migration/
// configuration.txt has one for each piece, which stands there as @1, @2... for the first, the second one of its line.
// Comments say what it is to do.
func TestMigrationConfiguration(t *testing.T) {
	var rows [][]string
	for from, table := range readGuide(t).tables {
		for _, row := range table {
			if from == "ldirectord" || from == "ipvsctl" || from == "shell scripts" || from == "keepalived" && strings.Contains(row[1], "ignore_changes") {
				rows = append(rows, []string{from + ": " + row[0], row[1]})
			}
		}
	}
	needs := func(row []string) bool { return len(pieces(row[1])) > 0 }
	cases := matched(t, rows, "../../testdata/migration/configuration.txt", func(row []string) bool { return !needs(row) })
	for _, row := range rows {
		used := map[int]bool{}
		for _, text := range cases[row[0]] {
			t.Run(row[0], func(t *testing.T) {
				with, without := text, text
				for i, piece := range pieces(row[1]) {
					at := fmt.Sprint("@", i+1)
					used[i] = used[i] || strings.Contains(text, at)
					with, without = strings.ReplaceAll(with, at, piece), strings.ReplaceAll(without, at, "")
				}
				does(t, text, with, without)
			})
		}
		for i, piece := range pieces(row[1]) {
			if !used[i] {
				t.Errorf("%s: no case has %s", row[0], piece)
			}
		}
	}
}

// pieces are the pieces of configuration in a cell, each attribute and brace on a line of its own.
func pieces(cell string) (out []string) {
	for _, m := range codeIn.FindAllStringSubmatch(cell, -1) {
		if !anyConfig.MatchString(m[1]) {
			continue
		}
		text := strings.NewReplacer("{ ", "{\n", " }", "\n}").Replace(m[1])
		out = append(out, regexp.MustCompile(` (\w+ = )`).ReplaceAllString(text, "\n$1"))
	}
	return out
}

// does tries what the comments say: which commands of ipvsadm make the same, which step a plan for the node lb1 has, what of the
// node is left as somebody else makes it, or that what nobody declares is deleted. Without the piece the last two are not so.
func does(t *testing.T, text, with, without string) {
	orders := regexp.MustCompile(`(?m)^# (makes|plans|ignores|destroys):? ?(.*)$`).FindAllStringSubmatch(text, -1)
	if len(orders) == 0 {
		t.Fatalf("nothing is said of it:\n%s", text)
	}
	w := newWorld(t)
	w.write("with/main.lvs.hcl", with)
	w.write("without/main.lvs.hcl", without)
	for _, m := range orders {
		switch m[1] {
		case "makes":
			w.run(exitDone, "export", w.path("with"))
			if !slices.Contains(strings.Split(w.out, "\n"), m[2]) {
				t.Errorf("export has no line %s:\n%s", m[2], w.out)
			}
		case "plans":
			w.run(exitDone, "plan", w.node(), "--verbose", w.path("with"))
			w.says(w.out, " "+m[2])
		case "ignores":
			w.run(exitDone, "apply", w.node(), "--auto-approve", w.path("with"))
			w.elsewhere(m[2])
			w.run(exitDone, "plan", w.node(), "--detailed-exitcode", w.path("with"))
			w.run(exitChanges, "plan", w.node(), "--detailed-exitcode", w.path("without"))
		case "destroys":
			w.write("lb1.json", `{"format_version": 1, "state": {"service": {"tcp 192.0.2.99:80": {"scheduler": "rr"}}}}`)
			w.run(exitDone, "plan", w.node(), w.path("without"))
			w.says(w.out, "0 to destroy")
			w.run(exitDone, "plan", w.node(), w.path("with"))
			w.says(w.out, "1 to destroy")
		}
	}
}

// elsewhere is another program, which changes the weight of a server, or takes it away and adds another one.
func (w *world) elsewhere(what string) {
	w.t.Helper()
	from, to := `"weight": 1`, `"weight": 0`
	if what == "servers" {
		from, to = " 10.0.0.11:80\"", " 10.0.0.99:80\""
	}
	before := w.read("lb1.json")
	if !strings.Contains(before, from) {
		w.t.Fatalf("the node has no %s:\n%s", from, before)
	}
	w.write("lb1.json", strings.ReplaceAll(before, from, to))
}
