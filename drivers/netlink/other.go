//go:build !linux

// Package netlink reads and changes the IPVS table of a running Linux kernel. Elsewhere there is none.
package netlink

import (
	"context"
	"errors"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Options say which table.
type Options struct {
	// Namespace is a network namespace.
	Namespace string
}

// Driver is one kernel's IPVS table. No value of it exists outside Linux.
type Driver struct{}

// Counters are what the kernel has counted of one service or destination.
type Counters struct {
	Conns, InPkts, OutPkts, InBytes, OutBytes uint64
	CPS, InPPS, OutPPS, InBPS, OutBPS         uint64
}

var errLinux = errors.New("IPVS is part of Linux: use the file driver here")

// Open fails.
func Open(Options) (*Driver, error) { return nil, errLinux }

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

// Counters fails.
func (*Driver) Counters(context.Context) (map[spec.Key]Counters, error) { return nil, errLinux }

// Cannot is always nil.
func (*Driver) Cannot(spec.Key, spec.Value) error { return nil }

// Do fails every change.
func (*Driver) Do(_ context.Context, changes []plan.Change) []plan.Result {
	results := make([]plan.Result, len(changes))
	for i := range results {
		results[i].Err = errLinux
	}
	return results
}
