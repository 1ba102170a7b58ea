package hclspec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// syntax passes on what a parser said.
func (l *loader) syntax(diags hcl.Diagnostics, file string) {
	for _, d := range diags {
		if d.Subject == nil {
			at := wholeFile(file)
			d.Subject = &at
		}
		d.Extra = coded{"LVS001", d.Extra}
		l.diags = append(l.diags, d)
	}
}

func hasSyntaxErrors(diags hcl.Diagnostics) bool {
	return slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool { return Code(d) == "LVS001" && d.Severity == hcl.DiagError })
}

// report passes on what HCL said of an expression or a body. Where a reference is what is wrong, it says it better.
func (l *loader) report(diags hcl.Diagnostics) (failed bool) {
	for _, d := range diags {
		failed = failed || d.Severity == hcl.DiagError
		if strings.HasPrefix(d.Detail, "This value is not yet known.") {
			continue // of a dynamic block: what it is made of is wrong, which was said, or is of no node
		}
		if d.Expression != nil {
			if better := l.wrongReferences(d); len(better) > 0 {
				l.diags = append(l.diags, better...)
				continue
			}
		}
		if d.Subject == nil {
			at := hcl.Range{Filename: l.src.Dir, Start: hcl.InitialPos, End: hcl.InitialPos}
			if d.Expression != nil {
				at = d.Expression.Range()
			}
			d.Subject = &at
		}
		d.Extra = coded{codeOf(d.Summary), d.Extra}
		if l.sensitive && madeOfSensitive(d) {
			d.Detail = notShown
		}
		l.diags = append(l.diags, d)
	}
	return failed
}

const notShown = "The value comes from a sensitive variable and is not shown."

// madeOfSensitive says that what HCL tells may quote a sensitive value: functions put their arguments into errors.
func madeOfSensitive(d *hcl.Diagnostic) bool {
	if d.Expression == nil || d.EvalContext == nil {
		return false
	}
	for _, t := range d.Expression.Variables() {
		if v, diags := t.TraverseAbs(d.EvalContext); !diags.HasErrors() && v.ContainsMarked() {
			return true
		}
	}
	return false
}

// codeOf is the code for what HCL says of a body or an expression.
func codeOf(summary string) string {
	switch summary {
	case "Unsupported argument", "Extraneous JSON object property":
		return "LVS003"
	case "Unsupported block type":
		return "LVS004"
	case "Missing required argument":
		return "LVS005"
	case "Missing block label":
		return "LVS006"
	case "Duplicate argument", "Duplicate attribute definition":
		return "LVS007"
	}
	switch {
	case strings.HasPrefix(summary, "Extraneous label for"), strings.HasPrefix(summary, "Missing name for"), strings.HasPrefix(summary, "Missing protocol for"):
		return "LVS006"
	case strings.Contains(summary, "dynamic"):
		return "LVS014"
	}
	return "LVS002"
}

// wrongReferences looks for what HCL could not find: it knows names, and not what they stand for.
func (l *loader) wrongReferences(d *hcl.Diagnostic) (out hcl.Diagnostics) {
	if d.Subject == nil || d.Summary == "Error in function call" {
		return nil
	}
	for _, t := range d.Expression.Variables() {
		if !t.SourceRange().Overlaps(*d.Subject) && t.SourceRange() != *d.Subject {
			continue
		}
		code, summary, detail := l.wrongReference(t, d.EvalContext)
		if code != "" {
			better := newDiagnostic(hcl.DiagError, code, t.SourceRange(), summary, "%s", detail)
			out = append(out, better)
		}
	}
	return out
}

func (l *loader) wrongReference(t hcl.Traversal, ctx *hcl.EvalContext) (code, summary, detail string) {
	root := t.RootName()
	i := slices.Index(layers, root)
	if root == "target" {
		return l.wrongTarget(t)
	}
	if i < 0 {
		return l.unknownRoot(root, ctx)
	}
	if known := l.layerIndex(); i >= known {
		return "LVS012", "Reference to a later layer", fmt.Sprintf(
			"%s is evaluated before %s values exist: refer to earlier layers only (variable, locals, role, node, vip, pool, service, the rest).", l.place(), root)
	}
	if len(t) < 2 {
		return "", "", ""
	}
	step, ok := t[1].(hcl.TraverseAttr)
	if !ok {
		return "", "", ""
	}
	decl, ok := l.named[root][step.Name]
	if !ok {
		hint := didYouMean(step.Name, l.names(root))
		if hint == "" && len(l.named[root]) == 0 {
			hint = " The configuration declares none."
		}
		return "LVS011", "Undeclared reference", fmt.Sprintf("%s.%s is not declared.%s", root, step.Name, hint)
	}
	return l.wrongStep(t, root, step.Name, decl)
}

