package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lvsform/lvsform/spec"
)

// UnmarshalJSON refuses members it does not know: an effect that is not understood would be left out in silence.
func (s *stepJSON) UnmarshalJSON(text []byte) error {
	type plain stepJSON
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	return dec.Decode((*plain)(s))
}

func (s stepJSON) step() (Step, error) {
	k, err := parseKey(s.Key)
	if err != nil {
		return Step{}, err
	}
	c, err := decodeChange(k, s.Before, s.After)
	if err != nil {
		return Step{}, err
	}
	if c.Before == nil && c.After == nil {
		return Step{}, fmt.Errorf("%s: neither before nor after", k)
	}
	return Step{c, time.Duration(s.Drain)}, nil
}

// parseKey takes the one spelling of a key and no other, so that an object cannot be named twice.
func parseKey(text string) (spec.Key, error) {
	k, err := spec.ParseKey(text)
	if err != nil {
		return nil, err
	}
	if k.String() != text {
		return nil, fmt.Errorf("%q is written %q", text, k)
	}
	return k, nil
}

func decodeChange(k spec.Key, before, after json.RawMessage) (Change, error) {
	b, err := decodeValue(k, before)
	if err != nil {
		return Change{}, fmt.Errorf("%s: before: %w", k, err)
	}
	a, err := decodeValue(k, after)
	if err != nil {
		return Change{}, fmt.Errorf("%s: after: %w", k, err)
	}
	return Change{k, b, a}, nil
}

func decodeValue(k spec.Key, raw json.RawMessage) (spec.Value, error) {
	if raw == nil {
		return nil, errors.New("missing")
	}
	return spec.DecodeValue(k.Kind(), raw)
}

// add makes the entry of one object.
func (p *Plan) add(i identity, d detail) (spec.Key, error) {
	k, err := parseKey(i.Name)
	if err != nil {
		return nil, err
	}
	if i.Type != k.Kind().String() {
		return nil, fmt.Errorf("%s is a %s and not a %q", k, k.Kind(), i.Type)
	}
	if _, twice := p.Objects[k]; twice {
		return nil, fmt.Errorf("%s is named twice", k)
	}
	for _, name := range d.Ignore {
		if _, ok := spec.AttributeOf(k.Kind(), name); !ok {
			return nil, fmt.Errorf("%s: ignore_changes: a %s has no attribute %q", k, k.Kind(), name)
		}
	}
	p.Objects[k] = i.object(d)
	return k, nil
}

// contradiction compares what a person or another program reads in the document with the steps that would run.
func (d *document) contradiction(p *Plan) error {
	now := make(map[spec.Key]spec.Value, len(p.Changes))
	for i, s := range p.Changes {
		if was, ok := now[s.Key]; ok && was != s.Before {
			return fmt.Errorf("step %d of %d: %s is not as an earlier step leaves it", i+1, len(p.Changes), s.Key)
		}
		now[s.Key] = s.After
	}
	involved := p.involved()
	for _, r := range d.ResourceChanges {
		k, err := parseKey(r.Name)
		if err != nil {
			return err
		}
		want, ok := involved[k]
		if !ok {
			return fmt.Errorf("%s is in resource_changes and in no step", k)
		}
		delete(involved, k)
		got, err := decodeChange(k, r.Change.Before, r.Change.After)
		if err != nil {
			return err
		}
		if !slices.Equal(r.Change.Actions, []string{want.verb()}) {
			return fmt.Errorf("%s: the steps come to %q, resource_changes says %q", k, want.verb(), r.Change.Actions)
		}
		if got != want {
			return fmt.Errorf("%s: before and after in resource_changes are not those of the steps", k)
		}
	}
	for _, s := range p.Changes {
		if _, ok := involved[s.Key]; ok {
			return fmt.Errorf("%s is in steps and not in resource_changes", s.Key)
		}
	}
	switch {
	case d.ChangeSummary != p.Summary():
		return fmt.Errorf("the steps come to %s, change_summary says %s", p.Summary(), d.ChangeSummary)
	case d.Complete == d.Partial:
		return errors.New("it is both complete and partial, or neither")
	case d.Errored:
		return errors.New("it says that making it ended in errors")
	}
	return nil
}
