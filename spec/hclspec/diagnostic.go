package hclspec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// coded is the Extra of every diagnostic of this package.
type coded struct {
	code  string
	inner any
}

// UnwrapDiagnosticExtra gives what HCL put there.
func (c coded) UnwrapDiagnosticExtra() any { return c.inner }

// Code is the diagnostic's stable code ("LVS012"), or "" for one that is not of this package.
func Code(d *hcl.Diagnostic) string {
	c, _ := hcl.DiagnosticExtra[coded](d)
	return c.code
}

func newDiagnostic(severity hcl.DiagnosticSeverity, code string, at hcl.Range, summary, detail string, args ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: severity, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: &at, Extra: coded{code: code}}
}

func (l *loader) errorf(code string, at hcl.Range, summary, detail string, args ...any) {
	l.diags = append(l.diags, newDiagnostic(hcl.DiagError, code, at, summary, detail, args...))
}

// clash is an error about several blocks on one node. Blocks that are placed nowhere do not meet.
func (l *loader) clash(code string, at hcl.Range, summary, detail string, args ...any) {
	if l != l.nowhere {
		l.errorf(code, at, summary, detail, args...)
	}
}

func (l *loader) warnf(code string, at hcl.Range, summary, detail string, args ...any) {
	l.diags = append(l.diags, newDiagnostic(hcl.DiagWarning, code, at, summary, detail, args...))
}

// sorted puts diagnostics into the order of the files and drops repetitions: what is wrong in a pool is found again by
// each of its listeners.
func sorted(diags hcl.Diagnostics) hcl.Diagnostics {
	slices.SortStableFunc(diags, func(a, b *hcl.Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Subject.Filename, b.Subject.Filename),
			cmp.Compare(a.Subject.Start.Byte, b.Subject.Start.Byte),
			cmp.Compare(Code(a), Code(b)),
			cmp.Compare(a.Summary, b.Summary),
			cmp.Compare(a.Detail, b.Detail),
		)
	})
	return slices.CompactFunc(diags, func(a, b *hcl.Diagnostic) bool {
		same := *a.Subject == *b.Subject && a.Severity == b.Severity && Code(a) == Code(b) && a.Summary == b.Summary
		return same && (a.Detail == b.Detail || a.Severity == hcl.DiagError && Code(a) != validationFailed)
	})
}

// didYouMean is " Did you mean X?" for the candidate that is close to what was written, or "".
func didYouMean(given string, candidates []string) string {
	best, distance := "", max(1, (len(given)+1)/3)
	for _, c := range candidates {
		if c == given || len(given) < 2 {
			continue
		}
		if d := editDistance(given, c); d < distance || d == distance && (best == "" || c < best) {
			best, distance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", best)
}

// editDistance counts the letters to insert, delete, replace or swap.
func editDistance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// list is "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
