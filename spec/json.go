package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// MarshalJSON writes an object per kind that has objects: {"service": {"tcp 192.0.2.1:80": {"scheduler": …}}, …},
// keys in the order of CompareKeys, every attribute explicit.
func (s State) MarshalJSON() ([]byte, error) { return s.MarshalPatch(nil) }

// MarshalPatch writes what MarshalJSON does, and null for objects that are gone from what the State is compared with.
func (s State) MarshalPatch(gone []Key) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	var last Kind
	keys := s.Keys()
	if len(gone) > 0 {
		keys = append(keys, gone...)
		slices.SortFunc(keys, CompareKeys)
	}
	for _, k := range keys {
		switch {
		case last == k.Kind():
			b.WriteByte(',')
		case last != 0:
			b.WriteString("},")
			fallthrough
		default:
			fmt.Fprintf(&b, "%q:{", k.Kind().String())
			last = k.Kind()
		}
		fmt.Fprintf(&b, "%s:%s", quote(k.String()), EncodeValue(s.Get(k))) // null for what is not there
	}
	if last != 0 {
		b.WriteByte('}')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads what MarshalJSON wrote. It refuses an unknown kind, key or attribute, an object under
// the wrong kind or in two spellings, and names it.
func (s *State) UnmarshalJSON(text []byte) error {
	gone, err := s.UnmarshalPatch(text)
	if len(gone) > 0 && err == nil {
		return fmt.Errorf("%s: null is not a %s", gone[0], gone[0].Kind())
	}
	return err
}

// UnmarshalPatch reads what MarshalPatch wrote: what is null is gone.
func (s *State) UnmarshalPatch(text []byte) (gone []Key, err error) {
	var kinds map[string]map[string]json.RawMessage
	if err := json.Unmarshal(text, &kinds); err != nil {
		return nil, JSONError(text, err)
	}
	*s = State{}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) { // of several errors it is always the same one that is told
		objects := kinds[kind]
		if !slices.Contains(kindNames[1:], kind) {
			return nil, fmt.Errorf("there are no objects of kind %q", kind)
		}
		for _, name := range slices.Sorted(maps.Keys(objects)) {
			k, err := ParseKey(name)
			if err != nil {
				return nil, err
			}
			if k.Kind().String() != kind {
				return nil, fmt.Errorf("%s is a %s and stands under %q", name, k.Kind(), kind)
			}
			v, err := DecodeValue(k.Kind(), objects[name])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			switch {
			case s.Get(k) != nil || slices.Contains(gone, k):
				return nil, fmt.Errorf("%s is there twice, in two spellings", k)
			case v == nil:
				gone = append(gone, k)
			default:
				s.Set(k, v)
			}
		}
	}
	return gone, nil
}

// quote is a JSON string. An interface may have nearly any name; those of people are plain.
func quote(s string) []byte {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\' {
			out, err := json.Marshal(s)
			if err != nil {
				panic(err) // it is a string
			}
			return out
		}
	}
	return append(append([]byte{'"'}, s...), '"')
}
