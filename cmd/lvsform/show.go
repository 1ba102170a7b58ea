package main

import (
	"fmt"

	"github.com/lvsform/lvsform/plan"
	"github.com/spf13/cobra"
)

func (p *program) showCommand() *cobra.Command {
	var format string
	var limit int
	var json, verbose bool
	c := &cobra.Command{
		Use: "show PLAN", Short: "Show a saved plan", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			made, err := readPlan(args[0])
			if err != nil {
				return err
			}
			if json {
				format = "json"
			}
			switch format {
			case "text", "json":
				return p.show(made, format == "json", verbose)
			case "markdown":
				return made.WriteMarkdown(p.out, plan.MarkdownOptions{MaxBytes: limit})
			}
			return fmt.Errorf("--format is text, json or markdown, not %q", format)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text, json, or markdown for a comment on a change")
	c.Flags().BoolVar(&verbose, "verbose", false, "show attributes that stay and every step, too")
	c.Flags().IntVar(&limit, "max-bytes", 60000, "leave objects out of the markdown that would make it longer")
	c.Flags().BoolVar(&json, "json", false, "the same as --format=json")
	return c
}
