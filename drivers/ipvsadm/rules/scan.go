package rules

import (
	"slices"
	"strings"
)

// scan reads the lines of a source: commands, listings, or both.
func (p *parser) scan(s Source) {
	r := reader{parser: p, lines: lines{source: s.Name, rest: strings.TrimPrefix(string(s.Text), "\ufeff")}}
	before := len(p.commands)
	defer func() { onlySaved(p.commands[before:]) }()
	for {
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
	// refused says that the listing's titles were, and with them all of its lines; orphans that its last service was, and
	// with it the servers.
	refused, orphans bool
	// printed says that there are lines that ipvsadm prints.
	printed bool
	// space is the network namespace that the line is for.
	space string
	// exited is where the script ends.
	exited place
	heredoc
}

// heredoc is one that did not end yet, or nothing.
type heredoc struct {
	until string
	began place
	// tabs says that the shell takes tabs away (<<-), comments that lines with "#" in front are (ipvsadm-restore).
	tabs, comments bool
	// continued says that the line before ended in a backslash, which was refused.
	continued bool
}

func (r *reader) line(text string) error {
	if r.until != "" {
		return r.restored(text)
	}
	trimmed := strings.Trim(text, blanks)
	if trimmed == "" || trimmed[0] == '#' {
		return nil
	}
	if known, err := r.listed(text, trimmed); known {
		r.printed = true
		if !r.ended {
			return unended(r.at(strings.Index(text, trimmed)))
		}
		return err
	}
	words, err := r.split(text)
	if err != nil || len(words) == 0 {
		return err
	}
	if r.exited.line != 0 {
		return words[0].errorf("the script ended at %s: what follows is not carried out", r.exited)
	}
	if r.space = ""; strings.HasPrefix(words[0].text, "-") {
		r.printed = true
		if !r.ended {
			return unended(words[0].place)
		}
		return r.ipvsadm(words, true)
	}
	return r.program(words)
}

// unended refuses the last line of what ipvsadm printed, if it has no end: who knows what a number would be?
func unended(at place) error {
	return at.errorf("the text ends within this line: if it is whole, end it with a newline")
}

func (r *reader) ipvsadm(words []word, bare bool) error {
	for i, w := range words {
		if w.text == "<<" && w.raw {
			if i != 1 || words[0].text != "-R" && words[0].text != "--restore" {
				return w.errorf("a heredoc that is not for ipvsadm -R")
			}
			return r.begins(words[1:], false)
		}
	}
	l, err := take(words)
	if err != nil {
		return err
	}
	if l.command == nil {
		return words[0].errorf("%s belongs to no command", quote(words[0].text))
	}
	n := len(r.commands)
	err = r.command(l, bare)
	for i := range r.commands[n:] {
		r.commands[n+i].space = r.space
		r.commands[n+i].saved = bare && asSaved(words)
	}
	return err
}

// begins begins a heredoc with its operator.
func (r *reader) begins(words []word, comments bool) error {
	if len(words) != 2 {
		return words[0].errorf("a heredoc such as <<EOF is the last word of its line")
	}
	until, tabs := strings.CutPrefix(words[1].text, "-")
	if until == "" {
		return words[0].errorf("a heredoc without the word that ends it")
	}
	r.heredoc = heredoc{until: until, began: words[0].place, tabs: tabs, comments: comments}
	return nil
}

// restored reads a line of a heredoc as -R does: there are no comments, quotes and continued lines, and the program ends
// at what it does not know.
func (r *reader) restored(text string) error {
	line := strings.TrimRight(text, "\r")
	if r.tabs {
		line = strings.TrimLeft(line, "\t")
	}
	switch {
	case strings.Trim(line, blanks) == r.until:
		word := r.until
		if r.until = ""; line != word {
			return r.at(0).errorf("blanks beside %s: to a shell the heredoc does not end here", quote(word))
		}
		return nil
	case r.comments && strings.HasPrefix(line, "#"):
		return nil
	}
	continued := r.continued
	if r.continued = strings.HasSuffix(line, `\`); continued {
		return nil
	}
	words := r.fields(text)
	for _, w := range words {
		if err := w.plain(); err != nil {
			return err
		}
	}
	words = slices.DeleteFunc(words, func(w word) bool { return w.text == "ipvsadm" })
	switch {
	case len(words) == 0:
		return nil
	case !strings.HasPrefix(words[0].text, "-"):
		return words[0].errorf("%s is no command such as -A or -a: ipvsadm -R ends here", quote(words[0].text))
	}
	return r.ipvsadm(words, false)
}

// finish looks at what is still open at the end.
func (r *reader) finish() {
	if r.until != "" {
		r.fail(r.began.errorf("the heredoc does not end: there is no line %s", quote(r.until)))
	}
	if r.number > 0 && !r.ended {
		r.doubt(r.at(0), "the last line has no end: the text may be cut off")
	}
}
