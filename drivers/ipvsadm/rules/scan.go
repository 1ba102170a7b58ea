package rules

import "strings"

// scan reads the lines of a source: commands, listings, or both.
func (p *parser) scan(s Source) {
	r := reader{parser: p, lines: lines{source: s.Name, rest: strings.TrimPrefix(string(s.Text), "\ufeff")}}
	for !p.full() {
		text, ok := r.next()
		if !ok {
			break
		}
		if err := r.check(text); err != nil {
			p.fail(err)
			return // what follows such a line is no text either
		}
		p.fail(r.line(text))
	}
	r.finish()
}

// reader reads one source.
type reader struct {
	*parser
	lines
	// listing is the one whose lines are read, header whether its first line was there.
	listing *view
	header  bool
	// until is the word that ends a heredoc, which began at the place.
	until string
	began place
	// exited is where the script ends.
	exited place
	// whole says that a line of the dump had both a method and a weight.
	whole bool
}

func (r *reader) line(text string) error {
	trimmed := strings.Trim(text, blanks)
	switch {
	case r.until != "" && trimmed == r.until:
		r.until = ""
		return nil
	case trimmed == "" || trimmed[0] == '#':
		return nil
	case r.until == "":
		if known, err := r.listed(text, trimmed); known {
			return err
		}
	}
	words, err := r.split(text)
	if err != nil || len(words) == 0 {
		return err
	}
	if r.exited.line != 0 {
		return words[0].errorf("the script ended at %s: what follows is not carried out", r.exited)
	}
	return r.program(words)
}

// program looks at the first words of a line: which program is it for?
func (r *reader) program(words []word) error {
	first := words[0]
	name := first.text[strings.LastIndexByte(first.text, '/')+1:]
	if strings.HasPrefix(first.text, "-") {
		return r.ipvsadm(words, r.until == "")
	}
	switch {
	case r.until != "" && name != "ipvsadm":
	case name == "sudo" && len(words) > 1 && strings.HasSuffix(words[1].text, "ipvsadm"):
		return r.program(words[1:])
	case name == "ipvsadm" && len(words) > 1:
		return r.ipvsadm(words[1:], false)
	case name == "ipvsadm":
		return nil // lists
	case name == "ipvsadm-restore" && len(words) > 1 && words[1].text == "<<":
		r.commands = append(r.commands, command{place: first.place, does: "clear"})
		return r.heredoc(words[1:])
	case name == "set" && harmless(words[1:]), name == "true", name == ":":
		return nil
	case name == "exit" && (len(words) == 1 || len(words) == 2 && words[1].text == "0"):
		r.exited = first.place
		return nil
	}
	return first.errorf("%s", notOurs(first.text))
}

func notOurs(first string) string {
	switch first {
	case "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "function", "[", "[[", "!":
		return "a loop or condition of the shell: write the commands that it carries out"
	}
	if name, _, found := strings.Cut(first, "="); found && isHostName(name) {
		return "a variable: write its value where it is used"
	}
	return quote(first) + " is not ipvsadm, nor a line of its output: leave the line out"
}

// harmless says that a shell's set has options alone.
func harmless(words []word) bool {
	for _, w := range words {
		if w.text != "pipefail" && !strings.HasPrefix(w.text, "-") && !strings.HasPrefix(w.text, "+") {
			return false
		}
	}
	return true
}

func (r *reader) ipvsadm(words []word, bare bool) error {
	for i, w := range words {
		if w.text == "<<" && w.raw {
			if i != 1 || words[0].text != "-R" && words[0].text != "--restore" {
				return w.errorf("a heredoc that is not for ipvsadm -R")
			}
			return r.heredoc(words[1:])
		}
	}
	l, err := take(words)
	if err != nil {
		return err
	}
	if l.command == nil {
		return words[0].errorf("%s belongs to no command", quote(words[0].text))
	}
	l.cut = !r.ended
	if err := r.complete(l, bare); err != nil {
		return err
	}
	return r.command(l, bare)
}

// complete refuses the last line of a dump if it has no end and less in it than the others.
func (r *reader) complete(l line, bare bool) error {
	if !bare || l.command.long != "add-server" {
		return nil
	}
	const both = isMethod | isWeight
	if l.has&both == both {
		r.whole = true
	} else if r.whole && l.cut {
		return l.at.errorf("the text ends within this line: it was cut off")
	}
	return nil
}

// heredoc begins with the operator.
func (r *reader) heredoc(words []word) error {
	if len(words) != 2 {
		return words[0].errorf("a heredoc such as <<EOF is the last word of its line")
	}
	r.until, r.began = strings.TrimPrefix(words[1].text, "-"), words[0].place
	if r.until == "" {
		return words[0].errorf("a heredoc without the word that ends it")
	}
	return nil
}

// finish looks at what is still open at the end.
func (r *reader) finish() {
	if r.until != "" {
		r.fail(r.began.errorf("the heredoc does not end: there is no line %s", quote(r.until)))
	}
	if r.number > 0 && !r.ended {
		r.note(r.at(0), "the last line has no end: what ipvsadm prints has one, so that the text may be cut off")
	}
}
