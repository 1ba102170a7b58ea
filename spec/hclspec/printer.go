package hclspec

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/lvsform/lvsform/spec"
)

// printer writes blocks in the layout of hclwrite.Format, which would have to read all of it again.
type printer struct {
	text  []byte
	depth int
	began bool // something stands in the block already
}

func (p *printer) line(text string) {
	p.text = append(p.text, bytes.Repeat([]byte("  "), p.depth)...)
	p.text = append(append(p.text, text...), '\n')
}

// comment writes lines after "#". What is not printable would show nothing, or end the comment.
func (p *printer) comment(text ...string) {
	for _, t := range text {
		for line := range strings.SplitSeq(t, "\n") {
			line = strings.Map(func(r rune) rune {
				if unicode.IsPrint(r) {
					return r
				}
				return ' '
			}, line)
			p.line(strings.TrimRight("# "+line, " "))
			p.began = true
		}
	}
}

// block writes a header, what f writes, and the closing brace, after an empty line if something stands before it.
func (p *printer) block(header string, f func()) {
	p.gap()
	p.line(header + " {")
	p.depth, p.began = p.depth+1, false
	f()
	p.depth, p.began = p.depth-1, true
	p.line("}")
}

// gap writes an empty line if something stands in the block already.
func (p *printer) gap() {
	if p.began {
		p.text = append(p.text, '\n')
	}
	p.began = false
}

// attrs writes pairs of names and expressions below each other; those without an expression are left out.
func (p *printer) attrs(pairs ...string) {
	pairs = slices.Clone(pairs)
	for i := len(pairs) - 2; i >= 0; i -= 2 {
		if pairs[i+1] == "" {
			pairs = slices.Delete(pairs, i, i+2)
		}
	}
	if len(pairs) > 0 {
		p.gap()
	}
	for len(pairs) > 0 {
		// Equal signs stand below each other, but for an expression of several lines.
		n, width := 0, 0
		for n < len(pairs) && !strings.Contains(pairs[n+1], "\n") {
			width = max(width, len(pairs[n]))
			n += 2
		}
		n = max(n, 2)
		for i := 0; i < n; i += 2 {
			p.line(pairs[i] + strings.Repeat(" ", max(0, width-len(pairs[i]))) + " = " + pairs[i+1])
		}
		pairs, p.began = pairs[n:], true
	}
}

// list is a list on one line, or if that is too long, on lines of at most so many items.
func (p *printer) list(items []string, most int) string {
	const wide = 100
	if one := "[" + strings.Join(items, ", ") + "]"; len(one) <= wide {
		return one
	}
	indent := strings.Repeat("  ", p.depth)
	var b strings.Builder
	b.WriteString("[")
	n, length := most, 0
	for _, item := range items {
		if n++; n > most || length+len(item) > wide {
			b.WriteString("\n" + indent + "  ")
			n, length = 1, 0
		} else {
			b.WriteString(" ")
		}
		b.WriteString(item + ",")
		length += len(item) + 2
	}
	return b.String() + "\n" + indent + "]"
}

func quote(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`"\$%`, r) }) {
		return `"` + s + `"`
	}
	return string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes())
}

// count is a number, or "" for the default.
func count(n, otherwise uint32) string {
	if n == otherwise {
		return ""
	}
	return strconv.FormatUint(uint64(n), 10)
}

// word is a quoted word, or "" for the default.
func word[T interface {
	comparable
	String() string
}](v T) string {
	var zero T
	if v == zero {
		return ""
	}
	return quote(v.String())
}

func seconds(n, otherwise uint32) string {
	switch {
	case n == otherwise:
		return ""
	case n%3600 == 0:
		return quote(strconv.Itoa(int(n/3600)) + "h")
	case n%60 == 0:
		return quote(strconv.Itoa(int(n/60)) + "m")
	}
	return quote(strconv.Itoa(int(n)) + "s")
}

func (p *printer) timeouts(t spec.Timeouts) {
	p.block("timeouts", func() {
		p.attrs("tcp", seconds(t.TCP, 0), "tcp_fin", seconds(t.TCPFin, 0), "udp", seconds(t.UDP, 0))
	})
}

func (p *printer) syncDaemon(role spec.Role, d spec.SyncDaemon) {
	p.block(`sync_daemon "`+role.String()+`"`, func() {
		group := ""
		if d.Group.IsValid() {
			group = quote(d.Group.String())
		}
		p.attrs("state", word(role), "interface", quote(d.Interface), "sync_id", count(d.SyncID, 0), "max_len", count(uint32(d.MaxLen), 0),
			"group", group, "port", count(uint32(d.Port), 0), "ttl", count(uint32(d.TTL), 0))
	})
}
