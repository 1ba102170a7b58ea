package file

import (
	"errors"
	"fmt"

	"github.com/lvsform/lvsform/spec"
)

// holds says what of the state around the table no kernel can hold: what a simulated one would not make.
func holds(kernel spec.Kernel, s spec.State) error {
	for l, v := range s.Links {
		if _, isGUE := l.GUEPort(); isGUE != (v.Type == "gue") || !isGUE && !l.IsInterface() {
			return fmt.Errorf("its state has %s, and no %s has such a name", l, or(v.Type, "interface"))
		}
	}
	for k := range s.Sysctls {
		if name := k.Interface(); name != "" && s.Get(spec.LinkKey{Name: name}) == nil {
			return fmt.Errorf("its state has %s without the interface", k)
		}
	}
	n := spec.NewNode(kernel, spec.State{Links: s.Links, Sysctls: s.Sysctls})
	for _, k := range s.Host().Keys() {
		var err error
		switch v := s.Get(k); k.(type) {
		case spec.LinkKey, spec.ModuleKey: // of which most cannot be made by requests
		case spec.SysctlKey:
			err = n.Do(k, v, v)
		default:
			err = n.Do(k, nil, v)
		}
		if refusal, ok := errors.AsType[*spec.Refusal](err); ok {
			return fmt.Errorf("its state has what its kernel cannot hold: %w", refusal)
		}
	}
	return nil
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
