package main

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// odd has two objects that ipvsadm cannot make, and one that it can.
const odd = `pool "odd" {
  forward = "local"

  server "near" {
    address = "10.0.0.11"
  }

  server "next" {
    address = "10.0.0.12"
  }

  server "heavy" {
    address = "10.0.0.13"
    forward = "masquerade"
    weight  = 70000
  }
}

service "odd" {
  listen "tcp" {
    addresses = ["192.0.2.20"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.odd
}
`

func TestExport(t *testing.T) {
	w := newWorld(t)
	w.write("main.lvs.hcl", web("wlc", 2))
	w.write("more.lvs.hcl", strings.NewReplacer("web", "six", "192.0.2.10", "2001:db8::10", "address =", "address6 =", "10.0.0.11", "2001:db8:1::11").Replace(web("rr", 1)))
	const rules = "-A -t 192.0.2.10:80 -s wlc\n-a -t 192.0.2.10:80 -r 10.0.0.11:80 -g -w 1\n-a -t 192.0.2.10:80 -r 10.0.0.12:80 -g -w 3\n"
	w.run(exitDone, "export", w.dir)
	w.says(w.out, rules)
	w.run(exitDone, "export", "--format=sh", w.dir)
	w.says(w.out, "#!/bin/sh\n")
	w.says(w.out, "\n# service.web.tcp[\"192.0.2.10:80\"]\nipvsadm -A -t 192.0.2.10:80 -s wlc\n"+
		"# service.web.tcp[\"192.0.2.10:80\"].server[\"rs1\"]\nipvsadm -a -t 192.0.2.10:80 -r 10.0.0.11:80 -g -w 1\n")
	w.says(w.out, "\nipvsadm -A -t '[2001:db8::10]:80' -s rr\n")
	checkScript(t, w.out)
	w.run(exitDone, "export", "--format=json", "--out="+w.path("export.json"), w.dir)
	var doc struct {
		FormatVersion string `json:"format_version"`
		Objects       map[string]string
	}
	if err := json.Unmarshal([]byte(w.read("export.json")), &doc); err != nil || w.out != "" {
		t.Fatal(err, w.out)
	}
	if name := doc.Objects["tcp 192.0.2.10:80 -> 10.0.0.12:80"]; name != `service.web.tcp["192.0.2.10:80"].server["rs2"]` {
		t.Errorf("its name is %q", name)
	}
	w.run(exitError, "export", "--format=yaml", w.dir)
	w.says(w.err, `lvsform: error: --format is ipvsadm, json or sh, not "yaml"`)
}

// checkScript asks the shell whether it understands a script.
func checkScript(t *testing.T, script string) {
	t.Helper()
	c := exec.Command("sh", "-n")
	c.Stdin = strings.NewReader(script)
	if text, err := c.CombinedOutput(); err != nil {
		t.Errorf("sh -n: %v: %s\n%s", err, text, script)
	}
}

func TestWhatIpvsadmCannotExpress(t *testing.T) {
	w := newWorld(t)
	w.write("main.lvs.hcl", web("wlc", 2))
	w.write("odd.lvs.hcl", odd)
	const near = `lvsform: error: service.odd.tcp["192.0.2.20:80"].server["near"]: tcp 192.0.2.20:80 -> 10.0.0.11:80: ipvsadm cannot express `
	const next = `lvsform: error: service.odd.tcp["192.0.2.20:80"].server["next"]: tcp 192.0.2.20:80 -> 10.0.0.12:80: ipvsadm cannot express `
	w.run(exitDone, "plan", w.node(), "--out="+w.path("saved"), w.dir)
	for _, args := range [][]string{
		{"export", w.dir},
		{"export", "--format=sh", w.dir},
		{"plan", "--format=ipvsadm", w.node(), "--out=" + w.path("none"), w.dir},
		{"show", "--format=ipvsadm", w.path("saved")},
	} {
		w.run(exitError, args...)
		w.says(w.err, near)
		w.says(w.err, next)
		w.says(w.err, "use the driver netlink")
		if w.out != "" || exists(w.path("none")) || strings.Contains(w.err, "web") || strings.Contains(w.err, "heavy") {
			t.Errorf("%s: stdout is\n%s\nstderr is\n%s", args, w.out, w.err)
		}
	}
	w.run(exitDone, "export", "--format=json", w.dir)
	w.run(exitDone, "plan", "--format=markdown", w.node(), w.dir)
	w.says(w.out, "<!-- lvsform:plan lb1 -->")
}

func TestPlanAsCommands(t *testing.T) {
	w := applied(t)
	w.run(exitDone, "plan", w.node(), "--format=ipvsadm", "--out="+w.path("saved"), w.path("next"))
	golden(t, "testdata/plan.ipvsadm", w.out)
	commands := w.out
	w.run(exitDone, "show", "--format=ipvsadm", w.path("saved"))
	if diff := cmp.Diff(commands, w.out); diff != "" {
		t.Errorf("the saved plan (-plan +show)\n%s", diff)
	}
	w.run(exitDone, "show", "--format=ipvsadm", "--undo", w.path("saved"))
	golden(t, "testdata/undo.ipvsadm", w.out)
	undo := w.out
	w.run(exitDone, "plan", w.node(), "--format=ipvsadm", "--undo", w.path("next"))
	if diff := cmp.Diff(undo, w.out); diff != "" {
		t.Errorf("the way back (-show +plan)\n%s", diff)
	}
	checkScript(t, commands+undo)
	w.run(exitDone, "plan", w.node(), "--format=ipvsadm", "--target=service.web", w.path("next"))
	w.says(w.out, "# Warning: targets or exclusions leave out objects")
	w.run(exitDone, "forget", w.node(), "service.web")
	w.run(exitDone, "plan", w.node(), "--format=ipvsadm", w.path("first"))
	want := "# Plan for lb1: 1 to import, 0 to add, 0 to change, 0 to destroy.\n# tcp 192.0.2.10:80 will be imported: it is there, and becomes lvsform's with an apply\n"
	if diff := cmp.Diff(want, w.out); diff != "" {
		t.Errorf("imports alone (-want +got)\n%s", diff)
	}
}

func TestFormatFlags(t *testing.T) {
	w := applied(t)
	w.run(exitDone, "plan", w.node(), "--out="+w.path("saved"), w.path("next"))
	for _, command := range [][]string{{"show", w.path("saved")}, {"plan", w.node(), w.path("next")}} {
		for flags, says := range map[string]string{
			"--format=pdf":             `--format is text, json, markdown or ipvsadm, not "pdf"`,
			"--json --format=markdown": "--json and --format=markdown: choose one of them",
			"--undo":                   "--undo prints commands: it goes with --format=ipvsadm",
		} {
			w.run(exitError, append(command, strings.Fields(flags)...)...)
			w.says(w.err, "lvsform: error: "+says)
		}
		w.run(exitDone, append(command, "--json")...)
		if !json.Valid([]byte(w.out)) {
			t.Errorf("%s --json: %s", command, w.out)
		}
		w.run(exitDone, append(command, "--json", "--format=json")...)
	}
}

func TestShellWords(t *testing.T) {
	for _, word := range []string{"-A", "192.0.2.10:80", "[2001:db8::10]:80", "a b", "it's", "", "$HOME", "`id`", "a\nb", "*", `\`} {
		out, err := exec.Command("sh", "-c", "printf %s "+shellWord(word)).Output()
		if err != nil || string(out) != word {
			t.Errorf("%q becomes %q: %v", word, out, err)
		}
	}
}
