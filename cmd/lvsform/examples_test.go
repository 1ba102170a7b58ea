package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coreos/go-systemd/v22/unit"
	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/ipvsadm/fake"
	"github.com/lvsform/lvsform/spec"
)

const examples = "../../examples"

// TestMain lets the test be lvsform itself, for tests of scripts and signals, or the program ipvsadm.
func TestMain(m *testing.M) {
	if status, isProgram := fake.Main(); isProgram {
		os.Exit(status)
	}
	if os.Getenv("BE_LVSFORM") == "1" {
		main()
	}
	// What whoever calls the tests has set for lvsform is not for the processes that they start.
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if slices.Contains([]string{"NO_COLOR", "CLICOLOR_FORCE", "LVSFORM_NODE", "LVSFORM_RUN_DIR"}, name) || strings.HasPrefix(name, "LVSFORM_VAR_") {
			os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}

func TestExamples(t *testing.T) {
	found, err := filepath.Glob(examples + "/*/*.lvs.hcl")
	if err != nil || len(found) < 6 {
		t.Fatalf("%d examples: %v", len(found), err)
	}
	for _, path := range found {
		dir := filepath.Dir(path)
		if filepath.Base(dir) != "site" {
			t.Run(filepath.Base(dir), func(t *testing.T) { example(t, dir, "") })
		}
	}
	for _, node := range []string{"lb1", "lb2", "web1", "web2", "web3", "resolver"} {
		t.Run("site "+node, func(t *testing.T) { example(t, examples+"/site", node) })
	}
}

// example takes a node through an example and back.
func example(t *testing.T, dir, node string) {
	w := newWorld(t)
	w.variables["LVSFORM_NODE"] = node
	before := w.state()
	w.run(exitDone, "fmt", "--check", dir)
	w.run(exitDone, "validate", dir)
	w.run(exitChanges, "plan", w.node(), "--detailed-exitcode", "--out", w.path("saved.plan"), dir)
	w.run(exitDone, "apply", w.node(), w.path("saved.plan"))
	w.run(exitDone, "plan", w.node(), "--detailed-exitcode", dir)
	w.says(w.out, "No changes.")
	w.run(exitDone, "drift", w.node(), dir)
	w.sameFromSnapshot()
	w.run(exitDone, "rollback", w.node(), "--auto-approve", w.path("saved.plan"))
	after := w.state()
	for k := range after.Clone().All() { // modules stay, and the interfaces that they bring
		if k.Kind() == spec.KindModule || strings.Contains(k.String(), "tunl0") {
			after.Set(k, nil)
		}
	}
	if !after.Equal(before) {
		t.Errorf("undone, the node is\n%v", after)
	}
}

// sameFromSnapshot compares plans from the node and from its snapshot, where no configuration says any more what is known of
// the objects that go.
func (w *world) sameFromSnapshot() {
	w.t.Helper()
	delete(w.variables, "LVSFORM_NODE")
	w.write("other/main.lvs.hcl", `timeouts { tcp = "1h" }`)
	w.run(exitDone, "snapshot", w.node(), "--out", w.path("snapshot"))
	var plans []string
	for _, where := range []string{w.node(), "--from=" + w.path("snapshot")} {
		w.run(exitDone, "plan", "--json", where, w.path("other"))
		plans = append(plans, regexp.MustCompile(`(?m)^  "(timestamp|digest)": .*\n`).ReplaceAllString(w.out, ""))
	}
	if diff := cmp.Diff(plans[0], plans[1]); diff != "" {
		w.t.Errorf("a plan from the node and one from its snapshot (-node +snapshot)\n%s", diff)
	}
}

func TestDemo(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	demo := exec.Command("bash", examples+"/demo.sh")
	demo.Env = append(os.Environ(), "LVSFORM="+self, "BE_LVSFORM=1")
	out, err := demo.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"Apply complete! Resources: 3 added", "No changes.", "weight is 1 and should be 3", "3 destroyed."} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the demo does not show %q:\n%s", want, out)
		}
	}
}

func TestUnitsAreWellFormed(t *testing.T) {
	sections := map[string][]string{".service": {"Unit", "Service"}, ".timer": {"Unit", "Timer", "Install"}}
	paths, _ := filepath.Glob(examples + "/systemd/*")
	if len(paths) == 0 {
		t.Fatal("no units")
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := unit.DeserializeSections(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		var names []string
		for _, s := range got {
			names = append(names, s.Section)
			for _, e := range s.Entries {
				if strings.Contains(e.Value, "#") {
					t.Errorf("%s: %s=%s: a comment at the end of a line is a part of the value", path, e.Name, e.Value)
				}
				if e.Name == "ProtectKernelModules" && e.Value != "no" {
					t.Errorf("%s: %s hides /lib/modules, which says what is built in", path, e.Name)
				}
			}
		}
		if want := sections[filepath.Ext(path)]; strings.Join(names, " ") != strings.Join(want, " ") {
			t.Errorf("%s has the sections %v, want %v", path, names, want)
		}
	}
}

// Every call of lvsform in a script, unit or pipeline has a command and flags that exist.
func TestScriptsCallWhatThereIs(t *testing.T) {
	call := regexp.MustCompile(`(?:^|[ /=(])lvsform ([a-z]+)((?:"[^"]*"|[^|>&;"'#\n])*)`)
	calls := 0
	for _, pattern := range []string{"/demo.sh", "/systemd/*", "/ci/*"} {
		paths, _ := filepath.Glob(examples + pattern)
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(text)) {
				if strings.HasPrefix(strings.TrimSpace(line), "#") {
					continue
				}
				for _, m := range call.FindAllStringSubmatch(line, -1) {
					calls++
					root := (&program{}).root()
					c, rest, err := root.Find(longFlags(root, strings.Fields(m[1]+m[2])))
					if err == nil {
						err = c.ParseFlags(rest)
					}
					if err != nil {
						t.Errorf("%s: %s: %v", path, strings.TrimSpace(line), err)
					}
				}
			}
		}
	}
	if calls < 20 {
		t.Errorf("only %d calls were found", calls)
	}
}
