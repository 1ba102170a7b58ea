package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// Others are the ledgers of the other instances of a node, by their names.
type Others map[string]Ledger

// Of is the instance that holds an object, and what its ledger says of it; "" is none.
func (o Others) Of(k spec.Key) (instance string, owned Owned) {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if owned, held := o[name][k]; held {
			return name, owned
		}
	}
	return "", Owned{}
}

// setAlong says that the object is a setting that others set along for sure.
func setAlong(k spec.Key) bool {
	s, ok := k.(spec.SysctlKey)
	return ok && slices.ContainsFunc(spec.GlobalSysctls(), func(g spec.SysctlKey) bool { return g.Rewrites(s) })
}

// interfaceOf is the interface that an object is on, or "".
func interfaceOf(k spec.Key) string {
	switch k := k.(type) {
	case spec.AddressKey:
		return k.Interface
	case spec.NeighbourKey:
		return k.Interface
	case spec.ARPFilterKey:
		return k.Interface
	case spec.SysctlKey:
		return k.Interface()
	}
	return ""
}

// carrier is the interface that an object is on, or "": that of a sync daemon as it is to be, or as it is.
func (m *maker) carrier(k spec.Key) string {
	daemon, ok := k.(spec.SyncDaemonKey)
	if !ok {
		return interfaceOf(k)
	}
	if v, ok := m.goal.SyncDaemons[daemon]; ok {
		return v.Interface
	}
	return m.Live.SyncDaemons[daemon].Interface
}

// shareable says that several instances may declare the object, as long as they agree.
func shareable(k spec.Key) bool { return restorable(k) && k.Kind() != spec.KindTimeouts }

// agrees says that a value is as the instance that holds the object left it. What is not shareable it holds alone.
func (o Others) agrees(k spec.Key, v spec.Value) bool {
	instance, _ := o.Of(k)
	return instance == "" || shareable(k) && v != nil && o[instance].left(k, v)
}

// contrary is the object, by whichever name, that another instance holds and that is to be otherwise, or nil.
func (m *maker) contrary(k spec.Key) spec.Key {
	names := []spec.Key{k}
	if s, ok := k.(spec.SysctlKey); ok && s.IsGlobal() {
		for _, g := range spec.GlobalSysctls() {
			if g.Rewrites(s) || s.Rewrites(g) {
				names = append(names, g)
			}
		}
	}
	for _, name := range names {
		if other, theirs := m.Others.Of(name); other != "" && !m.shared(k, theirs) && !m.stays(k) {
			return name
		}
	}
	return nil
}

// shared says that an object is to be as the instance that holds it left it.
func (m *maker) shared(k spec.Key, theirs Owned) bool {
	want := m.Desired.State.Get(k)
	return shareable(k) && theirs.Ours != nil && (spec.Satisfies(theirs.Ours, want) || m.minimum(k, theirs.Ours, want))
}

// stays says that what goes back is to leave an object as it is now: that concerns no other instance.
func (m *maker) stays(k spec.Key) bool {
	return m.Restore && shareable(k) && m.Live.Get(k) != nil && m.Live.Get(k) == m.Desired.State.Get(k)
}

// theirs refuses what another instance holds, maybe by another name, and is to be otherwise.
func (m *maker) theirs(wanted, k spec.Key) error {
	other, owned := m.Others.Of(k)
	if !shareable(k) || owned.Ours == nil {
		return fmt.Errorf("%s belongs to instance %q: declare it there, or make that instance forget it", m.name(wanted), other)
	}
	var has []string
	for _, a := range spec.Attributes(k.Kind()) {
		has = append(has, a.Name+" "+FormatValue(a, owned.Ours))
	}
	return fmt.Errorf("%s belongs to instance %q, which needs it with %s: declare the same here, or take it out of that instance's configuration first", m.name(wanted), other, strings.Join(has, ", "))
}

// standsOn says whether something is declared on an interface, or which instance holds something there. What a setting sets along is
// noted on every interface, and holds none.
func (m *maker) standsOn(name string) (declared bool, instance string) {
	if m.standing == nil {
		m.standing, m.standingOthers = map[string]bool{}, map[string]string{}
		if !m.Destroy {
			for k := range m.Desired.State.Host().All() {
				m.standing[interfaceOf(k)] = true
			}
			for _, daemon := range m.Desired.State.SyncDaemons {
				m.standing[daemon.Interface] = true
			}
		}
		for _, instance := range slices.Backward(slices.Sorted(maps.Keys(m.Others))) {
			for k := range m.Others[instance] {
				if !setAlong(k) {
					m.standingOthers[m.carrier(k)] = instance
				}
			}
		}
	}
	return m.standing[name], m.standingOthers[name]
}

