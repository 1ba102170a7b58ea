// Package plan works out, orders, checks, saves and shows the steps between two States of a node. It touches nothing:
// every function is a function of its arguments.
//
// Start at Diff. What was shown is what runs: one Changeset is printed, saved and executed, and undone by its Inverse.
package plan

import (
	"fmt"
	"time"

	"github.com/lvsform/lvsform/spec"
)

// Action is what a change does; its value is the symbol that stands for it.
type Action byte

// The actions.
const (
	Create Action = '+'
	Update Action = '~'
	Delete Action = '-'
)

// String is "create", "update" or "delete".
func (a Action) String() string {
	switch a {
	case Create:
		return "create"
	case Update:
		return "update"
	case Delete:
		return "delete"
	}
	return fmt.Sprintf("action %d", byte(a))
}

// Change is one object before and after. No Before: it is created. No After: it is deleted. Both: it is updated.
type Change struct {
	Key           spec.Key
	Before, After spec.Value
}

// Action follows from which sides there are.
func (c Change) Action() Action {
	switch {
	case c.Before == nil:
		return Create
	case c.After == nil:
		return Delete
	}
	return Update
}

// Inverse takes the change back.
func (c Change) Inverse() Change { return Change{c.Key, c.After, c.Before} }

// String is "update tcp 192.0.2.10:443".
func (c Change) String() string { return c.Action().String() + " " + c.Key.String() }

// Step is one change and the effect that goes with it. Effects are in the plan and never compared.
type Step struct {
	Change
	// Drain makes the step wait until its destination has no active connections, or until so long has passed since the
	// changeset began to drain. 0 waits for nothing. An address that goes waits in this way for the destinations that
	// the changeset deletes along with their services.
	Drain time.Duration
	// Announce is what follows once the address is up; on a step that takes it down, what follows when that is undone.
	Announce spec.Announce
}

// Changeset is the ordered steps from one State to another.
type Changeset []Step

// Inverse is the way back: the steps taken back, last first. A step that waited before it created or edited still
// waits when it is taken back by an edit; what is created again has nothing to wait for. A module stays loaded.
func (cs Changeset) Inverse() Changeset {
	out := make(Changeset, 0, len(cs))
	for i := len(cs) - 1; i >= 0; i-- {
		if cs[i].Key.Kind() == spec.KindModule {
			continue
		}
		s := Step{Change: cs[i].Change.Inverse(), Announce: cs[i].Announce}
		if s.Action() == Update {
			s.Drain = cs[i].Drain
		}
		out = append(out, s)
	}
	return out
}

// Changes are the steps without their effects, as a driver does them.
func (cs Changeset) Changes() []Change {
	out := make([]Change, len(cs))
	for i, s := range cs {
		out[i] = s.Change
	}
	return out
}

// StaleError says that an object is not as a changeset found it.
type StaleError struct {
	Key spec.Key
	// Want is the value that the changeset was made for and Got the one that is there; nil is an absent object.
	Want, Got spec.Value
}

// Error names the object and the first attribute that differs.
func (e *StaleError) Error() string {
	switch {
	case e.Want == nil:
		return fmt.Sprintf("%s exists now, and did not when the plan was made", e.Key)
	case e.Got == nil:
		return fmt.Sprintf("%s is gone, and existed when the plan was made", e.Key)
	}
	for _, a := range spec.Attributes(e.Key.Kind()) {
		if !a.Same(e.Want, e.Got) {
			return fmt.Sprintf("%s has changed since the plan was made: %s was %v and is %v", e.Key, a.Name, a.Of(e.Want), a.Of(e.Got))
		}
	}
	return fmt.Sprintf("%s has changed since the plan was made", e.Key)
}

// Result is what a driver knows of one change of a batch. The zero value is: done.
type Result struct {
	// Err says why the change was not done; a kernel's no is a *spec.Refusal.
	Err error
	// Unknown says that the change may or may not have been done: only reading the node tells. Err says why it is not known.
	Unknown bool
}
