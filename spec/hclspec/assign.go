package hclspec

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/hashicorp/hcl/v2"
)

// assign gives the variables their values, weakest source first: environment, *.auto.lvsvars files by name, flags in order.
func (l *loader) assign(all map[string]*variable) {
	for _, e := range l.src.Environ {
		name, text, _ := strings.Cut(e, "=")
		name, ours := strings.CutPrefix(name, "LVSFORM_VAR_")
		if v := all[name]; ours && v != nil {
			l.noteValue(name, text)
			v.give(l.parseValue(v, text, "LVSFORM_VAR_"+name))
		}
	}
	names, _ := l.list()
	for _, name := range names {
		if strings.HasSuffix(name, ".auto.lvsvars.hcl") || strings.HasSuffix(name, ".auto.lvsvars.json") {
			l.assignFile(l.join(name), all)
		}
	}
	for _, f := range l.src.Vars {
		if f.File != "" {
			l.assignFile(f.File, all)
			continue
		}
		l.assignFlag(f.Assign, all)
	}
}

func (v *variable) give(val cty.Value, at hcl.Range, ok bool) {
	v.given, v.givenAt, v.set = val, at, true
	if !ok {
		v.given = cty.DynamicVal
	}
}

func (l *loader) assignFlag(text string, all map[string]*variable) {
	name, val, ok := strings.Cut(text, "=")
	source := "--var " + name
	l.config.Files[source] = &hcl.File{Bytes: []byte(text)}
	at := hcl.Range{Filename: source, Start: hcl.InitialPos, End: hcl.Pos{Line: 1, Column: len(text) + 1, Byte: len(text)}}
	if !ok {
		l.errorf("LVS036", at, "Invalid --var", "%q has no value: write --var name=value.", text)
		return
	}
	name = strings.TrimSpace(name)
	v := all[name]
	if v == nil {
		l.errorf("LVS037", at, "Undeclared variable", "The configuration declares no variable %q.%s", name, didYouMean(name, l.names("var")))
		return
	}
	l.noteValue(name, val)
	v.give(l.parseValue(v, val, source))
}

func (l *loader) assignFile(name string, all map[string]*variable) {
	f := l.parse(name)
	if f == nil {
		l.unread = true
		return
	}
	attrs, diags := f.Body.JustAttributes()
	l.report(diags)
	for _, attr := range sortedKeys(attrs) {
		a := attrs[attr]
		v := all[attr]
		if v == nil {
			l.warnf("LVS208", a.NameRange, "Undeclared variable", "The configuration declares no variable %q: the value has no effect.%s", attr, didYouMean(attr, l.names("var")))
			continue
		}
		val, ok := l.evaluate(a.Expr, &hcl.EvalContext{})
		v.give(val, a.Expr.Range(), ok)
	}
}
