package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
)

// documents are all pages.
func documents(t *testing.T) (paths []string) {
	for _, pattern := range []string{"../../README.md", "../../docs/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	for i := range paths {
		var err error
		if paths[i], err = filepath.Abs(paths[i]); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

// What a page shows is what happens: in an empty directory, a block such as "```hcl web.lvs.hcl" is a file, and each line
// of a "```console" block that begins with "$ " is a command, with its output below it.
func TestDocumentsAreTrue(t *testing.T) {
	run := []string{
		"README.md", "commands.md", "safety.md", "operations.md", "migration.md",
		"nat.md", "direct-routing.md", "tunnelling.md", "fullnat.md", "firewall-marks.md",
	}
	for _, path := range documents(t) {
		if !slices.Contains(run, filepath.Base(path)) {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			synctest.Test(t, func(t *testing.T) {
				d := &document{t: t}
				for _, line := range strings.SplitAfter(string(text), "\n") {
					d.line(line)
				}
				golden(t, path, d.out.String())
			})
		})
	}
}

// document is a page that is done line by line.
type document struct {
	t *testing.T
	// out is the page as it should be.
	out bytes.Buffer
	// fence is the match of the first line of the block that is open, block what is in it.
	fence []string
	block bytes.Buffer
	// shell does a command and returns its output; nil is a shell that has what the pages need.
	shell func(line string) string
	// code is the last command's exit code, unless its output was piped.
	code  int
	piped bool
}

// fence is the first line of a block: its ticks, which also end it, its language, and the name of a file.
var fence = regexp.MustCompile("^(```+)([a-z]*) ?(\\S*)\n$")

func (d *document) line(line string) {
	console := d.fence != nil && d.fence[2] == "console"
	switch {
	case d.fence == nil:
		d.fence = fence.FindStringSubmatch(line)
		d.block.Reset()
	case line == d.fence[1]+"\n":
		if name := d.fence[3]; name != "" {
			d.write(name, d.block.Bytes())
		}
		d.fence = nil
	case console && strings.HasPrefix(line, "$ "):
		d.out.WriteString(line)
		d.out.WriteString(d.command(strings.TrimSpace(line[2:])))
		return
	case console:
		return
	default:
		d.block.WriteString(line)
	}
	d.out.WriteString(line)
}

func (d *document) write(name string, text []byte) {
	d.t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o644); err != nil {
		d.t.Fatal(err)
	}
}

// everyLine is more lines than there are.
const everyLine = 1 << 30

var tailPipe = regexp.MustCompile(`^(.*?) \| tail -n (\d+)$`)

// command does what a shell would, as far as the pages need one.
func (d *document) command(line string) string {
	if d.shell != nil {
		return d.shell(line)
	}
	last := everyLine
	if m := tailPipe.FindStringSubmatch(line); m != nil {
		line = m[1]
		last, _ = strconv.Atoi(m[2])
	} else if before, ok := strings.CutSuffix(line, " > /dev/null"); ok {
		line, last = before, 0
	}
	args, err := words(line)
	if err != nil || len(args) == 0 {
		d.t.Fatalf("%s: %v", line, err)
	}
	switch args[0] {
	case "echo":
		if line != "echo $?" || d.piped {
			d.t.Fatalf("%s: only $? can be echoed, and it is not the exit code of what comes before a pipe", line)
		}
		return fmt.Sprintln(d.code)
	case "cat":
		text, err := os.ReadFile(args[1])
		if err != nil {
			d.t.Fatal(err)
		}
		return string(text)
	case "mkdir":
		if err := os.Mkdir(args[1], 0o755); err != nil {
			d.t.Fatal(err)
		}
		return ""
	case "lvsform":
		d.piped = 0 < last && last < everyLine
		return d.lvsform(args[1:], last)
	}
	d.t.Fatalf("%s: a console block has lvsform, cat, mkdir and \"echo $?\"", line)
	return ""
}

// lvsform runs a command, of whose results only the last lines are wanted; the rest is shown as it comes.
func (d *document) lvsform(args []string, last int) string {
	var results, shown bytes.Buffer
	out := &shown
	if last < everyLine {
		out = &results
	}
	d.code = run(d.t.Context(), args, env{
		in: strings.NewReader(""), out: stream{Writer: out}, err: stream{Writer: &shown},
		getenv: func(string) string { return "" }, readFile: os.ReadFile,
	})
	lines := slices.Collect(strings.Lines(results.String()))
	return shown.String() + strings.Join(lines[max(0, len(lines)-last):], "")
}

// words takes a command apart as a shell does: quotes hold together, and a comment, a pipe or a redirection ends it.
func words(line string) (out []string, err error) {
	var word strings.Builder
	var quote rune
	begun := false
	end := func() {
		if begun {
			out = append(out, word.String())
		}
		word.Reset()
		begun = false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, begun = r, true
		case r == ' ' || r == '\t':
			end()
		case slices.Contains([]rune("|>;&<"), r), r == '#' && !begun:
			end()
			return out, nil
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	end()
	if quote != 0 {
		err = fmt.Errorf("a quote is not closed")
	}
	return out, err
}
