package plan

import (
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// ownable says that the ledger holds objects like this one, made or adopted, to delete them some day.
func ownable(k spec.Key) bool {
	switch k.Kind() {
	case spec.KindService, spec.KindSyncDaemon, spec.KindAddress, spec.KindARPFilter, spec.KindMarkRule, spec.KindMasqueradeRule:
		return true
	}
	return false
}

// restorable says that the ledger holds what such an object was before lvsform changed it, and that what is there as declared is
// nobody's.
func restorable(k spec.Key) bool {
	switch k.Kind() {
	case spec.KindTimeouts, spec.KindLink, spec.KindSysctl, spec.KindNeighbour:
		return true
	}
	return false
}

// keep copies into the goal what is live and stays.
func (m *maker) keep() {
	m.servers = m.Live.Servers()
	for k, v := range m.Live.All() {
		if k.Kind() == spec.KindDestination || k.Kind() == spec.KindTimeouts || m.goal.Get(k) != nil || m.goes(k, v) {
			continue
		}
		m.goal.Set(k, v)
		if s, ok := k.(spec.ServiceKey); ok {
			for _, d := range m.servers[s] {
				m.goal.Set(d, m.Live.Destinations[d])
			}
		}
		_, ours := m.Ledger[k]
		told := m.Destroy || m.Desired.Ownership.Unmanaged != spec.UnmanagedIgnore
		if unmanageable(k) && !ours && told && !m.untouchable(k, v) {
			m.plan.Unmanaged = append(m.plan.Unmanaged, k)
		}
	}
	slices.SortFunc(m.plan.Unmanaged, spec.CompareKeys)
}

// unmanageable says that objects of somebody else are told of: those of the table alone.
func unmanageable(k spec.Key) bool {
	return k.Kind() == spec.KindService || k.Kind() == spec.KindSyncDaemon
}

// untouchable says that an object is ignored, or another instance's, or has something on it that is declared, or another
// instance's.
func (m *maker) untouchable(k spec.Key, v spec.Value) bool {
	if other, _ := m.Others.Of(k); other != "" || m.Desired.Ownership.Ignores(k, v) {
		return true
	}
	l, isLink := k.(spec.LinkKey)
	if !isLink {
		return false
	}
	declared, other := m.standsOn(l.Name)
	return declared || other != ""
}

// goes says that a live object that is not declared is to go.
func (m *maker) goes(k spec.Key, v spec.Value) bool {
	owned, ours := m.Ledger[k]
	switch {
	case unmanageable(k) && m.Desired.Ownership.Unmanaged == spec.UnmanagedDestroy && !m.Destroy:
		ours = true
	case !ownable(k) && k.Kind() != spec.KindLink && k.Kind() != spec.KindNeighbour:
		return false
	}
	return ours && owned.Original == nil && !m.untouchable(k, v)
}

// originals brings back what lvsform has changed and nobody declares any more, as long as it is still as lvsform left it: of another
// instance's, what a run that was killed has set along. What a setting that stays changed sets along is as that one makes it.
func (m *maker) originals() {
	var along []spec.SysctlKey
	for k, owned := range m.Ledger {
		live := m.Live.Get(k)
		_, otherwise := m.alias(k)
		if owned.Original == nil || k.Kind() == spec.KindTimeouts || m.declared(k) || otherwise || !m.Ledger.left(k, live) {
			continue
		}
		if _, theirs := m.Others.Of(k); live != nil && owned.Earlier != nil && theirs.Ours != nil && theirs.Earlier == nil {
			m.goal.Set(k, theirs.Ours)
		}
		if m.untouchable(k, live) || live == nil && !m.returns(k) {
			continue
		}
		if s, ok := k.(spec.SysctlKey); ok && !s.IsGlobal() {
			along = append(along, s)
			continue
		}
		if m.goal.Set(k, owned.Original); ownable(k) && live != nil && live != owned.Original {
			m.goal.Set(k, nil) // a run that was killed has imported it
		}
	}
	for _, k := range along {
		m.goal.Set(k, m.Ledger[k].Original)
		for _, g := range spec.GlobalSysctls() {
			if to, changed := m.changed(g); changed && g.Rewrites(k) {
				m.goal.Set(k, g.Along(k, to))
			}
		}
	}
}

// returns says that there is room for what a run has taken away and not put back.
func (m *maker) returns(k spec.Key) bool {
	a, _ := k.(spec.AddressKey)
	_, twice := twin(m.goal, a)
	return movable(k) && !twice && m.Live.Get(spec.LinkKey{Name: interfaceOf(k)}) != nil
}

// changed is what a setting that sets others is to be, and whether that is otherwise than before lvsform, by whichever name.
func (m *maker) changed(k spec.SysctlKey) (to spec.Sysctl, changed bool) {
	before := m.Live.Get(k)
	to, _ = before.(spec.Sysctl)
	for _, name := range spec.GlobalSysctls() {
		if name != k && !name.Rewrites(k) {
			continue
		}
		if owned, ours := m.Ledger[name]; ours {
			before = owned.Original
		}
		if want := m.goal.Get(name); want != nil && want != m.Live.Get(name) {
			to = want.(spec.Sysctl)
		}
	}
	return to, before != nil && before != spec.Value(to)
}

// alias is the other name of a setting, if the configuration wants it under that alone.
func (m *maker) alias(k spec.Key) (other spec.SysctlKey, ok bool) {
	s, ok := k.(spec.SysctlKey)
	if !ok || !s.IsGlobal() || m.declared(k) {
		return other, false
	}
	for _, g := range spec.GlobalSysctls() {
		if g.Rewrites(s) && m.declared(g) {
			return g, true
		}
	}
	return other, false
}

// declared says that the configuration wants the object.
func (m *maker) declared(k spec.Key) bool { return !m.Destroy && m.Desired.State.Get(k) != nil }
