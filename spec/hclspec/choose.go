package hclspec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// chooseError says why no node could be chosen.
type chooseError struct{ code, summary, detail string }

// Error is the detail.
func (e *chooseError) Error() string { return e.detail }

// Node finds a node by what its machine is called: by the name that --node gives (lb1, web["web1"], node.lb1, or one of
// its host names), or if that is "", by the machine's host names.
func (c *Config) Node(name string, hostnames ...string) (*Node, error) {
	var found []*Node
	switch {
	case len(c.Nodes) == 1 && c.Nodes[0].Name == "":
		if name != "" {
			return nil, &chooseError{"LVS044", "No such node", fmt.Sprintf("The configuration has no node block, and so no node %q: it is for the machine that it is used on.", name)}
		}
		return c.Nodes[0], nil
	case name != "":
		if found = c.nodes(func(n *Node) bool { return n.Name == strings.TrimPrefix(name, "node.") }); len(found) == 0 {
			found = c.nodes(func(n *Node) bool { return n.answers(name) })
		}
	default:
		if found = c.nodes(func(n *Node) bool { return slices.ContainsFunc(hostnames, n.answers) }); len(found) == 0 {
			found = c.nodes(func(n *Node) bool { return slices.ContainsFunc(shortNames(hostnames), n.answers) })
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return nil, &chooseError{"LVS045", "Several nodes", fmt.Sprintf("%s are all this machine by their host names: name one with --node.", list(namesOf(found)))}
	case name != "":
		return nil, &chooseError{"LVS044", "No such node", fmt.Sprintf("There is no node %q: there are %s.%s", name, some(namesOf(c.Nodes)), didYouMean(name, namesOf(c.Nodes)))}
	}
	machine := "A machine without a name"
	if len(hostnames) > 0 {
		machine = "The machine " + strconv.Quote(hostnames[0])
	}
	return nil, &chooseError{"LVS044", "No such node", machine + " is no node by its host names: add it to the match of one, or name one with --node. There are " + some(namesOf(c.Nodes)) + "."}
}

func (c *Config) nodes(is func(*Node) bool) (out []*Node) {
	for _, n := range c.Nodes {
		if is(n) {
			out = append(out, n)
		}
	}
	return out
}

// answers says that the machine may be called so. Host names have no case.
func (n *Node) answers(host string) bool {
	return slices.ContainsFunc(n.Match, func(own string) bool { return strings.EqualFold(own, host) })
}

func shortNames(hostnames []string) (out []string) {
	for _, h := range hostnames {
		short, _, _ := strings.Cut(h, ".")
		out = append(out, short)
	}
	return out
}

func namesOf(nodes []*Node) (out []string) {
	for _, n := range nodes {
		out = append(out, n.Name)
	}
	return out
}

// choose gives the loaders of the nodes that the Source asks for.
func (l *loader) choose() []*loader {
	src := l.src
	if src.Node == AllNodes || src.Node == "" && len(src.Hostnames) == 0 {
		if len(l.config.Nodes) == 1 && len(l.blocks["node"]) == 0 {
			l.config.Chosen = l.config.Nodes[0]
		}
		return l.sites
	}
	n, err := l.config.Node(src.Node, src.Hostnames...)
	if e, ok := err.(*chooseError); ok {
		l.errorf(e.code, wholeFile(src.Dir), e.summary, "%s", e.detail)
		return nil
	}
	l.config.Chosen = n
	for _, s := range l.sites {
		if s.node == n {
			return []*loader{s}
		}
	}
	return nil
}
