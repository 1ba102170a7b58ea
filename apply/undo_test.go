package apply_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

var threshold = spec.Destination{Forward: spec.Direct, Weight: 1, UpperThreshold: 100}

// twoEdits is a plan that edits both servers in one batch.
func twoEdits() *plan.Plan {
	want := twoServers()
	want.Set(server1, threshold)
	want.Set(server2, threshold)
	return &plan.Plan{Changes: plan.Diff(twoServers(), want, drainTo(0))}
}

func off(e *apply.NotConvergedError) (out []string) {
	for _, s := range e.Off {
		out = append(out, s.Key.String())
	}
	for _, c := range e.Unseen {
		out = append(out, "unseen "+c.Key.String())
	}
	return out
}

// A change that was refused, and is there all the same, is named: alone, and beside others that are undone. One that was
// refused because somebody else has made it is that one's.
func TestRefusedAndThereAllTheSame(t *testing.T) {
	for name, c := range map[string]struct {
		errno syscall.Errno
		at    int
		fail  int
		want  []string
	}{
		"beside another":  {syscall.EINVAL, 2, 0, []string{server2.String()}},
		"alone":           {syscall.EINVAL, 2, 1, []string{server2.String()}},
		"somebody else's": {syscall.EEXIST, 2, 0, nil},
	} {
		m := newMemory(twoServers())
		m.fail = func(n int, _ plan.Change) *fault {
			switch n {
			case c.at:
				return &fault{lost: true, errno: c.errno}
			case c.fail:
				return &fault{}
			}
			return nil
		}
		err := apply.Run(t.Context(), m, twoEdits(), options(t))
		var neither *apply.NotConvergedError
		var got []string
		if errors.As(err, &neither) {
			got = off(neither)
		}
		if diff := cmp.Diff(c.want, got); diff != "" || m.node.State().Destinations[server1] != twoServers().Destinations[server1] {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
}

// A node that cannot be read for a moment is read again.
func TestReadsAreTriedAgain(t *testing.T) {
	for _, first := range []int{2, 3, 4} { // before the undo, after it, and after a run that went well
		synctest.Test(t, func(t *testing.T) {
			m, failing := newMemory(twoServers()), first < 4
			if failing {
				m.fail = failAt(2)
			} else {
				first = 2
			}
			m.meddle = func(n int, _ *spec.Node) {
				m.readErr = nil
				if n >= first && n < first+3 {
					m.readErr = errInjected
				}
			}
			err := apply.Run(t.Context(), m, twoEdits(), options(t))
			if failing {
				expectRolledBack(t, m, err, twoServers())
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// A node that cannot be read any more is taken back all the same if it is known what was done. Either way, every object is named.
func TestNodeThatCannotBeReadAnyMore(t *testing.T) {
	for _, doubtful := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			m := newMemory(twoServers())
			m.fail = func(n int, _ plan.Change) *fault {
				if n == 2 {
					return &fault{unknown: doubtful, done: doubtful}
				}
				return nil
			}
			m.meddle = func(n int, _ *spec.Node) {
				if n > 1 {
					m.readErr = errInjected
				}
			}
			err := apply.Run(t.Context(), m, twoEdits(), options(t))
			var neither *apply.NotConvergedError
			want, changed := []string{"unseen " + server1.String()}, false
			if doubtful {
				want, changed = append(want, "unseen "+server2.String()), true
			}
			if !errors.As(err, &neither) || cmp.Diff(want, off(neither)) != "" || changed == m.node.State().Equal(twoServers()) {
				t.Errorf("doubtful %v: %v", doubtful, err)
			}
			if got := strings.Count(fmt.Sprint(err), "should be upper_threshold 0, and may be upper_threshold 100"); got != len(want) {
				t.Errorf("%d objects have both sides: %v", got, err)
			}
		})
	}
}

// What the driver cannot express may come in while a run waits, with an attribute that belongs to somebody else.
func TestIgnoredAttributeThatTheDriverCannotExpress(t *testing.T) {
	heavy := func(_ spec.Key, v spec.Value) error {
		if d, ok := v.(spec.Destination); ok && d.Weight > 65535 {
			return errors.New("a weight above 65535")
		}
		return nil
	}
	t.Run("before a later step", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			want := tunnelled(twoServers(), server1)
			want.Set(server2, threshold)
			m := newMemory(twoServers())
			m.cannot = heavy
			m.during(busy1, func() { reweigh(m.node, server2, 70000) })
			err := apply.Run(t.Context(), m, weightIgnored(twoServers(), want, time.Minute), options(t))
			if err == nil || !strings.Contains(err.Error(), "a weight above 65535") {
				t.Error(err)
			}
		})
	})
	t.Run("on the way back", func(t *testing.T) {
		m, p := newMemory(twoServers()), twoEdits()
		p.Objects = map[spec.Key]plan.Object{server1: {Ignore: []string{"weight"}}}
		m.cannot, m.fail = heavy, failAt(2)
		m.meddle = func(n int, node *spec.Node) {
			if n == 2 {
				reweigh(node, server1, 70000)
			}
		}
		expectRolledBack(t, m, apply.Run(t.Context(), m, p, options(t)), twoServers())
	})
}

// An interrupt is heeded wherever it comes: before the first change, and during the last batch.
func TestInterruptOutsideOfWaits(t *testing.T) {
	interrupted := errors.New("interrupt")
	for reads, want := range map[int]string{1: "interrupted: interrupt\nNothing was changed", 0: "interrupted: interrupt\nEverything that was done has been undone"} {
		ctx, cancel := context.WithCancelCause(t.Context())
		m := newMemory(twoServers())
		m.meddle = func(n int, _ *spec.Node) {
			if n == reads {
				m.readErr = fmt.Errorf("ipvsadm -R: %w", interrupted)
				cancel(interrupted)
			}
		}
		m.fail = func(n int, _ plan.Change) *fault {
			if n == 2 {
				cancel(interrupted)
			}
			return nil
		}
		err := apply.Run(ctx, m, twoEdits(), options(t))
		if err == nil || !strings.HasPrefix(err.Error(), want) || !m.node.State().Equal(twoServers()) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
