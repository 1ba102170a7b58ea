package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
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

// data writes JSON. On a terminal, characters that it does not print are written as escapes; what is written to a file is
// left as it is, because a plan is sealed byte by byte.
func (p *program) data(text []byte) error {
	if p.out.terminal {
		text = escape(text)
	}
	_, err := p.out.Write(text)
	return err
}

func escape(text []byte) []byte {
	var out []byte
	for _, r := range string(text) {
		if r == '\n' || strconv.IsPrint(r) {
			out = utf8.AppendRune(out, r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			out = fmt.Appendf(out, "\\u%04x", unit)
		}
	}
	return out
}

// indented writes a value as JSON.
func (p *program) indented(v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	return p.data(b.Bytes())
}

// count is "1 server" or "3 servers".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
