package plan

import (
	"encoding"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lvsform/lvsform/spec"
)

// FormatValue is the attribute of v as plans show it and as the language would write it: 3, true, "wlc", ["sh-port"].
// What is not set (an empty text or list, an object that is not there) is null; 0 and false are values.
func FormatValue(a spec.Attribute, v spec.Value) string {
	if v == nil {
		return "null"
	}
	switch x := a.Of(v).(type) {
	case []string:
		quoted := make([]string, len(x))
		for i, s := range x {
			quoted[i] = strconv.Quote(s)
		}
		if len(x) > 0 {
			return "[" + strings.Join(quoted, ", ") + "]"
		}
	case string:
		if x != "" {
			return strconv.Quote(x)
		}
	case encoding.TextMarshaler:
		if text, err := x.MarshalText(); err == nil && len(text) > 0 {
			return strconv.Quote(string(text))
		}
	default:
		return fmt.Sprint(x)
	}
	return "null"
}

// printable is text that cannot move a terminal's cursor, colour it or hide what stands beside it: every other
// character is written as its Go escape.
func printable(text string) string {
	plain := true
	for _, r := range text {
		plain = plain && r != utf8.RuneError && strconv.IsPrint(r)
	}
	if plain {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		if strconv.IsPrint(r) && (r != utf8.RuneError || n > 1) {
			b.WriteString(text[:n])
		} else {
			escaped := strconv.Quote(text[:n])
			b.WriteString(escaped[1 : len(escaped)-1])
		}
		text = text[n:]
	}
	return b.String()
}

// wrap breaks text between words so that no line is wider than width columns, where the words allow it. Lines after
// the first begin with indent. Width 0 breaks nothing.
func wrap(text, indent string, width int) string {
	if width <= 0 || utf8.RuneCountInString(text) <= width {
		return text
	}
	var b strings.Builder
	column := 0
	for rest := text; rest != ""; {
		// Leading blanks belong to the word: they are the first line's indentation.
		blanks := len(rest) - len(strings.TrimLeft(rest, " "))
		end := len(rest)
		if i := strings.IndexByte(rest[blanks:], ' '); i >= 0 {
			end = blanks + i
		}
		word := rest[:end]
		n := utf8.RuneCountInString(word)
		if column > 0 && column+n > width {
			word = strings.TrimLeft(word, " ")
			b.WriteString("\n" + indent)
			column, n = len(indent), utf8.RuneCountInString(word)
		}
		b.WriteString(word)
		column += n
		rest = rest[end:]
	}
	return b.String()
}

// plural is "1 service" or "3 services".
func plural(n int, noun string) string { return count(n, noun, noun+"s") }
