package hclspec

import (
	"fmt"
	"math/big"
	"net/netip"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// value is what an attribute, or one element of a list, was evaluated to: known and not null.
type value struct {
	b         *body
	name      string
	expr      hcl.Expression
	v         cty.Value
	sensitive bool
}

// get evaluates the attribute. It has none if the attribute is absent, null, wrong (which was reported), or made of
// something that is wrong.
func (b *body) get(name string) (value, bool) {
	expr, ok := b.expression(name)
	if !ok {
		return value{}, false
	}
	v, ok := b.l.evaluate(expr, b.ctx)
	if !ok {
		b.spoil()
		return value{}, false
	}
	a := value{b: b, name: name, expr: expr, v: v}
	usable := a.usable(b.kind.attrs[name] == required)
	return a, usable
}

// usable takes away marks, and says that there is a value to look at.
func (a *value) usable(required bool) bool {
	if a.b.l.sensitive && a.v.ContainsMarked() {
		a.v, _ = a.v.UnmarkDeep()
		a.sensitive = true
	}
	if a.v.IsNull() && required {
		a.b.errorf("LVS005", a.expr.Range(), "Missing attribute", "The attribute %q is required in %s block, and null is no value.", a.name, withArticle(a.b.kind.name))
	}
	if !a.v.IsKnown() {
		a.b.spoil()
		return false
	}
	return !a.v.IsNull()
}

// evaluate gives the value of an expression; ok is false after errors, which it reports.
func (l *loader) evaluate(expr hcl.Expression, ctx *hcl.EvalContext) (v cty.Value, ok bool) {
	switch e := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		return e.Val, true
	case *hclsyntax.TemplateExpr:
		if e.IsStringLiteral() {
			return e.Parts[0].(*hclsyntax.LiteralValueExpr).Val, true
		}
	}
	v, diags := expr.Value(l.contextFor(expr, ctx))
	return v, !l.report(diags)
}

func (a value) errorf(code, summary, detail string, args ...any) {
	d := newDiagnostic(hcl.DiagError, code, a.expr.Range(), summary, detail, args...)
	if a.sensitive {
		d.Detail = "The value comes from a sensitive variable and is not shown."
	}
	d.Expression, d.EvalContext = a.expr, a.b.ctx
	a.b.spoil()
	a.b.l.diags = append(a.b.l.diags, d)
}

func (a value) wrongType(want string) {
	a.errorf("LVS015", "Wrong type", "%s is %s: a %s is needed.", a.name, typeName(a.v), want)
}

// typeName is "a list", "an object": tuples are lists to those who write them.
func typeName(v cty.Value) string {
	if v.Type().IsTupleType() {
		return "a list"
	}
	return withArticle(v.Type().FriendlyName())
}

// huge numbers such as 1e999999999 are cheap to hold and cost gigabytes to print.
func (a value) huge() bool {
	return a.v.Type() == cty.Number && a.v.AsBigFloat().MantExp(nil) > 1000
}

func withArticle(noun string) string {
	switch noun[0] {
	case 'a', 'e', 'i', 'o', 'u':
		return "an " + noun
	}
	return "a " + noun
}

func (a value) text() (string, bool) {
	if a.huge() {
		a.wrongType("string")
		return "", false
	}
	v, err := convert.Convert(a.v, cty.String)
	if err != nil || v.IsNull() || !v.IsKnown() {
		a.wrongType("string")
		return "", false
	}
	return v.AsString(), true
}

func (a value) boolean() (bool, bool) {
	v, err := convert.Convert(a.v, cty.Bool)
	if err != nil || v.IsNull() || !v.IsKnown() {
		a.wrongType("bool, true or false,")
		return false, false
	}
	return v.True(), true
}

// number is a whole number within the bounds.
func (a value) number(least, most uint64) (uint64, bool) {
	v, err := convert.Convert(a.v, cty.Number)
	if err != nil || v.IsNull() || !v.IsKnown() {
		a.wrongType("number")
		return 0, false
	}
	f := v.AsBigFloat()
	n, accuracy := f.Uint64()
	// Uint64 calls it exact when it cuts a short fraction off.
	if accuracy != big.Exact || !f.IsInt() || n < least || n > most {
		shown := "too far away"
		if !a.huge() {
			shown = f.Text('g', 12)
		}
		a.errorf("LVS020", "Number out of range", "%s is %s: write a whole number from %d to %d.", a.name, shown, least, most)
		return 0, false
	}
	return n, true
}

// duration reads "6m", or a number of seconds.
func (a value) duration() (time.Duration, bool) {
	if a.v.Type() == cty.Number {
		n, ok := a.number(0, 1<<32)
		return time.Duration(n) * time.Second, ok
	}
	text, ok := a.text()
	if !ok {
		return 0, false
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		a.errorf("LVS019", "Invalid duration", "%q is not a duration: write one such as \"30s\", \"6m\" or \"1h30m\", or a number of seconds.", text)
		return 0, false
	}
	return d, true
}

// seconds reads a duration of whole seconds within the bounds.
func (a value) seconds(least, most uint32) (uint32, bool) {
	d, ok := a.duration()
	if !ok {
		return 0, false
	}
	if n := d / time.Second; d%time.Second != 0 || n < time.Duration(least) || n > time.Duration(most) {
		a.errorf("LVS019", "Invalid duration", "%s is %s: write whole seconds from %d to %d.", a.name, d, least, most)
		return 0, false
	}
	return uint32(d / time.Second), true
}

// word is one of a few.
func (a value) word(words []string, what string) (string, bool) {
	text, ok := a.text()
	if !ok {
		return "", false
	}
	for _, w := range words {
		if w == text {
			return text, true
		}
	}
	a.errorf("LVS016", "Unknown "+what, "%q is not %s: write %s.%s", text, withArticle(what), alternatives(words), didYouMean(text, words))
	return "", false
}

// address is an address without zone, prefix length or port.
func (a value) address() (netip.Addr, bool) {
	text, ok := a.text()
	if !ok {
		return netip.Addr{}, false
	}
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		a.errorf("LVS017", "Invalid address", "%s: write one such as \"192.0.2.10\" or \"2001:db8::10\".", notAnAddress(text))
		return netip.Addr{}, false
	}
	return addr, true
}

func notAnAddress(text string) string {
	if _, err := netip.ParsePrefix(text); err == nil {
		return fmt.Sprintf("%q has a prefix length, and a single address is needed", text)
	}
	if _, err := netip.ParseAddrPort(text); err == nil {
		return fmt.Sprintf("%q has a port, which stands on its own", text)
	}
	return fmt.Sprintf("%q is not an IP address (names are not looked up)", text)
}

// elements are the parts of a list, each with its own place where the list is written out.
func (a value) elements() ([]value, bool) {
	t := a.v.Type()
	if !t.IsListType() && !t.IsTupleType() && !t.IsSetType() {
		a.wrongType("list in brackets")
		return nil, false
	}
	all := a.v.AsValueSlice()
	exprs, diags := hcl.ExprList(a.expr)
	apart := !diags.HasErrors() && len(exprs) == len(all)
	out, good := make([]value, 0, len(all)), true
	for i, v := range all {
		e := value{b: a.b, name: "An element of " + a.name, expr: a.expr, v: v, sensitive: a.sensitive}
		if apart {
			e.expr = exprs[i]
		}
		if v.IsNull() {
			e.errorf("LVS015", "Wrong type", "An element of %s is null: leave it out.", a.name)
		}
		if e.usable(false) {
			out = append(out, e)
		} else {
			good = false
		}
	}
	return out, good
}
