package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/plan"
	"github.com/spf13/cobra"
)

// approval says what may be done without asking.
type approval struct {
	auto, json bool
}

func (a *approval) add(c *cobra.Command) {
	c.Flags().BoolVar(&a.auto, "auto-approve", false, "do not ask")
	c.Flags().BoolVar(&a.json, "json", false, "tell what happens as JSON, one object per line")
}

const applyLong = `Apply works out a plan, shows it, asks, and does it. A plan that "lvsform plan --out" saved
is done as it is, without a question, if the node is still as it was.

If a change fails, everything that was done is undone, newest first. An interrupt (Ctrl-C)
does the same after the batch at hand; a second one ends lvsform at once, and leaves the
node as it is.`

func (p *program) applyCommand() *cobra.Command {
	var (
		config configFlags
		where  nodeFlags
		policy policyFlags
		may    approval
	)
	c := &cobra.Command{
		Use: "apply [DIR|PLAN]", Short: "Make the node what the configuration says", Long: applyLong, Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			path := directory(args)
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			if !info.IsDir() {
				if odd := given(c, "var", "var-file", "node", "target", "exclude", "destroy", "no-drain", "max-destroy"); len(odd) > 0 {
					return fmt.Errorf("%s: a saved plan is done as it was made: give this to \"lvsform plan\"", strings.Join(odd, ", "))
				}
				return p.applySaved(c.Context(), path, where, policy.allow, may)
			}
			return p.applyConfig(c.Context(), path, config, where, policy, may)
		},
	}
	config.add(c)
	config.addNode(c)
	where.add(c)
	where.addLock(c)
	policy.addChoice(c)
	policy.addDestroy(c)
	may.add(c)
	return c
}

func (p *program) applyConfig(ctx context.Context, dir string, config configFlags, where nodeFlags, policy policyFlags, may approval) error {
	if err := p.canAsk(may); err != nil {
		return err
	}
	desired, err := p.loadToPlan(dir, config, where)
	if err != nil {
		return err
	}
	return p.locked(ctx, where, "apply", func(s *session) error {
		s.watch(desired.Chosen.Desired.State)
		in, err := s.inputs(ctx)
		if err != nil {
			return err
		}
		in.Desired = desired.Chosen.Desired
		made, err := s.make(ctx, in, desired.Digest, policy)
		if err != nil {
			return err
		}
		return p.approveAndRun(ctx, s, made, policy.allow, may)
	})
}

func (p *program) applySaved(ctx context.Context, path string, where nodeFlags, allow allowValue, may approval) error {
	made, err := readPlan(path)
	if err != nil {
		return err
	}
	return p.locked(ctx, where, "apply", func(s *session) error {
		if err := s.fits(made); err != nil {
			return err
		}
		if err := s.watchPlan(made); err != nil {
			return err
		}
		if err := p.announce(made, allow, may); err != nil {
			return err
		}
		err := p.perform(ctx, s, made, may)
		if stale, alone, gone := (*plan.StaleError)(nil), (*plan.AloneError)(nil), (*apply.GoneError)(nil); errors.As(err, &stale) || errors.As(err, &alone) || errors.As(err, &gone) {
			return fmt.Errorf("the plan is stale: %w", err)
		}
		return err
	})
}

// locked opens the node and calls f while nobody else changes it.
func (p *program) locked(ctx context.Context, where nodeFlags, command string, f func(*session) error) error {
	s, err := p.open(ctx, where)
	if err != nil {
		return err
	}
	defer s.Close()
	unlock, err := s.lock(ctx, where.wait, command)
	if err != nil {
		return err
	}
	defer unlock()
	return f(s)
}

// fits says why a saved plan is not for this node.
func (s *session) fits(made *plan.Plan) error {
	then, now := made.Host, s.host
	switch {
	case then.Name != now.Name:
		return fmt.Errorf("the plan is for the node %s, and this is %s", then.Name, now.Name)
	case then.Driver != now.Driver:
		return fmt.Errorf("the plan was made with the driver %s, and this is %s: give the same --driver", then.Driver, now.Driver)
	case then.Boot != now.Boot:
		return hint(fmt.Errorf("%s has been started anew since the plan was made", now.Name), "make a new plan")
	case then.Namespace != now.Namespace:
		return fmt.Errorf("the plan is for the network namespace %s, and this is %s: give the same --netns", then.Namespace, now.Namespace)
	case made.Instance != s.instance:
		return fmt.Errorf("the plan is for --instance %q, and this is %q", made.Instance, s.instance)
	}
	return nil
}

// approveAndRun shows a plan that was just made, asks, and does it.
func (p *program) approveAndRun(ctx context.Context, s *session, made *plan.Plan, allow allowValue, may approval) error {
	if err := p.announce(made, allow, may); err != nil {
		return err
	}
	if !made.Empty() && !may.auto {
		if err := p.ask(ctx); err != nil {
			return err
		}
	}
	return p.perform(ctx, s, made, may)
}

// announce shows the plan and refuses one that does what is not allowed.
func (p *program) announce(made *plan.Plan, allow allowValue, may approval) error {
	if may.json {
		if err := p.planned(made); err != nil {
			return err
		}
	} else if err := p.show(made, formatFlags{}); err != nil {
		return err
	}
	if lost := p.output.err; lost != nil {
		return fmt.Errorf("the plan cannot be shown, so it is not done: %w", lost)
	}
	return allow.gate(made)
}

// perform does the plan and says what became of it.
func (p *program) perform(ctx context.Context, s *session, made *plan.Plan, may approval) error {
	if !p.progress.begin() {
		return errors.New("interrupted: nothing was changed")
	}
	t := newTeller(p, made, may.json)
	// The run may notice the signal first: then it is told there, so that it stands before what follows from it.
	tell := sync.OnceFunc(t.interrupted)
	stop := context.AfterFunc(ctx, tell)
	err := apply.Run(ctx, s, made, apply.Options{Ledger: s.ledger, Report: func(e apply.Event) {
		if ctx.Err() != nil {
			tell()
		}
		t.event(e)
	}})
	p.progress.end()
	if !stop() {
		tell()
	}
	t.done(err)
	return err
}
