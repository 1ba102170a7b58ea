//go:build !linux

// Package ipvsadm reads and changes the IPVS table of a running Linux kernel through the program ipvsadm. Elsewhere
// there is none.
package ipvsadm

import (
	"context"
	"errors"
	"time"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Options say which table, and which program.
type Options struct {
	// Namespace is a network namespace, Program the program.
	Namespace, Program string
	// Patience is how long the program may go without getting on.
	Patience time.Duration
}

// Driver is one kernel's IPVS table. No value of it exists outside Linux.
type Driver struct{}

var errLinux = errors.New("IPVS is part of Linux: use the file driver here")

// Open fails.
func Open(Options) (*Driver, error) { return nil, errLinux }

// Program is nowhere.
func (*Driver) Program() (path, version string) { return "", "" }

// Kill does nothing.
func (*Driver) Kill() {}

// Close does nothing.
func (*Driver) Close() error { return nil }

// Host fails.
func (*Driver) Host(context.Context) (plan.Host, error) { return plan.Host{}, errLinux }

// Read fails.
func (*Driver) Read(context.Context) (spec.State, error) { return spec.State{}, errLinux }

// Connections fails.
func (*Driver) Connections(context.Context, []spec.ServiceKey) (map[spec.DestinationKey]spec.Connections, error) {
	return nil, errLinux
}

// Cannot says why ipvsadm cannot write the object in this form, or cannot show it as what it is.
func (*Driver) Cannot(k spec.Key, v spec.Value) error { return rules.Cannot(k, v) }

// Do fails every change.
func (*Driver) Do(_ context.Context, changes []plan.Change) []plan.Result {
	results := make([]plan.Result, len(changes))
	for i := range results {
		results[i].Err = errLinux
	}
	return results
}
