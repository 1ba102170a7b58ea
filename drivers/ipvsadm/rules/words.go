package rules

import "strings"

// word is one word of a line, without its quotes.
type word struct {
	place
	text string
	// raw is false if some of it was quoted: "<<" in quotes is not a heredoc.
	raw bool
}

// lines gives the lines of a text one after the other.
type lines struct {
	source string
	rest   string
	number int
	// ended says that the line that next gave has a line end.
	ended bool
}

func (l *lines) next() (text string, ok bool) {
	if l.rest == "" {
		return "", false
	}
	text, l.rest, l.ended = strings.Cut(l.rest, "\n")
	l.number++
	return text, true
}

func (l *lines) at(offset int) place { return place{l.source, l.number, offset + 1} }

// maxLine is more than any line of ipvsadm's.
const maxLine = 4096

// check refuses what is no line of text.
func (l *lines) check(text string) error {
	if len(text) > maxLine && !strings.HasPrefix(strings.TrimLeft(text, blanks), "#") {
		return l.at(maxLine).errorf("the line is longer than %d bytes: this is not a text of ipvsadm", maxLine)
	}
	end := len(strings.TrimRight(text, blanks))
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' && strings.IndexByte(blanks, c) < 0 || c == 0x7f:
			return l.at(i).errorf("the byte 0x%02x: this is not text", c)
		case c == '\r' && i < end:
			return l.at(i).errorf("line ends are CR: make them LF")
		}
	}
	return nil
}

const blanks = " \t\r\f\v"

// fields are the words of a line of a listing.
func (l *lines) fields(text string) []word {
	var out []word
	for i := 0; i < len(text); {
		if strings.IndexByte(blanks, text[i]) >= 0 {
			i++
			continue
		}
		end := strings.IndexAny(text[i:], blanks)
		if end < 0 {
			end = len(text) - i
		}
		out = append(out, word{l.at(i), text[i : i+end], true})
		i += end
	}
	return out
}

// splitter takes the words of a command from a line, and from the next ones if it is continued there.
type splitter struct {
	*lines
	text string
	i    int
	out  []word
}

// split gives the words of the command that begins with the line. What only a shell could carry out is an error.
func (l *lines) split(text string) ([]word, error) {
	s := splitter{lines: l, text: text}
	for {
		s.i += len(s.text[s.i:]) - len(strings.TrimLeft(s.text[s.i:], blanks))
		if s.i >= len(s.text) || s.text[s.i] == '#' || endsCommand(s.text[s.i:]) {
			return s.out, nil
		}
		if strings.TrimRight(s.text[s.i:], "\r") == `\` {
			if err := s.join(); err != nil {
				return nil, err
			}
			continue
		}
		if strings.HasPrefix(s.text[s.i:], "<<") {
			s.out = append(s.out, word{s.at(s.i), "<<", true})
			s.i += len("<<")
			continue
		}
		if err := s.word(); err != nil {
			return nil, err
		}
	}
}

// join goes on with the next line, if there is one.
func (s *splitter) join() error {
	s.i = 0
	s.text, _ = s.next()
	return s.check(s.text)
}

func (s *splitter) word() error {
	w := word{s.at(s.i), "", true}
	start := s.i
	for s.i < len(s.text) && isPlain(s.text[s.i]) {
		s.i++
	}
	if w.text = s.text[start:s.i]; s.i == len(s.text) || strings.IndexByte(blanks, s.text[s.i]) >= 0 {
		s.out = append(s.out, w)
		return nil
	}
	text := []byte(w.text)
	for s.i < len(s.text) {
		c := s.text[s.i]
		switch {
		case strings.IndexByte(blanks, c) >= 0, endsCommand(s.text[s.i:]), c == '<' && s.i > start && strings.HasPrefix(s.text[s.i:], "<<"):
			w.text = string(text)
			s.out = append(s.out, w)
			return nil
		case c == '\'' || c == '"':
			quoted, err := s.quoted(c)
			if err != nil {
				return err
			}
			w.raw = false
			text = append(text, quoted...)
		case c == '\\' && strings.TrimRight(s.text[s.i+1:], "\r") == "":
			if err := s.join(); err != nil {
				return err
			}
		case c == '\\':
			w.raw = false
			text = append(text, s.text[s.i+1])
			s.i += 2
		default:
			if why := shellOnly(s.text[s.i:]); why != "" {
				return s.at(s.i).errorf("%s", why)
			}
			text = append(text, c)
			s.i++
		}
	}
	w.text = string(text)
	s.out = append(s.out, w)
	return nil
}

// endsCommand says that a semicolon is here, and nothing but a comment behind it.
func endsCommand(text string) bool {
	if text[0] != ';' {
		return false
	}
	rest := strings.TrimLeft(text[1:], blanks)
	return rest == "" || rest[0] == '#'
}

// isPlain says that the character means itself to every shell.
func isPlain(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte(".:-[],=/+_%@", c) >= 0
}

// quoted takes what is between two quotes.
func (s *splitter) quoted(quote byte) (text []byte, err error) {
	start := s.i
	for s.i++; s.i < len(s.text); s.i++ {
		switch c := s.text[s.i]; {
		case c == quote:
			s.i++
			return text, nil
		case quote == '"' && (c == '$' || c == '`'):
			return nil, s.at(s.i).errorf("%s", shellOnly(s.text[s.i:]))
		case quote == '"' && c == '\\' && s.i+1 < len(s.text) && strings.IndexByte("\"\\$`", s.text[s.i+1]) >= 0:
			s.i++
			text = append(text, s.text[s.i])
		default:
			text = append(text, c)
		}
	}
	return nil, s.at(start).errorf("a quote that does not end on its line: close it")
}

// plain refuses a word that -R reads otherwise than a shell.
func (w word) plain() error {
	for i := range len(w.text) {
		at := w.place
		at.column += i
		switch c := w.text[i]; {
		case isPlain(c):
		case c == '#':
			return at.errorf("a comment, and ipvsadm -R knows none: leave it out")
		case c == '\'' || c == '"':
			return at.errorf("a quote, and ipvsadm -R knows none: leave it out")
		case c == '\\':
			return at.errorf("a backslash, and ipvsadm -R knows none: write the command on one line")
		default:
			if why := shellOnly(w.text[i:]); why != "" {
				return at.errorf("%s", why)
			}
		}
	}
	return nil
}

// shellOnly says why what begins here cannot be read without a shell, or "".
func shellOnly(text string) string {
	switch {
	case strings.HasPrefix(text, "(null)"):
		return "(null), for which ipvsadm has no word: read the node with the driver netlink"
	case strings.HasPrefix(text, "$("), text[0] == '`':
		return "a command substitution: write its result"
	case text[0] == '$':
		return "a variable: write its value"
	case text[0] == ';':
		return "a second command on a line: write it on a line of its own"
	case strings.HasPrefix(text, "&&"), strings.HasPrefix(text, "||"):
		return "a conditional command: write each command that is carried out on a line of its own"
	case text[0] == '|', text[0] == '&':
		return "a pipe or a background command: write the ipvsadm commands themselves"
	case text[0] == '<':
		return "a file that is read: give that one"
	case text[0] == '>':
		return "a redirection: leave it out"
	case strings.IndexByte("(){}", text[0]) >= 0:
		return "a group or function of the shell: write the commands that it carries out"
	case text[0] == '*', text[0] == '?':
		return "a pattern of the shell: write what it stands for"
	case text[0] < ' ' || text[0] >= 0x7f:
		return "a character that no command of ipvsadm has"
	}
	return ""
}
