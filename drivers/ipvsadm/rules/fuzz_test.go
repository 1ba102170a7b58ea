//go:build linux

package rules_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Any text is read or refused with a place in it. What is read, a kernel could hold and ipvsadm can say, is read again.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(tablesDir, "*", "*.txt"))
	tables, err2 := filepath.Glob(filepath.Join(tablesDir, "*.[rsl]*"))
	if err := errors.Join(err, err2); err != nil {
		f.Fatal(err)
	}
	for _, name := range append(files, tables...) {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for c := range strings.SplitSeq(string(text), "\n=== ") {
			f.Add([]byte(c))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := rules.Parse([]rules.Source{{Name: "x", Text: text}}, rules.Resolver{})
		if err != nil {
			for _, e := range places(err) {
				at, ok := errors.AsType[*rules.SyntaxError](e)
				if !ok || at.Source != "x" || at.Line < 1 || at.Line > strings.Count(string(text), "\n")+1 || at.Column < 1 || at.Text == "" || len(at.Text) > 500 {
					t.Errorf("%#v", e)
				}
			}
			return
		}
		again(t, sayable(held(d.State)))
	})
}

// held is what a kernel could hold of a state: a listing may show anything.
func held(s spec.State) spec.State {
	n := spec.NewNode(spec.Kernel{}, spec.State{Timeouts: s.Timeouts})
	for _, k := range s.Keys() {
		_ = n.Do(k, nil, s.Get(k))
	}
	return n.State()
}

// What can be said is read as it was said, and Save names everything else.
func FuzzSave(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed, seed%2 == 0)
	}
	f.Fuzz(func(t *testing.T, seed uint64, odd bool) {
		r := rand.New(rand.NewPCG(seed, 0))
		s := drivertest.RandomState(r)
		if odd {
			s = drivertest.OddState(r)
		}
		unsaid := map[spec.Key]bool{}
		for k, v := range s.All() {
			if rules.Cannot(k, v) != nil {
				unsaid[k] = true
			}
		}
		_, err := rules.Save(s)
		if all, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range all.Unwrap() {
				limit, ok := errors.AsType[*rules.LimitError](e)
				if !ok || !unsaid[limit.Key] {
					t.Fatal(e)
				}
				delete(unsaid, limit.Key)
			}
		}
		if len(unsaid) > 0 {
			t.Error("not named:", unsaid)
		}
		again(t, sayable(s))
	})
}

// again holds that a state is read as it was saved, and its commands have the same words.
func again(t *testing.T, s spec.State) {
	t.Helper()
	text, err := rules.Save(s)
	if err != nil {
		t.Fatal(err)
	}
	d, err := rules.Parse([]rules.Source{{Name: "x", Text: text}}, rules.Resolver{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	same(t, "saved and read", s, d.State)
	for k, v := range s.All() {
		c := plan.Change{Key: k, After: v}
		if k.Kind() == spec.KindTimeouts {
			c.Before = spec.Timeouts{}
		}
		words, err := rules.Command(c)
		if err != nil || !strings.Contains("\n"+string(text), "\n"+strings.Join(words, " ")+"\n") {
			t.Errorf("%s: %v\n%s", words, err, text)
		}
	}
}

// sayable is the state without what ipvsadm cannot express, without destinations that lose their service, and without
// timeouts of which none is set.
func sayable(s spec.State) spec.State {
	out := s.Clone()
	if out.Timeouts[spec.TimeoutsKey{}] == (spec.Timeouts{}) {
		out.Set(spec.TimeoutsKey{}, nil)
	}
	for k, v := range s.All() {
		if rules.Cannot(k, v) != nil {
			out.Set(k, nil)
		}
	}
	for d := range out.Destinations {
		if _, ok := out.Services[d.Service]; !ok {
			delete(out.Destinations, d)
		}
	}
	return out
}
