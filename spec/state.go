// Package spec is the model of a node: which kinds of objects it is made of, what identifies each, what each can
// be set to, its one spelling, and the rules that hold. What a node is (live) and what it should be (desired) are
// both a State: maps from comparable keys to comparable values.
//
// A live State may hold anything a kernel stores, however odd; a desired State is checked by Validate.
// Everything here is a function of its arguments. The package needs the standard library alone.
package spec

import (
	"iter"
	"slices"
)

// State is what one node is or should be. The zero value is a node without objects; Set makes the maps it needs.
type State struct {
	// Timeouts has at most one entry; a live State that was read from a kernel always has it.
	Timeouts     Objects[TimeoutsKey, Timeouts]
	Services     Objects[ServiceKey, Service]
	Destinations Objects[DestinationKey, Destination]
	SyncDaemons  Objects[SyncDaemonKey, SyncDaemon]

	Modules Objects[ModuleKey, Module]
	// Links are all interfaces; without any, nothing is known of interfaces.
	Links Objects[LinkKey, Link]
	// Sysctls of a live State are those that matter to LVS, and those that somebody asked for.
	Sysctls    Objects[SysctlKey, Sysctl]
	Neighbours Objects[NeighbourKey, Neighbour]
	ARPFilters Objects[ARPFilterKey, ARPFilter]
	Addresses  Objects[AddressKey, Address]
	MarkRules  Objects[MarkRuleKey, MarkRule]
	Masquerade Objects[MasqueradeRuleKey, MasqueradeRule]
}

// tables are the maps in the order of their kinds: a new kind is a map in State and its row here.
func (s *State) tables() [len(kindNames) - 1]table {
	return [...]table{
		&s.Timeouts, &s.Services, &s.Destinations, &s.SyncDaemons,
		&s.Modules, &s.Links, &s.Sysctls, &s.Neighbours, &s.ARPFilters, &s.Addresses, &s.MarkRules, &s.Masquerade,
	}
}

func (s *State) table(k Kind) table { return s.tables()[k-1] }

// Get is the object's value, or nil if there is no such object.
func (s State) Get(k Key) Value {
	switch k := k.(type) { // what there may be a hundred thousand of
	case ServiceKey:
		return s.Services.at(k)
	case DestinationKey:
		return s.Destinations.at(k)
	}
	return s.getOther(k)
}

// By itself, because its State moves to the heap.
func (s State) getOther(k Key) Value { return s.table(k.Kind()).get(k) }

// Set stores the object; a nil value removes it. The value must be of the key's kind, else Set panics.
func (s *State) Set(k Key, v Value) { s.table(k.Kind()).set(k, v) }

// Clone is a copy that shares nothing.
func (s State) Clone() (out State) {
	from := s.tables()
	for i, t := range out.tables() {
		t.copy(from[i])
	}
	return out
}

// Table is the part of the State that is the IPVS table, and Host the part around it. They share the maps of the State.
func (s State) Table() State {
	return State{Timeouts: s.Timeouts, Services: s.Services, Destinations: s.Destinations, SyncDaemons: s.SyncDaemons}
}

// Host is what Table leaves out.
func (s State) Host() State {
	s.Timeouts, s.Services, s.Destinations, s.SyncDaemons = nil, nil, nil, nil
	return s
}

// Equal says that both hold the same objects with the same values; a nil map equals an empty one.
func (s State) Equal(o State) bool {
	others := o.tables()
	for i, t := range s.tables() {
		if !t.equal(others[i]) {
			return false
		}
	}
	return true
}

// Len is the number of objects.
func (s State) Len() (n int) {
	for _, t := range s.tables() {
		n += t.len()
	}
	return n
}

// All yields every object, in no order.
func (s State) All() iter.Seq2[Key, Value] {
	return func(yield func(Key, Value) bool) {
		for _, t := range s.tables() {
			if !t.each(yield) {
				return
			}
		}
	}
}

// Keys are the keys of all objects in the order of CompareKeys.
func (s State) Keys() []Key {
	out := make([]Key, 0, s.Len())
	for k := range s.All() {
		out = append(out, k)
	}
	slices.SortFunc(out, CompareKeys)
	return out
}

// Differences calls f, in no order, for every object that is not the same in both: before is nil for one that
// is only in o, after is nil for one that is only in s. What is equal costs one look-up and no allocation.
func (s State) Differences(o State, f func(k Key, before, after Value)) {
	others := o.tables()
	for i, t := range s.tables() {
		t.differences(others[i], f)
	}
}

// Servers are the destinations of each service, in the order of their keys.
func (s State) Servers() map[ServiceKey][]DestinationKey {
	out := make(map[ServiceKey][]DestinationKey, len(s.Services))
	for k := range s.Destinations {
		out[k.Service] = append(out[k.Service], k)
	}
	for _, keys := range out {
		slices.SortFunc(keys, DestinationKey.Compare)
	}
	return out
}
