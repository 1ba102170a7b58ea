//go:build linux

package ipvsadm

import (
	"bytes"
	"strconv"
	"strings"
)

// -R goes on after an error of the kernel, its messages do not say which line they are about, and its status is that of
// the last line. So each line is followed by a marker: a command with an option that ipvsadm does not know. It says so
// on stderr, with the option's name, and goes on; nothing is changed. What stands between two markers is about the line
// between them, and a marker that is heard proves that every line before it has been executed.
const markerOption = "--lvsform-"

func marker(n int) string { return "-A " + markerOption + strconv.Itoa(n) + "\n" }

// ear listens to the stderr of -R.
type ear struct {
	// next is the number of the marker that comes next, sent that of the last one that the program was given.
	next, sent int
	// said is what was heard right before the marker with this number.
	said map[int]string
	// unheard are the markers that did not come, although a later one did.
	unheard map[int]bool

	since []byte // the marker before
	line  []byte // begun
	cut   bool   // not all that was heard since the marker before is kept
}

const (
	// What is kept of the words before one marker: more than ipvsadm ever says.
	mostWords = 16 << 10
	// What is kept of the end of a line that is longer, for the marker that may stand there.
	lineEnd = 256
)

// hear takes a piece. Markers alone show that the program gets on: a program that complains for ever does not.
func (e *ear) hear(b []byte) (progress bool, err error) {
	for {
		head, tail, whole := bytes.Cut(b, []byte("\n"))
		e.line = append(e.line, head...)
		if whole {
			progress = e.heard() || progress
			b = tail
			continue
		}
		if begin := len(e.line) - lineEnd; len(e.line) > mostWords {
			e.keep(e.line[:begin])
			e.line = append(e.line[:0], e.line[begin:]...)
		}
		return progress, nil
	}
}

// heard takes a whole line, and says whether a marker was in it. It may stand behind words that have no end of the line.
func (e *ear) heard() bool {
	line := e.line
	e.line = e.line[:0]
	for end := len(line); ; {
		at := bytes.LastIndex(line[:end], []byte(markerOption))
		if at < 0 {
			e.keep(append(line, '\n'))
			return false
		}
		if n, ok := number(line[at+len(markerOption):]); ok && n >= e.next && n <= e.sent {
			e.keep(line[:at])
			e.reach(n)
			return true
		}
		end = at
	}
}

// number is the number that the line of a marker goes on with.
func number(b []byte) (n int, ok bool) {
	digits, _, ok := bytes.Cut(b, []byte(":"))
	n, err := strconv.Atoi(string(digits))
	return n, ok && err == nil
}

// reach takes note of a marker. If others were to come before it, nobody knows which of their lines the words are about.
func (e *ear) reach(n int) {
	words := e.words()
	for i := e.next; i <= n; i++ {
		if n > e.next {
			e.unheard = with(e.unheard, i, true)
		}
		if words != "" {
			e.said = with(e.said, i, words)
		}
	}
	e.since, e.cut, e.next = e.since[:0], false, n+1
}

func with[V any](m map[int]V, k int, v V) map[int]V {
	if m == nil {
		m = map[int]V{}
	}
	m[k] = v
	return m
}

func (e *ear) keep(b []byte) {
	if len(e.since) > mostWords {
		e.cut = true
		return
	}
	e.since = append(e.since, b...)
}

// end takes what is left of a line without an end: words, because a marker is a line.
func (e *ear) end() {
	e.keep(e.line)
	e.line = nil
}

// words are what was heard since the last marker.
func (e *ear) words() string { return strings.TrimSpace(string(e.since)) }

// gaveUp says that the words are the program's own about one line, and that nothing after it was executed: there is no
// marker among them, nor a part of one.
func (e *ear) gaveUp() bool {
	words := e.words()
	return words != "" && !e.cut && !strings.Contains(words, markerOption)
}
