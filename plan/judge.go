package plan

import (
	"fmt"
	"net/netip"

	"github.com/lvsform/lvsform/spec"
)

// Judge holds the rules that every state between two states must keep, on the way there and back, whatever subset of a
// batch fails. It looks at what it is shown and trusts no order.
type Judge struct {
	// Side is what an address is for; nil is a director's for each.
	Side func(spec.AddressKey) spec.Side

	a, b         spec.State
	services     []spec.ServiceKey     // in both
	destinations []spec.DestinationKey // in both
	open         []spec.ServiceKey     // take new connections in both, and are what the kernel picks in both
	clients      []endpoint            // the same, by what clients connect to
	servers      map[spec.ServiceKey][]spec.DestinationKey
	ups          []map[netip.Addr]bool // the VIPs of a, and of b
	valid        bool
}

// NewJudge is a judge of the ways between a and b. Validity on the way is asked for only if both are valid.
func NewJudge(a, b spec.State) *Judge {
	j := &Judge{a: a, b: b, servers: map[spec.ServiceKey][]spec.DestinationKey{}}
	for k := range a.Services {
		if _, ok := b.Services[k]; ok {
			j.services = append(j.services, k)
		}
	}
	for k := range a.Destinations {
		j.servers[k.Service] = append(j.servers[k.Service], k)
		if _, ok := b.Destinations[k]; ok {
			j.destinations = append(j.destinations, k)
		}
	}
	for k := range b.Destinations {
		if _, ok := a.Destinations[k]; !ok {
			j.servers[k.Service] = append(j.servers[k.Service], k)
		}
	}
	for _, k := range j.services {
		if j.takes(a, k) && j.takes(b, k) {
			j.open = append(j.open, k)
		}
	}
	for _, e := range j.endpoints() {
		if j.served(a, e) && j.served(b, e) && !j.excused(e) {
			j.clients = append(j.clients, e)
		}
	}
	j.valid = len(spec.Validate(a)) == 0 && len(spec.Validate(b)) == 0
	return j
}

// takes says that the service gives new connections to some destination.
func (j *Judge) takes(s spec.State, k spec.ServiceKey) bool {
	if v, ok := s.Services[k]; !ok || !v.Schedules() {
		return false
	}
	for _, d := range j.servers[k] {
		if v, ok := s.Destinations[d]; ok && v.Takes() {
			return true
		}
	}
	return false
}

// State says which rule a state between the two breaks, or nil.
func (j *Judge) State(s spec.State) error {
	for _, k := range j.services {
		if _, ok := s.Services[k]; !ok {
			return fmt.Errorf("rule 1: %s is in both states and missing between", k)
		}
	}
	for _, k := range j.destinations {
		if _, ok := s.Destinations[k]; !ok {
			return fmt.Errorf("rule 2: %s is in both states and missing between", k)
		}
	}
	for _, k := range j.open {
		if !j.takes(s, k) {
			return fmt.Errorf("rule 3: %s takes new connections in both states and none between", k)
		}
	}
	for _, rule := range []func(spec.State) error{j.picked, j.host, j.families, j.oneAtATime} {
		if err := rule(s); err != nil {
			return err
		}
	}
	if j.valid {
		if problems := spec.Validate(s); len(problems) > 0 {
			return fmt.Errorf("rule 9: both states are valid and one between is not: %s: %s", problems[0].Key, problems[0].Summary)
		}
	}
	return nil
}

// families: without a service of a family the kernel resets that family's clients.
func (j *Judge) families(s spec.State) error {
	for _, f := range []spec.Family{spec.IPv4, spec.IPv6} {
		if has(j.a, f) && has(j.b, f) && !has(s, f) {
			return fmt.Errorf("rule 7: both states have %s services and one between has none", f)
		}
	}
	return nil
}

func has(s spec.State, f spec.Family) bool {
	for k := range s.Services {
		if k.Family() == f {
			return true
		}
	}
	return false
}

// oneAtATime: of the destinations that change their method, a service has one out of use at a time.
func (j *Judge) oneAtATime(s spec.State) error {
	out := map[spec.ServiceKey]spec.DestinationKey{}
	for _, k := range j.destinations {
		a, b, now := j.a.Destinations[k], j.b.Destinations[k], s.Destinations[k]
		if !reroutes(a, b) || a.Weight == 0 || b.Weight == 0 || now.Weight > 0 {
			continue
		}
		if other, ok := out[k.Service]; ok {
			return fmt.Errorf("rule 8: %s and %s are drained at the same time", other, k)
		}
		out[k.Service] = k
	}
	return nil
}

// Change says whether a change may be done in the state: a destination changes its method only while it takes no new
// connections, unless no other of its service could take them.
func (j *Judge) Change(s spec.State, c Change) error {
	k, ok := c.Key.(spec.DestinationKey)
	if !ok || c.Action() != Update || !reroutes(c.Before.(spec.Destination), c.After.(spec.Destination)) {
		return nil
	}
	if s.Destinations[k].Weight == 0 {
		return nil
	}
	for _, other := range j.servers[k.Service] {
		if v, ok := s.Destinations[other]; ok && other != k && v.Takes() {
			return fmt.Errorf("rule 8: %s changes its method while it takes connections that %s could take", k, other)
		}
	}
	return nil
}
