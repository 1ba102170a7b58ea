package hclspec

import (
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
