package keepalived

import "strings"

const (
	blanks = " \t"
	spaces = " \t\f\n\r\v"
	// longest is the number of bytes that keepalived reads at a time: what is longer becomes two lines.
	longest = 1023
)

// decomment takes away comments and the blanks around the text. A backslash at the end stays, without blanks before it.
func decomment(text string) (out string, open bool) {
	text = strings.TrimLeft(text, blanks)
	if !strings.ContainsAny(text, "!#\"\\") {
		return strings.TrimRight(text, blanks), false
	}
	var b strings.Builder
	quoted, comment, more := false, false, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"' && !comment:
			quoted = !quoted
		case c == '\\' && i+1 == len(text):
			more = true
			continue
		case c == '\\':
			i++
			if !comment {
				if quoted || text[i] != '#' && text[i] != '!' {
					b.WriteByte(c)
				}
				b.WriteByte(text[i])
			}
			continue
		case (c == '!' || c == '#') && !quoted:
			comment = true
		}
		if !comment {
			b.WriteByte(c)
		}
	}
	out = strings.TrimRight(b.String(), blanks)
	if more {
		out += "\\"
	}
	return out, quoted
}

// words cuts a line at white space. A word in double quotes may hold spaces; ok is false if a quote is not closed.
func words(text string) (out []string, ok bool) {
	for {
		text = strings.TrimLeft(text, spaces)
		if text == "" {
			return out, true
		}
		if text[0] == '"' {
			word, rest, closed := strings.Cut(text[1:], `"`)
			if !closed {
				return out, false
			}
			out, text = append(out, word), rest
			continue
		}
		end := strings.IndexAny(text, spaces+`"`)
		if end < 0 {
			end = len(text)
		}
		out, text = append(out, text[:end]), text[end:]
	}
}

// cutBrace splits a line so that each brace outside double quotes is a line of its own; the rest is read next.
func cutBrace(text string) (line, rest string) {
	at := 0
	for !strings.ContainsRune("{}", rune(text[at])) {
		next := strings.IndexAny(text[at:], `{}"`)
		if next < 0 {
			return text, ""
		}
		at += next
		if text[at] != '"' {
			break
		}
		end := strings.IndexByte(text[at+1:], '"')
		if end < 0 || at+end+2 == len(text) {
			return text, ""
		}
		at += end + 2
	}
	if at == 0 {
		at = 1
	}
	return strings.TrimRight(text[:at], blanks), strings.Trim(text[at:], blanks)
}

// isInclude says that the line is one of the include statements, which are known by their first bytes.
func isInclude(text string) bool {
	rest, ok := strings.CutPrefix(text, "include")
	if !ok || rest == "" {
		return false
	}
	if strings.IndexByte(spaces, rest[0]) >= 0 {
		return true
	}
	return len(rest) > 1 && strings.IndexByte(spaces, rest[1]) >= 0 && strings.IndexByte("rmwba", rest[0]) >= 0
}
