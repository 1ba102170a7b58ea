package hclspec

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// variable is a variable block, and what it was given.
type variable struct {
	name      string
	block     *hcl.Block
	body      *body
	typ       cty.Type
	defaults  *typeexpr.Defaults
	sensitive bool

	given   cty.Value
	givenAt hcl.Range
	set     bool
}

// validationFailed is the code of what authors of variables say; a value may break several of their rules.
const validationFailed = "LVS035"

// sensitiveMark is on values that are not shown.
type sensitiveMark struct{}

func (l *loader) variables() {
	l.layer = "var"
	all := map[string]*variable{}
	var order []*variable
	for _, block := range l.blocks["variable"] {
		v := l.variable(block)
		if l.byBlock[block] != nil {
			all[v.name] = v
			order = append(order, v)
		}
	}
	l.assign(all)
	vals := map[string]cty.Value{}
	for _, v := range order {
		vals[v.name] = l.variableValue(v)
	}
	l.root.Variables["var"] = cty.ObjectVal(vals)
	for _, v := range order {
		if vals[v.name].IsKnown() {
			l.validations(v)
		}
	}
}

func (l *loader) variable(block *hcl.Block) *variable {
	b := l.open(block, variableKind, &hcl.EvalContext{})
	v := &variable{name: block.Labels[0], block: block, body: b, typ: cty.DynamicPseudoType}
	if expr, ok := b.expression("type"); ok {
		t, defaults, diags := typeexpr.TypeConstraintWithDefaults(expr)
		for _, d := range diags {
			d.Extra = coded{"LVS032", d.Extra}
		}
		l.diags = append(l.diags, diags...)
		if !diags.HasErrors() {
			v.typ, v.defaults = t, defaults
		}
	}
	if a, ok := b.get("description"); ok {
		_, _ = a.text()
	}
	if a, ok := b.get("sensitive"); ok {
		v.sensitive, _ = a.boolean()
		l.sensitive = l.sensitive || v.sensitive
	}
	return v
}

// variableValue is what was given, or the default, made what the type says.
func (l *loader) variableValue(v *variable) cty.Value {
	val, at := v.given, v.givenAt
	if !v.set {
		expr, ok := v.body.expression("default")
		if !ok && l.unread {
			return cty.DynamicVal // it may stand in the file that could not be read
		}
		if !ok {
			l.errorf("LVS033", v.block.DefRange, "Variable without a value", "var.%s has no default, and was given no value: set it in a *.auto.lvsvars.hcl file, with --var, --var-file or LVSFORM_VAR_%s.", v.name, v.name)
			return cty.DynamicVal
		}
		if val, ok = l.evaluate(expr, v.body.ctx); !ok {
			return cty.DynamicVal
		}
		at = expr.Range()
	}
	if v.defaults != nil && !val.IsNull() {
		val = v.defaults.Apply(val)
	}
	val, err := convert.Convert(val, v.typ)
	if err != nil {
		if v.sensitive {
			at = v.block.DefRange
		}
		l.errorf("LVS034", at, "Unsuitable value", "The value for var.%s does not have the type that the variable declares: %s.", v.name, describe(err))
		return cty.DynamicVal
	}
	if v.sensitive {
		val = val.Mark(sensitiveMark{})
	}
	return val
}

func describe(err error) string {
	path, ok := err.(cty.PathError)
	if !ok || len(path.Path) == 0 {
		return err.Error()
	}
	var b strings.Builder
	for _, step := range path.Path {
		switch step := step.(type) {
		case cty.GetAttrStep:
			fmt.Fprintf(&b, ".%s", step.Name)
		case cty.IndexStep:
			if step.Key.Type() == cty.String && step.Key.IsKnown() {
				fmt.Fprintf(&b, "[%q]", step.Key.AsString())
			} else if step.Key.Type() == cty.Number && step.Key.IsKnown() {
				fmt.Fprintf(&b, "[%s]", step.Key.AsBigFloat().Text('f', 0))
			}
		}
	}
	return "at " + strings.TrimPrefix(b.String(), ".") + ": " + err.Error()
}

func (l *loader) validations(v *variable) {
	for block := range v.body.children("validation") {
		b := l.open(block, variableKind.blocks["validation"], l.root)
		holds, ok := b.condition()
		if !ok || holds {
			continue
		}
		if message, ok := b.errorMessage(); ok {
			at := v.givenAt
			if !v.set || v.sensitive {
				at = v.block.DefRange
			}
			l.errorf(validationFailed, at, "Invalid value for a variable", "var.%s: %s", v.name, message)
		}
	}
}

// noteValue makes a value that did not come from a file part of the digest.
func (l *loader) noteValue(name, text string) {
	sum := sha256.Sum256([]byte(text))
	l.sums["variable "+name] = sum[:]
}

// parseValue reads the text of a --var or an environment variable: text for a type that is text, an expression else.
func (l *loader) parseValue(v *variable, text, source string) (cty.Value, hcl.Range, bool) {
	if delete(l.config.Files, source); !v.sensitive {
		l.config.Files[source] = &hcl.File{Bytes: []byte(text)}
	}
	at := hcl.Range{Filename: source, Start: hcl.InitialPos, End: hcl.Pos{Line: 1, Column: len(text) + 1, Byte: len(text)}}
	if v.typ.IsPrimitiveType() || v.typ == cty.DynamicPseudoType {
		return cty.StringVal(text), at, true
	}
	expr, diags := hclsyntax.ParseExpression([]byte(text), source, hcl.InitialPos)
	if diags.HasErrors() {
		l.syntax(diags, source)
		return cty.DynamicVal, at, false
	}
	val, ok := l.evaluate(expr, &hcl.EvalContext{})
	return val, expr.Range(), ok
}
