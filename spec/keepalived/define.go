package keepalived

import "strings"

// definition is what $NAME stands for.
type definition struct {
	// lines has more than one entry only if several is true.
	lines []string
	// several marks a definition that was written with backslashes: it is replaced only at the end of a line.
	several bool
}

func (d *definition) first() string {
	if len(d.lines) == 0 {
		return ""
	}
	return d.lines[0]
}

func isNameByte(c byte, first bool) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || !first && c >= '0' && c <= '9'
}

// nameLength counts the bytes of the name at the beginning of the text.
func nameLength(text string) int {
	n := 0
	for n < len(text) && isNameByte(text[n], n == 0) {
		n++
	}
	return n
}

// define reads "$NAME=VALUE"; false if the line is something else.
func (r *reader) define(text string) bool {
	n := nameLength(text[1:])
	if n == 0 || n+1 >= len(text) || text[n+1] != '=' {
		return false
	}
	d := &definition{}
	value := strings.TrimLeft(text[n+2:], blanks)
	if start, several := strings.CutSuffix(value, `\`); several {
		d.several, r.collecting = true, d
		if start = strings.TrimRight(start, blanks); start != "" {
			d.lines = []string{start}
		}
	} else {
		d.lines = []string{value}
	}
	r.definitions[text[1:n+1]] = d
	return true
}

// collect adds a line to the definition that is not complete.
func (r *reader) collect(text string) {
	d := r.collecting
	text, more := strings.CutSuffix(text, `\`)
	if more {
		text = strings.TrimRight(text, blanks)
	}
	if text != "" {
		d.lines = append(d.lines, text)
	}
	if !more {
		r.complete()
	}
}

// complete ends the definition of several lines that is being read, if there is one.
func (r *reader) complete() {
	if r.collecting != nil {
		r.collecting.several = len(r.collecting.lines) > 0
		r.collecting = nil
	}
}

// remaining are the lines of a definition behind the first.
type remaining struct{ lines []string }

func (p *remaining) next(*reader) (string, bool) {
	if len(p.lines) == 0 {
		return "", false
	}
	line := p.lines[0]
	p.lines = p.lines[1:]
	return line, true
}

// substitute replaces $NAME and ${NAME}, what they stand for included.
func (r *reader) substitute(text string) (out string, changed bool, err error) {
	at := 0
	for range longest {
		next := strings.IndexByte(text[at:], '$')
		if next < 0 {
			return text, changed, nil
		}
		at += next
		d, length, err := r.reference(text[at:])
		if err != nil {
			return "", false, err
		}
		if d == nil {
			at++
			continue
		}
		changed = true
		text = text[:at] + d.first() + text[at+length:]
		if len(text) > longest {
			return "", false, errorAt(r.place, "the line has more than %d bytes with its definitions replaced, which keepalived refuses: make it shorter", longest)
		}
		if d.several && len(d.lines) > 1 {
			r.stack = append(r.stack, &remaining{d.lines[1:]})
		}
		if strings.HasPrefix(strings.TrimLeft(d.first(), blanks), "~") {
			return text, changed, nil
		}
	}
	return "", false, errorAt(r.place, "a definition stands for itself: write the text itself")
}

// reference is the definition that the text begins with, and the length of its use; nil if that is none.
func (r *reader) reference(text string) (*definition, int, error) {
	braces := strings.HasPrefix(text, "${")
	start := 1
	if braces {
		start = 2
	}
	end := start + nameLength(text[start:])
	name, parameters := text[start:end], ""
	switch {
	case braces:
		close := end + strings.IndexByte(text[end:]+"}", '}')
		if close == len(text) {
			return nil, 0, nil
		}
		parameters, end = text[end:close], close+1
	case end < len(text) && strings.IndexByte(" \t,)", text[end]) < 0:
		return nil, 0, nil
	}
	d := r.definitions[name]
	if d == nil || d.several && end < len(text) {
		return nil, 0, nil
	}
	if parameters != "" && d.first() != marker+"_RANDOM" {
		if strings.Trim(parameters, " ") == "" {
			return nil, 0, errorAt(r.place, "${%s%s} has a blank behind the name: remove it", name, parameters)
		}
		return nil, 0, nil
	}
	return d, end, nil
}
