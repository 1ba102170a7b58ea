package plan

import (
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// Busy are the services of which the plan changes something that is there: those whose connections it should tell of,
// in the order of their keys.
func (p *Plan) Busy() []spec.ServiceKey {
	seen := map[spec.ServiceKey]bool{}
	var out []spec.ServiceKey
	for k, before := range p.Changes.Before() {
		s, ok := k.(spec.ServiceKey)
		if d, isServer := k.(spec.DestinationKey); isServer {
			s, ok = d.Service, true
		}
		if ok && before != nil && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	slices.SortFunc(out, spec.ServiceKey.Compare)
	return out
}

// Count tells the plan the connections of the destinations of Busy. They are shown, and decide nothing.
func (p *Plan) Count(connections map[spec.DestinationKey]spec.Connections) {
	add := func(k spec.Key, c spec.Connections) {
		if o, ok := p.Objects[k]; ok {
			o.Connections.Active += c.Active
			o.Connections.Inactive += c.Inactive
			o.Connections.Persistent += c.Persistent
			p.Objects[k] = o
		}
	}
	for d, c := range connections {
		add(d, c)
		add(d.Service, c)
	}
}
