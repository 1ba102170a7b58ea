package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Attribute is one thing that can be set on objects of one kind. The table of all of them is what JSON, rendering,
// ignore_changes and the tests are made from, so that no attribute can be forgotten in one of them.
type Attribute struct {
	Kind Kind
	// Name is the attribute's name in JSON, in plans and in ignore_changes: "weight", "persistence_timeout".
	Name string

	of    func(Value) any
	same  func(a, b Value) bool
	with  func(to, from Value) Value
	parse func(Value, json.RawMessage) (Value, error)
}

// Of is the attribute's value in v, which must be of the attribute's kind: a bool, a number, a string, a []string
// or a type of this package that marshals to text.
func (a Attribute) Of(v Value) any { return a.of(v) }

// Same says that the attribute is equal in both values.
func (a Attribute) Same(x, y Value) bool { return a.same(x, y) }

// Copy is to with this one attribute taken from from.
func (a Attribute) Copy(to, from Value) Value { return a.with(to, from) }

// Attributes is the table for one kind, in the order in which plans show them.
func Attributes(k Kind) []Attribute {
	if int(k) < len(attributes) {
		return attributes[k]
	}
	return nil
}

// AttributeOf finds an attribute by name; ok is false if the kind has none of that name.
func AttributeOf(k Kind, name string) (a Attribute, ok bool) {
	all := Attributes(k)
	i := slices.IndexFunc(all, func(a Attribute) bool { return a.Name == name })
	if i < 0 {
		return Attribute{}, false
	}
	return all[i], true
}

// The names of flags depend on the scheduler, which stands before them in the table.
func flagsAttribute() Attribute {
	a := field("scheduler_flags", func(s *Service) *SchedulerFlags { return &s.Flags })
	a.of = func(v Value) any { s := v.(Service); return append([]string{}, s.Flags.Names(s.Scheduler)...) }
	a.parse = parseFlags
	return a
}

func parseFlags(v Value, raw json.RawMessage) (Value, error) {
	s := v.(Service)
	var names []string
	if err := json.Unmarshal(raw, &names); err != nil {
		return nil, JSONError(raw, err)
	}
	s.Flags = 0
	for _, name := range names {
		f, err := ParseSchedulerFlag(s.Scheduler, name)
		if err != nil {
			return nil, err
		}
		s.Flags |= f
	}
	return s, nil
}

// field makes an attribute of a plain field; p points to the field within a copy of the value.
func field[V Value, T comparable](name string, p func(*V) *T) Attribute {
	var zero V
	at := func(v Value) *T { c := v.(V); return p(&c) }
	return Attribute{
		Kind: zero.Kind(), Name: name,
		of:   func(v Value) any { return *at(v) },
		same: func(a, b Value) bool { return *at(a) == *at(b) },
		with: func(to, from Value) Value {
			c := to.(V)
			*p(&c) = *at(from)
			return Value(c)
		},
		parse: func(v Value, raw json.RawMessage) (Value, error) {
			c := v.(V)
			err := json.Unmarshal(raw, p(&c))
			return Value(c), JSONError(raw, err)
		},
	}
}

// EncodeValue is the value as one JSON object with every attribute, in the order of Attributes; a nil value is null.
func EncodeValue(v Value) json.RawMessage {
	if v == nil {
		return json.RawMessage("null")
	}
	b := bytes.NewBufferString("{")
	for i, a := range Attributes(v.Kind()) {
		if i > 0 {
			b.WriteByte(',')
		}
		x, err := json.Marshal(a.Of(v))
		if err != nil {
			panic(err) // every attribute is a plain value
		}
		fmt.Fprintf(b, "%q:%s", a.Name, x)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// DecodeValue reads what EncodeValue wrote for an object of the kind: null gives nil, an attribute that is left out
// is zero, and a name that the kind does not have is an error.
func DecodeValue(k Kind, raw json.RawMessage) (Value, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, JSONError(raw, err)
	}
	if fields == nil {
		return nil, nil
	}
	v := Zero(k)
	if v == nil {
		return nil, fmt.Errorf("there are no objects of %s", k)
	}
	for _, a := range Attributes(k) {
		text, ok := fields[a.Name]
		if !ok {
			continue
		}
		delete(fields, a.Name)
		var err error
		if v, err = a.parse(v, text); err != nil {
			return nil, fmt.Errorf("attribute %q: %w", a.Name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) { // the same one is told each time
		return nil, fmt.Errorf("a %s has no attribute %q", k, name)
	}
	return v, nil
}

// Zero is the value of the kind with nothing set, or nil for an unknown kind.
func Zero(k Kind) Value {
	if int(k) < len(zeros) {
		return zeros[k]
	}
	return nil
}
