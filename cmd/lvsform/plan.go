package main

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
	"github.com/spf13/cobra"
)

func (p *program) planCommand() *cobra.Command {
	var (
		config   configFlags
		where    nodeFlags
		policy   policyFlags
		format   formatFlags
		out      string
		detailed bool
	)
	c := &cobra.Command{
		Use: "plan [DIR]", Short: "Show what would change on this node", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := format.check(c); err != nil {
				return err
			}
			if config.node == hclspec.AllNodes {
				changes, err := p.planAll(c.Context(), directory(args), config, where, policy, format, out)
				if err == nil && detailed && changes {
					err = status(exitChanges)
				}
				return err
			}
			desired, err := p.loadToPlan(directory(args), config, where)
			if err != nil {
				return err
			}
			made, err := p.makePlan(c.Context(), desired.Chosen.Desired, desired.Digest, where, policy)
			if err != nil {
				return err
			}
			if err := p.show(made, format); err != nil {
				return err
			}
			if err := policy.allow.gate(made); err != nil {
				return err
			}
			if out != "" {
				if err := savePlan(out, made); err != nil {
					return err
				}
			}
			p.next(out, made, where)
			if detailed && !made.Empty() {
				return status(exitChanges)
			}
			return nil
		},
	}
	config.add(c)
	config.addNode(c)
	c.Flags().Lookup("node").Usage += "; all: every node, from its snapshot in the directory --from"
	where.add(c)
	where.addFrom(c)
	policy.addChoice(c)
	policy.addDestroy(c)
	c.Flags().StringVar(&out, "out", "", "save the plan to a `file`, for apply")
	c.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit with 2 if there are changes")
	format.add(c)
	return c
}

// makePlan reads the node and works out the plan.
func (p *program) makePlan(ctx context.Context, desired spec.Desired, digest string, where nodeFlags, policy policyFlags) (*plan.Plan, error) {
	s, err := p.open(ctx, where)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	s.watch(desired.State)
	in, err := s.inputs(ctx)
	if err != nil {
		return nil, err
	}
	in.Desired = desired
	return s.make(ctx, in, digest, policy)
}

// next says what can be done with a plan.
func (p *program) next(out string, made *plan.Plan, where nodeFlags) {
	switch {
	case out != "" && where.from != "":
		p.sayf("\nSaved the plan to: %s\n\nTo perform exactly these actions, on %s:\n    lvsform apply %q", out, made.Host.Name, out)
	case out != "":
		p.sayf("\nSaved the plan to: %s\n\nTo perform exactly these actions:\n    lvsform apply %s%q", out, where.again(), out)
	case p.err.terminal && !made.Empty():
		p.sayf("\nNote: the plan is not saved (--out), so an apply works out its own, which may be another one.")
	}
}

// savePlan writes the plan so that what can be read of it is whole.
func savePlan(path string, made *plan.Plan) error {
	var b bytes.Buffer
	if err := made.WriteJSON(&b); err != nil {
		return err
	}
	if err := replaceFile(path, b.Bytes()); err != nil {
		return fmt.Errorf("saving the plan: %w", err)
	}
	return nil
}

// readPlan is a saved plan.
func readPlan(path string) (*plan.Plan, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	defer f.Close()
	made, err := plan.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return made, nil
}
