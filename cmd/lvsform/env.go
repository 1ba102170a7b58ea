package main

import (
	"io"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/coreos/go-systemd/v22/journal"
	"golang.org/x/term"
)

// env is all that a command knows of the world around it, the node aside.
type env struct {
	in       io.Reader
	out, err stream
	// inTerminal says that a person can be asked.
	inTerminal bool
	environ    []string
	getenv     func(string) string
	readFile   func(string) ([]byte, error)
	// glob names the files that match a pattern.
	glob func(string) ([]string, error)
	// journal sends a message with fields to the systemd journal; nil if stderr is not connected to it.
	journal  func(message string, priority journal.Priority, fields map[string]string) error
	progress *progress
}

// progress says whether a node is between two states; at any other time the process may be ended.
type progress struct {
	state atomic.Int32
	// child ends the program that is at work on the node; nil: there is none.
	child atomic.Pointer[func()]
}

const (
	idle = iota
	changing
	over
	quitting
)

// begin is called before the first change; false: the process is about to end.
func (p *progress) begin() bool { return p.state.CompareAndSwap(idle, changing) }

// end is called when the node is as planned, or as it was, or given up: what is left is to say so.
func (p *progress) end() { p.state.Store(over) }

// quit says that the process may end with nothing changed, and keeps it from beginning a change.
func (p *progress) quit() bool { return p.state.CompareAndSwap(idle, quitting) }

// kill ends the program that is at work on the node.
func (p *progress) kill() {
	if f := p.child.Load(); f != nil {
		(*f)()
	}
}

// stream is where text goes.
type stream struct {
	io.Writer
	terminal bool
	// width is the terminal's, in columns; 0 if there is none.
	width int
	// journal says that what is written becomes journal entries.
	journal bool
}

// system is the environment of the process.
func system() env {
	e := env{
		in: os.Stdin, out: open(os.Stdout), err: open(os.Stderr),
		inTerminal: term.IsTerminal(int(os.Stdin.Fd())),
		environ:    os.Environ(), getenv: os.Getenv, readFile: os.ReadFile, glob: filepath.Glob,
		progress: new(progress),
	}
	if ours, err := journal.StderrIsJournalStream(); err == nil && ours {
		e.journal = journal.Send
	}
	if ours, err := journal.StdoutIsJournalStream(); err == nil && ours {
		e.out.journal = true
	}
	return e
}

func open(f *os.File) stream {
	s := stream{Writer: f, terminal: term.IsTerminal(int(f.Fd()))}
	if s.terminal {
		s.width, _, _ = term.GetSize(int(f.Fd()))
	}
	return s
}

// color says whether text to s is coloured. mode is auto, always or never.
func (e env) color(s stream, mode string) bool {
	switch {
	case mode == "always":
		return true
	case mode == "never", e.getenv("NO_COLOR") != "":
		return false
	case e.getenv("CLICOLOR_FORCE") == "1":
		return true
	}
	return s.terminal && e.getenv("TERM") != "dumb"
}
