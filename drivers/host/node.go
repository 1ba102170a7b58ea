package host

import (
	"context"
	"errors"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Table is a driver of the IPVS table alone.
type Table interface {
	Host(ctx context.Context) (plan.Host, error)
	Read(ctx context.Context) (spec.State, error)
	Connections(ctx context.Context, services []spec.ServiceKey) (map[spec.DestinationKey]spec.Connections, error)
	Cannot(k spec.Key, v spec.Value) error
	Do(ctx context.Context, changes []plan.Change) []plan.Result
	Close() error
}

// Node is a whole node: its table, and the host around it.
type Node struct {
	Table
	around *Driver
}

// Join makes a node of two drivers of one network namespace.
func Join(t Table, d *Driver) *Node { return &Node{t, d} }

// Unwrap is the driver of the table.
func (n *Node) Unwrap() Table { return n.Table }

// Watch makes Read show settings beside those that matter to every node.
func (n *Node) Watch(names ...spec.SysctlKey) { n.around.Watch(names...) }

// WatchModules makes Read show modules beside those that matter to every node.
func (n *Node) WatchModules(names ...spec.ModuleKey) { n.around.WatchModules(names...) }

// Read is the state of both parts. They are not read in one moment; no object of one changes with one of the other.
func (n *Node) Read(ctx context.Context) (spec.State, error) {
	s, err := n.around.Read(ctx)
	if err != nil {
		return spec.State{}, err
	}
	table, err := n.Table.Read(ctx)
	if err != nil {
		return spec.State{}, err
	}
	s.Timeouts, s.Services, s.Destinations, s.SyncDaemons = table.Timeouts, table.Services, table.Destinations, table.SyncDaemons
	return s, nil
}

// Cannot says what the driver of the table, or of the host, cannot express.
func (n *Node) Cannot(k spec.Key, v spec.Value) error {
	if k.Kind().Table() {
		return n.Table.Cannot(k, v)
	}
	return n.around.Cannot(k, v)
}

// Do gives each run of changes that belong to one driver to that driver.
func (n *Node) Do(ctx context.Context, changes []plan.Change) []plan.Result {
	var out []plan.Result
	for len(changes) > 0 {
		table, end := changes[0].Key.Kind().Table(), 1
		for end < len(changes) && changes[end].Key.Kind().Table() == table {
			end++
		}
		if table {
			out = append(out, n.Table.Do(ctx, changes[:end])...)
		} else {
			out = append(out, n.around.Do(ctx, changes[:end])...)
		}
		changes = changes[end:]
	}
	return out
}

// Announce makes addresses known to their neighbours.
func (n *Node) Announce(ctx context.Context, addresses []spec.AddressKey) error {
	return n.around.Announce(ctx, addresses)
}

// Close gives up both drivers.
func (n *Node) Close() error { return errors.Join(n.Table.Close(), n.around.Close()) }
