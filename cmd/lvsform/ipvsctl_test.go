package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// Each directory is one thing that is asked of a program for IPVS: run.txt has commands and what they say, live.json is
// the node that there is, the rest are configurations. README.md there says where they come from.
const ipvsctl = "../../testdata/ipvsctl"

func TestIpvsctl(t *testing.T) {
	everyScenario(t, func(t *testing.T, dir, fixture string) {
		path := filepath.Join(dir, "run.txt")
		synctest.Test(t, func(t *testing.T) {
			s := newScenario(t, newWorld(t), dir, fixture)
			s.place("live.json", "lb1.json")
			golden(t, path, s.play(s.read("run.txt")))
		})
	})
}

// The table in README.md has a row for each scenario, in order.
func TestIpvsctlTable(t *testing.T) {
	text, err := os.ReadFile(ipvsctl + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, m := range regexp.MustCompile(`(?m)^\| \**([0-9]+) .* \| (\S+) \| .* \|$`).FindAllStringSubmatch(string(text), -1) {
		got = append(got, fmt.Sprintf("%02s %s", m[1], m[2]))
	}
	dirs, _ := filepath.Glob(ipvsctl + "/[0-9]*")
	for i, dir := range dirs {
		want = append(want, fmt.Sprintf("%02d %s", i+1, filepath.Base(dir)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// everyScenario calls f for each scenario, and for one that is about all fixtures with each of them.
func everyScenario(t *testing.T, f func(t *testing.T, dir, fixture string)) {
	dirs, err := filepath.Glob(ipvsctl + "/[0-9]*")
	fixtures, _ := filepath.Glob(ipvsctl + "/fixtures/*")
	if err != nil || len(dirs) != 77 || len(fixtures) < 10 {
		t.Fatalf("%d scenarios, %d fixtures: %v", len(dirs), len(fixtures), err)
	}
	for i, dir := range dirs {
		if dirs[i], err = filepath.Abs(dir); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range dirs {
		text, err := os.ReadFile(filepath.Join(dir, "run.txt"))
		if err != nil {
			t.Fatal(err)
		}
		names := []string{"none"}
		if bytes.Contains(text, []byte(everyFixture)) {
			names = fixtures
		}
		for _, name := range names {
			t.Run(filepath.Base(dir)+"/"+filepath.Base(name), func(t *testing.T) { f(t, dir, filepath.Base(name)) })
		}
	}
}

// everyFixture stands in run.txt for a fixture; all of them must do the same.
const everyFixture = "FIXTURE"

// scenario is a run.txt that is played in a copy of its directory, beside the fixtures.
type scenario struct {
	*world
	// driver, if set, takes the place of the world's for what is played.
	driver  string
	fixture string
	// judge answers what is asked of ipvsadm; without one, its answer is believed.
	judge func(args []string) string
}

func newScenario(t *testing.T, w *world, dir, fixture string) *scenario {
	s := &scenario{world: w, fixture: fixture}
	for from, to := range map[string]string{dir: "case", ipvsctl + "/fixtures": "fixtures", ipvsctl + "/variables": "variables"} {
		if err := os.CopyFS(w.path(to), os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	w.dir = w.path("case")
	t.Chdir(w.dir)
	return s
}

// play does what the text says and returns it as it should be: after each command what it printed and told, and its exit
// code if that is not 0.
func (s *scenario) play(text string) string {
	var out strings.Builder
	believed := true
	for line := range strings.Lines(text) {
		command, ok := strings.CutPrefix(line, "$ ")
		switch {
		case ok:
			out.WriteString(line)
			believed = s.command(&out, strings.TrimSuffix(command, "\n"))
		case believed:
			out.WriteString(line)
		}
	}
	return out.String()
}

var redirected = regexp.MustCompile(`^(.*?) > /dev/null( 2>&1)?$`)

// command does one command; what is written below it is believed if there is nobody to ask.
func (s *scenario) command(out *strings.Builder, line string) (believed bool) {
	quiet := redirected.FindStringSubmatch(line)
	if quiet != nil {
		line = quiet[1]
	}
	args, err := words(strings.ReplaceAll(line, everyFixture, filepath.Join("..", "fixtures", s.fixture)))
	if err != nil {
		s.t.Fatal(err)
	}
	clear(s.variables)
	for strings.Contains(args[0], "=") {
		name, value, _ := strings.Cut(args[0], "=")
		s.variables[name] = value
		args = args[1:]
	}
	switch {
	case args[0] == "lvsform":
		s.lvsform(out, args[1:], quiet)
	case s.judge == nil:
		return true
	default:
		out.WriteString(s.judge(args))
	}
	return false
}

func (s *scenario) lvsform(out *strings.Builder, args, quiet []string) {
	switch {
	case !aboutNode(args):
	case s.driver != "":
		args = append(args, s.driver)
	default:
		args = append(args, s.node())
	}
	s.code = s.start(args...)
	if quiet == nil {
		out.WriteString(s.out)
	}
	if quiet == nil || quiet[2] == "" {
		out.WriteString(s.err)
	}
	if s.code != exitDone {
		fmt.Fprintf(out, "exit %d\n", s.code)
	}
}

// aboutNode says that the command looks at the node, and not at a file.
func aboutNode(args []string) bool {
	root := (&program{}).root()
	c, rest, err := root.Find(longFlags(root, args))
	if err != nil || c.Flags().Lookup("driver") == nil {
		return false
	}
	return c.ParseFlags(rest) != nil || c.Name() != "import" || c.Flags().NArg() == 0
}
