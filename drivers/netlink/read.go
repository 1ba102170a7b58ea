//go:build linux

package netlink

import (
	"context"
	"errors"
	"maps"
	"net/netip"

	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// How often something is read that another writer keeps changing.
const readAttempts = 10

var errUnsettled = errors.New("the table is being changed by somebody else: no two reads agree")

// Read is the node's whole state. The destinations of each service are those of one moment, as is the list of
// services; a service that goes away in between is left out. Settings of tunnels are shown for destinations that are
// tunnelled: elsewhere the kernel keeps them without effect.
func (d *Driver) Read(ctx context.Context) (spec.State, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, err := d.read(ctx)
	if err != nil {
		d.hangUp()
		return spec.State{}, err
	}
	d.remember(s.Services)
	return s, nil
}

func (d *Driver) read(ctx context.Context) (s spec.State, err error) {
	if err := ctx.Err(); err != nil {
		return s, err
	}
	t, err := d.services()
	if err != nil {
		return s, explain("read services", err)
	}
	s.Services = t.values
	s.Destinations = make(map[spec.DestinationKey]spec.Destination, t.expected())
	for _, k := range t.keys {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		if err := d.readService(&s, k, t.counts); err != nil {
			return s, err
		}
	}
	if err := d.recheck(&s, t.counts); err != nil {
		return s, err
	}
	if err := d.readTimeouts(&s); err != nil {
		return s, explain("read timeouts", err)
	}
	err = d.readDaemons(&s)
	return s, explain("read sync daemons", err)
}

// readService puts a service's destinations into the state, or takes the service out if it is gone.
func (d *Driver) readService(s *spec.State, k spec.ServiceKey, counts map[spec.ServiceKey]uint32) error {
	key := spec.DestinationKey{Service: k}
	exists, err := d.servers(k, counts, func(a netip.AddrPort, v spec.Destination, _ spec.Connections) {
		key.Address = a
		s.Destinations[key] = v
	})
	if err != nil {
		return explain("read the destinations of "+k.String(), err)
	}
	if !exists {
		delete(s.Services, k)
	}
	return nil
}

// recheck reads the services again whose number of destinations is not what it was: it was this number that said that
// nothing is hidden from getsockopt, and that a dump in pieces is whole. Netlink by itself hides nothing.
func (d *Driver) recheck(s *spec.State, before map[spec.ServiceKey]uint32) error {
	if d.table == nil || d.table.unchanged() {
		return nil
	}
	now := d.counts()
	for k, n := range before {
		if _, ok := s.Services[k]; !ok || now[k] == n {
			continue
		}
		maps.DeleteFunc(s.Destinations, func(x spec.DestinationKey, _ spec.Destination) bool { return x.Service == k })
		if err := d.readService(s, k, nil); err != nil {
			return err
		}
	}
	return nil
}

func (d *Driver) readTimeouts(s *spec.State) error {
	c, err := d.wideChannel()
	if err != nil {
		return err
	}
	c.request(0, cmdGetConfig).end()
	return c.call(func(body []byte) error {
		t, err := decodeTimeouts(body)
		s.Timeouts = map[spec.TimeoutsKey]spec.Timeouts{{}: t}
		return err
	})
}

func (d *Driver) readDaemons(s *spec.State) error {
	c, err := d.wideChannel()
	if err != nil {
		return err
	}
	c.request(unix.NLM_F_DUMP, cmdGetDaemon).end()
	_, err = c.dump(func(body []byte) error {
		k, v, err := d.names.daemon(body)
		s.Set(k, v)
		return err
	})
	return err
}

// Connections are the counts of every destination of the services; one that is gone has none.
func (d *Driver) Connections(ctx context.Context, services []spec.ServiceKey) (map[spec.DestinationKey]spec.Connections, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	counts := d.counts()
	out := map[spec.DestinationKey]spec.Connections{}
	for _, k := range services {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		_, err := d.servers(k, counts, func(a netip.AddrPort, _ spec.Destination, n spec.Connections) {
			out[spec.DestinationKey{Service: k, Address: a}] = n
		})
		if err != nil {
			d.hangUp()
			return nil, explain("read the connections of "+k.String(), err)
		}
	}
	return out, nil
}
