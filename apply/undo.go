package apply

import (
	"context"
	"fmt"
	"maps"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// undo takes back what was done, newest first. The error is nil if the node is then as the run found it.
func (r *run) undo(ctx context.Context, cause error) error {
	if len(r.done) == 0 {
		return nil
	}
	live, err := r.driver.Read(ctx)
	if err != nil {
		return &NotConvergedError{Cause: cause, Problems: []error{fmt.Errorf("reading the node to undo: %w", err)}}
	}
	done := r.settled(live)
	r.report(Event{Kind: EventUndo, Err: cause, Steps: len(done)})
	problems := r.takeBack(ctx, r.plan.UndoOf(done, live))
	now, err := r.driver.Read(ctx)
	if err != nil {
		return &NotConvergedError{Cause: cause, Problems: append(problems, fmt.Errorf("reading the node to verify: %w", err))}
	}
	// Of what the run has not touched, it need not be as it was: others may have changed it.
	want := map[spec.Key]spec.Value{}
	for _, s := range r.done {
		want[s.Key] = r.found[s.Key]
	}
	maps.Copy(want, r.plan.UndoOf(done, live).After())
	if off := r.plan.Mismatches(want, now, done); len(off) > 0 {
		return &NotConvergedError{Cause: cause, Problems: problems, Off: off}
	}
	return nil
}

// takeBack does the way back. It stops where a batch is not as it should be afterwards, because what comes after rests on it.
func (r *run) takeBack(ctx context.Context, back plan.Changeset) (problems []error) {
	for _, batch := range back.Batches() {
		if _, err := r.drain(ctx, batch); err != nil {
			problems = append(problems, fmt.Errorf("undoing: %w", err)) // it is waited for no longer
		}
		r.tellCut(ctx, batch)
		err := r.batch(ctx, batch, true)
		if err == nil {
			continue
		}
		problems = append(problems, fmt.Errorf("undoing: %w", err))
		now, err := r.driver.Read(ctx)
		if err != nil || len(r.plan.Mismatches(batch.After(), now, batch)) > 0 {
			return problems
		}
	}
	return problems
}

// tellCut says which destinations that the run created have got connections, which are lost now.
func (r *run) tellCut(ctx context.Context, batch plan.Changeset) {
	services := map[spec.ServiceKey]bool{}
	for _, s := range batch {
		if k, ok := s.Key.(spec.DestinationKey); ok && s.Action() == plan.Delete {
			services[k.Service] = true
		}
	}
	if len(services) == 0 {
		return
	}
	counts, err := r.driver.Connections(ctx, keys(services))
	if err != nil {
		return // it is told for people; nothing depends on it
	}
	for _, s := range batch {
		if k, ok := s.Key.(spec.DestinationKey); ok && s.Action() == plan.Delete && counts[k].Active > 0 {
			r.report(Event{Kind: EventCut, Key: k, Active: counts[k].Active})
		}
	}
}

// settled are the steps that were done, those in doubt decided by what is there now.
func (r *run) settled(live spec.State) plan.Changeset {
	var done plan.Changeset
	for i, s := range r.done {
		if !r.doubtful[i] || len(r.plan.Mismatches(map[spec.Key]spec.Value{s.Key: s.After}, live, nil)) == 0 {
			done = append(done, s)
		}
	}
	return done
}

// undone is the error of a run that left nothing behind.
func (r *run) undone(cause error) error {
	if len(r.done) == 0 {
		return fmt.Errorf("%w\nNothing was changed", cause)
	}
	return &RolledBackError{Cause: cause}
}
