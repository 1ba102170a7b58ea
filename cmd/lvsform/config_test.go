package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"unicode"
)

func TestFmt(t *testing.T) {
	const ugly, fine = "pool \"web\" {\nforward=\"direct\"\n}\n", "pool \"web\" {\n  forward = \"direct\"\n}\n"
	w := newWorld(t)
	reset := func() {
		w.write("a.lvs.hcl", ugly)
		w.write("b.lvs.hcl", fine)
		w.write("c.auto.lvsvars.hcl", "x=1\n")
		w.write("d.txt", ugly)
	}
	changed := w.path("a.lvs.hcl") + "\n" + w.path("c.auto.lvsvars.hcl") + "\n"
	for _, c := range []struct {
		name    string
		args    []string
		code    int
		out     string
		rewrote bool
	}{
		{"a directory", []string{w.dir}, exitDone, changed, true},
		{"a file", []string{w.path("a.lvs.hcl")}, exitDone, w.path("a.lvs.hcl") + "\n", true},
		{"nothing to do", []string{w.path("b.lvs.hcl")}, exitDone, "", false},
		{"check", []string{"--check", w.dir}, exitUnformatted, changed, false},
		{"check what is fine", []string{"--check", w.path("b.lvs.hcl")}, exitDone, "", false},
		{"list only", []string{"--write=false", w.dir}, exitDone, changed, false},
		{"diff", []string{"--diff", "--check", w.path("a.lvs.hcl")}, exitUnformatted,
			fmt.Sprintf("%[1]s\n--- %[1]s\n+++ %[1]s\n@@ -1,3 +1,3 @@\n pool \"web\" {\n-forward=\"direct\"\n+  forward = \"direct\"\n }\n", w.path("a.lvs.hcl")), false},
		{"standard input", []string{"-"}, exitDone, fine, false},
		{"check standard input", []string{"--check", "-"}, exitUnformatted, "", false},
	} {
		reset()
		w.in = ugly
		w.run(c.code, append([]string{"fmt"}, c.args...)...)
		if w.out != c.out {
			t.Errorf("%s: it says\n%s\nand should say\n%s", c.name, w.out, c.out)
		}
		if rewrote := w.read("a.lvs.hcl") == fine; rewrote != c.rewrote || w.read("d.txt") != ugly {
			t.Errorf("%s: rewritten: %v", c.name, rewrote)
		}
	}
	w.write("a.lvs.hcl", "pool {")
	w.run(exitError, "fmt", w.dir)
	w.says(w.err, "Error: ")
	if w.read("a.lvs.hcl") != "pool {" {
		t.Error("what cannot be read was rewritten")
	}
}

