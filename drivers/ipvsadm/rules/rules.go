// Package rules is the language of ipvsadm: the commands that ipvsadm -R and shell scripts carry out, the dumps that
// -S prints and the listings of -L. Parse makes a state of any of them, Save writes one, Command says one change.
//
// Everything here is a function of its arguments: no program is run and no name is looked up but through Resolver. What
// a text does not say is told in a Note, what cannot be said is a *LimitError, and neither is ever silent.
package rules

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// Source is one text to read: a dump, a script of ipvsadm commands, listings, or several of these one after the other.
type Source struct {
	// Name is what errors and notes call it.
	Name string
	Text []byte
}

// Resolver turns names into numbers. The zero value knows none, and then a name is an error.
type Resolver struct {
	// Port is asked with "tcp", "udp" or "sctp" and the name of a service.
	Port func(protocol, name string) (uint16, error)
	// Host gives an IPv4 address: ipvsadm looks up no others.
	Host func(name string) (netip.Addr, error)
}

// Dump is what the sources say together.
type Dump struct {
	State spec.State
	// Connections are those of the destinations that a listing shows with them.
	Connections map[spec.DestinationKey]spec.Connections
	// TimeoutsListed says that a listing shows the timeouts of State and no command sets them: they are what is live,
	// and may be what nobody chose.
	TimeoutsListed bool
	// Notes are what the sources do not carry, what was assumed, and which names were resolved, in the order of the lines
	// that they are about. What is to be said of several lines of a source is one note.
	Notes []Note
}

// Note is a sentence about a line, or about the sources as a whole: then Line is 0. If it is about several lines, Line is
// the first, and Text names others.
type Note struct {
	Source string
	Line   int
	Text   string
	// Doubt says that what the State has may be less than what is there, or another thing.
	Doubt bool
}

// String is "dump.txt:12: text" or "dump.txt: text".
func (n Note) String() string {
	if n.Line == 0 {
		return n.Source + ": " + n.Text
	}
	return fmt.Sprintf("%s:%d: %s", n.Source, n.Line, n.Text)
}

// SyntaxError is a place and what is wrong there. Line and Column count from 1, columns in bytes.
type SyntaxError struct {
	Source       string
	Line, Column int
	Text         string
}

// Error is "dump.txt:12:8: text".
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.Source, e.Line, e.Column, e.Text)
}

// ConflictError says that two texts, or two lines of a dump, disagree about an object: they do not show the same moment.
// It unwraps to its *SyntaxError, whose place is the later of the two.
type ConflictError struct {
	SyntaxError
	Key spec.Key
}

// Unwrap is the place.
func (e *ConflictError) Unwrap() error { return &e.SyntaxError }

const maxErrors = 10

// Parse reads all sources as one. Commands are carried out in their order on an empty table, listings are merged with
// what they leave. Of a shell script it knows comments, quotes, continued lines, sudo, ip netns exec, ipvsadm -R with a
// heredoc, and passes over "set -e" and its like, "true" and the "exit 0" that ends it; what else only a shell could
// carry out is an error. So is what ipvsadm or a kernel would refuse.
//
// A line that does not name the program may be of a dump, and then says what a kernel holds, although ipvsadm would not
// take it back. The port of a direct or tunnelled server is where both take the same line otherwise: a kernel keeps it,
// ipvsadm gives the server its service's port. Such a line is a dump's if every command of its source is written as -S
// writes it, to the order of the options and those that it never leaves out, or if a listing stands beside it.
//
// The error joins up to ten errors, each of which is a *SyntaxError, or a *ConflictError that has one. If there are more,
// an eleventh says how many. Errors that only follow from others are left out.
func Parse(sources []Source, r Resolver) (Dump, error) {
	p := parser{names: names{resolver: r}, order: map[string]int{}}
	for _, s := range sources {
		if _, known := p.order[s.Name]; !known {
			p.order[s.Name] = len(p.order)
		}
		p.scan(s)
	}
	if len(p.errs) == 0 {
		p.run()
	}
	var d Dump
	if len(p.errs) == 0 {
		d = p.merge()
	}
	if p.more > 0 {
		p.errs = append(p.errs, fmt.Errorf("and %d more", p.more))
	}
	if len(p.errs) > 0 {
		return Dump{}, errors.Join(p.errs...)
	}
	return d, nil
}

type parser struct {
	names    names
	commands []command
	views    []*view
	facts    map[spec.Key]*fact
	notes    []Note
	// order counts the sources by their names.
	order map[string]int
	errs  []error
	// more counts the errors that are not kept.
	more int
}

func (p *parser) fail(err error) {
	switch {
	case err == nil:
	case len(p.errs) < maxErrors:
		p.errs = append(p.errs, err)
	default:
		p.more++
	}
}

func (p *parser) note(at place, format string, args ...any) {
	p.notes = append(p.notes, Note{Source: at.source, Line: at.line, Text: fmt.Sprintf(format, args...)})
}

// doubt notes why the state may not be what is there.
func (p *parser) doubt(at place, format string, args ...any) {
	p.note(at, format, args...)
	p.notes[len(p.notes)-1].Doubt = true
}

// place is where something begins.
type place struct {
	source       string
	line, column int
}

// String is "dump.txt:12".
func (p place) String() string { return fmt.Sprintf("%s:%d", p.source, p.line) }

func (p place) errorf(format string, args ...any) error {
	return &SyntaxError{p.source, p.line, p.column, fmt.Sprintf(format, args...)}
}

// quote shows a word of a text that may be anything.
func quote(s string) string {
	if len(s) > 40 {
		s = s[:40] + "…"
	}
	return fmt.Sprintf("%q", strings.ToValidUTF8(s, "�"))
}
