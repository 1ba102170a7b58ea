package plan

import (
	"maps"
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// settle takes from the live state what the configuration leaves open or ignores.
func (m *maker) settle() {
	for k, want := range m.goal.All() {
		live := m.Live.Get(k)
		if live == nil {
			continue
		}
		if want = spec.Settle(live, want); m.minimum(k, live, want) {
			want = live
		} else if other, theirs := m.Others.Of(k); other != "" && theirs.Ours != nil && m.minimum(k, theirs.Ours, want) {
			want = theirs.Ours
		}
		for _, name := range m.ignored(k) {
			if a, ok := spec.AttributeOf(k.Kind(), name); ok {
				want = a.Copy(want, live)
			}
		}
		m.goal.Set(k, want)
	}
	m.timeouts()
	m.originals()
	var declared map[spec.ServiceKey][]spec.DestinationKey
	for _, s := range slices.SortedFunc(maps.Keys(m.goal.Services), spec.ServiceKey.Compare) {
		if o := m.Desired.Objects[s]; o.Pool == nil || !o.Pool.IgnoreServers || m.Live.Get(s) == nil {
			continue
		}
		if declared == nil {
			declared = m.goal.Servers()
		}
		m.leaveServers(s, declared[s])
	}
}

// minimum says that a live setting is no less quiet than a derived one asks for.
func (m *maker) minimum(k spec.Key, live, want spec.Value) bool {
	s, ok := k.(spec.SysctlKey)
	return ok && m.declared(k) && m.Desired.Objects[k].Minimum && s.AsQuiet(live.(spec.Sysctl), want.(spec.Sysctl))
}

// A kernel always has timeouts: those that are not declared stay, or go back to what they were before lvsform.
func (m *maker) timeouts() {
	k := spec.TimeoutsKey{}
	live := m.Live.Get(k)
	if live == nil {
		m.goal.Set(k, nil)
		return
	}
	want, owned := m.Desired.State.Get(k), m.Ledger[k]
	if m.Destroy || want == nil {
		want = spec.Timeouts{}
	}
	goal := spec.Settle(live, want)
	for _, a := range spec.Attributes(spec.KindTimeouts) {
		open := a.Same(want, spec.Timeouts{})
		if open && owned.Original != nil && (a.Same(live, owned.Ours) || owned.Earlier != nil && a.Same(live, owned.Earlier)) {
			goal = a.Copy(goal, owned.Original)
		}
	}
	m.goal.Set(k, goal)
}

// leaveServers leaves the members of a service to a health checker.
func (m *maker) leaveServers(s spec.ServiceKey, declared []spec.DestinationKey) {
	added, missing := 0, 0
	for _, d := range m.servers[s] {
		if m.goal.Get(d) == nil {
			m.goal.Set(d, m.Live.Destinations[d])
			added++
		}
	}
	for _, d := range declared {
		if m.Live.Get(d) == nil {
			m.goal.Set(d, nil)
			missing++
		}
	}
	if added+missing > 0 {
		m.warn("%s: the members are ignored: %d that are not declared stay, %d that are declared are not added.", m.name(s), added, missing)
	}
}

// ignored names the attributes of a live object that are left alone. Maintenance wins over a checker's weight.
func (m *maker) ignored(k spec.Key) []string {
	o, ok := m.Desired.Objects[k]
	if !ok || o.Lifecycle == nil || len(o.Lifecycle.Ignore) == 0 {
		return nil
	}
	if o.Maintenance {
		return slices.DeleteFunc(slices.Clone(o.Lifecycle.Ignore), func(name string) bool { return name == "weight" })
	}
	return o.Lifecycle.Ignore
}
