package file

import (
	"cmp"
	"fmt"

	"github.com/lvsform/lvsform/spec"
)

// holds says what of the state around the table no kernel can hold: what a simulated one would not make. What it can it spells as
// a kernel does.
func holds(kernel spec.Kernel, s spec.State) error {
	for l, v := range s.Links {
		if _, isGUE := l.GUEPort(); isGUE != (v.Type == "gue") || !isGUE && !l.IsInterface() {
			return fmt.Errorf("its state has %s, and no %s has such a name", l, cmp.Or(v.Type, "interface"))
		}
	}
	for k := range s.Sysctls {
		if name := k.Interface(); name != "" && s.Get(spec.LinkKey{Name: name}) == nil {
			return fmt.Errorf("its state has %s without the interface", k)
		}
	}
	n := spec.NewNode(kernel, spec.State{Links: s.Links, Sysctls: s.Sysctls})
	for _, k := range s.Host().Keys() {
		if err := hold(n, s, k); err != nil {
			return fmt.Errorf("its state has what its kernel cannot hold: %w", err)
		}
	}
	return nil
}

// hold makes an object on a node, and gives the state what a kernel makes of it: the label of an address is never empty.
func hold(n *spec.Node, s spec.State, k spec.Key) error {
	switch v := s.Get(k).(type) {
	case spec.Link, spec.Module: // of which most cannot be made by requests
		return nil
	case spec.Sysctl:
		s.Set(k, k.(spec.SysctlKey).Normal(v.Value))
		return n.Do(k, v, v)
	case spec.Address:
		// No request can make these either: the second the kernel gives sit0, of the loopback's IPv4 addresses.
		dynamic, ofHost := v.Dynamic, k.(spec.AddressKey).Prefix.Addr().Is6() && v.Scope == "host"
		if v.Dynamic = false; v.Scope == "" {
			v.Scope = "global"
		}
		if err := n.Do(k, nil, v); err != nil {
			return err
		}
		v = n.State().Get(k).(spec.Address)
		if v.Dynamic = dynamic; ofHost {
			v.Scope = "host"
		}
		s.Set(k, v)
		return nil
	default:
		return n.Do(k, nil, v)
	}
}
