//go:build linux

package ipvsadm

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lvsform/lvsform/drivers/internal/doubt"
	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Do does the changes in order, by as few "ipvsadm -R" as can be, and has one result for each. It goes on after a change
// that fails. When the program ends early, hangs, or says what nobody knows or what may also stand for a lost answer, the
// objects are read again, and only what is neither as before nor as it should be stays unknown. A change that ipvsadm
// cannot express is not tried: its error is Cannot's.
func (d *Driver) Do(ctx context.Context, changes []plan.Change) []plan.Result {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := &batch{program: d.program, changes: changes, results: make([]plan.Result, len(changes)), said: map[int]string{}, refused: map[int]error{}}
	if err := ctx.Err(); err != nil {
		for i, c := range changes {
			b.results[i].Err = fmt.Errorf("%s: %w", c, err)
		}
		return b.results
	}
	for _, lines := range b.processes() {
		for len(lines) > 0 {
			lines = b.send(lines)
		}
	}
	if b.doubtful() {
		live, err := spec.State{}, b.unread
		if err == nil {
			live, err = d.read(context.WithoutCancel(ctx))
		}
		b.settle(live, err)
	}
	return b.results
}

// batch is changes on their way through the program.
type batch struct {
	program *program
	changes []plan.Change
	results []plan.Result
	// said are words of the program about a change that nobody knows.
	said map[int]string
	// refused are refusals that may be a lost answer.
	refused map[int]error
	// broken is why no further process is given anything, and gaveUp how often one gave up.
	broken error
	gaveUp int
	// unread is why reading the table would not tell what became of the changes.
	unread error
}

// line is the command of the change with this index.
type line struct {
	index int
	text  string
	alone bool
}

// The kernel has no answer for a sync daemon that is stopped before its thread has run, and ipvsadm waits for it.
const daemonPatience = 5 * time.Second

// processes are the commands of those changes that can be said, as they are given to one process each; the other changes
// have their result already. What is about a sync daemon has a process of its own: between the start and the stop of one
// there is a little time, and if no answer comes, it is that line's alone.
func (b *batch) processes() (out [][]line) {
	for i, c := range b.changes {
		words, err := rules.Command(c)
		if err == nil {
			err = b.program.cannot(c.Key, c.After)
		}
		if err != nil {
			b.results[i].Err = err
			continue
		}
		if odd := oddWord(words); odd != "" {
			b.results[i].Err = &rules.LimitError{Key: c.Key, Why: odd}
			continue
		}
		l := line{i, strings.Join(words, " "), c.Key.Kind() == spec.KindSyncDaemon}
		if last := len(out) - 1; last >= 0 && !l.alone && !out[last][0].alone {
			out[last] = append(out[last], l)
		} else {
			out = append(out, []line{l})
		}
	}
	return out
}

// oddWord names a word that -R, which knows no quoting, would not take for one.
func oddWord(words []string) string {
	for _, w := range words {
		if w == "" || strings.ContainsFunc(w, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			return fmt.Sprintf("the word %q", w)
		}
	}
	return ""
}

// answer is what the program said of a change: nothing, if it was done.
func (b *batch) answer(i int, said string) {
	c := b.changes[i]
	if said == "" {
		return
	}
	errno, known := errnoOf(said)
	if !known {
		b.said[i] = said
		b.doubt(i, fmt.Errorf("ipvsadm says %s", quote(said)))
		return
	}
	b.results[i].Err = &spec.Refusal{Op: c.Action().String(), Key: c.Key, Errno: errno}
	if !final[errno] {
		b.refused[i] = b.results[i].Err
	}
}

func (b *batch) doubt(i int, why error) { b.results[i] = plan.Result{Err: why, Unknown: true} }

// not is for a change that was not done.
func (b *batch) not(i int, why error) {
	b.results[i] = plan.Result{Err: fmt.Errorf("%s: it was not done: %w", b.changes[i], why)}
}

func (b *batch) doubtful() bool {
	for _, r := range b.results {
		if r.Unknown {
			return true
		}
	}
	return len(b.refused) > 0
}

// settle looks what became of the changes that are in doubt. One that was done and about which the program said
// something stays in doubt: it is an error, and whoever undoes the batch must take it back.
func (b *batch) settle(live spec.State, unread error) {
	doubt.Settle(b.changes, b.results, live.Clone(), unread)
	for i, said := range b.said {
		if b.results[i] == (plan.Result{}) {
			b.doubt(i, fmt.Errorf("%s: it is done, and ipvsadm said %s", b.changes[i], quote(said)))
		}
	}
	for i, refusal := range b.refused {
		switch {
		case unread != nil:
			b.doubt(i, fmt.Errorf("%w, unless the answer was lost; reading it failed too: %w", refusal, unread))
		case b.looksDone(i, live):
			b.doubt(i, fmt.Errorf("%w; and yet it is done", refusal))
		}
	}
}

// looksDone says that an object is as a change was to make it, was not so before, and no later change is about it.
func (b *batch) looksDone(i int, live spec.State) bool {
	c := b.changes[i]
	for _, later := range b.changes[i+1:] {
		if later.Key == c.Key {
			return false
		}
	}
	now := live.Get(c.Key)
	return spec.Satisfies(now, doubt.Seen(c.After)) && !spec.Satisfies(now, doubt.Seen(c.Before))
}
