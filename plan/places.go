package plan

import (
	"cmp"
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// place is where in a changeset a step stands: first those that add, forward, then those that take away, backward.
type place uint8

const (
	placeModules place = iota
	placeLinks         // links are made
	placeOpening       // settings that open something, or make it quieter
	placeFilters
	placeNeighboursUp
	placeCarriedUp // what a link loses when it goes down again: away before it comes up
	placeLinksUp
	placeRisen // settings that a link has only once it is up
	placeNeighbours
	placeTimeouts
	placeMixed // sync daemons stop before there are destinations of another family
	placeMasquerade
	placePacketOff // services leave one-packet scheduling
	placeServices
	placeServers
	placeEdits
	placeRaises
	placeRounds
	placeReplaced // addresses that would be in the way of the same with another length
	placeHeld     // addresses of a real server
	placeMarks
	placeVIPs           // addresses of a director
	placeNeighboursLate // after the first address of their interface
	placeSync

	placeNeighboursDown // before an interface loses its last address, or goes down
	placeHandOver       // addresses that another node takes over
	placeMarksOld
	placeLowers
	placeParked // destinations that stop taking connections and change their method
	placeVIPsOld
	placeServersOld
	placePacketOn
	placeServicesOld
	placeMasqueradeOld
	placeHeldOld
	placeNeighboursOld
	placeCarriedDown // what a link loses when it goes down, and has again afterwards
	placeLinksDown
	placeCarriedAgain
	placeNeighboursAgain
	placeFiltersOld
	placeClosing // settings that close something, or make it less quiet
	placeLinksOld
	placeUnmixed // sync daemons stop, and start, when the last destination of another family is gone
	placeUnmixedStart
	places
)

// Where a change of a kind without more to it stands.
var (
	comes = [...]place{
		spec.KindTimeouts: placeTimeouts, spec.KindARPFilter: placeFilters,
		spec.KindMarkRule: placeMarks, spec.KindMasqueradeRule: placeMasquerade,
	}
	goes = [...]place{
		spec.KindARPFilter: placeFiltersOld,
		spec.KindMarkRule:  placeMarksOld, spec.KindMasqueradeRule: placeMasqueradeOld,
	}
)

// ordered says that the steps of a place come in the order in which they have to be done.
func (p place) ordered() bool {
	return p == placeOpening || p == placeRisen || p == placeRounds || p == placeClosing
}

// put adds a step to its place.
func (d *differ) put(p place, steps ...Step) { d.at[p] = append(d.at[p], steps...) }

func (d *differ) change(p place, c Change) { d.put(p, Step{Change: c}) }

// order is all steps: keys ascend where something comes, and descend where it goes.
func (d *differ) order() Changeset {
	n := 0
	for p, steps := range d.at {
		n += len(steps)
		switch p := place(p); {
		case p.ordered() || len(steps) < 2:
		case steps[0].Key.Kind() == spec.KindSyncDaemon:
			slices.SortFunc(steps, daemons)
		case steps[0].After == nil:
			slices.SortFunc(steps, func(a, b Step) int { return spec.CompareKeys(b.Key, a.Key) })
		default:
			slices.SortFunc(steps, func(a, b Step) int { return spec.CompareKeys(a.Key, b.Key) })
		}
	}
	cs := make(Changeset, 0, n)
	for _, steps := range d.at {
		cs = append(cs, steps...)
	}
	if n == 0 {
		return nil
	}
	return cs
}

// daemons puts a sync daemon's stop before its start.
func daemons(a, b Step) int {
	started := func(s Step) int {
		if s.After == nil {
			return 0
		}
		return 1
	}
	return cmp.Or(spec.CompareKeys(a.Key, b.Key), started(a)-started(b))
}
