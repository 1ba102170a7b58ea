package plan

import (
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
	placeVIPs // addresses of a director
	placeSync

	placeHandOver // addresses that another node takes over
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
		spec.KindTimeouts: placeTimeouts, spec.KindNeighbour: placeNeighbours, spec.KindARPFilter: placeFilters,
		spec.KindMarkRule: placeMarks, spec.KindMasqueradeRule: placeMasquerade,
	}
	goes = [...]place{
		spec.KindNeighbour: placeNeighboursOld, spec.KindARPFilter: placeFiltersOld,
		spec.KindMarkRule: placeMarksOld, spec.KindMasqueradeRule: placeMasqueradeOld,
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
	for p := range d.at {
		if n += len(d.at[p]); !place(p).ordered() {
			slices.SortStableFunc(d.at[p], compareSteps)
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

// compareSteps puts what goes behind what comes or changes, but a sync daemon's stop before its start.
func compareSteps(a, b Step) int {
	gone, other := a.After == nil, b.After == nil
	switch {
	case a.Key.Kind() == spec.KindSyncDaemon:
		return spec.CompareKeys(a.Key, b.Key)
	case gone && other:
		return spec.CompareKeys(b.Key, a.Key)
	case gone:
		return 1
	case other:
		return -1
	}
	return spec.CompareKeys(a.Key, b.Key)
}
