package hclspec

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/lvsform/lvsform/spec"
)

// openSites makes the loader of each node, and the one of the blocks that are placed nowhere.
func (l *loader) openSites() {
	if len(l.blocks["node"]) == 0 {
		l.config.Nodes = []*Node{{}}
	} else {
		l.nowhere = l.site(nil)
	}
	for _, n := range l.config.Nodes {
		s := l.site(n)
		l.sites = append(l.sites, s)
		switch first := l.known[n.Address]; {
		case !n.Address.IsValid():
		case first == nil:
			l.known[n.Address] = s
		default:
			l.warnf("LVS213", origin{block: n.block}.place("address"), "Address of two nodes",
				"%s is the address of node.%s too, at %s: a server that has it is taken for that one.", n.Address, first.node.Name, first.node.block.DefRange)
		}
	}
}

// site is the loader of a node: what all nodes share is there already.
func (l *loader) site(n *Node) *loader {
	s := &loader{
		shared: l.shared, node: n,
		root:     l.root.NewChild(),
		keys:     maps.Clone(l.keys),
		vipsAt:   map[string]cty.Value{},
		holds:    map[netip.Addr]bool{},
		listens:  map[netip.Addr]bool{},
		derived:  map[spec.Key]bool{},
		pools:    map[string]*pool{},
		poolsOf:  map[*hcl.Block][]*pool{},
		services: map[*hcl.Block][]*service{},
		late:     map[string]cty.Value{},
	}
	s.root.Variables = map[string]cty.Value{}
	if target, ok := l.targetOf(n); ok {
		s.root.Variables["target"] = target
	}
	if n == nil {
		s.node = &Node{}
	}
	s.node.Desired = l.common
	s.node.Desired.Objects, s.node.Desired.Blocks = map[spec.Key]spec.Object{}, map[string]*spec.Lifecycle{}
	s.node.origins, s.node.served = map[spec.Key]origin{}, map[spec.ServiceKey]*pool{}
	return s
}

// placement is where a block is.
type placement struct {
	nodes map[string]bool
	// bad says that it is not known.
	bad bool
	// each says that every instance has its own.
	each bool
}

// everywhere is the placement of blocks without "on".
var everywhere = &placement{}

// has says that the block is on the loader's node, or that it is nowhere and so is the loader.
func (p *placement) has(l *loader) bool {
	switch {
	case p == everywhere:
		return true
	case p.bad:
		return false
	case l == l.nowhere:
		return len(p.nodes) == 0
	}
	return p.nodes[l.node.Name]
}

// placement evaluates "on", which must be there if there are nodes, and must not if there are none.
func (l *loader) placement(block *hcl.Block) *placement {
	if p := l.placed[block]; p != nil {
		return p
	}
	p := everywhere
	b := l.peek(block)
	expr, ok := b.expression("on")
	_, takes := b.kind.attrs["on"]
	switch {
	case !takes:
	case len(l.blocks["node"]) == 0:
		if ok {
			l.errorf("LVS043", expr.Range(), "Placement without nodes",
				"The configuration has no node block, and so it is all for the machine that it is used on: leave \"on\" out, or declare the nodes.")
		}
	case !ok:
		l.errorf("LVS042", block.DefRange, "Missing placement",
			"There are nodes, and so %s block needs \"on\": write the roles and nodes that it is for, such as on = [role.director], or on = [] for none.", withArticle(block.Type))
		p = &placement{bad: true}
	case slices.ContainsFunc(expr.Variables(), func(t hcl.Traversal) bool { return t.RootName() == "each" }):
		p = &placement{each: true}
	default:
		p = l.placementIn(b, l.root)
	}
	l.placed[block] = p
	return p
}

// placementIn evaluates "on" in a context. What is there from vip on is not there for it.
func (l *loader) placementIn(b *body, ctx *hcl.EvalContext) *placement {
	before := l.layer
	defer func() { l.layer = before }()
	l.layer = "on"
	b.ctx = withoutTarget(ctx)
	p := &placement{nodes: map[string]bool{}}
	a, ok := b.get("on")
	if !ok {
		if expr, _ := b.expression("on"); !b.bad {
			l.errorf("LVS042", expr.Range(), "Missing placement", "\"on\" is null: write the roles and nodes that it is for, or [] for none.")
		}
		p.bad = true
		return p
	}
	elements, ok := a.elements()
	p.bad = !ok
	for _, e := range elements {
		if !l.nodesIn(e, e.v, p.nodes) {
			p.bad = true
		}
	}
	if len(elements) > 0 && len(p.nodes) == 0 && !p.bad {
		l.warnf("LVS215", a.expr.Range(), "Placed on no node", "No node is any of these, and so the block is on none: give one the role, or write [] if that is what is meant.")
	}
	return p
}

// withoutTarget is the context as it is before the vips, with each.
func withoutTarget(ctx *hcl.EvalContext) *hcl.EvalContext {
	base := ctx
	for base.Parent() != nil {
		base = base.Parent()
	}
	out := base.NewChild()
	out.Variables = map[string]cty.Value{}
	if each, ok := ctx.Variables["each"]; ok {
		out.Variables["each"] = each
	}
	return out
}

// nodesIn adds the nodes that an element of "on" stands for: a node, all nodes of a role, or all instances of a block.
func (l *loader) nodesIn(e value, v cty.Value, nodes map[string]bool) bool {
	if v.IsNull() || !v.IsKnown() {
		return false // something is wrong with it, which was said
	}
	name := named(v)
	byRole, isRole := l.byRole[name]
	switch t := v.Type(); {
	case name != "" && t.HasAttribute(nodeAttr):
		nodes[name] = true
		return true
	case name != "" && isRole:
		for _, n := range byRole {
			nodes[n] = true
		}
		return true
	case t.IsObjectType() && name == "" && !t.HasAttribute("name"):
		for _, inside := range v.AsValueMap() {
			if !l.nodesIn(e, inside, nodes) {
				return false
			}
		}
		return true
	}
	e.errorf("LVS015", "Wrong type", "An element of \"on\" is %s: write references such as role.director or node.lb1.", typeName(v))
	return false
}