// wrongStep is about what follows the name: the key of an instance, and the attribute.
func (l *loader) wrongStep(t hcl.Traversal, root, name string, decl *declaration) (code, summary, detail string) {
	if root == "vip" && len(t) == 2 && l.isApart(root+"."+name) {
		return elsewhere(root + "." + name)
	}
	if root == "var" || root == "local" || len(t) < 3 {
		return "", "", ""
	}
	rest := t[2:]
	base := root + "." + name
	if root == "vip" && l.isApart(base) {
		return elsewhere(base)
	}
	if decl.forEach {
		key, ok := rest[0].(hcl.TraverseIndex)
		if !ok {
			return "LVS013", "Reference without a key", fmt.Sprintf("%s has for_each: write %s[\"…\"] with one of its keys.", base, base)
		}
		if keys := l.keys[decl]; key.Key.Type() == cty.String && !slices.Contains(keys, key.Key.AsString()) {
			if addr := base + "[" + strconv.Quote(key.Key.AsString()) + "]"; root == "vip" && l.isApart(addr) {
				return elsewhere(addr)
			}
			return "LVS013", "Reference to a missing instance", fmt.Sprintf("%s has no instance %q.%s", base, key.Key.AsString(), didYouMean(key.Key.AsString(), keys))
		}
		rest = rest[1:]
	} else if _, ok := rest[0].(hcl.TraverseIndex); ok {
		return "LVS013", "Reference with a key", fmt.Sprintf("%s has no for_each, and so no keys: write %s.", base, base)
	}
	if len(rest) == 0 {
		return "", "", ""
	}
	attr, ok := rest[0].(hcl.TraverseAttr)
	if root == "node" && ok && attr.Name == "vars" && len(rest) > 1 {
		return "LVS011", "Undeclared reference", fmt.Sprintf("The vars of %s have not what this refers to: add it to the node.", base)
	}
	if !ok || slices.Contains(attributesOf[root], attr.Name) && root != "vip" {
		return "", "", ""
	}
	if root == "vip" && (attr.Name == "ipv4" || attr.Name == "ipv6") {
		return "LVS022", "Not exactly one address", fmt.Sprintf(
			"%s has no %s, because it does not have exactly one address of that family: use %s.addresses, or another vip.", base, attr.Name, base)
	}
	return "LVS011", "Undeclared reference", fmt.Sprintf("A %s has no %q to refer to.%s It has %s.", root, attr.Name, didYouMean(attr.Name, attributesOf[root]), list(attributesOf[root]))
}

// attributesOf says what can be referred to.
var attributesOf = map[string][]string{
	"role":    {"name"},
	"node":    {"address", "name", "roles", "vars"},
	"vip":     {"addresses", "ipv4", "ipv6"},
	"pool":    {"forward", "name", "servers"},
	"service": {"listeners", "name", "scheduler"},
}

func (l *loader) unknownRoot(root string, ctx *hcl.EvalContext) (code, summary, detail string) {
	for c := ctx; c != nil; c = c.Parent() {
		if _, ok := c.Variables[root]; ok {
			return "", "", ""
		}
	}
	if root == "each" {
		return "LVS011", "Undeclared reference", "each.key and each.value exist only in a block with for_each: add for_each, or write the value."
	}
	for _, group := range layers {
		if _, ok := l.named[group][root]; ok {
			return "LVS011", "Undeclared reference", fmt.Sprintf("There is no %q to refer to. Did you mean %q?", root, group+"."+root)
		}
	}
	return "LVS011", "Undeclared reference", fmt.Sprintf("There is no %q to refer to: references begin with %s.%s Text stands in quotes.", root, list(layers), didYouMean(root, layers))
}

// layerIndex is how many layers are done; place names the block that is evaluated.
func (l *loader) layerIndex() int {
	if i := slices.Index(layers, l.layer); i >= 0 {
		return i
	}
	switch l.layer {
	case "lvsform":
		return 0
	case "on":
		return slices.Index(layers, "vip")
	}
	return len(layers)
}

// after says that a layer is done.
func (l *loader) after(layer string) bool { return l.layerIndex() > slices.Index(layers, layer) }

func (l *loader) place() string {
	switch l.layer {
	case "var":
		return "A variable"
	case "local":
		return "A local value"
	case "lvsform":
		return "The lvsform block"
	case "on":
		return "The attribute \"on\""
	}
	return "A " + l.layer + " block"
}
