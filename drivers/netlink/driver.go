//go:build linux

// Package netlink reads and changes the IPVS table of a running kernel.
//
// Start at Open. Changes are sent many at a time, in order, and the result of each is known. Reads agree with
// themselves although the kernel's dumps are not snapshots: what could have been cut in two by another writer is read
// again until it agrees. CAP_NET_ADMIN in the initial user namespace is needed for both.
package netlink

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/lvsform/lvsform/drivers/internal/netns"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Options say which table. The zero value is the one of the network namespace that the caller is in.
type Options struct {
	// Namespace is a network namespace: a path such as /run/netns/blue, or a name under /run/netns.
	Namespace string
}

// Driver is one kernel's IPVS table. Its methods may be called by several goroutines; they take turns.
type Driver struct {
	mu    sync.Mutex
	space *netns.Space
	dial  func() (transport, error)
	// wide is for changes and long dumps, narrow for the many short ones; either is nil until it is needed.
	wide, narrow *channel
	// table is nil where there is no getsockopt to read by.
	table *sockopts
	names names
	// costly are the services whose scheduler does much work whenever a destination changes.
	costly map[spec.ServiceKey]bool
	// found is the list that servers returns, expect how long the last one was that came by netlink.
	found  []server
	expect int
	// base and sent belong to the batch that is being sent.
	base uint32
	sent []int
}

// Open finds IPVS in a network namespace; the kernel loads the module if it has it. The driver stays with the
// namespace, wherever its callers are.
func Open(o Options) (*Driver, error) {
	space, err := netns.Open(o.Namespace)
	if err != nil {
		return nil, err
	}
	d := newDriver(func() (t transport, err error) {
		err = space.Do(func() error { t, err = openSocket(); return err })
		return t, err
	})
	d.space = space
	if _, err = d.wideChannel(); err == nil {
		err = space.Do(func() (err error) { d.table, err = openSockopts(); return err })
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func newDriver(dial func() (transport, error)) *Driver {
	return &Driver{dial: dial, names: names{}, costly: map[spec.ServiceKey]bool{}}
}

// Close gives up the sockets. The table stays as it is.
func (d *Driver) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.hangUp()
	if d.table != nil {
		err = errors.Join(err, d.table.close())
		d.table = nil
	}
	if d.space != nil {
		err = errors.Join(err, d.space.Close())
		d.space = nil
	}
	return err
}

// Host says which machine, boot and network namespace the table belongs to.
func (d *Driver) Host(ctx context.Context) (plan.Host, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return plan.Host{}, err
	}
	if d.space == nil {
		return plan.Host{}, errors.New("the driver is closed")
	}
	return d.space.Host("netlink")
}

// Cannot is always nil: netlink says whatever the kernel holds.
func (*Driver) Cannot(spec.Key, spec.Value) error { return nil }

// hangUp closes the netlink sockets, with whatever is left in them; the next use opens new ones.
func (d *Driver) hangUp() (err error) {
	for _, c := range []**channel{&d.wide, &d.narrow} {
		if *c != nil {
			err = errors.Join(err, (*c).close())
			*c = nil
		}
	}
	return err
}

// Slots of the receive buffers. A batch has up to 128 answers of 36 bytes; more of them are received in several goes.
const (
	ackSlots, ackSize   = 128, 256
	dataSlots, dataSize = 2, 32768
)

func (d *Driver) wideChannel() (*channel, error) {
	return d.channel(&d.wide, dataSize)
}

func (d *Driver) narrowChannel() (*channel, error) {
	return d.channel(&d.narrow, narrowDatagram)
}

func (d *Driver) channel(c **channel, size int) (*channel, error) {
	if *c != nil {
		return *c, nil
	}
	t, err := d.dial()
	if err != nil {
		return nil, fmt.Errorf("open IPVS: %w", err)
	}
	made := &channel{transport: t, acks: newInbox(ackSlots, ackSize), data: newInbox(dataSlots, size)}
	if err := made.resolve(); err != nil {
		t.close()
		return nil, err
	}
	*c = made
	return made, nil
}
