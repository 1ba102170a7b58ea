package hclspec

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// layers are the words that references start with, in the order in which what they refer to is evaluated.
var layers = []string{"var", "local", "role", "node", "vip", "pool", "service"}

// instance is a block, once for each element of its for_each.
type instance struct {
	// addr is service.web, or service.tenant["acme"].
	addr  string
	key   string
	block *hcl.Block
	ctx   *hcl.EvalContext
}

// instances evaluates for_each, and gives those that are placed here. A block without it is one instance, one with a wrong
// for_each is none.
func (l *loader) instances(block *hcl.Block, d *declaration) []instance {
	p := l.placement(block)
	if !p.each && !p.has(l) {
		return nil
	}
	addr := block.Type + "." + block.Labels[0]
	b := l.peek(block)
	expr, ok := b.expression("for_each")
	if !ok {
		return l.placedHere([]instance{{addr: addr, block: block, ctx: l.root}}, p, b)
	}
	a, ok := b.get("for_each")
	if !ok {
		if !b.bad {
			l.errorf("LVS014", expr.Range(), "Invalid for_each", "for_each is null: use a map, or a set of strings such as toset([\"a\", \"b\"]), which may be empty.")
		}
		delete(l.keys, d)
		return nil
	}
	if a.sensitive {
		a.sensitive = false
		a.errorf("LVS014", "Invalid for_each", "A sensitive value would become part of names: use nonsensitive values in for_each.")
		return nil
	}
	values := forEach(a)
	keys := sortedKeys(values)
	l.keys[d] = keys
	out := make([]instance, len(keys))
	for i, key := range keys {
		ctx := l.root.NewChild()
		ctx.Variables = map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": cty.StringVal(key), "value": values[key]})}
		out[i] = instance{addr: addr + "[" + strconv.Quote(key) + "]", key: key, block: block, ctx: ctx}
	}
	return l.placedHere(out, p, b)
}

// nameAndKey takes the address of an instance apart: web and acme for service.web["acme"].
func nameAndKey(addr string) (name, key string, keyed bool) {
	_, rest, _ := strings.Cut(addr, ".")
	if name, key, keyed = strings.Cut(rest, "["); keyed {
		key, _ = strconv.Unquote(strings.TrimSuffix(key, "]"))
	}
	return name, key, keyed
}

// placedHere leaves out instances that are placed elsewhere.
func (l *loader) placedHere(all []instance, p *placement, b *body) []instance {
	if !p.each {
		return all
	}
	here := all[:0]
	for _, in := range all {
		if own := l.placementIn(b, in.ctx); own.has(l) {
			here = append(here, in)
		}
	}
	return here
}

// peek gives the attributes of a block that was not checked yet; what is wrong is told when it is.
func (l *loader) peek(block *hcl.Block) *body {
	b := &body{l: l, kind: fileKind.blocks[block.Type], ctx: l.root, header: block.DefRange}
	if native, ok := block.Body.(*hclsyntax.Body); ok {
		b.native = native
		return b
	}
	content, _, _ := block.Body.PartialContent(b.kind.schema())
	b.attrs = content.Attributes
	return b
}

// forEach gives the elements of a for_each by key.
func forEach(a value) map[string]cty.Value {
	t := a.v.Type()
	out := map[string]cty.Value{}
	switch {
	case t.IsMapType(), t.IsObjectType():
		for key, v := range a.v.AsValueMap() {
			out[key] = v
		}
	case t.IsSetType() && (t.ElementType() == cty.String || a.v.LengthInt() == 0):
		for _, v := range a.v.AsValueSlice() {
			if v.IsNull() {
				a.errorf("LVS014", "Invalid for_each", "An element of the set is null: leave it out.")
				continue
			}
			out[v.AsString()] = v
		}
	case t.IsListType(), t.IsTupleType():
		a.errorf("LVS014", "Invalid for_each", "A list has no keys that stay the same when it changes: use a map, or toset([…]) of strings.")
	default:
		a.errorf("LVS014", "Invalid for_each", "for_each is %s: use a map, or a set of strings.", typeName(a.v))
	}
	return out
}

// group makes the value of one declared name: of its only instance, or of all by key. What is missing is unknown.
func (l *loader) group(d *declaration, one cty.Value, all map[string]cty.Value) cty.Value {
	keys, known := l.keys[d]
	switch {
	case !d.forEach && one == cty.NilVal:
		return cty.DynamicVal
	case !d.forEach:
		return one
	case !known:
		return cty.DynamicVal
	}
	vals := make(map[string]cty.Value, len(keys))
	for _, key := range keys {
		vals[key] = cty.DynamicVal
		if v, ok := all[key]; ok {
			vals[key] = v
		}
	}
	return cty.ObjectVal(vals)
}

// validName checks a label that references use.
func (l *loader) validName(name string, block *hcl.Block) bool {
	if hclsyntax.ValidIdentifier(name) {
		return true
	}
	l.errorf("LVS021", block.LabelRanges[0], "Invalid name", "%q cannot be written in a reference: use letters, digits, \"-\" and \"_\", and begin with a letter.", name)
	return false
}

// alternatives is "a, b or c", each in quotes.
func alternatives(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " or " + quoted[len(quoted)-1]
}
