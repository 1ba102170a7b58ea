package hclspec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// wrongTarget is about the node that a block is evaluated for.
func (l *loader) wrongTarget(t hcl.Traversal) (code, summary, detail string) {
	switch {
	case len(l.blocks["node"]) == 0:
		return "LVS011", "Undeclared reference", "There is no target, because the configuration has no node block: declare the nodes, or write the value."
	case !l.after("node") || l.layer == "on":
		return "LVS012", "Reference to a later layer", fmt.Sprintf("%s is evaluated once, and target is the node that vips, pools, services and the blocks after them are evaluated for: write it in those.", l.place())
	case len(t) < 2:
		return "", "", ""
	}
	words := []string{}
	for _, step := range t[1:] {
		if attr, ok := step.(hcl.TraverseAttr); ok {
			words = append(words, attr.Name)
		}
	}
	if !slices.Contains(attributesOf["node"], words[0]) {
		return "LVS011", "Undeclared reference", fmt.Sprintf("A node has no %q to refer to.%s It has %s.", words[0], didYouMean(words[0], attributesOf["node"]), list(attributesOf["node"]))
	}
	hint := ""
	if vars := l.root.Variables["target"].GetAttr(nodeAttr).Type(); len(words) == 2 && words[0] == nodeAttr && vars.IsObjectType() {
		hint = didYouMean(words[1], sortedKeys(vars.AttributeTypes()))
	}
	return "LVS011", "Undeclared reference", fmt.Sprintf("node.%s has no %s: add it to the node, or place the block on other nodes.%s", l.node.Name, strings.Join(words, "."), hint)
}

func (l *loader) isApart(addr string) bool {
	_, here := l.vipsAt[addr]
	return l.apart[addr] && !here
}

// elsewhere: a vip that is not on the node can be referred to if it is the same wherever it is.
func elsewhere(addr string) (code, summary, detail string) {
	return "LVS047", "Reference to another node's vip", fmt.Sprintf(
		"%s is not on every node that refers to it, and depends on the node that it is on: place it on the same nodes, or write the addresses.", addr)
}
