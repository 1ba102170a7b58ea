package main

import (
	"github.com/lvsform/lvsform/spec/hclspec"
	"github.com/spf13/cobra"
)

func (p *program) validateCommand() *cobra.Command {
	var config configFlags
	var json bool
	c := &cobra.Command{
		Use: "validate [DIR]", Short: "Check a configuration, without looking at a node", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if json {
				return p.validateJSON(directory(args), config)
			}
			c, err := p.loadAll(directory(args), config)
			if err == nil {
				services, destinations := 0, 0
				for _, n := range c.Nodes {
					services += len(n.Desired.State.Services)
					destinations += len(n.Desired.State.Destinations)
				}
				where := ""
				if c.Nodes[0].Name != "" {
					where = " on " + count(len(c.Nodes), "node")
				}
				p.printf("The configuration is valid: %s, %s%s.\n", count(services, "service"), count(destinations, "destination"), where)
			}
			return err
		},
	}
	config.add(c)
	c.Flags().BoolVar(&json, "json", false, "print what is wrong as JSON, in the form of OpenTofu's validate -json")
	return c
}

func (p *program) validateJSON(dir string, config configFlags) error {
	config.node = hclspec.AllNodes
	src := p.source(dir, config)
	loaded, diags := hclspec.Load(src)
	if err := p.data(hclspec.DiagnosticsJSON(loaded.Files, diags)); err != nil {
		return err
	}
	if diags.HasErrors() {
		return status(exitError)
	}
	return nil
}
