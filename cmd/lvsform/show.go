package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/lvsform/lvsform/plan"
	"github.com/spf13/cobra"
)

// formatFlags say how a plan is printed. The zero value is text, in short.
type formatFlags struct {
	format              string
	json, verbose, undo bool
	limit               int
}

func (f *formatFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.format, "format", "text", "text, json, markdown for a comment on a change, or ipvsadm for the commands that would do it")
	c.Flags().BoolVar(&f.json, "json", false, "the same as --format=json")
	c.Flags().BoolVar(&f.verbose, "verbose", false, "show attributes that stay and every step, too")
	c.Flags().BoolVar(&f.undo, "undo", false, "with --format=ipvsadm: the commands that take the plan back instead")
	c.Flags().IntVar(&f.limit, "max-bytes", 60000, "leave objects out of the markdown that would make it longer")
}

// check settles what the flags say together.
func (f *formatFlags) check(c *cobra.Command) error {
	if f.json {
		if c.Flags().Changed("format") && f.format != "json" {
			return fmt.Errorf("--json and --format=%s: choose one of them", f.format)
		}
		f.format = "json"
	}
	if !slices.Contains([]string{"text", "json", "markdown", "ipvsadm"}, f.format) {
		return fmt.Errorf("--format is text, json, markdown or ipvsadm, not %q", f.format)
	}
	if f.undo && f.format != "ipvsadm" {
		return errors.New("--undo prints commands: it goes with --format=ipvsadm")
	}
	return nil
}

func (p *program) showCommand() *cobra.Command {
	var format formatFlags
	c := &cobra.Command{
		Use: "show PLAN", Short: "Show a saved plan", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := format.check(c); err != nil {
				return err
			}
			made, err := readPlan(args[0])
			if err != nil {
				return err
			}
			return p.show(made, format)
		},
	}
	format.add(c)
	return c
}

// show prints a plan as a result.
func (p *program) show(made *plan.Plan, f formatFlags) error {
	switch f.format {
	case "json":
		var b bytes.Buffer
		if err := made.WriteJSON(&b); err != nil {
			return err
		}
		return p.data(b.Bytes())
	case "markdown":
		return made.WriteMarkdown(p.out, plan.MarkdownOptions{MaxBytes: f.limit})
	case "ipvsadm":
		text, err := ipvsadmText(made, f.undo)
		if err != nil {
			return err
		}
		_, err = p.out.Write(text)
		return err
	}
	return made.WriteText(p.out, plan.TextOptions{Color: p.env.color(p.out, p.color), Width: p.out.width, Verbose: f.verbose})
}
