package main

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func TestMistakesInTheCommandLine(t *testing.T) {
	w := newWorld(t)
	w.write("main.lvs.hcl", web("rr", 2))
	w.write("file", "")
	w.write("wrong/file.lvs.hcl", "nonsense")
	for _, c := range []struct {
		args string
		says string
	}{
		{"plna", "lvsform: error: there is no command \"plna\"\nlvsform: hint: did you mean \"plan\"?"},
		{"frobnicate", `there is no command "frobnicate"`},
		{"plan --frobnicate", "unknown flag: --frobnicate\nlvsform: hint: see \"lvsform plan --help\""},
		{"plan -o x", "unknown shorthand flag: 'o'"},
		{"plan a b", "2 arguments are too many: lvsform plan [DIR]\nlvsform: hint: see \"lvsform plan --help\""},
		{"snapshot a", "1 argument is too many: lvsform snapshot\n"},
		{"forget", "an argument is missing: lvsform forget ADDR...\n"},
		{"completion", "an argument is missing: lvsform completion bash|zsh|fish\n"},
		{"help plna", "lvsform: error: there is no command \"plna\"\nlvsform: hint: did you mean \"plan\"?"},
		{"help plan apply", "2 arguments are too many: lvsform help [COMMAND]\n"},
		{"plan --color=loud", `--color is auto, always or never, not "loud"`},
		{"plan --max-destroy=many", "write a number such as 5, or a percentage such as 50%"},
		{"plan --max-destroy=200%", "write a number such as 5"},
		{"plan --driver=ipvsadm --netns=none", "network namespace: open /run/netns/none: no such file or directory"},
		{"plan --driver=nftables", `there is no driver "nftables": it is netlink, ipvsadm or file:PATH`},
		{"plan --driver=file:", "needs the path"},
		{"plan --driver=file:x --netns=blue", "a node in a file has no network namespaces"},
		{"plan --out=", "lvsform: error: --out is empty: give it a value, or leave it out\nlvsform: hint: see \"lvsform plan --help\""},
		{"apply --instance= none", "--instance is empty"},
		{"plan --instance=a/b", `"a/b" cannot be the name of an instance`},
		{"plan --driver=file:none/lb1.json", "no such file or directory"},
		{"plan --from=x --driver=file:y", "--from takes the place of a driver"},
		{"plan none", "none"},
		{"fmt wrong/file.lvs.hcl none", "none: no such file"},
		{"plan --target=service.nothing --driver=file:lb1.json", `nothing here is called "service.nothing"`},
		{"apply none", "no such file or directory"},
		{"show none", "reading the plan: open none: no such file or directory"},
		{"show --format=pdf file", `--format is text, json, markdown or ipvsadm, not "pdf"`},
		{"forget --driver=file:lb1.json service.web", `nothing of lvsform's is called "service.web"`},
		{"rollback file", "file: the plan file is empty"},
		{"completion tcsh", `there is no completion for "tcsh"`},
		{"fmt none", "no such file or directory"},
	} {
		t.Chdir(w.dir)
		w.run(exitError, strings.Fields(c.args)...)
		w.says(w.err, c.says)
		if w.out != "" {
			t.Errorf("%s: stdout is\n%s", c.args, w.out)
		}
		for line := range strings.Lines(w.err) {
			if !regexp.MustCompile(`^(lvsform: (error|hint): |  |Error: |\n|There |The |An )`).MatchString(line) {
				t.Errorf("%s: a line without its mark: %q", c.args, line)
			}
		}
	}
}

func TestOneDashIsEnough(t *testing.T) {
	root := (&program{}).root()
	for _, c := range []struct{ given, want string }{
		{"plan -out x -detailed-exitcode", "plan --out x --detailed-exitcode"},
		{"plan -var=a=b -no-color dir", "plan --var=a=b --no-color dir"},
		{"plan --var -out -out x", "plan --var -out --out x"},
		{"plan -var -out", "plan --var -out"},
		{"plan --var=x -out y", "plan --var=x --out y"},
		{"plan -json -out y", "plan --json --out y"},
		{"fmt -check -", "fmt --check -"},
		{"plan -o x", "plan -o x"},
		{"plan -h", "plan -h"},
		{"plan -help", "plan --help"},
		{"plan -- -out", "plan -- -out"},
		{"plan -unknown -1", "plan -unknown -1"},
	} {
		got := strings.Join(longFlags(root, strings.Fields(c.given)), " ")
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.given, got, c.want)
		}
	}
}

func TestOneDashDoesWhatTwoDo(t *testing.T) {
	w := newWorld(t)
	w.write("main.lvs.hcl", web("rr", 2))
	w.run(exitChanges, "plan", "-detailed-exitcode", "-out", w.path("saved.plan"), "-driver", "file:"+w.path("lb1.json"), w.dir)
	w.run(exitDone, "apply", "-driver=file:"+w.path("lb1.json"), w.path("saved.plan"))
}

