package hclspec

import (
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// contextFor adds the pools and services that the expression refers to. Their values are made when they are needed:
// most are only ever named.
func (l *loader) contextFor(expr hcl.Expression, ctx *hcl.EvalContext) *hcl.EvalContext {
	if !l.after("pool") {
		return ctx
	}
	return l.withLate(expr.Variables(), ctx)
}

// dynamicContext does the same for all that a body's dynamic blocks refer to.
func (l *loader) dynamicContext(b *hclsyntax.Body, ctx *hcl.EvalContext) *hcl.EvalContext {
	if !l.after("pool") {
		return ctx
	}
	var all []hcl.Traversal
	_ = hclsyntax.VisitAll(b, func(n hclsyntax.Node) hcl.Diagnostics {
		if e, ok := n.(*hclsyntax.ScopeTraversalExpr); ok && len(e.Traversal) > 2 {
			all = append(all, e.Traversal)
		}
		return nil
	})
	return l.withLate(all, ctx)
}

func (l *loader) withLate(refs []hcl.Traversal, ctx *hcl.EvalContext) *hcl.EvalContext {
	vals := map[string]map[string]cty.Value{}
	for _, t := range refs {
		root := t.RootName()
		if root != "pool" && (root != "service" || l.layer == "service") {
			continue
		}
		if vals[root] == nil {
			vals[root] = map[string]cty.Value{}
		}
		for _, name := range l.namesIn(t) {
			if d, ok := l.named[root][name]; ok {
				vals[root][name] = l.lateValue(root, name, d)
			}
		}
	}
	if len(vals) == 0 {
		return ctx
	}
	ctx = ctx.NewChild()
	ctx.Variables = map[string]cty.Value{}
	for root, all := range vals {
		ctx.Variables[root] = cty.ObjectVal(all)
	}
	return ctx
}

// namesIn is the name that a reference is about, or all if it is about the layer.
func (l *loader) namesIn(t hcl.Traversal) []string {
	if len(t) > 1 {
		if step, ok := t[1].(hcl.TraverseAttr); ok {
			return []string{step.Name}
		}
	}
	return l.names(t.RootName())
}

func (l *loader) lateValue(root, name string, d *declaration) cty.Value {
	addr := root + "." + name
	if v, ok := l.late[addr]; ok {
		return v
	}
	one, all := cty.NilVal, map[string]cty.Value{}
	if root == "pool" {
		l.fillPool(d)
		if p := l.pools[addr]; p != nil {
			one = p.val()
		}
		for _, key := range l.keys[d] {
			if p := l.pools[addr+"["+strconv.Quote(key)+"]"]; p != nil {
				all[key] = p.val()
			}
		}
	}
	v := l.group(d, one, all)
	if root == "service" {
		v = l.serviceValue(d)
	}
	l.late[addr] = v
	return v
}

// serviceValue is a service as the node has it, or else as the nodes have it that do.
func (l *loader) serviceValue(d *declaration) cty.Value {
	where := []*loader{l}
	if len(l.services[d.block]) == 0 {
		where = l.serving(d.block)
	}
	united := map[string][]*service{}
	for _, s := range where {
		for _, one := range s.services[d.block] {
			united[one.key] = append(united[one.key], one)
		}
	}
	vals := map[string]cty.Value{}
	for key, all := range united {
		vals[key] = unite(all)
	}
	if one, ok := vals[""]; ok && !d.forEach {
		return one
	}
	if l.keys[d] = sortedKeys(vals); d.forEach {
		return cty.ObjectVal(vals)
	}
	return cty.DynamicVal
}

// serving are the loaders of the nodes that have a service block, with their services evaluated.
func (l *loader) serving(block *hcl.Block) []*loader {
	out, done := l.served[block]
	if done {
		return out
	}
	p := l.placement(block)
	for _, s := range slices.Concat(l.sites, []*loader{l.nowhere}) {
		if s != nil && (p.each || p.has(s)) {
			if s.serve(); len(s.services[block]) > 0 {
				out = append(out, s)
			}
		}
	}
	l.served[block] = out
	return out
}

// unite makes one value of a service on several nodes.
func unite(all []*service) cty.Value {
	seen, listeners := map[string]bool{}, []cty.Value{}
	for _, s := range all {
		for _, in := range s.listeners {
			if name := in.key.String(); !seen[name] {
				seen[name] = true
				listeners = append(listeners, cty.StringVal(name))
			}
		}
	}
	list := cty.ListValEmpty(cty.String)
	if len(listeners) > 0 {
		list = cty.ListVal(listeners)
	}
	return cty.ObjectVal(map[string]cty.Value{
		"name": cty.StringVal(all[0].addr), "scheduler": cty.StringVal(all[0].value.Scheduler), "listeners": list,
	})
}
