package hclspec

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// The values of roles and nodes are told apart by their attributes.
var (
	roleType = cty.Object(map[string]cty.Type{"name": cty.String})
	nodeAttr = "vars"
)

func (l *loader) roles() {
	l.layer = "role"
	vals := map[string]cty.Value{}
	for _, block := range l.blocks["role"] {
		d := l.declared(block)
		one, all := cty.NilVal, map[string]cty.Value{}
		for _, in := range l.instances(block, d) {
			l.open(in.block, roleKind, in.ctx)
			name := strings.TrimPrefix(in.addr, "role.")
			one = cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(name)})
			all[in.key] = one
			if l.byRole[name] == nil {
				l.byRole[name] = []string{}
			}
		}
		if name := block.Labels[0]; l.named["role"][name] == d {
			vals[name] = l.group(d, one, all)
		}
	}
	l.root.Variables["role"] = cty.ObjectVal(vals)
}

// machines evaluates the node blocks.
func (l *loader) machines() {
	l.layer = "node"
	vals, hosts := map[string]cty.Value{}, map[string]*Node{}
	for _, block := range l.blocks["node"] {
		d := l.declared(block)
		one, all := cty.NilVal, map[string]cty.Value{}
		for _, in := range l.instances(block, d) {
			n, val := l.machine(in)
			one, all[in.key] = val, val
			if l.named["node"][block.Labels[0]] == d {
				l.enrol(n, in, hosts)
			}
		}
		if name := block.Labels[0]; l.named["node"][name] == d {
			vals[name] = l.group(d, one, all)
		}
	}
	l.root.Variables["node"] = cty.ObjectVal(vals)
}

// enrol adds a node. Two nodes with one host name could never be told apart.
func (l *loader) enrol(n *Node, in instance, hosts map[string]*Node) {
	l.config.Nodes = append(l.config.Nodes, n)
	for _, role := range n.Roles {
		l.byRole[role] = append(l.byRole[role], n.Name)
	}
	if n.Name == AllNodes {
		l.errorf("LVS021", in.block.LabelRanges[0], "Invalid name", "--node %s stands for every node: give this one another name.", AllNodes)
	}
	for _, host := range n.Match {
		host = strings.ToLower(host)
		if first := hosts[host]; first != nil && first != n {
			l.errorf("LVS046", origin{block: in.block}.place("match"), "Host name of two nodes",
				"%q is a host name of node.%s too, at %s: a machine must be one node.", host, first.Name, first.block.DefRange)
		}
		hosts[host] = n
	}
}

// machine gives a node, and what can be referred to.
func (l *loader) machine(in instance) (*Node, cty.Value) {
	b := l.open(in.block, nodeKind, in.ctx)
	n := &Node{Name: strings.TrimPrefix(in.addr, "node."), block: in.block}
	if a, ok := b.get("match"); ok {
		elements, _ := a.elements()
		for _, e := range elements {
			text, ok := e.text()
			if ok && !isHost(text) {
				e.errorf("LVS065", "Invalid host name", "%q is not the host name of a machine, short or full: write one such as \"lb1\" or \"lb1.example.net\", and each of several by itself.", text)
			}
			n.Match = append(n.Match, text)
		}
	} else {
		n.Match = []string{in.block.Labels[0]}
		if in.key != "" {
			n.Match[0] = in.key
		}
	}
	address := cty.NullVal(cty.String)
	if a, ok := b.get("address"); ok {
		if n.Address, ok = a.address(); ok {
			address = cty.StringVal(n.Address.String())
		}
	}
	roles := cty.ListValEmpty(roleType)
	if n.Roles = b.rolesOf(); len(n.Roles) > 0 {
		var all []cty.Value
		for _, name := range n.Roles {
			all = append(all, cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(name)}))
		}
		roles = cty.ListVal(all)
	}
	return n, cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(n.Name), "address": address, "roles": roles, nodeAttr: b.vars()})
}

// isHost says that a machine may be called so.
func isHost(name string) bool {
	odd := func(r rune) bool { return r <= ' ' || strings.ContainsRune(`*?[]{}()|\^$/:,"`, r) }
	return name != "" && len(name) <= 253 && !strings.ContainsFunc(name, odd)
}

// rolesOf reads the roles of a node.
func (b *body) rolesOf() (out []string) {
	for _, e := range b.list("roles") {
		name := named(e.v)
		if _, declared := b.l.byRole[name]; !declared || e.v.Type().HasAttribute(nodeAttr) {
			e.errorf("LVS015", "Wrong type", "An element of roles is %s: write references such as role.director.", typeName(e.v))
			continue
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// vars are values that only the node has.
func (b *body) vars() cty.Value {
	a, ok := b.get(nodeAttr)
	if !ok {
		if b.bad {
			return cty.DynamicVal
		}
		return cty.EmptyObjectVal
	}
	if t := a.v.Type(); !t.IsObjectType() && !t.IsMapType() {
		a.wrongType("map such as { rack = 7 }")
		return cty.DynamicVal
	}
	if a.sensitive {
		return a.v.Mark(sensitiveMark{})
	}
	return a.v
}

// named is the name of a role or node, or "".
func named(v cty.Value) string {
	t := v.Type()
	if !t.IsObjectType() || !t.HasAttribute("name") || !t.HasAttribute(nodeAttr) && !t.Equals(roleType) {
		return ""
	}
	name := v.GetAttr("name")
	if name.Type() != cty.String || name.IsNull() || !name.IsKnown() {
		return ""
	}
	return name.AsString()
}

// targetOf is what target stands for on a node.
func (l *loader) targetOf(n *Node) (cty.Value, bool) {
	if n == nil {
		return cty.DynamicVal, len(l.blocks["node"]) > 0
	}
	if n.block == nil {
		return cty.NilVal, false
	}
	all := l.root.Variables["node"].GetAttr(n.block.Labels[0])
	if l.byBlock[n.block].forEach {
		_, key, _ := nameAndKey("node." + n.Name)
		return all.GetAttr(key), true
	}
	return all, true
}
