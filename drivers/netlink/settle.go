//go:build linux

package netlink

import (
	"fmt"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// settle reads the objects of unknown changes and turns the results into done or not done where the node tells which.
func (d *Driver) settle(changes []plan.Change, results []plan.Result, why error) {
	live, err := d.look(changes, results)
	if err != nil {
		for i := range results {
			if results[i].Unknown {
				results[i].Err = fmt.Errorf("%w; reading it failed too: %w", results[i].Err, err)
			}
		}
		return
	}
	// From the last to the first: before a change that was done, its object was as the change found it.
	for i := len(changes) - 1; i >= 0; i-- {
		if !results[i].Unknown {
			continue
		}
		c := changes[i]
		switch now := live.Get(c.Key); {
		case spec.Satisfies(now, seen(c.After)):
			results[i] = plan.Result{}
			live.Set(c.Key, c.Before)
		case spec.Satisfies(now, seen(c.Before)):
			results[i] = plan.Result{Err: fmt.Errorf("%s: it was not done: %w", c, why)}
		}
	}
}

// seen is a value as Read shows it.
func seen(v spec.Value) spec.Value {
	if x, ok := v.(spec.Destination); ok && x.Forward != spec.TunnelTo {
		x.Tunnel = spec.Tunnel{}
		return x
	}
	return v
}

// look reads the objects of the unknown changes, and maybe more.
func (d *Driver) look(changes []plan.Change, results []plan.Result) (s spec.State, err error) {
	l, err := d.services()
	if err != nil {
		return s, err
	}
	s.Services, s.Destinations = l.values, map[spec.DestinationKey]spec.Destination{}
	read := map[spec.ServiceKey]bool{}
	for i, c := range changes {
		k, ok := c.Key.(spec.DestinationKey)
		if !ok || !results[i].Unknown || read[k.Service] {
			continue
		}
		read[k.Service] = true
		if _, exists := l.values[k.Service]; !exists {
			continue
		}
		if err := d.readService(&s, k.Service, l.counts); err != nil {
			return s, err
		}
	}
	if err := d.readTimeouts(&s); err != nil {
		return s, err
	}
	return s, d.readDaemons(&s)
}
