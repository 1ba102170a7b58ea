package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// MarshalJSON writes an object per kind that has objects: {"service": {"tcp 192.0.2.1:80": {"scheduler": …}}, …},
// keys in the order of CompareKeys, every attribute explicit.
func (s State) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	var last Kind
	for _, k := range s.Keys() {
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
		fmt.Fprintf(&b, "%q:%s", k.String(), EncodeValue(s.Get(k)))
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
	var kinds map[string]map[string]json.RawMessage
	if err := json.Unmarshal(text, &kinds); err != nil {
		return err
	}
	*s = State{}
	for kind, objects := range kinds {
		if !slices.Contains(kindNames[1:], kind) {
			return fmt.Errorf("there are no objects of kind %q", kind)
		}
		for name, raw := range objects {
			k, err := ParseKey(name)
			if err != nil {
				return err
			}
			if k.Kind().String() != kind {
				return fmt.Errorf("%s is a %s and stands under %q", name, k.Kind(), kind)
			}
			v, err := DecodeValue(k.Kind(), raw)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if v == nil {
				return fmt.Errorf("%s: null is not a %s", name, kind)
			}
			if s.Get(k) != nil {
				return fmt.Errorf("%s is there twice, in two spellings", k)
			}
			s.Set(k, v)
		}
	}
	return nil
}
