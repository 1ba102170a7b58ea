package hclspec

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

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
	for _, block := range content.Blocks {
		if r, ok := find(block.Body, name); ok {
			return r, true
		}
		return block.DefRange, true
	}
	return hcl.Range{}, false
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
