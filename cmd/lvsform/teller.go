package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/plan"
)

// many is the number of steps from which on they are not told one by one.
const many = 200

// teller tells how an apply goes on: to people on stderr, or as JSON on stdout.
type teller struct {
	*program
	mu   sync.Mutex
	plan *plan.Plan
	json bool
	// steps were done so far; told is when a drain was last spoken of.
	steps int
	told  time.Duration
	// pending says that the last line on the terminal is to be written over.
	pending bool
}

func newTeller(p *program, made *plan.Plan, json bool) *teller {
	return &teller{program: p, plan: made, json: json}
}

// event is called by the run for everything that happens.
func (t *teller) event(e apply.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.json {
		t.program.event(t.plan, e)
		return
	}
	switch e.Kind {
	case apply.EventStep:
		t.step(e)
	case apply.EventDrain:
		t.drain(e)
	case apply.EventDrained:
		if e.Elapsed == 0 {
			return // it had no connections
		}
		t.line("%s: drained, after %s.", t.plan.Name(e.Key), e.Elapsed.Round(time.Second))
	case apply.EventDeadline:
		t.line("%s: still %s after %s; it is waited for no longer.", t.plan.Name(e.Key), count(int(e.Active), "active connection"), e.Elapsed.Round(time.Second))
	case apply.EventCut:
		t.line("%s: it goes with %s.", t.plan.Name(e.Key), count(int(e.Active), "active connection"))
	case apply.EventAnnounce:
		if e.Steps == 1 { // the others are for neighbours that did not listen
			t.line("%s: announced.", t.plan.Name(e.Address))
		}
	case apply.EventUndo:
		t.steps = 0
		if e.Steps > 0 {
			t.line("Undoing %s, newest first.", count(e.Steps, "step"))
		}
	}
}

var verbs = map[plan.Action]string{plan.Create: "created", plan.Update: "updated", plan.Delete: "destroyed"}

func (t *teller) step(e apply.Event) {
	t.steps++
	verb := verbs[e.Step.Action()]
	switch {
	case e.Step.Before == e.Step.After:
		verb = "kept as it is"
	case e.Step.Action() == plan.Update:
		verb += ", " + edits(e.Step.Change, "%s %s -> %s")
	}
	switch {
	case e.Err != nil:
		t.line("%s: failed: %s", t.plan.Name(e.Step.Key), e.Err)
	case len(t.plan.Changes) <= many && e.Undo:
		t.line("%s: undone: %s.", t.plan.Name(e.Step.Key), verb)
	case len(t.plan.Changes) <= many:
		t.line("%s: %s.", t.plan.Name(e.Step.Key), verb)
	case t.steps%10000 == 0 || t.steps == len(t.plan.Changes):
		t.line("%d of %d steps done.", t.steps, len(t.plan.Changes))
	}
}

// drain speaks every ten seconds; on a terminal one line is kept up to date.
func (t *teller) drain(e apply.Event) {
	text := fmt.Sprintf("Still draining %s... [%s elapsed, %s]", count(e.Steps, "server"),
		e.Elapsed.Truncate(time.Second), count(int(e.Active), "active connection"))
	switch {
	case t.err.terminal:
		fmt.Fprintf(t.err, "\r\x1b[K%s", text)
		t.pending = true
	case e.Elapsed < t.told:
		t.told = 0
	case e.Elapsed-t.told >= 10*time.Second:
		t.told = e.Elapsed.Truncate(10 * time.Second)
		t.sayf("%s", text)
	}
}

func (t *teller) line(format string, args ...any) {
	if t.pending {
		fmt.Fprint(t.err, "\r\x1b[K")
		t.pending = false
	}
	t.sayf(format, args...)
}

// interrupted is called once, when the first signal comes, from any goroutine.
func (t *teller) interrupted() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sayf("\nInterrupt received: the batch at hand is finished, then everything is undone, unless only the check was left.\nA second interrupt ends lvsform at once and leaves the node as it is.")
}

// done says how it ended.
func (t *teller) done(err error) {
	if t.json {
		t.finished(t.plan, err)
		return
	}
	if err != nil {
		return
	}
	t.printf("\n")
	fmt.Fprintf(t.out, "%s %s\n", t.paint(t.out, sgrBold+";"+sgrGreen, "Apply complete!"), result(t.plan.Summary()))
}

// result is a summary of what was done, in OpenTofu's words.
func result(s plan.Summary) string {
	imported := ""
	if s.Import > 0 {
		imported = fmt.Sprintf("%d imported, ", s.Import)
	}
	return fmt.Sprintf("Resources: %s%d added, %d changed, %d destroyed.", imported, s.Add, s.Change, s.Destroy)
}
