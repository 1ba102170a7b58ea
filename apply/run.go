package apply

import (
	"context"
	"errors"
	"fmt"
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

// Run does the plan on the node: it reads the node and refuses a plan that does not fit (*plan.StaleError, nothing is changed),
// records what it is about to own, does batch by batch, reads again and verifies. The caller holds the lock.
//
// When a change fails, or ctx ends, everything that this run did is undone, newest first: the error is then a *RolledBackError,
// or a *NotConvergedError if neither state could be reached. Any other error means that nothing was changed.
func Run(ctx context.Context, d Driver, p *plan.Plan, o Options) error {
	live, err := d.Read(ctx)
	if err != nil {
		return fmt.Errorf("reading the node: %w", err)
	}
	cs := p.Refresh(live)
	if _, err := cs.On(live); err != nil {
		return err
	}
	ledger, err := o.Ledger.Load()
	if err != nil {
		return err
	}
	if err := o.Ledger.intend(ledger, p.Settle(ledger)); err != nil {
		return err
	}
	r := &run{driver: d, plan: p, report: o.Report}
	if r.report == nil {
		r.report = func(Event) {}
	}
	if cause := r.do(ctx, cs); cause != nil {
		return r.undo(context.WithoutCancel(ctx), cause, o.Ledger, ledger)
	}
	if err := r.verify(context.WithoutCancel(ctx), cs); err != nil {
		return err
	}
	if err := o.Ledger.Save(p.Settle(ledger)); err != nil {
		return &NotConvergedError{Cause: errors.New("everything was done, and what belongs to lvsform now could not be recorded"), Problems: []error{err}}
	}
	return nil
}

// run is one run of a changeset.
type run struct {
	driver Driver
	plan   *plan.Plan
	report func(Event)
	// done are the steps that were done, in order; doubtful those of which the driver does not know.
	done     plan.Changeset
	doubtful plan.Changeset
}

// do stops at the first batch with a failure, after all of that batch is known.
func (r *run) do(ctx context.Context, cs plan.Changeset) error {
	for _, batch := range cs.Batches() {
		if err := r.drain(ctx, batch); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("interrupted: %w", context.Cause(ctx))
		}
		if err := r.batch(ctx, batch, false); err != nil {
			return err
		}
	}
	return nil
}

// batch does one batch and sorts its steps by what became of them. Nothing interrupts it half-way.
func (r *run) batch(ctx context.Context, batch plan.Changeset, undo bool) error {
	var errs []error
	for i, result := range r.driver.Do(context.WithoutCancel(ctx), batch.Changes()) {
		step := batch[i]
		r.report(Event{Kind: EventStep, Step: step, Undo: undo, Err: result.Err})
		switch {
		case result.Unknown:
			r.doubtful = append(r.doubtful, step)
			errs = append(errs, fmt.Errorf("%s: it is not known whether this was done: %w", step, result.Err))
		case result.Err != nil:
			errs = append(errs, result.Err)
		default:
			r.done = append(r.done, step)
		}
	}
	return errors.Join(errs...)
}

// undo takes back what was done, newest first, and says whether that led back to the start.
func (r *run) undo(ctx context.Context, cause error, file LedgerFile, before plan.Ledger) error {
	r.report(Event{Kind: EventUndo, Err: cause, Steps: len(r.done) + len(r.doubtful)})
	live, err := r.driver.Read(ctx)
	if err != nil {
		return &NotConvergedError{Cause: cause, Problems: []error{fmt.Errorf("reading the node to undo: %w", err)}}
	}
	back := r.plan.Refresh(live)
	done := r.settled(live)
	start := back.Before()
	r.done, r.doubtful = nil, nil
	var problems []error
	for _, batch := range r.plan.RefreshOf(done, live).Inverse().Batches() {
		if err := r.batch(ctx, batch, true); err != nil {
			problems = append(problems, fmt.Errorf("undoing: %w", err))
		}
	}
	now, err := r.driver.Read(ctx)
	if err != nil {
		return &NotConvergedError{Cause: cause, Problems: append(problems, fmt.Errorf("reading the node to verify: %w", err))}
	}
	off := r.plan.Mismatches(start, now)
	if len(off) > 0 {
		return &NotConvergedError{Cause: cause, Problems: problems, Off: off}
	}
	if err := file.Save(before); err != nil {
		return &NotConvergedError{Cause: cause, Problems: []error{err}}
	}
	return &RolledBackError{Cause: cause}
}

// settled are the steps that were done, those in doubt decided by what is there now.
func (r *run) settled(live spec.State) plan.Changeset {
	done := r.done
	for _, s := range r.doubtful {
		if spec.Satisfies(live.Get(s.Key), s.After) {
			done = append(done, s)
		}
	}
	return done
}

func (r *run) verify(ctx context.Context, cs plan.Changeset) error {
	now, err := r.driver.Read(ctx)
	if err != nil {
		return &NotConvergedError{Cause: errors.New("everything was done, and could not be verified"), Problems: []error{err}}
	}
	if off := r.plan.Mismatches(cs.After(), now); len(off) > 0 {
		return &NotConvergedError{Cause: errors.New("everything was done, and the node is not as planned: somebody else changes it"), Off: off}
	}
	return nil
}

// drain waits until the destinations of the batch that are to be drained have no active connections, each at most as long as its
// step says. All of them drain at the same time.
func (r *run) drain(ctx context.Context, batch plan.Changeset) error {
	waiting := map[spec.DestinationKey]time.Duration{}
	for _, s := range batch {
		if k, ok := s.Key.(spec.DestinationKey); ok && s.Drain > 0 {
			waiting[k] = s.Drain
		}
	}
	start, pause := time.Now(), 50*time.Millisecond
	for len(waiting) > 0 {
		counts, err := r.driver.Connections(ctx, servicesOf(waiting))
		if err != nil {
			return fmt.Errorf("reading connections to drain: %w", err)
		}
		elapsed, e := time.Since(start), Event{Kind: EventDrain}
		for k, most := range waiting {
			if active := counts[k].Active; active > 0 && elapsed < most {
				e.Active, e.Left = e.Active+active, max(e.Left, most-elapsed)
				continue
			} else if active > 0 {
				r.report(Event{Kind: EventDeadline, Key: k, Active: active, Elapsed: elapsed})
			} else {
				r.report(Event{Kind: EventDrained, Key: k, Elapsed: elapsed})
			}
			delete(waiting, k)
		}
		if e.Steps = len(waiting); e.Steps == 0 {
			return nil
		}
		e.Elapsed = elapsed
		r.report(e)
		if err := sleep(ctx, min(pause, e.Left)); err != nil {
			return fmt.Errorf("interrupted while draining: %w", err)
		}
		pause = min(2*pause, time.Second)
	}
	return nil
}

func servicesOf(waiting map[spec.DestinationKey]time.Duration) []spec.ServiceKey {
	seen := map[spec.ServiceKey]bool{}
	var out []spec.ServiceKey
	for k := range waiting {
		if !seen[k.Service] {
			seen[k.Service] = true
			out = append(out, k.Service)
		}
	}
	return out
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
