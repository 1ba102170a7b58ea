package main

import (
	"github.com/spf13/cobra"
)

func (p *program) validateCommand() *cobra.Command {
	var config configFlags
	c := &cobra.Command{
		Use: "validate [DIR]", Short: "Check a configuration, without looking at a node", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := p.load(directory(args), config)
			if err == nil {
				p.printf("The configuration is valid: %s, %s.\n", count(len(c.Desired.State.Services), "service"), count(len(c.Desired.State.Destinations), "destination"))
			}
			return err
		},
	}
	config.add(c)
	return c
}
