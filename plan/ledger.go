package plan

import (
	"maps"
	"time"

	"github.com/lvsform/lvsform/spec"
)

// Ledger is what lvsform made or adopted on a node: services, sync daemons and timeouts. Destinations belong to whoever owns their service.
type Ledger map[spec.Key]Owned

// Owned is what the ledger remembers of one object.
type Owned struct {
	// Name is the object's address in the configuration it came from.
	Name string
	// Drain is, for a service, how long its destinations may keep their connections when they go, for the time when no
	// configuration says so any more.
	Drain time.Duration
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
	maps.Copy(l, p.Records)
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
			_, ours := l[k]
			switch {
			case c.After == nil:
				delete(l, k)
			case c.Before == nil && !ours:
				l[k] = Owned{Name: p.Name(k), Drain: spec.DefaultDrain}
			}
		}
	}
	return l
}

// Intend is the ledger for the time of the run: what is ours and what is about to be, so that a run that is killed leaves
// nothing without an owner.
func (p *Plan) Intend(now Ledger) Ledger {
	l := maps.Clone(now)
	if l == nil {
		l = Ledger{}
	}
	for k, o := range p.Settle(now) {
		if _, ours := l[k]; !ours || o.Ours != nil {
			l[k] = o
		}
	}
	return l
}

// There is the ledger without what the node does not have: it was taken away by somebody else, and what comes in its place is theirs.
func (l Ledger) There(live spec.State) Ledger {
	out := Ledger{}
	for k, o := range l {
		if k.Kind() == spec.KindTimeouts || live.Get(k) != nil {
			out[k] = o
		}
	}
	return out
}
