package plan

import "github.com/lvsform/lvsform/spec"

// neighbours changes permanent entries. An interface loses all of them when it goes down, and those of IPv4 with its last IPv4
// address: where that happens on the way there or back, they are away meanwhile, and made anew.
func (d *differ) neighbours() {
	if len(d.live.Neighbours)+len(d.desired.Neighbours) == 0 {
		return
	}
	bare := d.bare()
	for k, before := range d.live.Neighbours {
		after, stays := d.desired.Neighbours[k]
		up, toggles := d.toggled[k.Interface]
		switch b := bare[k.Interface].of(k); {
		case toggles && up || b.first:
			d.change(placeNeighboursUp, Change{k, before, nil})
		case toggles || b.last:
			d.change(placeNeighboursDown, Change{k, before, nil})
		case !stays:
			d.change(placeNeighboursOld, Change{k, before, nil})
		case before != after:
			d.change(placeNeighbours, Change{k, before, after})
		}
	}
	for k, after := range d.desired.Neighbours {
		_, there := d.live.Neighbours[k]
		up, toggles := d.toggled[k.Interface]
		switch b := bare[k.Interface].of(k); {
		case toggles && !up || b.last:
			d.change(placeNeighboursAgain, Change{k, nil, after})
		case b.first:
			d.change(placeNeighboursLate, Change{k, nil, after})
		case toggles || !there:
			d.change(placeNeighbours, Change{k, nil, after})
		}
	}
}

// bareness says of an interface that it gets its first IPv4 address on the way, or loses its last.
type bareness struct{ first, last bool }

// of is what it says of one entry.
func (b bareness) of(k spec.NeighbourKey) bareness {
	if k.Address.Is6() {
		return bareness{}
	}
	return b
}

// bare are the interfaces that are without an IPv4 address for some time, but not all of it.
func (d *differ) bare() map[string]bareness {
	type ends struct{ a, b, both, moves bool }
	seen := map[string]ends{}
	look := func(s, other spec.State, mark func(*ends)) {
		for k := range s.Addresses {
			if k.Prefix.Addr().Is6() {
				continue
			}
			e := seen[k.Interface]
			mark(&e)
			_, stays := other.Addresses[k]
			e.both = e.both || stays
			e.moves = e.moves || !stays && d.quiet(k) && (d.rises || d.sinks) // see leave and comes
			seen[k.Interface] = e
		}
	}
	look(d.live, d.desired, func(e *ends) { e.a = true })
	look(d.desired, d.live, func(e *ends) { e.b = true })
	out := map[string]bareness{}
	for name, e := range seen {
		between := e.moves && !e.both
		out[name] = bareness{first: !e.a || between, last: !e.b || between}
	}
	return out
}
