package hclspec

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// local is one value of a locals block. It may refer to others in any order.
type local struct {
	attr  *hcl.Attribute
	value cty.Value
	state int
}

const (
	fresh = iota
	evaluating
	done
)

func (l *loader) locals() {
	l.layer = "local"
	all := map[string]*local{}
	l.named["local"] = map[string]*declaration{}
	for _, block := range l.blocks["locals"] {
		attrs, diags := block.Body.JustAttributes()
		l.report(diags)
		for _, name := range sortedKeys(attrs) {
			if first, ok := all[name]; ok {
				l.errorf("LVS008", attrs[name].NameRange, "Duplicate name", "There is a local value %q already, at %s: give one of them another name.", name, first.attr.NameRange)
				continue
			}
			all[name] = &local{attr: attrs[name], value: cty.DynamicVal}
			l.named["local"][name] = &declaration{block: block}
		}
	}
	vals := map[string]cty.Value{}
	for _, name := range sortedKeys(all) {
		l.local(name, all, nil)
		vals[name] = all[name].value
	}
	l.root.Variables["local"] = cty.ObjectVal(vals)
}

// local evaluates one value after those it refers to; path is the way to it.
func (l *loader) local(name string, all map[string]*local, path []string) {
	v := all[name]
	if v.state == done {
		return
	}
	path = append(path, "local."+name)
	if v.state == evaluating {
		start := slices.Index(path, path[len(path)-1])
		l.errorf("LVS030", v.attr.Range, "Circular local values", "A local value cannot be made of itself: %s.", strings.Join(path[start:], " → "))
		v.state = done
		return
	}
	v.state = evaluating
	refs := map[string]cty.Value{}
	for _, t := range v.attr.Expr.Variables() {
		if t.RootName() != "local" {
			continue
		}
		if len(t) < 2 {
			l.errorf("LVS011", t.SourceRange(), "Undeclared reference", "Local values are not there as a whole while they are made: write local.name.")
			v.state = done
			return
		}
		step, ok := t[1].(hcl.TraverseAttr)
		if index, isIndex := t[1].(hcl.TraverseIndex); isIndex && index.Key.Type() == cty.String {
			step, ok = hcl.TraverseAttr{Name: index.Key.AsString()}, true
		}
		if ok && all[step.Name] != nil {
			l.local(step.Name, all, path)
			refs[step.Name] = all[step.Name].value
		}
	}
	if v.state == done {
		return // found to be circular on the way
	}
	ctx := l.root.NewChild()
	ctx.Variables = map[string]cty.Value{"local": cty.ObjectVal(refs)}
	if val, ok := l.evaluate(v.attr.Expr, ctx); ok {
		v.value = val
	}
	v.state = done
}
