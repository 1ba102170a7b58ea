package plan

import (
	"cmp"
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// rounds changes methods and tunnels: in each round one destination of each service, drained while another takes over.
func (d *differ) rounds() Changeset {
	if len(d.reroute) == 0 {
		return nil
	}
	slices.SortFunc(d.reroute, func(a, b Change) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), ascending(a, b))
	})
	takers := d.takers()
	var rounds [][]Change
	turn := map[spec.ServiceKey]int{}
	for _, c := range d.reroute {
		k := c.Key.(spec.DestinationKey).Service
		if turn[k] == len(rounds) {
			rounds = append(rounds, nil)
		}
		rounds[turn[k]] = append(rounds[turn[k]], c)
		turn[k]++
	}
	var cs Changeset
	for _, round := range rounds {
		slices.SortFunc(round, ascending)
		cs = append(cs, d.round(round, takers)...)
	}
	return cs
}

// rank makes those first that begin to take connections, so that the others have a substitute.
func rank(c Change) int {
	if c.Before.(spec.Destination).Weight == 0 {
		return 0
	}
	return 1
}

// takers counts, for services with rerouted destinations, the destinations that take connections once all that add has been done.
func (d *differ) takers() map[spec.ServiceKey]int {
	count := map[spec.ServiceKey]int{}
	for _, c := range d.reroute {
		count[c.Key.(spec.DestinationKey).Service] = 0
	}
	tally := func(k spec.DestinationKey, v spec.Destination) {
		if n, ok := count[k.Service]; ok && v.Takes() {
			count[k.Service] = n + 1
		}
	}
	for k, v := range d.live.Destinations {
		if after, stays := d.desired.Destinations[k]; stays && !reroutes(v, after) && raises(v, after) {
			v = after
		}
		tally(k, v)
	}
	for _, s := range d.at[placeServers] {
		tally(s.Key.(spec.DestinationKey), s.After.(spec.Destination))
	}
	return count
}

func (d *differ) round(changes []Change, takers map[spec.ServiceKey]int) Changeset {
	var lower, edit, raise Changeset
	for _, c := range changes {
		k := c.Key.(spec.DestinationKey)
		before, after := c.Before.(spec.Destination), c.After.(spec.Destination)
		others := takers[k.Service]
		if before.Takes() {
			others--
		}
		if after.Takes() {
			takers[k.Service] = others + 1
		} else {
			takers[k.Service] = others
		}
		if before.Takes() && others == 0 {
			edit = append(edit, Step{Change: c})
			continue
		}
		// Idle on both sides of the edit, also where it is idle to begin with, for the way back.
		idle, ready := before, after
		idle.Weight, ready.Weight = 0, 0
		if before != idle {
			lower = append(lower, Step{Change: Change{k, before, idle}})
		}
		edit = append(edit, Step{Change: Change{k, idle, ready}, Drain: d.drain(k)})
		if ready != after {
			raise = append(raise, Step{Change: Change{k, ready, after}})
		}
	}
	return slices.Concat(lower, edit, raise)
}
