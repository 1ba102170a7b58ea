//go:build linux

package ipvsadm

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/lvsform/lvsform/drivers/internal/doubt"
	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Do does the changes in order, by one "ipvsadm -R", and has one result for each. It goes on after a change that fails.
// When the program ends early, hangs, or says what nobody knows, the objects are read again, and only what is neither as
// before nor as it should be stays unknown. A change that ipvsadm cannot express is not tried: its error is Cannot's.
func (d *Driver) Do(ctx context.Context, changes []plan.Change) []plan.Result {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := &batch{changes: changes, results: make([]plan.Result, len(changes)), said: map[int]string{}}
	if err := ctx.Err(); err != nil {
		for i, c := range changes {
			b.results[i].Err = fmt.Errorf("%s: %w", c, err)
		}
		return b.results
	}
	for left := b.lines(); len(left) > 0; {
		left = b.send(d.program, left)
	}
	for _, r := range b.results {
		if r.Unknown {
			b.settle(d.read(context.WithoutCancel(ctx)))
			break
		}
	}
	return b.results
}

// batch is changes on their way through the program.
type batch struct {
	changes []plan.Change
	results []plan.Result
	// said are words of the program about a change that nobody knows.
	said map[int]string
}

// line is the command of the change with this index.
type line struct {
	index int
	text  string
}

// lines are the commands of those changes that can be said; the others have their result already.
func (b *batch) lines() (out []line) {
	for i, c := range b.changes {
		words, err := rules.Command(c)
		if err != nil {
			b.results[i].Err = err
			continue
		}
		if odd := oddWord(words); odd != "" {
			b.results[i].Err = &rules.LimitError{Key: c.Key, Why: odd}
			continue
		}
		out = append(out, line{i, strings.Join(words, " ")})
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

// send has the lines executed by one process. It returns the lines after one at which ipvsadm gave up by itself.
func (b *batch) send(p *program, lines []line) (rest []line) {
	var text strings.Builder
	text.WriteString(marker(0))
	for i, l := range lines {
		text.WriteString(l.text)
		text.WriteString("\n")
		text.WriteString(marker(i + 1))
	}
	e := &ear{}
	ended := p.run(context.Background(), text.String(), func([]byte) (bool, error) { return false, nil }, e.hear, "-R")
	e.end()
	done := max(e.next-1, 0) // so many lines have been executed
	for i, l := range lines[:done] {
		b.answer(l.index, e.said[i+1])
	}
	if done == len(lines) {
		return nil
	}
	if e.next == 0 {
		b.neverBegan(p, lines, e.words(), ended)
		return nil
	}
	if exit, ok := errors.AsType[*exec.ExitError](ended); ok && (exit.ExitCode() == 2 || exit.ExitCode() == 255) && e.words() != "" {
		b.answer(lines[done].index, e.words())
		return lines[done+1:]
	}
	for _, l := range lines[done:] {
		b.doubt(l.index, b.early(p, ended, e.words()))
	}
	return nil
}

// answer is what the program said of a change: nothing, if it was done.
func (b *batch) answer(i int, said string) {
	c := b.changes[i]
	if said == "" {
		return
	}
	if errno, known := errnoOf(said); known {
		b.results[i].Err = &spec.Refusal{Op: c.Action().String(), Key: c.Key, Errno: errno}
		return
	}
	b.said[i] = said
	b.doubt(i, fmt.Errorf("ipvsadm says %s", quote(said)))
}

func (b *batch) doubt(i int, why error) { b.results[i] = plan.Result{Err: why, Unknown: true} }

// neverBegan is for a program that has executed nothing that we know of.
func (b *batch) neverBegan(p *program, lines []line, said string, ended error) {
	_, missing := errors.AsType[notStarted](ended)
	why := b.early(p, ended, said)
	for _, l := range lines {
		if missing || initError(said) != nil {
			b.results[l.index].Err = fmt.Errorf("%s: %w", b.changes[l.index], why)
		} else {
			b.doubt(l.index, why)
		}
	}
}

// early says how the program ended before it had executed everything.
func (b *batch) early(p *program, ended error, said string) error {
	if ended == nil {
		ended = errors.New("it ended as if all were well, and has not executed everything")
	}
	return p.explain(ended, said, "-R")
}

// settle looks what became of the changes that are in doubt. One that was done and about which the program said
// something stays in doubt: it is an error, and whoever undoes the batch must take it back.
func (b *batch) settle(live spec.State, unread error) {
	doubt.Settle(b.changes, b.results, live, unread)
	for i, said := range b.said {
		if b.results[i] == (plan.Result{}) {
			b.doubt(i, fmt.Errorf("%s: it is there now, and ipvsadm said %s", b.changes[i], quote(said)))
		}
	}
}
