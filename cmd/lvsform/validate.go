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
			c, err := p.load(directory(args), config)
			if err == nil {
				p.printf("The configuration is valid: %s, %s.\n", count(len(c.Desired.State.Services), "service"), count(len(c.Desired.State.Destinations), "destination"))
			}
			return err
		},
	}
	config.add(c)
	c.Flags().BoolVar(&json, "json", false, "print what is wrong as JSON, in the form of OpenTofu's validate -json")
	return c
}

func (p *program) validateJSON(dir string, config configFlags) error {
	loaded, diags := hclspec.Load(config.source(dir, p.environ))
	if err := p.data(hclspec.DiagnosticsJSON(loaded.Files, diags)); err != nil {
		return err
	}
	if diags.HasErrors() {
		return status(exitError)
	}
	return nil
}
