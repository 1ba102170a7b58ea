package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// rowCases are the texts of a file for each line of a table, by what its first cell begins with: sections "=== `virtual_server`",
// in which "---" is between several texts for one line.
func rowCases(t *testing.T, path string) (order []string, texts map[string][]string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	texts = map[string][]string{}
	for section := range strings.SplitSeq(strings.TrimPrefix(string(text), "=== "), "\n=== ") {
		name, body, _ := strings.Cut(section, "\n")
		order = append(order, name)
		texts[name] = strings.Split(body, "---\n")
	}
	return order, texts
}

// matched gives each line of a table its texts, the same that is longest if several begin its cell. Commands need none.
func matched(t *testing.T, rows [][]string, path string, command func(row []string) bool) map[string][]string {
	t.Helper()
	order, texts := rowCases(t, path)
	out, used := map[string][]string{}, map[string]bool{}
	for _, row := range rows {
		best := ""
		for _, name := range order {
			if rest, ok := strings.CutPrefix(row[0], name); ok && len(name) > len(best) && (rest == "" || rest[0] == ',' || rest[0] == ' ') {
				best = name
			}
		}
		switch {
		case best != "":
			out[row[0]], used[best] = texts[best], true
		case !command(row):
			t.Errorf("%s has no case for the line %s", path, row[0])
		}
	}
	for _, name := range order {
		if !used[name] {
			t.Errorf("%s: there is no line %s", path, name)
		}
	}
	return out
}

// named is a label that a person chooses.
var named = regexp.MustCompile(`(server|sync_daemon) "[^"]+"`)

// squeezed is a piece of configuration, whatever its blanks, lines and labels are.
func squeezed(text string) string {
	return spaces.ReplaceAllString(named.ReplaceAllString(text, `$1 "name"`), " ")
}

// What a line of the table says of a keepalived.conf is what an import makes of one: testdata/migration/keepalived.txt has one
// for each line, or several. Comments in it say what the configuration has beside that, or instead, what it lacks, and what is told.
func TestMigrationFromKeepalived(t *testing.T) {
	rows := readGuide(t).tables["keepalived"]
	isCommand := regexp.MustCompile("^`(keepalived|systemctl) ").MatchString
	confs := matched(t, rows, "../../testdata/migration/keepalived.txt", func(row []string) bool { return isCommand(row[0]) })
	for _, row := range rows {
		for _, conf := range confs[row[0]] {
			t.Run(row[0], func(t *testing.T) { importsAs(t, conf, row[1]) })
		}
		for _, m := range codeIn.FindAllStringSubmatch(row[0], -1) {
			if all := strings.Join(confs[row[0]], "\n"); len(confs[row[0]]) > 0 && !strings.Contains(squeezed(all), m[1]) {
				t.Errorf("%s: no case has %s", row[0], m[1])
			}
		}
	}
}

// importsAs imports a text: the pieces of configuration in the cell are in what is written, but for those that are about what
// goes on outside of a table.
func importsAs(t *testing.T, conf, cell string) {
	w := newWorld(t)
	w.write("keepalived.conf", conf)
	w.run(exitDone, "import", w.path("keepalived.conf"))
	got := squeezed(w.out)
	other := false
	for _, m := range regexp.MustCompile(`(?m)^# (has|instead|lacks|says): (.*)$`).FindAllStringSubmatch(conf, -1) {
		switch what := m[2]; m[1] {
		case "has", "instead":
			other = other || m[1] == "instead"
			w.says(got, squeezed(what))
		case "says":
			w.says(w.err, what)
		case "lacks":
			if strings.Contains(got, squeezed(what)) {
				t.Errorf("it has %s:\n%s", what, w.out)
			}
		}
	}
	for _, m := range codeIn.FindAllStringSubmatch(cell, -1) {
		if anyConfig.MatchString(m[1]) && !strings.HasPrefix(m[1], "ignore_changes") && !other {
			w.says(got, squeezed(m[1]))
		}
	}
	w.write("etc/main.lvs.hcl", w.out)
	w.run(exitDone, "validate", w.path("etc"))
}
