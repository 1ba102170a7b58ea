package keepalived

import (
	"fmt"
	"strconv"
	"strings"
)

// sequence is a ~SEQ: a line for each number.
type sequence struct {
	name             string
	now, step, count int64
	hex              bool
	text             string
}

func (s *sequence) next(r *reader) (string, bool) {
	if s.count == 0 {
		return "", false
	}
	format := "%d"
	if s.hex {
		format = "%x"
	}
	r.definitions[s.name] = &definition{lines: []string{fmt.Sprintf(format, s.now)}}
	s.now += s.step
	s.count--
	return s.text, true
}

// list is a ~LST: a line for each row of values.
type list struct {
	names []string
	rows  [][]string
	text  string
}

func (l *list) next(r *reader) (string, bool) {
	if len(l.rows) == 0 {
		return "", false
	}
	for i, name := range l.names {
		d := &definition{lines: []string{""}}
		if i < len(l.rows[0]) {
			d.lines[0] = l.rows[0][i]
		}
		r.definitions[name] = d
	}
	l.rows = l.rows[1:]
	return l.text, true
}

// repeat reads ~SEQ and ~LST.
func (r *reader) repeat(text string) error {
	var p producer
	kind, rest := text[:4], text[4:]
	if kind == "~SEQ" {
		p = r.newSequence(rest)
	} else {
		p = newList(rest)
	}
	if p == nil {
		return errorAt(r.place, "%s cannot be read: write ~SEQ(name, start, step, end) text, or ~LST(name, value, …) text", kind)
	}
	r.stack = append(r.stack, p)
	return nil
}

// newSequence reads what stands behind ~SEQ; nil if it is wrong.
func (r *reader) newSequence(text string) producer {
	text, hex := strings.CutPrefix(text, "x")
	text, opened := strings.CutPrefix(strings.TrimLeft(text, blanks), "(")
	name, text, comma := strings.Cut(text, ",")
	inner, rest, closed := strings.Cut(text, ")")
	name = strings.Trim(name, blanks)
	if !opened || !comma || !closed || name == "" || nameLength(name) != len(name) {
		return nil
	}
	depth := len(r.stack)
	inner, _, err := r.substitute(inner + ")")
	if err != nil || len(r.stack) > depth {
		return nil // a definition of several lines is no number
	}
	var n []int64
	for _, word := range strings.Split(strings.TrimSuffix(inner, ")"), ",") {
		i, ok := integer(strings.Trim(word, blanks))
		if !ok {
			return nil
		}
		n = append(n, i)
	}
	start, step, end, ok := bounds(n)
	if !ok || hex && (start < 0 || end < 0) {
		return nil
	}
	return &sequence{name, start, step, (end-start)/step + 1, hex, strings.TrimLeft(rest, blanks)}
}

// integer reads a number as C does: decimal, octal behind 0, hexadecimal behind 0x.
func integer(text string) (int64, bool) {
	if strings.ContainsAny(text, "_bBoO") && !strings.ContainsAny(text, "xX") {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 0, 32)
	return n, err == nil && !strings.Contains(text, "_")
}

// bounds completes what ~SEQ leaves out.
func bounds(n []int64) (start, step, end int64, ok bool) {
	switch len(n) {
	case 1:
		start, step, end = 1, 1, n[0]
		if end < 1 {
			step = -1
		}
		if end < 0 {
			start = -1
		}
	case 2:
		start, step, end = n[0], 1, n[1]
		if start > end {
			step = -1
		}
	case 3:
		start, step, end = n[0], n[1], n[2]
		if step == 0 || start < end && step < 0 || start > end && step > 0 {
			return 0, 0, 0, false
		}
	default:
		return 0, 0, 0, false
	}
	return start, step, end, true
}

// newList reads what stands behind ~LST; nil if it is wrong.
func newList(text string) producer {
	text, opened := strings.CutPrefix(strings.TrimLeft(text, blanks), "(")
	if !opened {
		return nil
	}
	var l list
	for first := true; ; first = false {
		row, rest, ok := listItem(strings.TrimLeft(text, blanks))
		switch {
		case !ok, !first && len(row) > len(l.names):
			return nil
		case first:
			l.names = row
		default:
			l.rows = append(l.rows, row)
		}
		if rest = strings.TrimLeft(rest, blanks); strings.HasPrefix(rest, ")") {
			l.text = strings.TrimLeft(rest[1:], blanks)
			break
		}
		if text, ok = strings.CutPrefix(rest, ","); !ok {
			return nil
		}
	}
	for _, name := range l.names {
		if name == "" || nameLength(name) != len(name) {
			return nil
		}
	}
	if len(l.rows) == 0 {
		return nil
	}
	return &l
}

// listItem reads "word" or "{word, word}".
func listItem(text string) (row []string, rest string, ok bool) {
	if inner, braces := strings.CutPrefix(text, "{"); braces {
		inner, rest, ok = strings.Cut(inner, "}")
		for _, word := range strings.Split(inner, ",") {
			word = strings.Trim(word, blanks)
			if strings.ContainsAny(word, " \t)") {
				return nil, "", false
			}
			row = append(row, word)
		}
		return row, rest, ok
	}
	end := strings.IndexAny(text, " \t,})")
	if end < 0 {
		return nil, "", false
	}
	return []string{text[:end]}, text[end:], true
}
