package plan

import (
	"fmt"
	"strings"
)

// marker is a name within an HTML comment: what could end the comment is written as %XX.
func marker(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-', c == ':':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// escapeMarkdown is text that shows as it is written, in a sentence or in a cell of a table.
func escapeMarkdown(text string) string {
	var b strings.Builder
	for _, r := range printable(text) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@':
			b.WriteString("@<!-- -->") // a mention needs the name right behind it, a backslash does not prevent it
		case strings.ContainsRune("\\`*_[]#~|!$", r):
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// longestRun is how often c stands in a row at most.
func longestRun(text string, c byte) int {
	longest, n := 0, 0
	for i := range len(text) {
		if n++; text[i] != c {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}
