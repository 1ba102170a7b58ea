package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/plan"
)

// The exit codes.
const (
	exitDone        = 0
	exitError       = 1
	exitChanges     = 2
	exitUnformatted = 3
	exitRolledBack  = 8
	exitNeither     = 9
	exitBusy        = 75
)

// status is an exit code about which nothing is left to say.
type status int

// Error is for those who print it by mistake.
func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// interrupted is why a context ended.
type interrupted struct{ signal string }

// Error names the signal.
func (i interrupted) Error() string { return i.signal }

// hinted is an error about which something can be done.
type hinted struct {
	error
	hint string
}

// Unwrap is the error without the hint.
func (h hinted) Unwrap() error { return h.error }

func hint(err error, format string, args ...any) error {
	return hinted{err, fmt.Sprintf(format, args...)}
}

// exitCode says of an error what became of the node.
func exitCode(err error) int {
	var (
		s          status
		busy       *apply.BusyError
		rolledBack *apply.RolledBackError
		neither    *apply.NotConvergedError
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &s):
		return int(s)
	case errors.As(err, &busy):
		return exitBusy
	case errors.As(err, &neither):
		return exitNeither
	case errors.As(err, &rolledBack):
		return exitRolledBack
	}
	return exitError
}

// report tells of an error on stderr, each of several on a line of its own, and what can be done about it.
func (p *program) report(err error) {
	if err == nil {
		return
	}
	for _, e := range split(err) {
		if _, told := e.(status); told {
			continue
		}
		p.errorf("%s", strings.ReplaceAll(atMost(strings.TrimRight(e.Error(), "\n"), 20), "\n", "\n  "))
	}
	var h hinted
	if errors.As(err, &h) {
		p.tell(sgrCyan, "hint", h.hint)
		return
	}
	var stale *plan.StaleError
	var neither *apply.NotConvergedError
	var rolledBack *apply.RolledBackError
	switch {
	case errors.As(err, &rolledBack):
	case errors.As(err, &neither):
		p.tell(sgrCyan, "hint", "look at the node with \"lvsform drift\" or \"lvsform status\", and apply again")
	case errors.As(err, &stale):
		p.tell(sgrCyan, "hint", "the node has changed since the plan was made: make a new plan")
	case errors.Is(err, context.Canceled):
		p.tell(sgrCyan, "hint", "nothing was changed")
	}
}

// atMost is the first lines of a text, and the last one.
func atMost(text string, most int) string {
	lines := strings.Split(text, "\n")
	if len(lines) <= most {
		return text
	}
	left := fmt.Sprintf("(%d lines left out)", len(lines)-most+1)
	return strings.Join(append(append(lines[:most-2:most-2], left), lines[len(lines)-1]), "\n")
}

// split takes errors apart that were joined.
func split(err error) []error {
	if h := (hinted{}); errors.As(err, &h) && err == error(h) {
		err = h.error
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		return many.Unwrap()
	}
	return []error{err}
}
