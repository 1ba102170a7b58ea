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
// between them, and a marker that is heard proves that the line before it has been executed.
const markerOption = "--lvsform-"

func marker(n int) string { return "-A " + markerOption + strconv.Itoa(n) + "\n" }

// ear listens to the stderr of -R.
type ear struct {
	// next is the number of the marker that comes next.
	next int
	// said is what was heard right before the marker with this number.
	said map[int]string

	since []byte // the marker before
	line  []byte // begun
}

// What is kept of the words before one marker: more than ipvsadm ever says.
const mostWords = 16 << 10

// hear takes a piece. Markers alone show that the program gets on: a program that complains for ever does not.
func (e *ear) hear(b []byte) (progress bool, err error) {
	for {
		head, tail, whole := bytes.Cut(b, []byte("\n"))
		if len(e.line) < mostWords {
			e.line = append(e.line, head...)
		}
		if !whole {
			return progress, nil
		}
		progress = e.heard() || progress
		b = tail
	}
}

// heard takes a whole line, and says whether it is the next marker.
func (e *ear) heard() bool {
	defer func() { e.line = e.line[:0] }()
	name, ok := bytes.CutPrefix(e.line, []byte(markerOption))
	if number, _, _ := bytes.Cut(name, []byte(":")); !ok || string(number) != strconv.Itoa(e.next) {
		if len(e.since) < mostWords {
			e.since = append(append(e.since, e.line...), '\n')
		}
		return false
	}
	if words := e.words(); words != "" {
		if e.said == nil {
			e.said = map[int]string{}
		}
		e.said[e.next] = words
	}
	e.since = e.since[:0]
	e.next++
	return true
}

// end takes what is left of a line without an end.
func (e *ear) end() {
	if len(e.line) > 0 {
		e.heard()
	}
}

// words are what was heard since the last marker.
func (e *ear) words() string { return strings.TrimSpace(string(e.since)) }
