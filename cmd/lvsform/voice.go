package main

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The SGR codes in use.
const (
	sgrBold   = "1"
	sgrRed    = "31"
	sgrGreen  = "32"
	sgrYellow = "33"
	sgrCyan   = "36"
)

// tell speaks to the person at the terminal: "lvsform: hint: …".
func (p *program) tell(code, what, text string) {
	fmt.Fprintf(p.err, "lvsform: %s: %s\n", p.paint(p.err, sgrBold+";"+code, what), clean(text))
}

func (p *program) errorf(format string, args ...any) {
	p.tell(sgrRed, "error", fmt.Sprintf(format, args...))
}

// sayf says what is going on, without a mark.
func (p *program) sayf(format string, args ...any) {
	fmt.Fprintf(p.err, "%s\n", clean(fmt.Sprintf(format, args...)))
}

// printf writes a result.
func (p *program) printf(format string, args ...any) {
	fmt.Fprint(p.out, clean(fmt.Sprintf(format, args...)))
}

// paint colours text for the stream, or leaves it alone.
func (p *program) paint(s stream, code, text string) string {
	if !p.env.color(s, p.color) {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// clean is text that cannot move a terminal's cursor or hide what stands beside it: control characters, line feeds
// aside, are written as their escapes.
func clean(text string) string {
	odd := func(r rune) bool { return r != '\n' && !strconv.IsPrint(r) || r == utf8.RuneError }
	if strings.IndexFunc(text, odd) < 0 {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		if odd(r) && (r != utf8.RuneError || n == 1) {
			quoted := strconv.Quote(text[:n])
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteString(text[:n])
		}
		text = text[n:]
	}
	return b.String()
}

// count is "1 server" or "3 servers".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
