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

// UnmarshalJSON refuses members of a step that it does not know: an effect that is not understood would be left out in silence.
func (s *stepsJSON) UnmarshalJSON(text []byte) error {
	*s = stepsJSON{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	return dec.Decode((*[]stepJSON)(s))
}

// decoded are values by the kind and the JSON they were read from: large plans hold few different ones.
type decoded map[string]spec.Value

func (d decoded) value(k spec.Kind, raw json.RawMessage) (spec.Value, error) {
	if raw == nil {
		return nil, errors.New("missing")
	}
	id := append([]byte{byte(k)}, raw...)
	if v, ok := d[string(id)]; ok {
		return v, nil
	}
	v, err := spec.DecodeValue(k, raw)
	if err == nil {
		d[string(id)] = v
	}
	return v, err
}

func (d decoded) change(k spec.Key, before, after json.RawMessage) (Change, error) {
	b, err := d.value(k.Kind(), before)
	if err != nil {
		return Change{}, fmt.Errorf("%s: before: %w", k, err)
	}
	a, err := d.value(k.Kind(), after)
	if err != nil {
		return Change{}, fmt.Errorf("%s: after: %w", k, err)
	}
	return Change{k, b, a}, nil
}

func (d decoded) step(s stepJSON) (Step, error) {
	k, err := parseKey(s.Key)
	if err != nil {
		return Step{}, err
	}
	c, err := d.change(k, s.Before, s.After)
	if err == nil && c.Before == nil && c.After == nil {
		err = fmt.Errorf("%s: neither before nor after", k)
	}
	if err == nil && s.Announce != nil && (k.Kind() != spec.KindAddress || s.Announce.Count < 0) {
		err = fmt.Errorf("%s: announce: only addresses are announced, and as often as a number from 0 on says", k)
	}
	return Step{Change: c, Drain: time.Duration(s.Drain), Announce: s.Announce.announce()}, err
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
// The shown changes are those of its resource_changes.
func (d *document) contradiction(p *Plan, shown []Change) error {
	if err := p.Changes.chain(); err != nil {
		return err
	}
	involved := p.involved()
	for i, got := range shown {
		want, ok := involved[got.Key]
		delete(involved, got.Key)
		switch actions := d.ResourceChanges[i].Change.Actions; {
		case !ok:
			return fmt.Errorf("%s is in resource_changes and in no step", got.Key)
		case !slices.Equal(actions, []string{want.verb()}):
			return fmt.Errorf("%s: the steps come to %q, resource_changes says %q", got.Key, want.verb(), actions)
		case got != want:
			return fmt.Errorf("%s: before and after in resource_changes are not those of the steps", got.Key)
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

// chain says which step does not begin where an earlier one of the same object ends.
func (cs Changeset) chain() error {
	now, rewritten := make(map[spec.Key]spec.Value, len(cs)), map[spec.Key]bool{}
	for i, s := range cs {
		if was, ok := now[s.Key]; ok && was != s.Before && !rewritten[s.Key] {
			return fmt.Errorf("step %d of %d: %s is not as an earlier step leaves it", i+1, len(cs), s.Key)
		}
		now[s.Key] = s.After
		delete(rewritten, s.Key)
		if k, ok := s.Key.(spec.SysctlKey); ok && k.MaySetOthers() {
			for o := range now {
				if o, ok := o.(spec.SysctlKey); ok && k.MaySet(o) {
					rewritten[o] = true
				}
			}
		}
	}
	return nil
}
