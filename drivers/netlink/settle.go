//go:build linux

package netlink

import (
	"github.com/lvsform/lvsform/drivers/internal/doubt"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// settle reads the objects of unknown changes and turns the results into done or not done where the node tells which.
func (d *Driver) settle(changes []plan.Change, results []plan.Result) {
	live, err := d.look(changes, results)
	doubt.Settle(changes, results, live, err)
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
	err = d.readDaemons(&s)
	return s, err
}
