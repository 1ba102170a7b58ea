package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
	"github.com/spf13/cobra"
)

// planFlags are those of plan.
type planFlags struct {
	config   configFlags
	where    nodeFlags
	policy   policyFlags
	format   formatFlags
	out      string
	detailed bool
}

func (p *program) planCommand() *cobra.Command {
	var f planFlags
	c := &cobra.Command{
		Use: "plan [DIR]", Short: "Show what would change on this node", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.format.check(c); err != nil {
				return err
			}
			changes, err := p.plan(c.Context(), directory(args), f)
			if err == nil && f.detailed && changes {
				err = status(exitChanges)
			}
			return err
		},
	}
	f.config.add(c)
	f.config.addNode(c)
	c.Flags().Lookup("node").Usage += "; all: every node, from its snapshot in the directory --from"
	f.where.add(c)
	f.where.addFrom(c)
	f.policy.addChoice(c)
	f.policy.addDestroy(c)
	c.Flags().StringVar(&f.out, "out", "", "save the plan to a `file`, for apply")
	c.Flags().BoolVar(&f.detailed, "detailed-exitcode", false, "exit with 2 if there are changes")
	f.format.add(c)
	return c
}

// plan plans the node that the flags lead to, or all of them.
func (p *program) plan(ctx context.Context, dir string, f planFlags) (changes bool, err error) {
	if f.config.node == hclspec.AllNodes {
		return p.planAll(ctx, dir, f.config, f.where, f.policy, f.format, f.out)
	}
	desired, err := p.loadToPlan(dir, f.config, f.where)
	if err != nil {
		return false, err
	}
	made, err := p.makePlan(ctx, desired.Chosen.Desired, desired.Digest, f.where, f.policy)
	if err != nil {
		return false, err
	}
	if err := p.show(made, f.format); err != nil {
		return false, err
	}
	if err := f.policy.allow.gate(made); err != nil {
		return false, err
	}
	if f.out != "" {
		if err := savePlan(f.out, made); err != nil {
			return false, err
		}
	}
	p.next(f.out, made, f.where)
	return !made.Empty(), nil
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
	if strings.HasSuffix(path, ".lvs.hcl") {
		return nil, hint(fmt.Errorf("%s: this is a configuration, and not a saved plan", path), "a configuration is all files of one directory: name its directory")
	}
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
