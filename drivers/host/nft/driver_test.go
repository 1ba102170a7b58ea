//go:build linux

package nft

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// A dump that repeats a rule or leaves one out does not change what is read.
func TestDumpsOfABusyKernel(t *testing.T) {
	all := marks(1, 2, 3, 4)
	for name, cut := range map[string][][][]spec.MarkRuleKey{
		"repeated":  {{all, all[3:]}, {all, all[2:]}},
		"left out":  {{all[:2], all[3:]}},
		"all right": {{all[:2], all[2:]}},
	} {
		f := &fake{generation: 7, rules: all, cut: cut}
		var s spec.State
		if err := fakeRules(f).Read(&s); err != nil || len(s.MarkRules) != 4 {
			t.Errorf("%s: %v %v", name, s.MarkRules, err)
		}
	}
	// Where the count of the kernel is wrong for good, two reads that agree are believed.
	f := &fake{generation: 7, rules: all}
	short := [][]spec.MarkRuleKey{all[:1], all[1:3]}
	for range 8 {
		f.cut = append(f.cut, short)
	}
	var s spec.State
	if err := fakeRules(f).Read(&s); err != nil || len(s.MarkRules) != 3 {
		t.Errorf("%v %v", s.MarkRules, err)
	}
}

func TestRulesThatKeepChanging(t *testing.T) {
	r := fakeRules(&fake{restless: true})
	if err := r.Read(new(spec.State)); !errors.Is(err, errRestless) {
		t.Errorf("read: %v", err)
	}
	x := r.Do([]plan.Change{create(mark("192.0.2.1", 9, 9), spec.MarkRule{Mark: 1})})[0]
	if !errors.Is(x.Err, errRestless) || !strings.HasPrefix(x.Err.Error(), "create mark_rule") || x.Unknown {
		t.Errorf("do: %+v", x)
	}
}

// One refusal takes its change out of the transaction, and the others are tried again.
func TestRefusalsInATransaction(t *testing.T) {
	keys := marks(1, 2, 3)
	var batch []plan.Change
	for _, k := range keys {
		batch = append(batch, create(k, spec.MarkRule{Mark: 1}))
	}
	f := &fake{generation: 7, batch: func(count int) map[int]unix.Errno {
		if count == 6 {
			return map[int]unix.Errno{2: unix.ENOENT} // in the first chain, of the second rule
		}
		return nil
	}}
	got := fakeRules(f).Do(batch)
	var refusal *spec.Refusal
	if got[0].Err != nil || got[2].Err != nil || !errors.As(got[1].Err, &refusal) || refusal.Key != keys[1] || refusal.Errno != unix.ENOENT || f.done != 1 {
		t.Errorf("%+v, %d transactions", got, f.done)
	}
	for _, e := range []unix.Errno{unix.ENOMEM, unix.EPERM} {
		f = &fake{generation: 7, batch: func(int) map[int]unix.Errno { return map[int]unix.Errno{0: e} }}
		for _, x := range fakeRules(f).Do(batch) {
			if !errors.Is(x.Err, e) || x.Unknown {
				t.Errorf("%+v", x)
			}
		}
	}
	n := 0
	f = &fake{generation: 7, batch: func(int) map[int]unix.Errno {
		if n++; n < 5 {
			return map[int]unix.Errno{0: unix.ERESTART}
		}
		return nil
	}}
	for _, x := range fakeRules(f).Do(batch) {
		if x.Err != nil {
			t.Errorf("%+v", x)
		}
	}
}

// A transaction is as large as the buffers, as soon as they are known.
func TestLargeBatches(t *testing.T) {
	var batch []plan.Change
	for i := range fewChanges + 2*mostChanges {
		batch = append(batch, create(mark("192.0.2.1", uint16(i+1), uint16(i+1)), spec.MarkRule{Mark: 1}))
	}
	for large, want := range map[bool]int{true: 3, false: len(batch) / fewChanges} {
		f := &fake{generation: 7, large: large}
		for _, x := range fakeRules(f).Do(batch) {
			if x.Err != nil {
				t.Fatal(x.Err)
			}
		}
		if f.done != want {
			t.Errorf("%d transactions, want %d", f.done, want)
		}
	}
}

// When an answer is lost, the rules tell what was done.
func TestLostAnswers(t *testing.T) {
	k := marks(1, 2)
	f := &fake{generation: 7, mute: true, rules: k[:1]}
	got := fakeRules(f).Do([]plan.Change{{Key: k[0], Before: spec.MarkRule{Mark: 9}, After: spec.MarkRule{Mark: 1}}, create(k[1], spec.MarkRule{Mark: 1})})
	if got[0].Err != nil || got[1].Err == nil || got[1].Unknown || !strings.Contains(fmt.Sprint(got[1].Err), "it was not done") {
		t.Errorf("%+v", got)
	}
}
