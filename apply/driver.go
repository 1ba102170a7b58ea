// Package apply runs a changeset on a node: it looks whether the plan still fits, does it batch by batch, undoes it when
// a change fails, and reads the node again to verify. Start at Run.
package apply

import (
	"context"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Driver reads and changes one node.
type Driver interface {
	// Host says which node it is.
	Host(ctx context.Context) (plan.Host, error)
	// Read is the node's whole state, normalised, in agreement with itself: of concurrent writers it shows either side.
	Read(ctx context.Context) (spec.State, error)
	// Connections are the counts of every destination of these services. A service that is gone has none.
	Connections(ctx context.Context, services []spec.ServiceKey) (map[spec.DestinationKey]spec.Connections, error)
	// Announce makes addresses that are up known to their neighbours, once: by gratuitous ARP, or an unsolicited neighbour
	// advertisement.
	Announce(ctx context.Context, addresses []spec.AddressKey) error
	// Cannot says why the driver cannot put an object there in this form; nil if it can.
	Cannot(k spec.Key, v spec.Value) error
	// Do does the changes in order and has one result for each. It goes on after a change that fails, and the error of a
	// change names it. A change that has begun is never interrupted: ctx is looked at before the first one only.
	Do(ctx context.Context, changes []plan.Change) []plan.Result
}
