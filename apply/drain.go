package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// drain waits until the destinations that the first batch waits for have no active connections, each at most as long as its
// step says. All of them drain at the same time. waited says that there were any.
func (r *run) drain(ctx context.Context, cs plan.Changeset) (waited bool, err error) {
	w := waiting(cs.Waits())
	for k := range r.waited {
		delete(w, k) // it was waited for with an address
	}
	if len(w) == 0 {
		return false, nil
	}
	if err := sleep(ctx, min(schedulingEnds, w.longest())); err != nil {
		return true, fmt.Errorf("interrupted while draining: %w", err)
	}
	start, pause := time.Now(), 50*time.Millisecond
	for elapsed := time.Duration(0); ; elapsed = time.Since(start) {
		counts, err := r.driver.Connections(ctx, w.services())
		if err != nil && elapsed >= w.longest() {
			return true, fmt.Errorf("reading connections to drain: %w", err)
		}
		e := Event{Kind: EventDrain, Elapsed: elapsed, Left: w.longest() - elapsed}
		if err == nil {
			e = r.look(w, counts, elapsed)
		}
		if len(w) == 0 {
			return true, nil
		}
		e.Steps = len(w)
		r.report(e)
		if err := sleep(ctx, min(pause, e.Left)); err != nil {
			return true, fmt.Errorf("interrupted while draining: %w", err)
		}
		pause = min(2*pause, time.Second)
	}
}

// A CPU that has read a weight just before it became 0 may still be about to count the connection that it schedules by it. That takes
// microseconds, or until a virtual CPU has its turn again. After this time only persistent clients add to the count, so that the
// first look is as good as any later one. (A TCP connection counts as active from its first packet on.)
const schedulingEnds = 50 * time.Millisecond

// look takes those off the list that need not be waited for any longer.
func (r *run) look(w waiting, counts map[spec.DestinationKey]spec.Connections, elapsed time.Duration) Event {
	e := Event{Kind: EventDrain, Elapsed: elapsed}
	for _, k := range slices.SortedFunc(maps.Keys(w), func(a, b spec.DestinationKey) int { return spec.CompareKeys(a, b) }) {
		most := w[k]
		switch active := counts[k].Active; {
		case active > 0 && elapsed < most:
			e.Active, e.Left = e.Active+active, max(e.Left, most-elapsed)
			continue
		case active > 0:
			r.report(Event{Kind: EventDeadline, Key: k, Active: active, Elapsed: elapsed})
		default:
			r.report(Event{Kind: EventDrained, Key: k, Elapsed: elapsed})
		}
		delete(w, k)
		r.waited[k] = true
	}
	return e
}

// waiting are destinations, and how long each is waited for.
type waiting map[spec.DestinationKey]time.Duration

func (w waiting) services() []spec.ServiceKey {
	seen := map[spec.ServiceKey]bool{}
	for k := range w {
		seen[k.Service] = true
	}
	return keys(seen)
}

func (w waiting) longest() (d time.Duration) {
	for _, most := range w {
		d = max(d, most)
	}
	return d
}

func keys(set map[spec.ServiceKey]bool) (out []spec.ServiceKey) {
	for k := range set {
		out = append(out, k)
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
