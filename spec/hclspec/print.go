package hclspec

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/hashicorp/hcl/v2"
)

// WriteDiagnostics prints diagnostics for people: summary and code, the source line, and what to write instead.
// Details are wrapped at width; 0 does not wrap.
func WriteDiagnostics(w io.Writer, files map[string]*hcl.File, diags hcl.Diagnostics, width int, color bool) error {
	excerpts := map[string]*hcl.File{}
	out := hcl.NewDiagnosticTextWriter(w, excerpts, uint(max(width, 0)), color)
	for _, d := range diags {
		shown := *d
		if code := Code(d); code != "" {
			shown.Summary += " [" + code + "]"
		}
		shown.Subject, shown.Context = nil, nil
		// What is in no file, such as a directory that cannot be read, is named by the detail.
		if d.Subject != nil && files[d.Subject.Filename] != nil {
			at := *d.Subject
			clear(excerpts)
			excerpts[at.Filename] = excerpt(files[at.Filename], &at)
			shown.Subject = &at
		}
		if err := out.WriteDiagnostic(&shown); err != nil {
			return err
		}
	}
	return nil
}

// excerpt is a file with the lines of the range alone, at their place. HCL's writer goes through all of a file, letter by
// letter, for every diagnostic.
func excerpt(f *hcl.File, r *hcl.Range) *hcl.File {
	if r.End.Line > r.Start.Line+4 { // a long value is told by its first line
		r.End = r.Start
		if i := bytes.IndexByte(f.Bytes[min(r.Start.Byte, len(f.Bytes)):], '\n'); i > 0 {
			r.End = hcl.Pos{Line: r.Start.Line, Column: r.Start.Column + i, Byte: r.Start.Byte + i}
		}
	}
	s := snippet(f, *r)
	if s == nil {
		return f
	}
	above := bytes.Repeat([]byte("\n"), r.Start.Line-1)
	first := r.Start.Byte - s.HighlightStartOffset
	r.Start.Byte += len(above) - first
	r.End.Byte += len(above) - first
	out := &hcl.File{Bytes: append(above, s.Code...)}
	if s.Context != nil {
		out.Nav = context(*s.Context)
	}
	return out
}

// context is what HCL's writer asks for the block that a place is in.
type context string

// ContextString is the same for every place.
func (c context) ContextString(int) string { return string(c) }

// The JSON of a validation, in the shape of OpenTofu's validate -json, with the code of each diagnostic beside it.
type (
	validationJSON struct {
		FormatVersion string           `json:"format_version"`
		Valid         bool             `json:"valid"`
		ErrorCount    int              `json:"error_count"`
		WarningCount  int              `json:"warning_count"`
		Diagnostics   []diagnosticJSON `json:"diagnostics"`
	}
	diagnosticJSON struct {
		Severity string       `json:"severity"`
		Code     string       `json:"code"`
		Summary  string       `json:"summary"`
		Detail   string       `json:"detail"`
		Range    *rangeJSON   `json:"range,omitempty"`
		Snippet  *snippetJSON `json:"snippet,omitempty"`
	}
	rangeJSON struct {
		Filename string  `json:"filename"`
		Start    posJSON `json:"start"`
		End      posJSON `json:"end"`
	}
	posJSON struct {
		Line   int `json:"line"`
		Column int `json:"column"`
		Byte   int `json:"byte"`
	}
	snippetJSON struct {
		Context              *string `json:"context"`
		Code                 string  `json:"code"`
		StartLine            int     `json:"start_line"`
		HighlightStartOffset int     `json:"highlight_start_offset"`
		HighlightEndOffset   int     `json:"highlight_end_offset"`
	}
)

// DiagnosticsJSON is the result of a validation for programs: one JSON object, indented, with a newline at the end.
func DiagnosticsJSON(files map[string]*hcl.File, diags hcl.Diagnostics) []byte {
	v := validationJSON{FormatVersion: "1.0", Diagnostics: []diagnosticJSON{}}
	for _, d := range diags {
		j := diagnosticJSON{Severity: "error", Code: Code(d), Summary: d.Summary, Detail: d.Detail}
		if d.Severity == hcl.DiagError {
			v.ErrorCount++
		} else {
			j.Severity = "warning"
			v.WarningCount++
		}
		if d.Subject != nil {
			j.Range = &rangeJSON{d.Subject.Filename, posJSON(d.Subject.Start), posJSON(d.Subject.End)}
			j.Snippet = snippet(files[d.Subject.Filename], *d.Subject)
		}
		v.Diagnostics = append(v.Diagnostics, j)
	}
	v.Valid = v.ErrorCount == 0
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		panic(err) // plain strings and numbers
	}
	return b.Bytes()
}

// snippet is the lines that a range touches, and where in them it is. It is nil for what is not in a file.
func snippet(f *hcl.File, r hcl.Range) *snippetJSON {
	if f == nil || len(f.Bytes) == 0 {
		return nil
	}
	start, end := min(r.Start.Byte, len(f.Bytes)), min(r.End.Byte, len(f.Bytes))
	first := bytes.LastIndexByte(f.Bytes[:start], '\n') + 1
	last := len(f.Bytes)
	if i := bytes.IndexByte(f.Bytes[end:], '\n'); i >= 0 {
		last = end + i
	}
	s := &snippetJSON{
		Code: string(f.Bytes[first:last]), StartLine: r.Start.Line,
		HighlightStartOffset: start - first, HighlightEndOffset: max(end, start) - first,
	}
	if nav, ok := f.Nav.(interface{ ContextString(offset int) string }); ok {
		if context := nav.ContextString(r.Start.Byte); context != "" {
			s.Context = &context
		}
	}
	return s
}
