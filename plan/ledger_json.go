package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lvsform/lvsform/spec"
)

// recordJSON is what the ledger holds of one object.
type recordJSON struct {
	Key      string          `json:"key"`
	Name     string          `json:"address"`
	Drain    seconds         `json:"drain_seconds,omitempty"`
	Announce *announceJSON   `json:"announce,omitempty"`
	Side     spec.Side       `json:"side,omitempty"`
	Original json.RawMessage `json:"original,omitempty"`
	Ours     json.RawMessage `json:"ours,omitempty"`
	Earlier  json.RawMessage `json:"earlier,omitempty"`
}

// MarshalJSON is a list of what is remembered of each object, in the order of the keys.
func (l Ledger) MarshalJSON() ([]byte, error) {
	doc := make([]recordJSON, 0, len(l))
	for _, k := range slices.SortedFunc(maps.Keys(l), spec.CompareKeys) {
		o := l[k]
		r := recordJSON{Key: k.String(), Name: o.Name, Drain: seconds(o.Drain), Announce: announced(o.Announce), Side: o.Side}
		for v, raw := range r.values(&o) {
			if *v != nil {
				*raw = spec.EncodeValue(*v)
			}
		}
		doc = append(doc, r)
	}
	return json.Marshal(doc)
}

// UnmarshalJSON reads what MarshalJSON makes. Errors name the object.
func (l *Ledger) UnmarshalJSON(text []byte) error {
	var doc []recordJSON
	if err := json.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	*l = make(Ledger, len(doc))
	for _, r := range doc {
		k, err := parseKey(r.Key)
		if err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		o := Owned{Name: r.Name, Drain: time.Duration(r.Drain), Announce: r.Announce.announce(), Side: r.Side}
		for v, raw := range r.values(&o) {
			if len(*raw) == 0 {
				continue
			}
			if *v, err = spec.DecodeValue(k.Kind(), *raw); err != nil {
				return fmt.Errorf("ledger: %s: %w", k, err)
			}
		}
		(*l)[k] = o
	}
	return nil
}

func (r *recordJSON) values(o *Owned) map[*spec.Value]*json.RawMessage {
	return map[*spec.Value]*json.RawMessage{&o.Original: &r.Original, &o.Ours: &r.Ours, &o.Earlier: &r.Earlier}
}
