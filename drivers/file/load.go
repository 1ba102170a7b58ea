package file

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lvsform/lvsform/spec"
)

// load is the connections of one destination, and how they end, so that a drain can be seen without traffic.
type load struct {
	spec.Connections
	// DrainsIn is how long they take to end once the destination has weight 0: they go down evenly. 0: they never end.
	DrainsIn span `json:"drains_in,omitzero"`
	// DrainingSince is when the weight became 0. Do writes it, and takes it away when the weight rises again.
	DrainingSince time.Time `json:"draining_since,omitzero"`
}

// at is what is left of the connections.
func (l load) at(now time.Time) spec.Connections {
	if l.DrainsIn <= 0 || l.DrainingSince.IsZero() {
		return l.Connections
	}
	left := 1 - float64(now.Sub(l.DrainingSince))/float64(l.DrainsIn)
	left = min(max(left, 0), 1)
	some := func(n uint32) uint32 { return uint32(float64(n)*left + 0.999) }
	return spec.Connections{Active: some(l.Active), Inactive: some(l.Inactive), Persistent: some(l.Persistent)}
}

// drain brings the connections in line with the state: those of a deleted destination are gone, and those of one whose
// weight is 0 begin to end.
func (doc *document) drain(now time.Time) {
	for k, l := range doc.Connections {
		d, ok := doc.State.Destinations[k]
		switch {
		case !ok:
			delete(doc.Connections, k)
			continue
		case d.Weight > 0:
			l.DrainingSince = time.Time{}
		case l.DrainingSince.IsZero():
			l.DrainingSince = now.UTC()
		}
		doc.Connections[k] = l
	}
}

// loads is written as an object with the text of each key.
type loads map[spec.DestinationKey]load

// MarshalJSON writes {"tcp 192.0.2.1:80 -> 10.0.0.1:80": {"active": 3, …}}.
func (l loads) MarshalJSON() ([]byte, error) {
	out := make(map[string]load, len(l))
	for k, v := range l {
		out[k.String()] = v
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (l *loads) UnmarshalJSON(text []byte) error {
	var in map[string]load
	if err := strict(text, &in); err != nil {
		return err
	}
	*l = make(loads, len(in))
	for name, v := range in {
		k, err := spec.ParseKey(name)
		if err != nil {
			return fmt.Errorf("connections: %w", err)
		}
		d, ok := k.(spec.DestinationKey)
		if !ok {
			return fmt.Errorf("connections: %s is a %s, and only destinations have connections", name, k.Kind())
		}
		(*l)[d] = v
	}
	return nil
}

// span is a duration that is written as "20s".
type span time.Duration

// MarshalText writes "1m30s".
func (s span) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

// UnmarshalText reads what time.ParseDuration does.
func (s *span) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	*s = span(d)
	return err
}
