package plan

import (
	"encoding/json"
	"errors"
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
		for _, v := range r.values(&o) {
			if *v.value != nil {
				*v.raw = spec.EncodeValue(*v.value)
			}
		}
		doc = append(doc, r)
	}
	return json.Marshal(doc)
}

// UnmarshalJSON reads what MarshalJSON makes. Errors name the object.
func (l *Ledger) UnmarshalJSON(text []byte) error {
	var doc []json.RawMessage
	if err := json.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("the list of objects in the ledger: %w", spec.JSONError(text, err))
	}
	*l = make(Ledger, len(doc))
	for i, record := range doc {
		if err := l.add(record); err != nil {
			return fmt.Errorf("object %d of %d of the ledger: %w", i+1, len(doc), err)
		}
	}
	return nil
}

func (l Ledger) add(record json.RawMessage) error {
	var r recordJSON
	err := json.Unmarshal(record, &r)
	switch {
	case err != nil && r.Key != "":
		return fmt.Errorf("%s: %w", r.Key, spec.JSONError(record, err))
	case err != nil:
		return spec.JSONError(record, err)
	case r.Key == "":
		return errors.New("it has no key")
	}
	k, err := parseKey(r.Key)
	if err != nil {
		return err
	}
	if _, twice := l[k]; twice {
		return fmt.Errorf("%s is there twice", k)
	}
	o := Owned{Name: r.Name, Drain: time.Duration(r.Drain), Announce: r.Announce.announce(), Side: r.Side}
	for _, v := range r.values(&o) {
		if len(*v.raw) == 0 {
			continue
		}
		if *v.value, err = spec.DecodeValue(k.Kind(), *v.raw); err != nil {
			return fmt.Errorf("%s: %s: %w", k, v.name, err)
		}
	}
	l[k] = o
	return nil
}

type valueJSON struct {
	name  string
	value *spec.Value
	raw   *json.RawMessage
}

func (r *recordJSON) values(o *Owned) [3]valueJSON {
	return [...]valueJSON{{"original", &o.Original, &r.Original}, {"ours", &o.Ours, &r.Ours}, {"earlier", &o.Earlier, &r.Earlier}}
}
