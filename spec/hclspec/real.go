package hclspec

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/lvsform/lvsform/spec"
)

// realServer is a real_server block that was evaluated.
type realServer struct {
	in       instance
	services []reference
	name     string // of the interface
	arp      string
	// receiving are the interfaces on which ARP is filtered.
	receiving []string
	bad       bool
}

// reference is a service that a block names, or all instances of one with for_each.
type reference struct {
	block *hcl.Block
	key   string
	all   bool
}

func (r reference) names(s *service) bool { return s.block == r.block && (r.all || s.key == r.key) }

func (r *realServer) covers(s *service) bool {
	return slices.ContainsFunc(r.services, func(ref reference) bool { return ref.names(s) })
}

// realServers evaluates the blocks as far as they go without the services.
func (l *loader) realServers() []*realServer {
	if l.realSet {
		return l.real
	}
	l.realSet = true
	before := l.layer
	defer func() { l.layer = before }()
	l.each(realServerKind, func(in instance) { l.real = append(l.real, l.realServer(in)) })
	return l.real
}

func (l *loader) realServer(in instance) *realServer {
	b := l.open(in.block, realServerKind, in.ctx)
	r := &realServer{in: in, arp: "sysctl"}
	if len(l.blocks["node"]) == 0 {
		b.errorf("LVS061", in.block.DefRange, "Real server without nodes",
			"Without node blocks the services are on this machine too, and a director must not keep quiet: declare the nodes, and place both with \"on\".")
	}
	if a, ok := b.get("interface"); ok {
		r.name = a.interfaceName()
	}
	if a, ok := b.get("arp"); ok {
		r.arp, _ = a.word([]string{"sysctl", "filter", "none"}, "way to keep quiet")
	}
	for _, e := range b.list("arp_interfaces") {
		name := e.interfaceName()
		if l.isVirtual(name) {
			e.errorf("LVS058", "Filter without an interface", "Requests for the addresses do not arrive on %s: name the interfaces on which they do, such as \"eth0\".", name)
		}
		r.receiving = append(r.receiving, name)
	}
	expr, has := b.expression("arp_interfaces")
	switch {
	case b.bad:
	case has && r.arp != "filter":
		b.errorf("LVS048", expr.Range(), "Attribute without effect", "Only a filter is for certain interfaces: leave arp_interfaces out, or set arp = \"filter\".")
	case r.arp == "filter" && len(r.receiving) == 0 && l.isVirtual(r.name):
		b.errorf("LVS058", in.block.DefRange, "Filter without an interface", "Requests for the addresses do not arrive on %s: name the interfaces on which they do, such as arp_interfaces = [\"eth0\"].", r.name)
	case r.arp == "filter" && len(r.receiving) == 0:
		r.receiving = []string{r.name}
	}
	if r.services = l.references(b); len(r.services) == 0 && !b.bad {
		l.warnf("LVS218", origin{block: in.block}.place("services"), "Real server for nothing", "%s names no service, and so nothing follows from it: name those that send here, or leave it out.", in.addr)
	}
	r.bad = b.bad
	return r
}

// isVirtual says that no packets arrive at the interface from outside.
func (l *loader) isVirtual(name string) bool {
	v, ok := l.node.Desired.State.Links[spec.LinkKey{Name: name}]
	return ok && v.Type != "device" || isKernels(name)
}

// references are the services that the block names. Those that are written out are not evaluated for it: they are on other
// nodes.
func (l *loader) references(b *body) (out []reference) {
	expr, ok := b.expression("services")
	if !ok {
		return nil
	}
	exprs, diags := hcl.ExprList(expr)
	for _, e := range exprs {
		d, addr := l.direct("service", e, b.ctx)
		_, key, keyed := nameAndKey(addr)
		if d == nil || keyed && !d.forEach {
			return l.evaluatedReferences(b)
		}
		out = append(out, reference{block: d.block, key: key, all: !keyed})
	}
	if diags.HasErrors() {
		return l.evaluatedReferences(b)
	}
	return out
}

func (l *loader) evaluatedReferences(b *body) (out []reference) {
	for _, e := range b.list("services") {
		vals := []cty.Value{e.v}
		if t := e.v.Type(); t.IsObjectType() && !t.HasAttribute("name") { // all instances of a block
			vals = slices.Collect(maps.Values(e.v.AsValueMap()))
		}
		for _, v := range vals {
			switch t := v.Type(); {
			case !v.IsKnown():
				b.spoil()
			case t.IsObjectType() && t.HasAttribute("listeners") && t.HasAttribute("name"):
				name, key, _ := nameAndKey(v.GetAttr("name").AsString())
				if d := l.named["service"][name]; d != nil {
					out = append(out, reference{block: d.block, key: key})
				}
			default:
				e.errorf("LVS015", "Wrong type", "An element of services is %s: write references such as service.web.", typeName(e.v))
			}
		}
	}
	return out
}
