package keepalived

import (
	"fmt"
	"path/filepath"
	"strings"
)

// mostLines bounds what sequences and definitions of several lines stand for.
const mostLines = 1 << 17

// marker stands before the name of a definition that only a running keepalived has a value for.
const marker = "\x01"

// runtimeNames are those; never changed.
var runtimeNames = []string{"_PWD", "_INSTANCE", "_RANDOM"}

// reader yields the lines that keepalived's parser sees: without comments, with everything included, defined and repeated
// in its place, and each brace on a line of its own.
type reader struct {
	files Files
	names []string
	known map[string]int // the names' places in the list
	left  []Left
	// stack is where lines come from, the innermost last.
	stack []producer
	rest  string
	place Place
	// collecting is a definition of several lines that is not complete yet.
	collecting  *definition
	definitions map[string]*definition
	check       includeCheck
	generated   int
	id          string // the node's configuration id, or "" if it is not known
}

// producer yields lines one after another.
type producer interface {
	next(r *reader) (line string, ok bool)
}

func newReader(files Files, id string) *reader {
	r := &reader{files: files, id: id, known: map[string]int{}, definitions: map[string]*definition{"_HASH": {lines: []string{"#"}}, "_BANG": {lines: []string{"!"}}}}
	for _, name := range runtimeNames {
		r.definitions[name] = &definition{lines: []string{marker + name}}
	}
	if id != "" {
		r.definitions["_INSTANCE"].lines[0] = id
	}
	return r
}

// openFile is a file that is being read.
type openFile struct {
	name  string
	text  string
	line  int
	check includeCheck // what held before it
}

func (f *openFile) next(r *reader) (string, bool) {
	if _, again := r.known[f.name]; f.line == 0 && !again {
		r.known[f.name] = len(r.names)
		r.names = append(r.names, f.name)
	}
	if f.text == "" {
		r.check = f.check
		return "", false
	}
	line, rest, _ := strings.Cut(f.text, "\n")
	f.text = rest
	f.line++
	r.place = Place{f.name, f.line}
	return strings.TrimRight(line, "\r"), true
}

// dir is the directory of the file that is being read, which relative names start from.
func (r *reader) dir() string {
	return filepath.Dir(r.place.File)
}

func (r *reader) leave(fate Fate, of, format string, args ...any) {
	r.left = append(r.left, Left{Place: r.place, Fate: fate, Of: of, Text: fmt.Sprintf(format, args...)})
}

// fetch is the next line that is not empty; file says that it stands in a file as it is.
func (r *reader) fetch() (line string, file, ok bool, err error) {
	if r.rest != "" {
		line, r.rest = r.rest, ""
		return line, false, true, nil
	}
	for len(r.stack) > 0 {
		top := r.stack[len(r.stack)-1]
		line, ok := top.next(r)
		_, file := top.(*openFile)
		switch {
		case !ok:
			r.stack = r.stack[:len(r.stack)-1]
			if file {
				r.resume()
			}
			continue
		case file:
			line, err = r.clean(line)
		default:
			if r.generated++; r.generated > mostLines {
				err = errorAt(r.place, "what sequences and definitions stand for is more than %d lines: write fewer", mostLines)
			}
		}
		if line == "" && err == nil {
			r.complete()
			continue
		}
		return line, file, true, err
	}
	return "", false, false, nil
}

// clean prepares a line of a file. Comments are taken away twice because keepalived does: once on the way into the copy
// that its processes share, and once on the way out.
func (r *reader) clean(line string) (string, error) {
	if len(line) > longest {
		return "", errorAt(r.place, "the line has more than %d bytes, which keepalived reads as two: make it shorter", longest)
	}
	if strings.ContainsAny(line, "\x00"+marker) {
		return "", errorAt(r.place, "the line holds a control character: remove it")
	}
	line, open := decomment(line)
	if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "!") {
		return "", errorAt(r.place, "the line begins with an escaped %q, which keepalived misreads: remove it", line[:1])
	}
	if open {
		return "", errorAt(r.place, "a double quote is not closed: close it on the same line")
	}
	if !isInclude(line) { // it is carried out on the way in
		line, _ = decomment(line)
	}
	return line, nil
}

// line is the next line for the parser of blocks; ok is false at the end.
func (r *reader) line() (string, bool, error) {
	for {
		text, file, ok, err := r.fetch()
		if !ok || err != nil {
			return "", false, err
		}
		if r.collecting != nil {
			r.collect(text)
			continue
		}
		include := file && isInclude(text)
		if text, err = r.expand(text); err != nil {
			return "", false, err
		}
		switch {
		case text == "":
		case !isInclude(text):
			text, r.rest = cutBrace(text)
			return text, true, nil
		case !include:
			return "", false, errorAt(r.place, "keepalived reads a file twice if its include comes from a condition, a definition or the middle of a line: write include at the beginning of a line")
		default:
			if err := r.include(text); err != nil {
				return "", false, err
			}
		}
	}
}

// expand carries out conditions, definitions and sequences; "" says that nothing of the line is left.
func (r *reader) expand(text string) (string, error) {
	for range 100 {
		if text[0] == '@' {
			if text = r.condition(text); text == "" {
				return "", nil
			}
		}
		if text[0] == '$' && r.define(text) {
			return "", nil
		}
		if strings.HasPrefix(text, "~SEQ") || strings.HasPrefix(text, "~LST") {
			return "", r.repeat(text)
		}
		if text[0] == '~' || strings.IndexByte(text, '$') < 0 {
			return text, nil
		}
		out, changed, err := r.substitute(text)
		if err != nil || !changed {
			return text, err
		}
		if text, _ = decomment(out); text == "" {
			return "", nil
		}
		if text[0] != '@' && strings.IndexByte(text, '$') < 0 {
			return text, nil
		}
	}
	return "", errorAt(r.place, "the definitions of this line lead to each other: write the text itself")
}

// condition is what "@id text" says: the text if it is for the node. Where no id is known, it is for all but one.
func (r *reader) condition(text string) string {
	end := strings.IndexAny(text, blanks)
	if end < 0 {
		r.leave(Missing, "a condition", "there is no text behind it")
		return ""
	}
	word, rest := text[:end], strings.TrimLeft(text[end:], blanks)
	id, other := strings.CutPrefix(word[1:], "^")
	if (id == r.id) != other {
		if r.id == "" {
			r.leave(Taken, shownID(word), "the line is read, as on a node with another configuration id")
		}
		return rest
	}
	what := "the line is for nodes with another configuration id"
	if r.id == "" {
		what = "the line is read only on a node with that configuration id"
	}
	r.leave(Missing, shownID(word), "%s", what)
	return ""
}

// shownID is a condition in messages: a host name is no secret.
func shownID(word string) string {
	odd := func(r rune) bool { return !isNameByte(byte(r), false) && r != '-' && r != '.' || r > '~' }
	if len(word) > 64 || strings.ContainsFunc(strings.TrimPrefix(word[1:], "^"), odd) {
		return "a condition"
	}
	return word
}
