package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
)

// What is exported, imported and loaded is what it was, in every format.
func FuzzImportExport(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		want := sayableState(rand.New(rand.NewPCG(seed, 0)))
		text, err := hclspec.Format(hclspec.Document{State: want})
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t)
		w.write("first/main.lvs.hcl", string(text))
		for format := range exporters {
			w.run(exitDone, "export", "--format="+format, w.path("first"))
			exported := w.out
			w.in = exported
			w.run(exitDone, "import", "-")
			w.write(format+"/main.lvs.hcl", w.out)
			if got := w.load(format); !got.Equal(want) {
				t.Errorf("%s: imported from\n%s\n(-want +got)\n%s", format, exported, cmp.Diff(stateText(want), stateText(got)))
			}
		}
	})
}

// Whatever text there is, it is refused or becomes a valid configuration, and in the same way each time.
func FuzzImport(f *testing.F) {
	files, err := filepath.Glob(imports + "/*/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		if text, err := os.ReadFile(path); err == nil {
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ReplaceAll(text, "include", "exclude") // which may mean a file of this machine
		w := newWorld(t)
		w.in = text
		code := w.start("import", "--no-resolve", "-")
		first, said := w.out, w.err
		if again := w.start("import", "--no-resolve", "-"); again != code || w.out != first || w.err != said {
			t.Errorf("exit code %d, then %d:\n%s%s\n%s%s", code, again, first, said, w.out, w.err)
		}
		if code == exitError && first == "" && strings.Contains("\n"+said, "\nlvsform: error: ") {
			return
		}
		if code != exitDone {
			t.Fatalf("exit code %d\n%s%s", code, first, said)
		}
		w.write("out/main.lvs.hcl", first)
		w.run(exitDone, "validate", w.path("out"))
	})
}

// sayableState is a random state that ipvsadm can make.
func sayableState(r *rand.Rand) spec.State {
	s := drivertest.RandomState(r)
	for k, v := range s.Clone().All() {
		if rules.Cannot(k, v) != nil {
			s.Set(k, nil)
		}
	}
	for k := range s.Clone().Destinations {
		if s.Get(k.Service) == nil {
			s.Set(k, nil)
		}
	}
	return s
}

// load is the state that the configuration in a directory is for.
func (w *world) load(dir string) spec.State {
	w.t.Helper()
	c, diags := hclspec.Load(hclspec.Source{Dir: w.path(dir)})
	if diags.HasErrors() {
		w.t.Fatal(diags)
	}
	return c.Chosen.Desired.State
}

func stateText(s spec.State) string {
	text, err := s.MarshalJSON()
	if err != nil {
		return err.Error()
	}
	return strings.ReplaceAll(string(text), "},", "},\n")
}