func TestFmtKeepsModeAndLink(t *testing.T) {
	w := newWorld(t)
	w.write("real/a.lvs.hcl", "x=1\n")
	if err := os.Symlink("real/a.lvs.hcl", w.path("a.lvs.hcl")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(w.path("real/a.lvs.hcl"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.run(exitDone, "fmt", w.dir)
	info, err := os.Lstat(w.path("a.lvs.hcl"))
	if err != nil || info.Mode()&os.ModeSymlink == 0 || w.read("real/a.lvs.hcl") != "x = 1\n" {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if info, _ := os.Stat(w.path("a.lvs.hcl")); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestValidate(t *testing.T) {
	w := newWorld(t)
	w.write("main.lvs.hcl", strings.Replace(web("rr", 2), "pool.web", "pool.wbe", 1))
	w.run(exitError, "validate", w.dir)
	w.says(w.err, "pool.wbe")
	if w.out != "" {
		t.Errorf("stdout: %s", w.out)
	}
	w.run(exitError, "validate", "--json", w.dir)
	var doc struct {
		Valid      bool
		ErrorCount int `json:"error_count"`
	}
	if err := json.Unmarshal([]byte(w.out), &doc); err != nil || doc.Valid || doc.ErrorCount != 1 {
		t.Errorf("%v: %s", err, w.out)
	}
	w.run(exitError, "plan", w.node(), w.dir)
	w.write("main.lvs.hcl", web("rr", 2)+"\npool \"unused\" {\n  forward = \"direct\"\n}\n")
	w.run(exitDone, "validate", w.dir)
	w.says(w.out, "The configuration is valid: 1 service, 2 destinations.")
	w.says(w.err, "Warning: ")
	w.run(exitDone, "validate", "--json", w.dir)
	w.run(exitDone, "plan", w.node(), w.dir)
}

func TestVariables(t *testing.T) {
	w := newWorld(t)
	w.write("main.lvs.hcl", "variable \"scheduler\" {\n  type = string\n}\n"+strings.Replace(web("rr", 2), `"rr"`, "var.scheduler", 1))
	w.write("one.lvsvars.hcl", "scheduler = \"lc\"\n")
	file := "--var-file=" + w.path("one.lvsvars.hcl")
	plan := func(args ...string) {
		w.t.Helper()
		w.run(exitDone, append([]string{"plan", w.node(), w.dir}, args...)...)
	}
	w.run(exitError, "plan", w.node(), w.dir)
	w.variables["LVSFORM_VAR_scheduler"] = "sed"
	plan()
	w.says(w.out, `scheduler = "sed"`)
	plan(file)
	w.says(w.out, `scheduler = "lc"`)
	plan(file, "--var=scheduler=wrr")
	w.says(w.out, `scheduler = "wrr"`)
	plan("-var", "scheduler=wrr", file)
	w.says(w.out, `scheduler = "lc"`)
}

// Whatever files hold, a terminal is sent text.
func TestNothingControlsTheTerminal(t *testing.T) {
	const evil = "\x1b]0;owned\x07\u009b31m\u202e"
	quoted := strings.NewReplacer("\x1b", `\u001b`, "\x07", `\u0007`, "\u009b", `\u009b`, "\u202e", `\u202e`).Replace(evil)
	w := newWorld(t)
	w.write("lb1.json", `{"format_version": 1, "node": "lb1`+quoted+`", "state": {
		"service": {"udp 192.0.2.53:53": {"scheduler": "`+quoted[:12]+`"}},
		"sync_daemon": {"sync backup": {"interface": "`+quoted+`", "sync_id": 7, "group": "224.0.0.81", "port": 8848, "ttl": 1}}}}`)
	w.write("good/main.lvs.hcl", strings.Replace(web("rr", 2), `"rs1"`, `"rs`+quoted+`"`, 1))
	w.write("bad/main.lvs.hcl", "# "+evil+"\npool \"web"+evil+"\" { # "+evil+"\n  forward = \""+quoted+"\"\n}\n\nservice \""+quoted+"\" {\n")
	w.write("bad"+evil+"/main.lvs.hcl", "nonsense "+evil)
	w.write("saved"+evil, "nonsense")
	w.interactive, w.terminal, w.width, w.in = true, true, 100, "no\n"
	for _, args := range [][]string{
		{"validate", w.path("good")}, {"validate", w.path("bad")}, {"validate", w.path("bad" + evil)}, {"validate", "--json", w.path("bad")},
		{"plan", w.node(), w.path("good")}, {"plan", w.node(), "--json", w.path("good")}, {"plan", w.node(), "--target", evil, w.path("good")},
		{"plan", w.node(), "--out", w.path("plan" + evil), w.path("good")}, {"show", w.path("plan" + evil)}, {"show", "--json", w.path("plan" + evil)},
		{"show", "--format=markdown", w.path("plan" + evil)}, {"drift", w.node(), w.path("good")}, {"apply", w.node(), w.path("good")},
		{"apply", w.node(), "--auto-approve", w.path("good")}, {"status", w.node()}, {"status", w.node(), "--json"}, {"snapshot", w.node()},
		{"doctor", w.node(), w.path("bad")}, {"show", w.path("saved" + evil)}, {"forget", w.node(), evil}, {evil}, {"plan", "--" + evil},
		{"fmt", "--check", "--diff", w.path("bad" + evil)}, {"rollback", w.node(), "--auto-approve", w.path("plan" + evil)},
		{"plan", "--driver", evil}, {"completion", evil}, {"apply", w.node(), "--allow", evil}, {"plan", "--color", evil},
		{"plan", w.node(), "--var", evil, w.path("good")}, {"plan", w.node(), "--var-file", evil, w.path("good")}, {"plan", "--max-destroy", evil},
	} {
		w.variables = map[string]string{"NO_COLOR": "1"}
		w.start(args...)
		for _, r := range strings.ReplaceAll(w.out+w.err, "\r\x1b[K", "") {
			if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
				t.Errorf("%q sends %q:\n%q", args, r, w.out+w.err)
				break
			}
		}
	}
}

// Nobody waits for a pipe that is called like a file of a configuration, and nothing is left out.
func TestFilesThatAreNone(t *testing.T) {
	w := newWorld(t)
	w.write("a.lvs.hcl", "x=1\n")
	w.mkdir("b.lvs.hcl")
	pipe := w.path("c.lvs.hcl")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	w.run(exitError, "fmt", w.dir)
	w.says(w.err, "error: read "+w.path("b.lvs.hcl")+": is a directory\n")
	w.says(w.err, "read "+pipe+": not a regular file\n")
	if w.read("a.lvs.hcl") != "x = 1\n" {
		t.Error("the file beside them is not rewritten")
	}
	w.run(exitError, "fmt", "--check", pipe)
	w.says(w.err, "read "+pipe+": not a regular file\n")
	w.says(w.err, `hint: "lvsform fmt -" formats standard input`)
	for _, command := range []string{"plan", "apply", "show", "drift", "validate", "rollback", "nodes", "export"} {
		w.run(exitError, command, pipe)
		w.says(w.err, "name its directory")
	}
}
