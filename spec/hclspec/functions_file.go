package hclspec

import (
	"errors"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// text reads a file for a function. Its path starts at the configuration's directory.
func (l *loader) text(name string) (string, error) {
	content, err := l.content(l.join(name))
	if err != nil {
		return "", function.NewArgError(0, err)
	}
	if !utf8.Valid(content) {
		return "", function.NewArgErrorf(0, "%s is not UTF-8 text", name)
	}
	return string(content), nil
}

func (l *loader) fileFunc() function.Function {
	return fn(cty.String, func(args []cty.Value) (cty.Value, error) {
		text, err := l.text(args[0].AsString())
		return cty.StringVal(text), err
	}, param("path", cty.String))
}

// templateFileFunc renders a template. A template cannot render another.
func (l *loader) templateFileFunc() function.Function {
	return fn(cty.String, func(args []cty.Value) (cty.Value, error) {
		name, vars := args[0].AsString(), args[1]
		if !vars.Type().IsObjectType() && !vars.Type().IsMapType() {
			return cty.StringVal(""), function.NewArgErrorf(1, "a map of the template's variables is needed")
		}
		text, err := l.text(name)
		if err != nil {
			return cty.StringVal(""), err
		}
		expr, diags := hclsyntax.ParseTemplate([]byte(text), name, hcl.InitialPos)
		if diags.HasErrors() {
			return cty.StringVal(""), function.NewArgError(0, errors.New(diags.Error()))
		}
		ctx := &hcl.EvalContext{Variables: vars.AsValueMap(), Functions: map[string]function.Function{}}
		for name, f := range l.root.Functions {
			if name != "templatefile" {
				ctx.Functions[name] = f
			}
		}
		v, diags := expr.Value(ctx)
		if diags.HasErrors() {
			return cty.StringVal(""), function.NewArgError(0, errors.New(diags.Error()))
		}
		v, err = convert.Convert(v, cty.String)
		if err != nil || v.IsNull() {
			return cty.StringVal(""), function.NewArgErrorf(0, "the template %s does not give text", name)
		}
		return v, nil
	}, param("path", cty.String), param("vars", cty.DynamicPseudoType))
}
