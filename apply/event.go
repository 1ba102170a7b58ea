package apply

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// EventKind says what an Event tells.
type EventKind uint8

// What is told of a run.
const (
	// EventStep: Step was done, or not (Err); Undo says that it takes another back.
	EventStep EventKind = iota + 1
	// EventDrain: still waiting for Steps destinations with Active connections, since Elapsed, for at most Left.
	EventDrain
	// EventDrained: Key has no active connections any more, after Elapsed; it had none if that is 0.
	EventDrained
	// EventDeadline: Key still has Active connections after Elapsed and is waited for no longer.
	EventDeadline
	// EventCut: Key is about to be taken back and has Active connections, which are lost.
	EventCut
	// EventAnnounce: Address was made known to its neighbours for the Steps-th time.
	EventAnnounce
	// EventUndo: because of Err, Steps steps are about to be undone.
	EventUndo
)

// Event is something that happened in a run. Only the fields that its kind names are set.
type Event struct {
	Kind          EventKind
	Step          plan.Step
	Undo          bool
	Err           error
	Key           spec.DestinationKey
	Address       spec.AddressKey
	Active        uint32
	Steps         int
	Elapsed, Left time.Duration
}

// GoneError says that an object was to be adopted and is not there any more.
type GoneError struct{ Key spec.Key }

// Error names the object.
func (e *GoneError) Error() string {
	return fmt.Sprintf("%s was to be imported and is gone: make a new plan", e.Key)
}

// RolledBackError says that a run failed and that the node is again as it was.
type RolledBackError struct {
	Cause error
	// Untold is why addresses that are back could not be announced.
	Untold []error
}

// Error is the cause, and that nothing of the run is left.
func (e *RolledBackError) Error() string {
	text := fmt.Sprintf("%v\nEverything that was done has been undone: the node is as it was before", e.Cause)
	if len(e.Untold) > 0 {
		text += fmt.Sprintf(", but for what its neighbours know: %v", errors.Join(e.Untold...))
	}
	return text
}

// Unwrap is the cause.
func (e *RolledBackError) Unwrap() error { return e.Cause }

// NotConvergedError says that a node is neither as planned nor as it was.
type NotConvergedError struct {
	Cause error
	// Problems are what went wrong on the way back; Off the objects that are not as they should be.
	Problems []error
	Off      []plan.StaleError
	// Unseen is what was or may have been done, where the node could not be read.
	Unseen []plan.Change
}

// Error names the cause, what could not be undone, and both sides of every object that is off.
func (e *NotConvergedError) Error() string {
	var b strings.Builder
	b.WriteString(e.Cause.Error())
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "\n%v", p)
	}
	for _, off := range e.Off {
		fmt.Fprintf(&b, "\n%s: should be %s, is %s", off.Key, plan.Describe(off.Key.Kind(), off.Want, off.Got), plan.Describe(off.Key.Kind(), off.Got, off.Want))
	}
	for _, c := range e.Unseen {
		fmt.Fprintf(&b, "\n%s: should be %s, and may be %s", c.Key, plan.Describe(c.Key.Kind(), c.Before, c.After), plan.Describe(c.Key.Kind(), c.After, c.Before))
	}
	return b.String()
}

// Unwrap is the cause.
func (e *NotConvergedError) Unwrap() error { return e.Cause }
