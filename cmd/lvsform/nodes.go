package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/lvsform/lvsform/spec/hclspec"
	"github.com/spf13/cobra"
)

const nodesLong = `Nodes lists the nodes of a configuration: what their machines may be called, their roles and
addresses, and how much is placed on each. The one that this machine is, by its host name
or --node, is marked with an asterisk.`

func (p *program) nodesCommand() *cobra.Command {
	var config configFlags
	var asJSON bool
	c := &cobra.Command{
		Use: "nodes [DIR]", Short: "List the nodes of a configuration", Long: nodesLong, Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			here := config.node
			loaded, err := p.loadAll(directory(args), config)
			if err != nil {
				return err
			}
			if here == "" {
				here = p.getenv("LVSFORM_NODE")
			}
			var names []string
			if here == "" {
				if names, err = new(nodeFlags).hostnames(); err != nil {
					return err
				}
			}
			chosen, err := loaded.Node(here, names...)
			if err != nil && here != "" {
				return err
			}
			if asJSON {
				return p.indented(nodesJSON(loaded.Nodes, chosen))
			}
			return p.writeNodes(loaded.Nodes, chosen)
		},
	}
	config.add(c)
	config.addNode(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print them as JSON")
	return c
}

// nodeLine is one node of a configuration.
type nodeLine struct {
	// Name is "" if the configuration declares no nodes.
	Name    string   `json:"name"`
	Match   []string `json:"match"`
	Roles   []string `json:"roles"`
	Address string   `json:"address,omitempty"`
	// Objects counts what is placed on the node, by kind.
	Objects map[string]int `json:"objects"`
	Here    bool           `json:"this_machine"`
}

type nodesDocument struct {
	FormatVersion string     `json:"format_version"`
	Nodes         []nodeLine `json:"nodes"`
}

func nodesJSON(nodes []*hclspec.Node, chosen *hclspec.Node) nodesDocument {
	doc := nodesDocument{FormatVersion: "1.0", Nodes: []nodeLine{}}
	for _, n := range nodes {
		line := nodeLine{Name: n.Name, Match: append([]string{}, n.Match...), Roles: append([]string{}, n.Roles...), Objects: map[string]int{}, Here: n == chosen}
		if n.Address.IsValid() {
			line.Address = n.Address.String()
		}
		for k := range n.Desired.State.All() {
			line.Objects[k.Kind().String()]++
		}
		doc.Nodes = append(doc.Nodes, line)
	}
	return doc
}

// writeNodes prints a table for people.
func (p *program) writeNodes(nodes []*hclspec.Node, chosen *hclspec.Node) error {
	if len(nodes) == 1 && nodes[0].Name == "" {
		p.printf("The configuration has no node blocks: it is for the machine that it is used on.\n")
		return nil
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "  NODE\tROLES\tADDRESS\tVIPS\tSERVICES\tSERVERS\tOTHERS\tHOST NAMES\n")
	for _, n := range nodes {
		mark, address, s := " ", "-", n.Desired.State
		if n == chosen {
			mark = "*"
		}
		if n.Address.IsValid() {
			address = n.Address.String()
		}
		vips := len(s.Addresses)
		others := s.Len() - vips - len(s.Services) - len(s.Destinations)
		fmt.Fprintf(w, "%s %s\t%s\t%s\t%d\t%d\t%d\t%d\t%s\n", mark, n.Name, dash(n.Roles), address, vips, len(s.Services), len(s.Destinations), others, dash(n.Match))
	}
	w.Flush()
	for line := range strings.Lines(b.String()) {
		p.printf("%s\n", clean(strings.TrimRight(line, " \n")))
	}
	return nil
}

func dash(words []string) string {
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, ", ")
}
