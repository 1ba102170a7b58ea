// Package doubt decides what became of changes whose answer was lost.
package doubt

import (
	"fmt"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Settle turns unknown results into done or not done where the state that was read since tells which. It takes the Err of
// an unknown result for the reason why nobody knows, and words it. If the reading failed, with unread, all stay unknown.
func Settle(changes []plan.Change, results []plan.Result, live spec.State, unread error) {
	// From the last to the first: before a change that was done, its object was as the change found it.
	for i := len(changes) - 1; i >= 0; i-- {
		if !results[i].Unknown {
			continue
		}
		c, why := changes[i], results[i].Err
		switch now := live.Get(c.Key); {
		case unread != nil:
			results[i].Err = fmt.Errorf("%s: it is not known whether it was done: %w; reading it failed too: %w", c, why, unread)
		case spec.Satisfies(now, Seen(c.After)):
			results[i] = plan.Result{}
			live.Set(c.Key, c.Before)
		case spec.Satisfies(now, Seen(c.Before)):
			results[i] = plan.Result{Err: fmt.Errorf("%s: it was not done: %w", c, why)}
		default:
			results[i].Err = fmt.Errorf("%s: it is not known whether it was done: %w", c, why)
		}
	}
}

// Seen is a value as drivers show it: the tunnel of a destination that is not tunnelled is not shown.
func Seen(v spec.Value) spec.Value {
	if x, ok := v.(spec.Destination); ok && x.Forward != spec.TunnelTo {
		x.Tunnel = spec.Tunnel{}
		return x
	}
	return v
}
