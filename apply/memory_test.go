package apply_test

import (
	"cmp"
	"context"
	"errors"
	"syscall"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// memory is a node in memory that refuses what a kernel refuses, and whose changes can be made to go wrong.
type memory struct {
	node *spec.Node
	// fail says what becomes of the n-th change: nil lets it happen.
	fail func(n int, c plan.Change) *fault
	// meddle runs before every read, as another writer would.
	meddle func(n int, node *spec.Node)
	// connections are asked for each time.
	connections func() map[spec.DestinationKey]spec.Connections
	// cannot says what the driver cannot express; nil is nothing.
	cannot  func(spec.Key, spec.Value) error
	changes int
	reads   int
	readErr error
	// announced are the addresses that were announced, each time.
	announced   []spec.AddressKey
	announceErr error
}

// fault is what goes wrong with a change.
type fault struct {
	done    bool // it happens all the same
	unknown bool // and the driver cannot tell
	lost    bool // it happens, and the driver says that it was refused
	errno   syscall.Errno
}

var errInjected = errors.New("injected")

func newMemory(s spec.State) *memory { return &memory{node: spec.NewNode(spec.Kernel{}, s)} }

func (m *memory) Host(context.Context) (plan.Host, error) { return plan.Host{Name: "memory"}, nil }

func (m *memory) Read(context.Context) (spec.State, error) {
	m.reads++
	if m.meddle != nil {
		m.meddle(m.reads, m.node)
	}
	if m.readErr != nil {
		return spec.State{}, m.readErr
	}
	return m.node.State().Clone(), nil
}

func (m *memory) Connections(context.Context, []spec.ServiceKey) (map[spec.DestinationKey]spec.Connections, error) {
	if m.connections == nil {
		return nil, nil
	}
	return m.connections(), nil
}

func (m *memory) Announce(_ context.Context, addresses []spec.AddressKey) error {
	m.announced = append(m.announced, addresses...)
	return m.announceErr
}

func (m *memory) Cannot(k spec.Key, v spec.Value) error {
	if m.cannot == nil {
		return nil
	}
	return m.cannot(k, v)
}

func (m *memory) Do(_ context.Context, changes []plan.Change) []plan.Result {
	out := make([]plan.Result, len(changes))
	for i, c := range changes {
		m.changes++
		var f *fault
		if m.fail != nil {
			f = m.fail(m.changes, c)
		}
		switch {
		case f == nil:
			out[i].Err = m.node.Do(c.Key, c.Before, c.After)
		case f.unknown:
			if f.done {
				_ = m.node.Do(c.Key, c.Before, c.After)
			}
			out[i] = plan.Result{Err: errInjected, Unknown: true}
		default:
			if f.lost {
				_ = m.node.Do(c.Key, c.Before, c.After)
			}
			out[i].Err = &spec.Refusal{Op: c.Action().String(), Key: c.Key, Errno: cmp.Or(f.errno, syscall.EINVAL)}
		}
	}
	return out
}
