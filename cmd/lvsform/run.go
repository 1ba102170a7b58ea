package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// program is one run of lvsform.
type program struct {
	env
	output  *checked
	color   string
	noColor bool
}

// run does what the arguments say and returns the exit code.
func run(ctx context.Context, args []string, e env) int {
	out := &checked{Writer: e.out.Writer}
	e.out.Writer = out
	if e.progress == nil {
		e.progress = new(progress)
	}
	p := &program{env: e, output: out}
	root := p.root()
	root.SetArgs(longFlags(root, args))
	root.SetIn(e.in)
	root.SetOut(e.out)
	root.SetErr(e.err)
	err := root.ExecuteContext(ctx)
	if lost := out.err; lost != nil && !errors.Is(lost, syscall.EPIPE) && exitCode(err) <= exitChanges {
		err = fmt.Errorf("writing the output: %w", lost)
	}
	p.report(err)
	return exitCode(err)
}

// checked keeps the first error of a writer: output that is lost must not look like success. A reader that has gone
// away has seen enough.
type checked struct {
	io.Writer
	err error
}

// Write writes.
func (c *checked) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	if c.err == nil {
		c.err = err
	}
	if errors.Is(err, syscall.EPIPE) {
		return len(b), nil
	}
	return n, err
}

const about = `lvsform is plan and apply for Linux Virtual Server: a directory of HCL files says what
the load balancer of this machine should be; lvsform shows what would change, in order,
and does it without dropping traffic.`

const codes = `
Exit codes:
  0   done, or nothing to do          3   fmt --check: something is not formatted
  1   error, and nothing was changed  8   something failed, and all of it was undone
  2   there are changes, or drift     9   something failed, and could not be undone
  75  another lvsform is at work on this node

Environment:
  LVSFORM_VAR_name       the value of a variable
  LVSFORM_NODE           the node that a configuration is read for, without --node
  LVSFORM_RUN_DIR        where locks and ledgers are (default /run/lvsform)
  NO_COLOR               if not empty, no colour; CLICOLOR_FORCE=1: colour without a terminal

Long flags may be written with one dash.
`

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use: "lvsform", Short: "Plan and apply for Linux Virtual Server", Long: about,
		SilenceErrors: true, SilenceUsage: true, SuggestionsMinimumDistance: 2,
		Args: noCommand,
		RunE: func(c *cobra.Command, _ []string) error {
			if v, _ := c.Flags().GetBool("version"); v {
				return p.version(false)
			}
			return c.Help()
		},
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return cmp.Or(filled(c), p.settle()) },
	}
	root.SetUsageTemplate(root.UsageTemplate() + "{{if not .HasParent}}" + codes + "{{end}}")
	root.Flags().Bool("version", false, "print the version")
	root.PersistentFlags().StringVar(&p.color, "color", "auto", "colour: auto, always or never")
	root.PersistentFlags().BoolVar(&p.noColor, "no-color", false, "the same as --color=never")
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return hint(err, "see \"%s --help\"", c.CommandPath())
	})
	root.SetHelpCommand(helpCommand(root))
	root.AddCommand(
		p.planCommand(), p.applyCommand(), p.driftCommand(), p.rollbackCommand(),
		p.validateCommand(), p.fmtCommand(), p.nodesCommand(), p.showCommand(), p.snapshotCommand(), p.statusCommand(),
		p.importCommand(), p.exportCommand(),
		p.doctorCommand(), p.forgetCommand(), p.completionCommand(), p.versionCommand(),
	)
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		if c.Args != nil {
			c.Args = told(c.Args)
		}
	}
	return root
}

// filled refuses a flag that was given and says nothing: a variable of a script that is not set must not lead to another node, or
// to a plan that is not saved.
func filled(c *cobra.Command) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Value.String() == "" && slices.Contains([]string{"driver", "from", "instance", "netns", "node", "out"}, f.Name) {
			err = cmp.Or(err, hint(fmt.Errorf("--%s is empty: give it a value, or leave it out", f.Name), "see \"%s --help\"", c.CommandPath()))
		}
	})
	return err
}

func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Show the help of a command", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, _, err := root.Find(args)
			if err != nil || c == root && len(args) > 0 {
				return noCommand(root, args)
			}
			c.InitDefaultHelpFlag()
			return c.Help()
		},
	}
}

// told says what a command takes when it was given something else.
func told(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		what := "an argument is missing"
		if n := len(args); n == 1 {
			what = "1 argument is too many"
		} else if n > 1 {
			what = fmt.Sprintf("%d arguments are too many", n)
		}
		return hint(fmt.Errorf("%s: lvsform %s", what, c.Use), "see \"%s --help\"", c.CommandPath())
	}
}

// noCommand refuses what is not a command, and says which one is meant.
func noCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		return hint(fmt.Errorf("there is no command %q", args[0]), "did you mean %q?", near[0])
	}
	return hint(fmt.Errorf("there is no command %q", args[0]), "\"lvsform --help\" lists the commands")
}

// settle checks the flags that all commands have.
func (p *program) settle() error {
	if p.noColor {
		p.color = "never"
	}
	switch p.color {
	case "auto", "always", "never":
		return nil
	}
	return fmt.Errorf("--color is auto, always or never, not %q", p.color)
}
