package hclspec

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/lvsform/lvsform/spec"
)

// origin is what declares an object: its own block, and the one around it, or a line in it.
type origin struct {
	block, around *hcl.Block
	line          *hcl.Range
}

// origin of a key that is not declared has no block.
func (n *Node) origin(k spec.Key) origin {
	d, ok := k.(spec.DestinationKey)
	if !ok {
		return n.origins[k]
	}
	p := n.served[d.Service]
	if p == nil {
		return origin{}
	}
	for _, s := range p.at(d.Address.Addr()) {
		if s.port == d.Address.Port() || s.port == 0 && d.Address.Port() == d.Service.Address.Port() {
			return origin{block: s.block, around: p.block}
		}
	}
	for _, s := range p.servers { // one that is at the listener's own address
		if s.dest.Forward == spec.Local {
			return origin{block: s.block, around: p.block}
		}
	}
	return origin{}
}

// at are the servers that have the address.
func (p *pool) at(a netip.Addr) []*server {
	if p.byAddr == nil {
		p.byAddr = map[netip.Addr][]*server{}
		for _, s := range p.servers {
			p.byAddr[s.v4] = append(p.byAddr[s.v4], s)
			p.byAddr[s.v6] = append(p.byAddr[s.v6], s)
		}
	}
	return p.byAddr[a]
}

// place is where the attribute is set, or else where the block begins. Attributes are named as in the language;
// "tunnel.port" is one in a block inside.
func (o origin) place(attribute string) hcl.Range {
	if o.line != nil {
		return *o.line
	}
	for _, block := range []*hcl.Block{o.block, o.around} {
		if block == nil || attribute == "" {
			continue
		}
		if r, ok := find(block.Body, attribute); ok {
			return r
		}
	}
	return o.block.DefRange
}

func find(b hcl.Body, attribute string) (hcl.Range, bool) {
	native, ok := b.(*hclsyntax.Body)
	if !ok {
		return findAny(b, attribute)
	}
	inside, name := cutPath(attribute)
	if inside == "" {
		if a := native.Attributes[name]; a != nil {
			return a.Expr.Range(), true
		}
		return hcl.Range{}, false
	}
	for _, block := range native.Blocks {
		if block.Type == inside {
			if r, ok := find(block.Body, name); ok {
				return r, true
			}
			return block.DefRange(), true
		}
	}
	return hcl.Range{}, false
}

// findAny is find for JSON and for bodies that dynamic blocks made.
func findAny(b hcl.Body, attribute string) (hcl.Range, bool) {
	inside, name := cutPath(attribute)
	if inside == "" {
		content, _, _ := b.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: name}}})
		if a := content.Attributes[name]; a != nil {
			return a.Expr.Range(), true
		}
		return hcl.Range{}, false
	}
	content, _, _ := b.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: inside}}})
	if len(content.Blocks) == 0 {
		return hcl.Range{}, false
	}
	if r, ok := find(content.Blocks[0].Body, name); ok {
		return r, true
	}
	return content.Blocks[0].DefRange, true
}

// cutPath cuts "tunnel.port"; inside is "" for an attribute of the block itself.
func cutPath(path string) (inside, name string) {
	if inside, name, ok := strings.Cut(path, "."); ok {
		return inside, name
	}
	return "", path
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// some names a few of many.
func some(names []string) string {
	slices.Sort(names)
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + " and " + strconv.Itoa(len(names)-3) + " more"
	}
	return list(names)
}
