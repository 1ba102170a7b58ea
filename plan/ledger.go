package plan

import (
	"maps"

	"github.com/lvsform/lvsform/spec"
)

// Ledger is what lvsform made or adopted on a node: services, sync daemons and timeouts. Destinations belong to whoever owns their service.
type Ledger map[spec.Key]Owned

// Owned is what the ledger remembers of one object.
type Owned struct {
	// Name is the object's address in the configuration it came from.
	Name string
	// Original and Ours are set for what cannot be deleted, timeouts: the value that stood there before lvsform first changed it,
	// and the one it set last.
	Original, Ours spec.Value
}

// Settle is the ledger after the plan has been done.
func (p *Plan) Settle(before Ledger) Ledger {
	l := maps.Clone(before)
	if l == nil {
		l = Ledger{}
	}
	for _, k := range p.Adopted {
		l[k] = Owned{Name: p.Name(k)}
	}
	for _, c := range p.Changes.Objects() {
		switch k := c.Key.(type) {
		case spec.DestinationKey:
		case spec.TimeoutsKey:
			owned, known := before[k]
			if !known {
				owned.Original = c.Before
			}
			owned.Name, owned.Ours = p.Name(k), spec.Settle(c.Before, c.After)
			if l[k] = owned; owned.Original == owned.Ours {
				delete(l, k)
			}
		default:
			if c.After == nil {
				delete(l, k)
			} else if _, known := before[k]; known || c.Before == nil {
				l[k] = Owned{Name: p.Name(k)}
			}
		}
	}
	return l
}
