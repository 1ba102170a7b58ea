//go:build linux

package nft

import (
	"errors"
	"fmt"

	"github.com/lvsform/lvsform/drivers/internal/doubt"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// A transaction has at most so many changes: requests and answers fit the buffers of every kernel, or those that were asked for.
const (
	fewChanges  = 64
	mostChanges = 512
)

// Do does the changes in order and has one result for each. It goes on after a change that fails. Each change is done in one
// moment; as many as the kernel accepts share one.
func (r *Rules) Do(changes []plan.Change) []plan.Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	results := make([]plan.Result, len(changes))
	for from := 0; from < len(changes); {
		to := together(changes, from, r.room())
		r.transact(changes[from:to], results[from:to])
		from = to
	}
	return results
}

// room is how many changes a transaction can have. Of a socket that is not there yet nobody knows.
func (r *Rules) room() int {
	if r.socket != nil && r.socket.roomy() {
		return mostChanges
	}
	return fewChanges
}

// together is the end of the changes that can share a moment: no object is in two of them.
func together(changes []plan.Change, from, most int) int {
	seen := map[spec.Key]bool{}
	to := from
	for ; to < len(changes) && to-from < most && !seen[changes[to].Key]; to++ {
		seen[changes[to].Key] = true
	}
	return to
}

// transact does the changes with as few transactions as there are refusals, and one.
func (r *Rules) transact(changes []plan.Change, results []plan.Result) {
	load := false
	for _, c := range changes {
		load = load || c.After != nil
	}
	done := make([]bool, len(changes)) // or refused
	for attempt := range attempts {
		pause(attempt)
		now, err := r.look(load)
		if err != nil {
			give(changes, results, done, err)
			return
		}
		b := newBatch(now)
		for i, c := range changes {
			if done[i] {
				continue
			}
			if err := b.add(i, c); err != nil {
				results[i].Err, done[i] = err, true
			}
		}
		finished := r.send(b, changes, results, done)
		if finished {
			return
		}
	}
	give(changes, results, done, errRestless)
}

// send is false if the changes that are not done must be tried again.
func (r *Rules) send(b *batch, changes []plan.Change, results []plan.Result, done []bool) bool {
	requests, owners := b.requests()
	if len(requests) == 0 {
		return true
	}
	refused, err := r.socket.transact(b.now.generation, requests)
	var whole errBatch
	switch {
	case errors.As(err, &whole) && (whole.Errno == unix.ERESTART || whole.Errno == unix.EAGAIN || whole.Errno == unix.EINTR):
		return false
	case errors.As(err, &whole):
		give(changes, results, done, whole.Errno)
		return true
	case err != nil:
		r.settle(changes, results, done, err)
		return true
	}
	for n := range requests {
		e, no := refused[n]
		for _, i := range owners[n] {
			if no && !done[i] {
				results[i].Err, done[i] = refusal(changes[i], e), true
			}
		}
	}
	return len(refused) == 0
}

// settle finds out what became of changes whose answer was lost.
func (r *Rules) settle(changes []plan.Change, results []plan.Result, done []bool, lost error) {
	for i := range changes {
		if !done[i] {
			results[i] = plan.Result{Err: lost, Unknown: true}
		}
	}
	err := r.hangUp()
	var live spec.State
	err = errors.Join(err, r.read(&live))
	doubt.Settle(changes, results, live, err)
}

// give gives what is not done an error.
func give(changes []plan.Change, results []plan.Result, done []bool, err error) {
	var e unix.Errno
	for i, c := range changes {
		switch {
		case done[i]:
		case errors.As(err, &e):
			results[i].Err = refusal(c, e)
		default:
			results[i].Err = fmt.Errorf("%s: %w", c, err)
		}
	}
}

func refusal(c plan.Change, e unix.Errno) error {
	return &spec.Refusal{Op: c.Action().String(), Key: c.Key, Errno: e}
}
