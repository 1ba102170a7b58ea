package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/lvsform/lvsform/drivers/file"
	"github.com/lvsform/lvsform/spec"
)

const cases = "../../testdata/cases"

// A case is a directory: live.json is the node that there is (none: an untouched one), first/ a configuration that was
// applied to it, *.lvs.hcl the one that is planned and applied, with the flags in args. plan.txt is the plan and
// after.json the state that it leads to; plan.json the saved plan, and progress.txt what an apply tells, where there is one;
// error.txt is what a configuration that is refused is told.
func TestCases(t *testing.T) {
	entries, err := os.ReadDir(cases)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { tryCase(t, filepath.Join(cases, e.Name())) })
		})
	}
}

func tryCase(t *testing.T, dir string) {
	w := newWorld(t)
	if err := os.CopyFS(w.dir, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	w.place("live.json", "lb1.json")
	args, _ := os.ReadFile(w.path("args"))
	instance, flags := instanceFlags(strings.Fields(string(args)))
	if _, err := os.Stat(w.path("first")); err == nil {
		w.run(exitDone, "apply", w.node(), "--auto-approve", w.path("first"))
	}
	before := w.state()
	w.run(exitDone, "validate", w.dir)
	common := append([]string{w.node()}, instance...)
	plan := append(append([]string{"plan"}, common...), flags...)
	if _, err := os.Stat(filepath.Join(dir, "error.txt")); err == nil {
		w.run(exitError, append(plan, w.dir)...)
		golden(t, filepath.Join(dir, "error.txt"), w.err)
		return
	}
	saved := w.path("saved.plan")
	code := w.start(append(plan, "--detailed-exitcode", "--out", saved, w.dir)...)
	golden(t, filepath.Join(dir, "plan.txt"), w.out)
	if want := exitCodeOf(w.out); code != want {
		t.Errorf("plan: exit code %d, want %d\n%s", code, want, w.err)
	}
	steps := w.show(dir, saved)
	w.finish(dir, saved, common, plan, steps, before)
}

// finish applies the plan, plans again, applies again, and rolls back.
func (w *world) finish(dir, saved string, common, plan []string, steps int, before spec.State) {
	w.run(exitDone, append([]string{"apply", saved}, common...)...)
	if path := filepath.Join(dir, "progress.txt"); exists(path) {
		golden(w.t, path, w.err)
	}
	text, _ := json.MarshalIndent(leaveOut(w.state(), freshNode(w.t)), "", "  ")
	golden(w.t, filepath.Join(dir, "after.json"), string(text)+"\n")
	w.run(exitDone, append(plan, "--detailed-exitcode", w.dir)...)
	w.says(w.out, "No changes.")
	if steps > 0 {
		w.run(exitError, append([]string{"apply", saved}, common...)...)
		w.says(w.err, "the plan is stale: ")
	}
	w.run(exitDone, append([]string{"rollback", saved, "--auto-approve"}, common...)...)
	if got := w.state(); !got.Equal(before) {
		w.t.Errorf("rolled back to\n%v\nand before there was\n%v", got, before)
	}
}

// show looks at the saved plan in all forms, and counts its steps.
func (w *world) show(dir, saved string) (steps int) {
	text := w.out
	w.run(exitDone, "show", saved)
	if w.out != text {
		w.t.Errorf("the saved plan is shown as\n%s\nand was\n%s", w.out, text)
	}
	w.run(exitDone, "show", "--format=markdown", saved)
	w.run(exitDone, "show", "--json", saved)
	var doc struct{ Steps []json.RawMessage }
	if err := json.Unmarshal([]byte(w.out), &doc); err != nil {
		w.t.Fatal(err)
	}
	if path := filepath.Join(dir, "plan.json"); exists(path) {
		golden(w.t, path, w.out)
	}
	return len(doc.Steps)
}

// place gives a file of the case the name it needs.
func (w *world) place(from, to string) {
	if exists(w.path(from)) {
		if err := os.Rename(w.path(from), w.path(to)); err != nil {
			w.t.Fatal(err)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// state is the node's state.
func (w *world) state() spec.State {
	w.t.Helper()
	w.run(exitDone, "snapshot", w.node())
	var doc struct{ State spec.State }
	if err := json.Unmarshal([]byte(w.out), &doc); err != nil {
		w.t.Fatal(err)
	}
	return doc.State
}

// freshNode is the state of a node that nobody has touched.
func freshNode(t *testing.T) spec.State {
	t.Helper()
	d, err := file.Open(filepath.Join(t.TempDir(), "fresh.json"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// leaveOut leaves out what is around the table and the same in both.
func leaveOut(s, o spec.State) spec.State {
	out := s.Clone()
	for k, v := range s.Host().All() {
		if o.Get(k) == v {
			out.Set(k, nil)
		}
	}
	return out
}

func instanceFlags(args []string) (instance, others []string) {
	for _, a := range args {
		if strings.HasPrefix(a, "--instance") {
			instance = append(instance, a)
		} else {
			others = append(others, a)
		}
	}
	return instance, others
}

// exitCodeOf is what plan --detailed-exitcode gives for a plan.
func exitCodeOf(plan string) int {
	if strings.Contains(plan, "No changes.") {
		return exitDone
	}
	return exitChanges
}