// claims are what this instance notes of what others have changed: what it declares too, the links under that, and settings that set
// it along, with all that those set. Whoever leaves first leaves them as they are, and the last one brings back what there was.
func (m *maker) claims() map[spec.Key]bool {
	out := map[spec.Key]bool{}
	if m.Destroy || len(m.Others) == 0 {
		return out
	}
	claim := func(k spec.Key) {
		if other, _ := m.Others.Of(k); other != "" && shareable(k) {
			out[k] = true
		}
	}
	for k := range m.Desired.State.All() {
		if !m.chosen(k) {
			continue
		}
		claim(k)
		claim(spec.LinkKey{Name: m.carrier(k)})
		s, _ := k.(spec.SysctlKey)
		for _, g := range spec.GlobalSysctls() {
			if g != s && !g.Rewrites(s) {
				continue
			}
			claim(g)
			for _, l := range m.Others {
				for o := range l {
					if o, ok := o.(spec.SysctlKey); ok && g.Rewrites(o) {
						claim(o)
					}
				}
			}
		}
	}
	return out
}

// share records the claims, and gives up what is no longer needed here and is there.
func (m *maker) share() {
	claims := m.claims()
	for k := range claims {
		if _, ours := m.Ledger[k]; !ours {
			_, owned := m.Others.Of(k)
			owned.Name = m.name(k)
			m.plan.Records[k] = owned
		}
	}
	to := map[string][]string{}
	for _, k := range slices.SortedFunc(maps.Keys(m.Ledger), spec.CompareKeys) {
		if m.declared(k) || claims[k] || !m.chosen(k) || m.setByUnchosen(k) {
			continue
		}
		if other, _ := m.Others.Of(k); other != "" {
			m.plan.Left = append(m.plan.Left, k)
			to[other] = append(to[other], k.String())
		} else if l, ok := k.(spec.LinkKey); ok && m.Live.Get(k) != nil {
			if _, other := m.standsOn(l.Name); other != "" {
				m.warn("%s stays as it is: instance %q has something on it. It goes with the next apply after that one has given it up.", m.name(k), other)
			}
		}
	}
	for _, other := range slices.Sorted(maps.Keys(to)) {
		m.warn("Instance %q needs %s too: left as it is, and forgotten here.", other, strings.Join(to[other], ", "))
	}
}

// setByUnchosen says that a setting of ours that the plan leaves alone sets the object along: what is noted of it lasts as long.
func (m *maker) setByUnchosen(k spec.Key) bool {
	s, _ := k.(spec.SysctlKey)
	return slices.ContainsFunc(spec.GlobalSysctls(), func(g spec.SysctlKey) bool {
		_, ours := m.Ledger[g]
		return ours && g.Rewrites(s) && !m.chosen(g)
	})
}

// Fits says why steps of the plan are not for this instance to do, or why what it notes and gives up would be held by nobody. What
// ends as it began is no change, and what is set along goes with its link.
func (p *Plan) Fits(cs Changeset, others Others) error {
	taken := func(k spec.Key, after spec.Value) error {
		if d, ok := k.(spec.DestinationKey); ok {
			k = d.Service
		}
		if other, _ := others.Of(k); !others.agrees(k, after) {
			return fmt.Errorf("%s belongs to instance %q now: make a new plan", k, other)
		}
		return nil
	}
	gone := p.goneLinks()
	for _, c := range cs.Objects() {
		if setAlong(c.Key) && gone[interfaceOf(c.Key)] {
			continue
		}
		if err := taken(c.Key, c.After); err != nil {
			return err
		}
	}
	for _, k := range p.Adopted {
		if err := taken(k, nil); err != nil {
			return err
		}
	}
	keys := slices.Clone(p.Left)
	for k := range p.Records {
		if shareable(k) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, spec.CompareKeys)
	for _, k := range keys {
		if other, _ := others.Of(k); other == "" {
			return fmt.Errorf("no other instance holds %s any more: make a new plan", k)
		}
	}
	return nil
}
