package main

import (
	"fmt"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// line is one line of a comparison: ' ' is in both texts, '-' in the first, '+' in the second.
type line struct {
	sign byte
	text string
}

// contextLines are shown around what differs.
const contextLines = 3

// lineDiff is a unified diff of two texts under one name, as diff -u and git apply have it; "" if they are the same.
func lineDiff(path, before, after string) string {
	if before == after {
		return ""
	}
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", path, path)
	lines := compareLines(before, after)
	for start := 0; start < len(lines); {
		from, to := hunk(lines, start)
		if from == to {
			break
		}
		writeHunk(&out, lines, from, to)
		start = to
	}
	return out.String()
}

func compareLines(before, after string) (out []line) {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // the result must not depend on the machine's speed
	a, b, all := d.DiffLinesToRunes(before, after)
	for _, part := range d.DiffCharsToLines(d.DiffMainRunes(a, b, false), all) {
		sign := map[diffmatchpatch.Operation]byte{diffmatchpatch.DiffEqual: ' ', diffmatchpatch.DiffDelete: '-', diffmatchpatch.DiffInsert: '+'}[part.Type]
		for text := range strings.Lines(part.Text) {
			out = append(out, line{sign, text})
		}
	}
	return out
}

// hunk is the next run of differences with their context, from start on; differences that share context are one hunk.
func hunk(lines []line, start int) (from, to int) {
	from = start
	for from < len(lines) && lines[from].sign == ' ' {
		from++
	}
	if from == len(lines) {
		return from, from
	}
	equal, end := 0, from
	for i := from; i < len(lines) && equal <= 2*contextLines; i++ {
		if equal++; lines[i].sign != ' ' {
			equal, end = 0, i+1
		}
	}
	return max(start, from-contextLines), min(len(lines), end+contextLines)
}

func writeHunk(out *strings.Builder, lines []line, from, to int) {
	var first, second int // lines before the hunk
	for _, l := range lines[:from] {
		first, second = first+in(l, '-'), second+in(l, '+')
	}
	var old, new int
	for _, l := range lines[from:to] {
		old, new = old+in(l, '-'), new+in(l, '+')
	}
	fmt.Fprintf(out, "@@ -%s +%s @@\n", span(first, old), span(second, new))
	for _, l := range lines[from:to] {
		out.WriteByte(l.sign)
		out.WriteString(l.text)
		if !strings.HasSuffix(l.text, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// in is 1 for a line of the text that the sign stands for.
func in(l line, sign byte) int {
	if l.sign == ' ' || l.sign == sign {
		return 1
	}
	return 0
}

// span is a hunk's place in one text: an empty one stands after the line before it.
func span(before, count int) string {
	if count == 0 {
		return fmt.Sprintf("%d,0", before)
	}
	return fmt.Sprintf("%d,%d", before+1, count)
}
