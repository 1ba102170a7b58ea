package plan

import (
	"cmp"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// attributes are the lines between the braces: what changes, and how much does not.
func (o *objects) attributes(c Change) []line {
	type row struct {
		sign        Action
		name, value string
	}
	var rows []row
	width, hidden := 0, 0
	for _, a := range spec.Attributes(c.Key.Kind()) {
		sign, value := o.attribute(a, c)
		if value == "" {
			hidden++
			continue
		}
		rows = append(rows, row{sign, a.Name, value})
		width = max(width, len(a.Name))
	}
	var lines []line
	for _, r := range rows {
		l := line{6, r.sign, r.name + strings.Repeat(" ", width-len(r.name)) + " = " + r.value}
		if r.sign == 0 {
			l.indent = 8
		}
		lines = append(lines, l)
	}
	if hidden > 0 && c.Action() == Update {
		lines = append(lines, line{indent: 8, text: o.paint(sgrGray, "# ("+plural(hidden, "unchanged attribute")+" hidden)")})
	}
	return lines
}

// attribute is one attribute's sign and values, or "" for one that is not shown.
func (o *objects) attribute(a spec.Attribute, c Change) (Action, string) {
	before, after := FormatValue(a, c.Before), FormatValue(a, c.After)
	if open(a, c.After) {
		after = "(known after apply)"
	}
	gone := before + " " + o.paint(sgrGray, "-> null")
	switch c.Action() {
	case Create:
		if told(a, c.After) {
			return Create, after
		}
		return Create, ""
	case Delete:
		if told(a, c.Before) {
			return Delete, gone
		}
		return Delete, ""
	}
	switch {
	case a.Same(c.Before, c.After) && o.verbose:
		return 0, after
	case a.Same(c.Before, c.After):
		return 0, ""
	case before == "null":
		return Create, after
	case after == "null":
		return Delete, gone
	}
	return Update, before + " " + o.paint(sgrYellow, "->") + " " + after
}

// Describe is one of two values of an object, on one line: what is different in it, or if the other is nil what plans show of an
// object that comes.
func Describe(k spec.Kind, v, other spec.Value) string {
	if v == nil {
		return "absent"
	}
	var parts []string
	for _, a := range spec.Attributes(k) {
		if other == nil && told(a, v) || other != nil && !a.Same(v, other) {
			parts = append(parts, a.Name+" "+FormatValue(a, v))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "there")
}

// open says that a desired value leaves the attribute to the kernel.
func open(a spec.Attribute, v spec.Value) bool {
	if a.Kind != spec.KindSyncDaemon || v == nil || a.Name == "sync_id" {
		return false
	}
	return a.Same(v, spec.Zero(a.Kind))
}

// told says that an attribute is shown of an object that comes or goes: it is not as it is by default, or it is one
// that matters whatever it is.
func told(a spec.Attribute, v spec.Value) bool {
	switch a.Name {
	case "scheduler", "forward", "weight", "up":
		return true
	case "origin":
		return false // it says no more than who made the plan
	}
	return !a.Same(v, spec.Zero(a.Kind))
}