// A letter that begins a long flag would turn "-out" into "-o ut" wherever the long form is not known.
func TestNoLetterBeginsALongFlag(t *testing.T) {
	every(t, func(c *cobra.Command, f *pflag.Flag) {
		if f.Shorthand != "" && f.Name != "help" {
			t.Errorf("%s: -%s", c.CommandPath(), f.Shorthand)
		}
	})
}

func TestHelpSaysEverything(t *testing.T) {
	every(t, func(c *cobra.Command, f *pflag.Flag) {
		if f.Usage == "" || strings.HasSuffix(f.Usage, ".") {
			t.Errorf("%s --%s: %q", c.CommandPath(), f.Name, f.Usage)
		}
	})
	w := newWorld(t)
	w.run(exitDone)
	for _, want := range []string{"plan and apply for Linux Virtual Server", "Exit codes:", "NO_COLOR", "LVSFORM_RUN_DIR"} {
		w.says(w.out, want)
	}
	w.run(exitDone, "plan", "--help")
	if strings.Contains(w.out, "Exit codes:") {
		t.Error("every command repeats the exit codes")
	}
}

func every(t *testing.T, f func(*cobra.Command, *pflag.Flag)) {
	root := (&program{}).root()
	for _, c := range slices.Concat([]*cobra.Command{root}, root.Commands()) {
		if c.Short == "" && !c.Hidden {
			t.Errorf("%s has no description", c.CommandPath())
		}
		c.LocalFlags().VisitAll(func(flag *pflag.Flag) { f(c, flag) })
	}
}

func TestVersionAndCompletion(t *testing.T) {
	w := newWorld(t)
	w.run(exitDone, "version")
	version := w.out
	w.run(exitDone, "-version")
	if w.out != version || version != "lvsform devel\n" {
		t.Errorf("%q and %q", version, w.out)
	}
	w.run(exitDone, "version", "--json")
	w.says(w.out, `"lvsform_version": "devel"`)
	for _, shell := range []string{"bash", "zsh", "fish"} {
		w.run(exitDone, "completion", shell)
		w.says(w.out, "lvsform")
	}
}

func TestColor(t *testing.T) {
	w := newWorld(t)
	w.write("main.lvs.hcl", web("rr", 2))
	for _, c := range []struct {
		name      string
		variables map[string]string
		args      []string
		colored   bool
	}{
		{"a pipe", nil, nil, false},
		{"always", nil, []string{"--color=always"}, true},
		{"forced", map[string]string{"CLICOLOR_FORCE": "1"}, nil, true},
		{"forced and forbidden", map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, nil, false},
		{"always and forbidden", map[string]string{"NO_COLOR": "1"}, []string{"--color=always"}, true},
		{"forced and never", map[string]string{"CLICOLOR_FORCE": "1"}, []string{"-no-color"}, false},
	} {
		w.variables = c.variables
		w.run(exitDone, append([]string{"plan", w.node(), w.dir}, c.args...)...)
		if colored := strings.Contains(w.out, "\x1b["); colored != c.colored {
			t.Errorf("%s: colour is %v", c.name, colored)
		}
	}
}

func TestColorOfEachStream(t *testing.T) {
	for _, c := range []struct {
		term     string
		terminal bool
		want     bool
	}{{"xterm", true, true}, {"xterm", false, false}, {"dumb", true, false}} {
		e := env{getenv: func(name string) string { return map[string]string{"TERM": c.term}[name] }}
		if got := e.color(stream{terminal: c.terminal}, "auto"); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// lost is a stream that takes nothing.
type lost struct{ error }

func (l lost) Write([]byte) (int, error) { return 0, l.error }

func TestLostOutput(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
	}{{syscall.ENOSPC, exitError}, {syscall.EPIPE, exitDone}} {
		var told strings.Builder
		e := env{out: stream{Writer: lost{c.err}}, err: stream{Writer: &told}, getenv: func(string) string { return "" }}
		if code := run(t.Context(), []string{"version"}, e); code != c.code {
			t.Errorf("%v: exit code %d, want %d: %s", c.err, code, c.code, told.String())
		}
	}
}

func TestErrorsAreToldOneByOne(t *testing.T) {
	var told strings.Builder
	p := &program{env: env{err: stream{Writer: &told}, getenv: func(string) string { return "" }}}
	p.report(hint(errors.Join(errors.New("one\x1b[31m"), errors.New("two\nand more")), "do %s", "this"))
	want := "lvsform: error: one\\x1b[31m\nlvsform: error: two\n  and more\nlvsform: hint: do this\n"
	if diff := cmp.Diff(want, told.String()); diff != "" {
		t.Error(diff)
	}
}
