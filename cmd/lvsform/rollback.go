package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"github.com/spf13/cobra"
)

const rollbackLong = `Rollback works out a new plan that brings the objects of a saved plan back to what they
were before it, ordered and drained like any other, shows it, asks, and does it. Other
objects stay as they are now. Connections that were lost and counters do not come back,
and what the plan imported stays lvsform's ("lvsform forget").`

func (p *program) rollbackCommand() *cobra.Command {
	var (
		where  nodeFlags
		policy policyFlags
		may    approval
	)
	c := &cobra.Command{
		Use: "rollback PLAN", Short: "Bring what a plan changed back to what it was", Long: rollbackLong, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			done, err := readPlan(args[0])
			if err != nil {
				return err
			}
			if err := p.canAsk(may); err != nil {
				return err
			}
			return p.locked(c.Context(), where, "rollback", func(s *session) error {
				return p.rollback(c.Context(), s, done, policy, may)
			})
		},
	}
	where.add(c)
	where.addLock(c)
	policy.addLimits(c)
	may.add(c)
	return c
}

func (p *program) rollback(ctx context.Context, s *session, done *plan.Plan, policy policyFlags, may approval) error {
	if err := s.fits(done); err != nil {
		return err
	}
	if err := s.watchPlan(done); err != nil {
		return err
	}
	in, err := s.inputs(ctx)
	if err != nil {
		return err
	}
	if in.Desired, err = before(done, in); err != nil {
		return err
	}
	// A rollback that leaves nothing is meant to.
	in.Restore = true
	policy.destroy = in.Desired.State.Len() == 0
	made, err := s.make(ctx, in, "", policy)
	if err != nil {
		return err
	}
	for k, o := range made.Objects {
		if o.Reason != "" {
			o.Reason = "it was not there before"
			made.Objects[k] = o
		}
	}
	return p.approveAndRun(ctx, s, made, policy.allow, may)
}

// before is the node as it is, of which lvsform wants what is its own, with the objects of the plan as they were before it.
func before(done *plan.Plan, in plan.Inputs) (spec.Desired, error) {
	d := spec.Desired{Objects: map[spec.Key]spec.Object{}, Ownership: spec.Ownership{Unmanaged: spec.UnmanagedIgnore}}
	for k := range in.Ledger {
		o, v := in.Ledger[k], in.Live.Get(k)
		if v != nil && (k.Kind() != spec.KindAddress || o.Original == nil) {
			d.State.Set(k, v)
			d.Objects[k] = spec.Object{Name: o.Name, Lifecycle: &spec.Lifecycle{}, Pool: poolOf(k, in.Ledger, done), Announce: o.Announce, Side: o.Side}
		}
	}
	for k, v := range in.Live.Destinations {
		if d.State.Get(k.Service) != nil {
			d.State.Set(k, v)
		}
	}
	for _, k := range done.Left {
		if _, theirs := in.Others.Of(k); theirs.Ours != nil && in.Live.Get(k) != nil {
			d.State.Set(k, in.Live.Get(k)) // still held by another instance, and by this one again
			d.Objects[k] = spec.Object{Name: done.Name(k), Lifecycle: &spec.Lifecycle{}}
		}
	}
	was, left := done.Changes.Before(), done.Changes.After()
	for k, v := range was {
		now, ours := in.Ledger[k]
		if k.Kind() != spec.KindSysctl && v == left[k] && (!ours || now.Original != nil) {
			continue // it was in the way for a while, and is somebody else's
		}
		d.State.Set(k, v)
		o := done.Objects[k]
		d.Objects[k] = spec.Object{Name: cmp.Or(now.Name, done.Name(k)), Lifecycle: &spec.Lifecycle{Ignore: o.Ignore}, Pool: poolOf(k, in.Ledger, done), Announce: now.Announce, Side: cmp.Or(o.Side, now.Side)}
	}
	for _, s := range done.Changes {
		if o := d.Objects[s.Key]; s.Announce.Count > 0 {
			o.Announce = s.Announce
			d.Objects[s.Key] = o
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(d.State.Destinations), spec.DestinationKey.Compare) {
		if d.State.Get(k.Service) != nil {
			continue
		}
		if v, named := was[k.Service]; !named || v != nil {
			return d, fmt.Errorf("%s (%s) is gone, and with it the service of %s: apply a configuration instead", done.Name(k.Service), k.Service, k)
		}
		d.State.Set(k, nil) // goes with the service that the plan created
	}
	return d, nil
}

// poolOf is how a service's servers drain: as its pool said when the plan was made.
func poolOf(k spec.Key, ledger plan.Ledger, done *plan.Plan) *spec.Lifecycle {
	if k.Kind() != spec.KindService {
		return nil
	}
	for _, l := range []plan.Ledger{ledger, done.Records} {
		if o, ok := l[k]; ok {
			return &spec.Lifecycle{Drain: o.Drain}
		}
	}
	return &spec.Lifecycle{Drain: spec.DefaultDrain}
}
