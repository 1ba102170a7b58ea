// Package spec is the model of a node: which kinds of objects it is made of, what identifies each, what each can
// be set to, its one spelling, and the rules that hold. What a node is (live) and what it should be (desired) are
// both a State: maps from comparable keys to comparable values.
//
// A live State may hold anything a kernel stores, however odd; a desired State is checked by Validate.
// Everything here is a function of its arguments. The package needs the standard library alone.
package spec

import (
	"iter"
	"maps"
	"slices"
)

// State is what one node is or should be. The zero value is a node without objects; Set makes the maps it needs.
type State struct {
	Services     map[ServiceKey]Service
	Destinations map[DestinationKey]Destination
	// Timeouts has at most one entry; a live State that was read from a kernel always has it.
	Timeouts    map[TimeoutsKey]Timeouts
	SyncDaemons map[SyncDaemonKey]SyncDaemon
}

// Get is the object's value, or nil if there is no such object.
func (s State) Get(k Key) Value {
	switch k := k.(type) {
	case ServiceKey:
		return get(s.Services, k)
	case DestinationKey:
		return get(s.Destinations, k)
	case TimeoutsKey:
		return get(s.Timeouts, k)
	case SyncDaemonKey:
		return get(s.SyncDaemons, k)
	}
	return nil
}

func get[K comparable, V Value](m map[K]V, k K) Value {
	if v, ok := m[k]; ok {
		return v
	}
	return nil
}

// Set stores the object; a nil value removes it. The value must be of the key's kind, else Set panics.
func (s *State) Set(k Key, v Value) {
	switch k := k.(type) {
	case ServiceKey:
		set(&s.Services, k, v)
	case DestinationKey:
		set(&s.Destinations, k, v)
	case TimeoutsKey:
		set(&s.Timeouts, k, v)
	case SyncDaemonKey:
		set(&s.SyncDaemons, k, v)
	}
}

func set[K comparable, V Value](m *map[K]V, k K, v Value) {
	if v == nil {
		delete(*m, k)
		return
	}
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[k] = v.(V)
}

// Clone is a copy that shares nothing.
func (s State) Clone() State {
	return State{maps.Clone(s.Services), maps.Clone(s.Destinations), maps.Clone(s.Timeouts), maps.Clone(s.SyncDaemons)}
}

// Equal says that both hold the same objects with the same values; a nil map equals an empty one.
func (s State) Equal(o State) bool {
	return maps.Equal(s.Services, o.Services) && maps.Equal(s.Destinations, o.Destinations) &&
		maps.Equal(s.Timeouts, o.Timeouts) && maps.Equal(s.SyncDaemons, o.SyncDaemons)
}

// Len is the number of objects.
func (s State) Len() int {
	return len(s.Services) + len(s.Destinations) + len(s.Timeouts) + len(s.SyncDaemons)
}

// All yields every object, in no order.
func (s State) All() iter.Seq2[Key, Value] {
	return func(yield func(Key, Value) bool) {
		_ = each(s.Timeouts, yield) && each(s.Services, yield) && each(s.Destinations, yield) && each(s.SyncDaemons, yield)
	}
}

func each[K interface {
	comparable
	Key
}, V Value](m map[K]V, yield func(Key, Value) bool) bool {
	for k, v := range m {
		if !yield(k, v) {
			return false
		}
	}
	return true
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
	differences(s.Timeouts, o.Timeouts, f)
	differences(s.Services, o.Services, f)
	differences(s.Destinations, o.Destinations, f)
	differences(s.SyncDaemons, o.SyncDaemons, f)
}

func differences[K interface {
	comparable
	Key
}, V interface {
	comparable
	Value
}](a, b map[K]V, f func(Key, Value, Value)) {
	for k, before := range a {
		if after, ok := b[k]; !ok {
			f(k, before, nil)
		} else if before != after {
			f(k, before, after)
		}
	}
	for k, after := range b {
		if _, ok := a[k]; !ok {
			f(k, nil, after)
		}
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
