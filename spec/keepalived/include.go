package keepalived

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

const mostFiles = 64 // one inside another

// includeCheck are the include errors that keepalived does not start with.
type includeCheck uint8

const (
	checkRead     includeCheck = 1 << iota // a file that cannot be read, or is none
	checkMatch                             // a name without wildcards that no file has
	checkWildcard                          // a pattern that no file matches
	checkBraces                            // an alternative in braces that no file matches
	checkAll      = checkRead | checkMatch | checkWildcard | checkBraces
)

// includeWords are the words of include_check.
func includeWords(word string) includeCheck {
	switch word {
	case "read":
		return checkRead
	case "match":
		return checkMatch
	case "wildcard_match":
		return checkWildcard
	case "brace_match":
		return checkBraces
	}
	return 0
}

// setCheck carries out include_check, which holds from its line on.
func (r *reader) setCheck(args []string) {
	if len(args) == 0 {
		r.check = checkAll
	}
	for i, word := range args {
		switch flag := includeWords(strings.TrimLeft(word, "+-")); {
		case strings.HasPrefix(word, "-"):
			r.check &^= flag
		case strings.HasPrefix(word, "+"):
			r.check |= flag
		case i == 0:
			r.check = flag
			if flag != 0 {
				r.check |= checkRead
			}
		}
	}
}

// start opens the first file.
func (r *reader) start(name string) error {
	text, err := r.files.ReadFile(name)
	if err != nil {
		return err
	}
	r.open(name, text)
	return nil
}

func (r *reader) open(name string, text []byte) {
	r.stack = append(r.stack, &openFile{name: name, text: string(text), check: r.check})
}

// unfit says why keepalived leaves an included file out, or "".
func (r *reader) unfit(name string) string {
	s, ok := r.files.(stater)
	if !ok {
		return ""
	}
	switch i, err := s.Stat(name); {
	case err != nil:
		return "" // reading it tells more
	case i.IsDir():
		return "is a directory"
	case !i.Mode().IsRegular() || i.Mode().Perm()&0o111 != 0:
		return "is not a regular file that is not executable, which is all that keepalived reads"
	}
	return ""
}

// resume makes the place that of the file below, after one has ended.
func (r *reader) resume() {
	for _, p := range slices.Backward(r.stack) {
		if f, ok := p.(*openFile); ok {
			r.place = Place{f.name, f.line}
			return
		}
	}
}

// include reads "include PATTERN" and its stricter forms.
func (r *reader) include(text string) error {
	check := r.check
	end := strings.IndexAny(text, spaces)
	pattern := strings.TrimLeft(text[end:], spaces)
	switch text[len("include"):end] {
	case "r":
		check |= checkRead
	case "m":
		check |= checkRead | checkMatch
	case "w":
		check |= checkRead | checkMatch | checkWildcard
	case "b":
		check |= checkRead | checkBraces
	case "a":
		check = checkAll
	}
	names, err := r.matches(pattern, check)
	if err != nil {
		return err
	}
	place, depth := r.place, 0
	for _, p := range r.stack {
		f, ok := p.(*openFile)
		if !ok || f.line == 0 {
			continue // a file that is read later
		}
		if depth++; slices.Contains(names, f.name) || depth > mostFiles {
			return errorAt(place, "include %s leads to itself: remove it", fileName(pattern))
		}
	}
	for _, name := range slices.Backward(names) {
		if why := r.unfit(name); why != "" {
			if check&checkRead != 0 {
				return errorAt(place, "include %s: %s: %s: keepalived does not start", fileName(pattern), fileName(name), why)
			}
			r.leave(Missing, "include "+fileName(pattern), "%s %s", fileName(name), why)
			continue
		}
		text, err := r.files.ReadFile(name)
		if err != nil {
			return errorAt(place, "include %s: %s: %v", fileName(pattern), fileName(name), cause(err))
		}
		r.open(name, text)
	}
	return nil
}

// cause is an error without the name of its file.
func cause(err error) error {
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		return at.Err
	}
	return err
}

// matches are the names of the files of a pattern, in keepalived's order.
func (r *reader) matches(pattern string, check includeCheck) ([]string, error) {
	var out []string
	alternatives, ok := alternatives(pattern)
	if !ok {
		return nil, errorAt(r.place, "include %s has more than %d alternatives: write fewer", fileName(pattern), mostAlternatives)
	}
	for _, one := range alternatives {
		names, err := r.glob(one)
		if err != nil {
			return nil, errorAt(r.place, "include %s: %v", fileName(pattern), err)
		}
		if len(names) == 0 {
			needs := checkMatch
			switch {
			case len(alternatives) > 1:
				needs = checkBraces
			case strings.ContainsAny(one, "*?["):
				needs = checkWildcard
			}
			if check&needs != 0 {
				return nil, errorAt(r.place, "include %s: there is no such file, and keepalived does not start without it", fileName(one))
			}
			r.leave(Missing, "include "+fileName(one), "there is no such file")
		}
		out = append(out, names...)
	}
	return out, nil
}

// glob is Glob with the rules of the C library: a leading dot is matched by a dot alone, and [!a] is [^a].
func (r *reader) glob(pattern string) ([]string, error) {
	if !filepath.IsAbs(pattern) {
		pattern = filepath.Join(r.dir(), pattern)
	}
	names, err := r.files.Glob(strings.ReplaceAll(pattern, "[!", "[^"))
	if err != nil {
		return nil, err
	}
	parts := strings.Split(filepath.Clean(pattern), "/")
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		for i, part := range strings.Split(filepath.Clean(name), "/") {
			if i < len(parts) && strings.HasPrefix(part, ".") && part != ".." && !strings.HasPrefix(parts[i], ".") {
				return true
			}
		}
		return false
	})
	slices.Sort(names)
	return names, nil
}

const mostAlternatives = 1024

// alternatives are the patterns that one with braces stands for; false if they are too many.
func alternatives(pattern string) ([]string, bool) {
	out, done := []string{pattern}, false
	for !done {
		done = true
		var next []string
		for _, p := range out {
			before, words, after, found := firstBraces(p)
			if !found {
				next = append(next, p)
				continue
			}
			done = false
			for _, word := range words {
				next = append(next, before+word+after)
			}
		}
		if out = next; len(out) > mostAlternatives {
			return nil, false
		}
	}
	return out, true
}

// firstBraces finds an innermost pair of braces.
func firstBraces(p string) (before string, words []string, after string, found bool) {
	end := strings.IndexByte(p, '}')
	if end < 0 {
		return "", nil, "", false
	}
	start := strings.LastIndexByte(p[:end], '{')
	if start < 0 {
		return "", nil, "", false
	}
	return p[:start], strings.Split(p[start+1:end], ","), p[end+1:], true
}
