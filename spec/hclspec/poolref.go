package hclspec

import (
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// poolAddress is the address of the pool that the expression stands for. pool.web and pool.web[each.key] are looked
// up; anything else is evaluated, and the pool's value knows its address.
func (l *loader) poolAddress(b *body, expr hcl.Expression) (string, bool) {
	if d, addr := l.direct("pool", expr, b.ctx); d != nil {
		if l.fillPool(d); l.pools[addr] != nil {
			return addr, true
		}
	}
	a, ok := b.get("pool")
	if !ok {
		return "", false
	}
	t := a.v.Type()
	if t.IsObjectType() && t.HasAttribute("servers") && t.HasAttribute(selfAttr) {
		if name := a.v.GetAttr(selfAttr); name.Type() == cty.String && !name.IsNull() && name.IsKnown() && l.pools[name.AsString()] != nil {
			return name.AsString(), true
		}
	}
	a.errorf("LVS015", "Wrong type", "pool is %s: write a reference such as pool.web.", typeName(a.v))
	return "", false
}

// direct is what an expression refers to if it is nothing but a reference, and the address that it names.
func (l *loader) direct(root string, expr hcl.Expression, ctx *hcl.EvalContext) (*declaration, string) {
	if t, ok := expr.(*hclsyntax.ScopeTraversalExpr); ok {
		return l.lookUp(root, t.Traversal, "")
	}
	index, ok := expr.(*hclsyntax.IndexExpr)
	if !ok {
		return nil, ""
	}
	t, ok := index.Collection.(*hclsyntax.ScopeTraversalExpr)
	if !ok {
		return nil, ""
	}
	key, diags := index.Key.Value(ctx)
	if diags.HasErrors() || key.ContainsMarked() {
		return nil, ""
	}
	key, err := convert.Convert(key, cty.String)
	if err != nil || key.IsNull() || !key.IsKnown() {
		return nil, ""
	}
	return l.lookUp(root, t.Traversal, key.AsString())
}

// lookUp looks a reference up; key is that of an index expression.
func (l *loader) lookUp(root string, t hcl.Traversal, key string) (*declaration, string) {
	if t.RootName() != root || len(t) < 2 || len(t) > 3 {
		return nil, ""
	}
	name, ok := t[1].(hcl.TraverseAttr)
	if !ok {
		return nil, ""
	}
	addr := root + "." + name.Name
	if len(t) == 3 {
		index, ok := t[2].(hcl.TraverseIndex)
		if !ok || index.Key.Type() != cty.String {
			return nil, ""
		}
		key = index.Key.AsString()
	}
	if key != "" {
		addr += "[" + strconv.Quote(key) + "]"
	}
	return l.named[root][name.Name], addr
}

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

// selfAttr is the attribute of a pool's value that makes `pool = pool.web` possible.
const selfAttr = "name"

func (p *pool) val() cty.Value {
	servers := cty.ListValEmpty(serverType)
	if len(p.servers) > 0 {
		all := make([]cty.Value, len(p.servers))
		for i, s := range p.servers {
			all[i] = s.val()
		}
		servers = cty.ListVal(all)
	}
	return cty.ObjectVal(map[string]cty.Value{
		selfAttr: cty.StringVal(p.addr), "forward": cty.StringVal(methodName(p.forward, p.fullNAT)), "servers": servers,
	})
}

var serverType = cty.Object(map[string]cty.Type{
	"name": cty.String, "address": cty.String, "address6": cty.String, "port": cty.Number, "weight": cty.Number, "forward": cty.String,
	"upper_threshold": cty.Number, "lower_threshold": cty.Number, "maintenance": cty.Bool,
})

func (s *server) val() cty.Value {
	vals := map[string]cty.Value{
		"name": cty.StringVal(s.name), "address": cty.NullVal(cty.String), "address6": cty.NullVal(cty.String), "port": cty.NullVal(cty.Number),
		"weight": number(s.dest.Weight), "forward": cty.StringVal(methodName(s.dest.Forward, s.fullNAT)),
		"upper_threshold": number(s.dest.UpperThreshold), "lower_threshold": number(s.dest.LowerThreshold), "maintenance": cty.BoolVal(s.standby),
	}
	if s.v4.IsValid() {
		vals["address"] = cty.StringVal(s.v4.String())
	}
	if s.v6.IsValid() {
		vals["address6"] = cty.StringVal(s.v6.String())
	}
	if s.port != 0 {
		vals["port"] = number(uint32(s.port))
	}
	return cty.ObjectVal(vals)
}

func number(n uint32) cty.Value { return cty.NumberUIntVal(uint64(n)) }

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
func (l *loader) serving(block *hcl.Block) (out []*loader) {
	p := l.placement(block)
	for _, s := range slices.Concat(l.sites, []*loader{l.nowhere}) {
		if s != nil && (p.each || p.has(s)) {
			if s.serve(); len(s.services[block]) > 0 {
				out = append(out, s)
			}
		}
	}
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
