package plan

import (
	"maps"

	"github.com/lvsform/lvsform/spec"
)

// imply adds to the goal what the kernel does along with it: a module brings a link, a link its settings, and takes with it what it
// carries; a setting that sets others sets those that nobody declares.
func (m *maker) imply() {
	m.arisen = spec.NewNode(spec.Kernel{}, spec.State{Modules: m.Live.Modules, Links: m.Live.Links, Sysctls: m.Live.Sysctls})
	if maps.Equal(m.Live.Modules, m.goal.Modules) && maps.Equal(m.Live.Links, m.goal.Links) && maps.Equal(m.Live.Sysctls, m.goal.Sysctls) {
		return
	}
	for k, v := range m.goal.Modules {
		if m.Live.Get(k) == nil {
			_ = m.arisen.Do(k, nil, v)
		}
	}
	for k, v := range m.arisen.State().Links {
		if m.goal.Get(k) == nil && m.Live.Get(k) == nil {
			m.goal.Set(k, v)
		}
	}
	for k, v := range m.goal.Links { // what cannot be made is told by impossible
		if _, there := m.arisen.State().Links[k]; !there {
			_ = m.arisen.Do(k, nil, v)
		}
	}
	m.carried()
	for k, v := range m.arisen.State().Sysctls {
		if m.goal.Get(k) == nil && !m.gone(k.Interface()) {
			m.goal.Set(k, v)
		}
	}
	for _, k := range spec.GlobalSysctls() {
		m.along(k)
	}
	for k, v := range m.goal.Links { // what comes with this begins as others leave it
		if now := m.arisen.State().Links[k]; v.Up && !now.Up {
			_ = m.arisen.Do(k, now, v)
		}
	}
}

// gone says that an interface is there and is to go.
func (m *maker) gone(name string) bool {
	k := spec.LinkKey{Name: name}
	return m.Live.Get(k) != nil && m.goal.Get(k) == nil
}

// carried takes out of the goal what goes with a link.
func (m *maker) carried() {
	maps.DeleteFunc(m.goal.Addresses, func(k spec.AddressKey, _ spec.Address) bool { return m.gone(k.Interface) })
	maps.DeleteFunc(m.goal.Neighbours, func(k spec.NeighbourKey, _ spec.Neighbour) bool { return m.gone(k.Interface) })
	maps.DeleteFunc(m.goal.Sysctls, func(k spec.SysctlKey, _ spec.Sysctl) bool { return m.gone(k.Interface()) })
}

// along carries the change of a setting over to those that the kernel sets with it. Those keep their value that are declared, or
// another instance's; of those that the ledger knows, see originals.
func (m *maker) along(k spec.SysctlKey) {
	want, ok := m.goal.Sysctls[k]
	if !ok || m.arisen.State().Sysctls[k] == want {
		return
	}
	for o := range m.goal.Sysctls {
		_, known := m.Ledger[o]
		if other, _ := m.Others.Of(o); k.Rewrites(o) && (o.IsGlobal() || !known && other == "" && !m.declared(o)) {
			m.goal.Sysctls[o] = k.Along(o, want)
		}
	}
}
