package apply

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Options say what a run reports to and where it keeps its ledger.
type Options struct {
	// Ledger is where ownership is recorded: intent before the first change, the outcome after verification.
	Ledger LedgerFile
	// Report is told of everything as it happens; nil tells nobody. It is called from one goroutine.
	Report func(Event)
}

// Run does the plan on the node: it reads the node and refuses a plan that does not fit (*plan.StaleError, nothing is changed)
// or that the driver cannot do (see Possible), records what it is about to own, does batch by batch, reads again and verifies. The caller holds the lock.
//
// When a change fails, or ctx ends, everything that this run did is undone, newest first: the error is then a *RolledBackError,
// or a *NotConvergedError if neither state could be reached. Any other error means that nothing was changed.
func Run(ctx context.Context, d Driver, p *plan.Plan, o Options) error {
	live, err := d.Read(ctx)
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted: %w\nNothing was changed", context.Cause(ctx))
	}
	if err != nil {
		return fmt.Errorf("reading the node: %w", err)
	}
	cs := p.Refresh(live)
	others, err := o.Ledger.Others()
	if err != nil {
		return err
	}
	if err := fits(p, cs, live, others); err != nil {
		return err
	}
	if err := Possible(d, p, cs); err != nil {
		return err
	}
	ledger, err := o.Ledger.Load()
	if err != nil {
		return err
	}
	ledger = ledger.Present(live)
	if err := o.Ledger.Save(p.Intend(ledger, others)); err != nil {
		return fmt.Errorf("%w\nNothing was changed", err)
	}
	r := &run{driver: d, plan: p, report: o.Report, found: cs.Before(), patience: readPatience, waited: map[spec.DestinationKey]bool{}}
	if r.report == nil {
		r.report = func(Event) {}
	}
	if cause := r.do(ctx, cs); cause != nil {
		if err := r.undo(context.WithoutCancel(ctx), cause); err != nil {
			return err
		}
		if err := o.Ledger.Save(ledger); err != nil {
			return &NotConvergedError{Cause: cause, Problems: []error{fmt.Errorf("everything was undone, and what belongs to lvsform now could not be recorded: %w", err)}}
		}
		return r.undone(cause)
	}
	now, err := r.verify(context.WithoutCancel(ctx), cs)
	if err != nil {
		return err
	}
	if err := o.Ledger.Save(p.Settle(ledger).There(now)); err != nil {
		return &NotConvergedError{Cause: errors.New("everything was done, and what belongs to lvsform now could not be recorded"), Problems: []error{err}}
	}
	return nil
}

// fits says why the plan cannot be done on the node as it is now.
func fits(p *plan.Plan, cs plan.Changeset, live spec.State, others plan.Others) error {
	if _, err := cs.On(live); err != nil {
		if refused := (*spec.Refusal)(nil); errors.As(err, &refused) {
			return fmt.Errorf("%w: the node has changed since the plan was made: make a new plan", err)
		}
		return err
	}
	for _, k := range p.Adopted {
		if live.Get(k) == nil {
			return &GoneError{k}
		}
	}
	return p.Fits(cs, others)
}

// run is one run of a changeset.
type run struct {
	driver Driver
	plan   *plan.Plan
	report func(Event)
	// found is what the run found of the objects that it is about.
	found map[spec.Key]spec.Value
	// done are the steps that were done or may have been, in order; doubtful says of which of them the driver does not know.
	done     plan.Changeset
	doubtful map[int]bool
	// failed are the steps that the driver says were not done, although the object was not in their way.
	failed plan.Changeset
	// waited are the destinations that are not waited for any more, on the way there or on the way back.
	waited map[spec.DestinationKey]bool
	// untold is why addresses that undoing brought back could not be announced.
	untold []error
	// patience is how long a node that cannot be read is asked again.
	patience time.Duration
}

// do stops at the first batch with a failure, after all of that batch is known.
func (r *run) do(ctx context.Context, cs plan.Changeset) error {
	for len(cs) > 0 {
		waited, err := r.drain(ctx, cs)
		if err != nil {
			return err
		}
		if waited {
			if cs, err = r.again(ctx, cs); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			break
		}
		batch := cs.Batch()
		if err := r.batch(ctx, batch, false); err != nil {
			return err
		}
		if err := r.announce(ctx, batch); err != nil {
			return err
		}
		cs = cs[len(batch):]
	}
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted: %w", context.Cause(ctx))
	}
	return nil
}

// again looks at the node after a wait, in which others may have changed it. A destination that was to go and has gone needs nothing more.
func (r *run) again(ctx context.Context, rest plan.Changeset) (plan.Changeset, error) {
	live, err := r.read(ctx)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("interrupted: %w", context.Cause(ctx))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the node after draining: %w", err)
	}
	var left plan.Changeset
	for _, s := range r.plan.RefreshOf(rest, live) {
		if s.Drain > 0 && s.Action() == plan.Delete && live.Get(s.Key) == nil {
			continue
		}
		left = append(left, s)
	}
	if _, err := left.On(live); err != nil {
		return nil, err
	}
	// Ignored attributes are as somebody else has set them meanwhile.
	return left, Possible(r.driver, r.plan, left)
}

// batch does one batch, and on the way there keeps what became of its steps. Nothing interrupts it half-way.
func (r *run) batch(ctx context.Context, batch plan.Changeset, undo bool) error {
	var errs []error
	for i, result := range r.driver.Do(context.WithoutCancel(ctx), batch.Changes()) {
		r.report(Event{Kind: EventStep, Step: batch[i], Undo: undo, Err: result.Err})
		if result.Err != nil {
			errs = append(errs, result.Err)
		}
		if !undo {
			r.keep(batch[i], result)
		}
	}
	return errors.Join(errs...)
}

// keep takes note of what became of a step.
func (r *run) keep(s plan.Step, became plan.Result) {
	switch {
	case became.Unknown:
		if r.doubtful == nil {
			r.doubtful = map[int]bool{}
		}
		r.doubtful[len(r.done)] = true
		r.done = append(r.done, s)
	case became.Err == nil:
		r.done = append(r.done, s)
	case !errors.Is(became.Err, syscall.EEXIST):
		r.failed = append(r.failed, s)
	}
}

// How long a node that cannot be read is asked again when something was changed.
const readPatience = 3 * time.Second

// read is for a node that something was done to: one failure is no reason to leave it half-way. Once patience was in
// vain, each further read is tried once.
func (r *run) read(ctx context.Context) (spec.State, error) {
	start, pause := time.Now(), 100*time.Millisecond
	for {
		s, err := r.driver.Read(ctx)
		if err == nil {
			return s, nil
		}
		if time.Since(start) >= r.patience {
			r.patience = 0
			return s, err
		}
		if sleep(ctx, pause) != nil {
			return s, err
		}
		pause = min(2*pause, time.Second)
	}
}

func (r *run) verify(ctx context.Context, cs plan.Changeset) (spec.State, error) {
	now, err := r.read(ctx)
	if err != nil {
		return now, &NotConvergedError{Cause: errors.New("everything was done, and could not be verified"), Problems: []error{err}}
	}
	if off := r.plan.Mismatches(cs.After(), now, nil); len(off) > 0 {
		return now, &NotConvergedError{Cause: errors.New("everything was done, and the node is not as planned: somebody else changes it"), Off: off}
	}
	return now, nil
}
