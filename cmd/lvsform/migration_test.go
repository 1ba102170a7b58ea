package main

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// guide is docs/migration.md: the files that it shows, and its tables, of which the first cell is the old way and the last one lvsform's.
type guide struct {
	files  map[string]string
	tables map[string][][]string
}

func readGuide(t *testing.T) guide {
	g := guide{map[string]string{}, map[string][][]string{}}
	text, heading := page(t, "migration.md"), ""
	for _, m := range regexp.MustCompile("(?ms)^```[a-z]+ (\\S+)\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		g.files[m[1]] = m[2]
	}
	for line := range strings.Lines(text) {
		if h, ok := strings.CutPrefix(line, "## From "); ok {
			heading = strings.TrimSpace(h)
		}
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| "+heading+" |") {
			cells := regexp.MustCompile(` *\| *`).Split(strings.TrimSpace(line), -1)
			g.tables[heading] = append(g.tables[heading], cells[1:len(cells)-1])
		}
	}
	return g
}

var (
	codeIn    = regexp.MustCompile("`([^`]+)`(?: \\(exit (\\d))?")
	anyConfig = regexp.MustCompile(`[a-z] (= |\{|"[a-z0-9]+" \{)`)
	spaces    = regexp.MustCompile(`\s+`)
)

// calls are the commands in a cell that begin with a word.
func calls(cell, program string) (lines [][]string) {
	for _, m := range codeIn.FindAllStringSubmatch(cell, -1) {
		if strings.HasPrefix(m[1], program+" ") || strings.Contains(m[1], " "+program+" ") {
			lines = append(lines, m[1:])
		}
	}
	return lines
}

// Every new command is run, in order, on a node in a file, and every piece of configuration stands in a file of the page.
func TestMigration(t *testing.T) {
	g := readGuide(t)
	if names := slices.Sorted(maps.Keys(g.tables)); !slices.Equal(names, []string{"ipvsadm", "ipvsctl", "keepalived", "ldirectord", "shell scripts"}) {
		t.Fatalf("there are tables for %v", names)
	}
	t.Run("ipvsadm", func(t *testing.T) {
		m := newMove(t, g, newWorld(t))
		for _, row := range g.tables["ipvsadm"] {
			synctest.Test(t, func(t *testing.T) { m.row(t, row) })
		}
	})
	known := ""
	for _, name := range slices.Sorted(maps.Keys(g.files)) {
		if strings.HasSuffix(name, ".hcl") {
			known += spaces.ReplaceAllString(g.files[name], " ")
		}
	}
	for _, from := range []string{"keepalived", "ldirectord", "ipvsctl"} {
		for _, row := range g.tables[from] {
			t.Run(from, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { everyFileAndRow(t, g, row) })
			})
			for _, span := range codeIn.FindAllStringSubmatch(row[1], -1) {
				if anyConfig.MatchString(span[1]) && !strings.Contains(known, span[1]) {
					t.Errorf("%s: no file of the page has %s", row[0], span[1])
				}
			}
		}
	}
}

// everyFileAndRow does the commands of a row on a node with one service, in a directory with all files of the page.
func everyFileAndRow(t *testing.T, g guide, row []string) {
	m := newMove(t, g, newWorld(t))
	m.write("web.lvs.hcl", g.files["web.lvs.hcl"])
	m.run(exitDone, "apply", "--auto-approve", m.node())
	for name, text := range g.files {
		if strings.HasSuffix(name, ".hcl") {
			m.write(name, text)
		}
	}
	m.row(t, []string{row[0], "", row[1]})
}

// move is the way from another program, row by row.
type move struct {
	*scenario
	guide guide
}

func newMove(t *testing.T, g guide, w *world) *move {
	t.Chdir(w.dir)
	w.interactive, w.in = true, "yes\n"
	w.write("director/rules.txt", g.files["director/rules.txt"])
	return &move{&scenario{world: w}, g}
}

// row edits the configuration as the middle cell says and does what the last one says.
func (m *move) row(t *testing.T, row []string) {
	t.Helper()
	m.t, m.ctx = t, t.Context()
	if len(row) != 3 {
		t.Fatalf("%q: a row has three cells", row)
	}
	m.edit(row[1])
	for _, call := range calls(row[2], "lvsform") {
		var said strings.Builder
		m.command(&said, call[0])
		if want, _ := strconv.Atoi(call[1]); m.code != want {
			t.Fatalf("%s: exit code %d, want %d, for %s:\n%s", call[0], m.code, want, row[0], said.String())
		}
	}
}

var edition = regexp.MustCompile("(write|change|add|take out) `([^`]+)`(?: to `([^`]+)`)?")

// edit does what a sentence such as "add `maintenance = true` to `server "rs2"`" says.
func (m *move) edit(sentence string) {
	m.t.Helper()
	for _, e := range edition.FindAllStringSubmatch(sentence, -1) {
		verb, what, to := e[1], e[2], e[3]
		switch {
		case verb == "write":
			m.write(what, m.guide.files[what])
		case verb == "take out":
			m.takeOut(strings.Fields(what))
		case verb == "change":
			m.replace(what, to)
		case to == "":
			m.write("added.lvs.hcl", what+"\n")
		default:
			m.replace(to+" {", to+" {\n"+what)
		}
	}
}

// replace changes the one place in all files that is so, however it is spaced.
func (m *move) replace(from, to string) {
	m.t.Helper()
	words := strings.Fields(from)
	for i := range words {
		words[i] = regexp.QuoteMeta(words[i])
	}
	pattern, found := regexp.MustCompile(strings.Join(words, `\s+`)), 0
	m.eachFile(func(name, text string) string {
		found += len(pattern.FindAllString(text, -1))
		return pattern.ReplaceAllLiteralString(text, to)
	})
	if found != 1 {
		m.t.Fatalf("%s stands in %d places", from, found)
	}
}

// takeOut removes the block, or attribute, of that name.
func (m *move) takeOut(name []string) {
	m.t.Helper()
	found := false
	m.eachFile(func(path, text string) string {
		f, diags := hclwrite.ParseConfig([]byte(text), path, hcl.InitialPos)
		if diags.HasErrors() {
			m.t.Fatal(diags)
		}
		found = remove(f.Body(), name) || found
		return string(f.Bytes())
	})
	if !found {
		m.t.Fatalf("there is no %s", name)
	}
}

func remove(body *hclwrite.Body, name []string) bool {
	if len(name) == 1 && body.RemoveAttribute(name[0]) != nil {
		return true
	}
	for _, b := range body.Blocks() {
		own := []string{b.Type()}
		for _, l := range b.Labels() {
			own = append(own, `"`+l+`"`)
		}
		if slices.Equal(own, name) {
			return body.RemoveBlock(b)
		}
		if remove(b.Body(), name) {
			return true
		}
	}
	return false
}

func (m *move) eachFile(f func(name, text string) string) {
	names, err := filepath.Glob("*.lvs.hcl")
	if err != nil {
		m.t.Fatal(err)
	}
	for _, name := range names {
		m.write(name, f(name, m.read(name)))
	}
}
