package main

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/lvsform/lvsform/spec/hclspec"
)

// diagnostics tells of what is wrong with a configuration, with the lines that it is about.
func (p *program) diagnostics(files map[string]*hcl.File, diags hcl.Diagnostics) {
	shown := make(map[string]*hcl.File, len(files))
	for name, f := range files {
		copied := *f
		copied.Bytes = blank(f.Bytes)
		shown[clean(name)] = &copied
	}
	told := make(hcl.Diagnostics, len(diags))
	for i, d := range diags {
		copied := *d
		copied.Summary, copied.Detail = clean(d.Summary), clean(d.Detail)
		copied.Subject, copied.Context = cleanRange(d.Subject), cleanRange(d.Context)
		told[i] = &copied
	}
	_ = hclspec.WriteDiagnostics(p.err, shown, told, p.err.width, p.env.color(p.err, p.color))
}

func cleanRange(r *hcl.Range) *hcl.Range {
	if r == nil {
		return nil
	}
	copied := *r
	copied.Filename = clean(r.Filename)
	return &copied
}

// blank is source text in which what a terminal would not print is replaced, byte by byte: positions stay.
func blank(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if plain := r == '\n' || r == '\t' || strconv.IsPrint(r); plain && (r != utf8.RuneError || n > 1) {
			out = append(out, text[:n]...)
		} else {
			out = append(out, strings.Repeat("?", n)...)
		}
		text = text[n:]
	}
	return out
}
