package main

import (
	"io"
	"os"
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
	// journal sends a message with fields to the systemd journal; nil if stderr is not connected to it.
	journal func(message string, priority journal.Priority, fields map[string]string) error
	// changing is true while a node is between two states.
	changing *atomic.Bool
}

// stream is where text goes.
type stream struct {
	io.Writer
	terminal bool
	// width is the terminal's, in columns; 0 if there is none.
	width int
}

// system is the environment of the process.
func system() env {
	e := env{
		in: os.Stdin, out: open(os.Stdout), err: open(os.Stderr),
		inTerminal: term.IsTerminal(int(os.Stdin.Fd())),
		environ:    os.Environ(), getenv: os.Getenv, readFile: os.ReadFile,
		changing: new(atomic.Bool),
	}
	if ours, err := journal.StderrIsJournalStream(); err == nil && ours {
		e.journal = journal.Send
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

// abandoned is the exit code of a process that is told to end at once.
func (e env) abandoned() int {
	if e.changing.Load() {
		return exitNeither
	}
	return exitError
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
