//go:build linux

package ipvsadm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

const (
	// So many lines the program has at most that it has not shown to be done. It may still do them when nobody listens.
	window = 16
	// A program that gives up at so many lines of a batch would do so at the others.
	mostGivenUp = 10
)

// feed gives lines to a program as it gets on.
type feed struct {
	mu    sync.Mutex
	ear   ear
	lines []line
	in    io.WriteCloser
	fed   int
}

// begin is called when the program runs.
func (f *feed) begin(in io.WriteCloser) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.in = in
	_, _ = io.WriteString(in, marker(0))
	f.more()
}

// more gives the program what it may have. What it does not take it does not answer: an error here says nothing more.
func (f *feed) more() {
	most := min(max(f.ear.next-1, 0)+window, len(f.lines))
	if f.in == nil || most-f.fed < window/2 && most < len(f.lines) {
		return
	}
	var text strings.Builder
	for _, l := range f.lines[f.fed:most] {
		f.fed++
		text.WriteString(l.text + "\n" + marker(f.fed))
	}
	f.ear.sent = f.fed
	_, _ = io.WriteString(f.in, text.String())
	if f.fed == len(f.lines) {
		_ = f.in.Close()
		f.in = nil
	}
}

// hear is the sink of the program's stderr.
func (f *feed) hear(b []byte) (progress bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if progress, err = f.ear.hear(b); progress {
		f.more()
	}
	return progress, err
}

// send has the lines executed by one process. It returns those that another one is to execute.
func (b *batch) send(lines []line) (rest []line) {
	if b.broken != nil {
		for _, l := range lines {
			b.not(l.index, b.broken)
		}
		return nil
	}
	f := &feed{lines: lines}
	patience := b.program.patience
	if lines[0].alone {
		patience = min(patience, daemonPatience)
	}
	ended := b.program.run(context.Background(), job{args: []string{"-R"}, begin: f.begin, said: f.hear, patience: patience})
	f.ear.end()
	if _, there := errors.AsType[stillThereError](ended); there {
		b.unread, b.broken = ended, ended
	}
	done := max(f.ear.next-1, 0) // so many lines have been executed
	for i, l := range lines[:done] {
		b.heard(l, &f.ear, i+1)
	}
	switch {
	case done == len(lines):
	case f.ear.next > 0 && f.ear.gaveUp() && gaveUp(ended):
		return b.goOn(lines[done:], &f.ear)
	default:
		b.endedEarly(f, done, ended)
	}
	return nil
}

// heard is the answer to a line that was executed.
func (b *batch) heard(l line, e *ear, n int) {
	if e.unheard[n] {
		if e.said[n] != "" {
			b.said[l.index] = e.said[n]
		}
		b.doubt(l.index, fmt.Errorf("ipvsadm's answer was lost among %s", quote(e.said[n])))
		return
	}
	b.answer(l.index, e.said[n])
}

// gaveUp says that a process ended as ipvsadm does when it does not understand a line.
func gaveUp(ended error) bool {
	exit, ok := errors.AsType[*exec.ExitError](ended)
	return ok && (exit.ExitCode() == 2 || exit.ExitCode() == 255)
}

// goOn is for a program that gave up at the first of these lines.
func (b *batch) goOn(lines []line, e *ear) (rest []line) {
	b.answer(lines[0].index, e.words())
	if b.gaveUp++; b.gaveUp == mostGivenUp {
		b.broken = fmt.Errorf("ipvsadm gave up at %d lines before it", mostGivenUp)
	}
	return lines[1:]
}

// endedEarly is for a program that ended, or was ended, before it had shown that it executed all lines. What it was not
// given was not done; nothing else is given to another process, unless it was a sync daemon's answer that did not come.
func (b *batch) endedEarly(f *feed, done int, ended error) {
	said := f.ear.words()
	why := b.program.early(ended, said)
	_, missing := errors.AsType[notStartedError](ended)
	never := f.ear.next == 0 && (missing || initError(said) != nil)
	for i, l := range f.lines[done:] {
		switch {
		case never:
			b.results[l.index].Err = fmt.Errorf("%s: %w", b.changes[l.index], why)
		case done+i >= f.fed:
			b.not(l.index, why)
		default:
			b.doubt(l.index, why)
		}
	}
	if _, hung := errors.AsType[hungError](ended); !hung || !f.lines[0].alone || f.ear.next == 0 {
		b.broken = why
	}
}

// early says how the program ended before it had executed everything.
func (p *program) early(ended error, said string) error {
	if ended == nil {
		ended = errors.New("it ended as if all were well, and has not executed everything")
	}
	return p.explain(ended, said, "-R")
}

// pause waits, unless the context ends before.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
