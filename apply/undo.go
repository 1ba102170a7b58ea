package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// undo takes back what was done, newest first. The error is nil if the node is then as the run found it.
func (r *run) undo(ctx context.Context, cause error) error {
	if len(r.done)+len(r.failed) == 0 {
		return nil
	}
	live, err := r.read(ctx)
	if err != nil {
		if len(r.done) == 0 {
			return nil // as the driver says
		}
		if !r.sureWithoutReading() {
			return r.unseen(cause, fmt.Errorf("reading the node to undo: %w", err))
		}
		live = assumed(r.done)
	}
	done, now := r.settled(live), live
	back := r.wayBack(done, live)
	var problems []error
	if len(r.done) > 0 {
		r.report(Event{Kind: EventUndo, Err: cause, Steps: len(done)})
		problems = r.takeBack(ctx, back)
		if now, err = r.read(ctx); err != nil {
			return r.unseen(cause, append(problems, fmt.Errorf("reading the node to verify: %w", err))...)
		}
	}
	// Of what the run has not touched, it need not be as it was: others may have changed it.
	want := map[spec.Key]spec.Value{}
	for _, s := range r.failed {
		if r.looksDone(s, now) {
			want[s.Key] = r.found[s.Key]
		}
	}
	for _, s := range r.done {
		want[s.Key] = r.found[s.Key]
	}
	maps.Copy(want, back.After())
	if off := r.plan.Mismatches(want, now, done); len(off) > 0 {
		return &NotConvergedError{Cause: cause, Problems: append(problems, r.untold...), Off: off}
	}
	return nil
}

// looksDone says that a step that has failed has been done all the same, be it by somebody else.
func (r *run) looksDone(s plan.Step, now spec.State) bool {
	is := func(v spec.Value) bool {
		return len(r.plan.Mismatches(map[spec.Key]spec.Value{s.Key: v}, now, nil)) == 0
	}
	return is(s.After) && !is(r.found[s.Key])
}

// unseen names everything that was done to a node that cannot be read.
func (r *run) unseen(cause error, problems ...error) error {
	e := &NotConvergedError{Cause: cause, Problems: problems}
	last := r.done.After()
	for k, v := range r.done.Before() {
		e.Unseen = append(e.Unseen, plan.Change{Key: k, Before: v, After: last[k]})
	}
	slices.SortFunc(e.Unseen, func(a, b plan.Change) int { return spec.CompareKeys(a.Key, b.Key) })
	return e
}

// sureWithoutReading says that it is known without looking how the objects are that the run has changed: the driver knows
// what it has done, and nothing of them belongs to somebody else.
func (r *run) sureWithoutReading() bool {
	for _, s := range r.done {
		if len(r.plan.Objects[s.Key].Ignore) > 0 {
			return false
		}
	}
	return len(r.doubtful) == 0
}

// assumed are the objects of the steps as these leave them.
func assumed(done plan.Changeset) (s spec.State) {
	for k, v := range done.After() {
		s.Set(k, v)
	}
	return s
}

// wayBack is the way back from what was done. Where somebody else has set an ignored attribute to what the driver cannot
// express, it goes back to what the run found.
func (r *run) wayBack(done plan.Changeset, live spec.State) plan.Changeset {
	back, left := r.plan.UndoOf(done, live), done.After()
	for _, s := range back {
		if s.After != nil && left[s.Key] != nil && r.driver.Cannot(s.Key, s.After) != nil {
			live = live.Clone()
			live.Set(s.Key, left[s.Key])
		}
	}
	return r.plan.UndoOf(done, live)
}

// takeBack does the way back. It stops where a batch is not as it should be afterwards, because what comes after rests on it.
func (r *run) takeBack(ctx context.Context, back plan.Changeset) (problems []error) {
	r.waited = map[spec.DestinationKey]bool{}
	for len(back) > 0 {
		if _, err := r.drain(ctx, back); err != nil {
			problems = append(problems, fmt.Errorf("undoing: %w", err)) // it is waited for no longer
		}
		batch := back.Batch()
		back = back[len(batch):]
		r.tellCut(ctx, batch)
		err := r.batch(ctx, batch, true)
		if err == nil {
			if err := r.announce(ctx, batch); err != nil {
				r.untold = append(r.untold, err) // the address is up all the same
			}
			continue
		}
		problems = append(problems, fmt.Errorf("undoing: %w", err))
		now, err := r.read(ctx)
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
	return &RolledBackError{cause, r.untold}
}
