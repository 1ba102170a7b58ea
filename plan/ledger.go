package plan

import (
	"maps"
	"slices"
	"time"

	"github.com/lvsform/lvsform/spec"
)

// Ledger is what lvsform made, adopted or changed on a node. Destinations belong to whoever owns their service.
type Ledger map[spec.Key]Owned

// Owned is what the ledger remembers of one object.
type Owned struct {
	// Name is the object's address in the configuration it came from.
	Name string
	// Drain is, for a service, how long its destinations may keep their connections when they go, for the time when no
	// configuration says so any more.
	Drain time.Duration
	// Announce is, for an address, how it is made known when it comes back; Side what it is for.
	Announce spec.Announce
	Side     spec.Side
	// Original is set for what is not lvsform's to delete (timeouts, settings, links and neighbours that were there): the value that
	// stood there before lvsform first changed it. Ours is the one it set last, of what it made of these as well.
	Original, Ours spec.Value
	// Earlier is set while a run is under way: what Ours was before it, or what was there. A run that is killed may leave either, or
	// nothing of what it has taken away for a while.
	Earlier spec.Value
}

// left says that a value may be one that lvsform has left there. A run that was killed may have set it along, too.
func (l Ledger) left(k spec.Key, live spec.Value) bool {
	o := l[k]
	if o.Earlier == nil || live == nil || live == o.Ours || live == o.Earlier {
		return live == o.Ours || o.Earlier != nil
	}
	s, _ := k.(spec.SysctlKey)
	return slices.ContainsFunc(spec.GlobalSysctls(), func(g spec.SysctlKey) bool { return g.Rewrites(s) && l.along(g, s, live) })
}

// along says that a value is as a setting of ours sets it along that has or had another one.
func (l Ledger) along(g, k spec.SysctlKey, live spec.Value) bool {
	return slices.ContainsFunc([]spec.Value{l[g].Ours, l[g].Earlier}, func(left spec.Value) bool {
		v, ok := left.(spec.Sysctl)
		return ok && live == spec.Value(g.Along(k, v))
	})
}

// Settle is the ledger after the plan has been done.
func (p *Plan) Settle(before Ledger) Ledger {
	l := maps.Clone(before)
	if l == nil {
		l = Ledger{}
	}
	for k, r := range p.Records {
		if _, known := l[k]; !known || !shareable(k) { // what there was before is known once and for all
			l[k] = r
		}
	}
	for _, c := range p.Changes.Objects() {
		switch c.Key.(type) {
		case spec.DestinationKey, spec.ModuleKey, spec.SysctlKey:
		case spec.TimeoutsKey, spec.LinkKey, spec.NeighbourKey:
			if l.change(c.Key, p.Name(c.Key), c.Before, spec.Settle(c.Before, c.After)); l[c.Key].back() {
				delete(l, c.Key)
			}
		default:
			o, ours := l[c.Key]
			switch {
			case c.After == nil || o.Original != nil:
				delete(l, c.Key)
			case c.Before == nil && !ours:
				l[c.Key] = Owned{Name: p.Name(c.Key)}
			}
		}
	}
	p.settings(l)
	for _, k := range p.Left {
		l.leave(k)
	}
	return l
}

// leave gives an object up to another instance. What a setting has set along goes with it: it comes back with that one.
func (l Ledger) leave(k spec.Key) {
	g, _ := k.(spec.SysctlKey)
	if was, ok := l[k].Original.(spec.Sysctl); ok && g.IsGlobal() {
		maps.DeleteFunc(l, func(k spec.Key, owned Owned) bool {
			o, _ := k.(spec.SysctlKey)
			return g.Rewrites(o) && owned.Original == spec.Value(g.Along(o, was)) && (owned.Earlier != nil || l.along(g, o, owned.Ours))
		})
	}
	delete(l, k)
}

// change notes what becomes of an object that may have been there before lvsform.
func (l Ledger) change(k spec.Key, name string, before, after spec.Value) {
	owned, known := l[k]
	if !known {
		owned.Original = before // nil for what lvsform makes
	}
	if t, ok := after.(spec.Timeouts); ok && known {
		owned.Original = owned.others(before, t)
	}
	owned.Name, owned.Ours, owned.Earlier = name, after, nil
	if l[k] = owned; after == nil {
		delete(l, k)
	}
}

// others is the original, with those timeouts as they stay that somebody else has set since: they are not lvsform's to bring back.
func (o Owned) others(before spec.Value, after spec.Timeouts) spec.Value {
	for _, a := range spec.Attributes(spec.KindTimeouts) {
		if a.Same(before, after) && !a.Same(before, o.Ours) && (o.Earlier == nil || !a.Same(before, o.Earlier)) {
			o.Original = a.Copy(o.Original, after)
		}
	}
	return o.Original
}

// back says that an object that lvsform has changed is as it was before.
func (o Owned) back() bool { return o.Original != nil && o.Original == o.Ours && o.Earlier == nil }

// settings notes what becomes of sysctls, those first that set others. One that another sets along is noted even if it keeps its
// value: it would lose it when the other goes back. Such a note lasts as long as the other's.
func (p *Plan) settings(l Ledger) {
	first, last, set := p.sysctls(l)
	for k, v := range first {
		first[k] = l.original(k, v)
		if _, known := l[k]; known && v == last[k] && !l.left(k, v) {
			delete(first, k) // somebody else has set it since, and it stays so
		}
	}
	gone := p.goneLinks()
	for _, k := range slices.SortedFunc(maps.Keys(first), compareSettings) {
		if _, known := l[k]; !known && (!set[k] && !l.rewrites(k) || l.follows(k, set, last)) {
			continue
		}
		if gone[k.Interface()] {
			last[k] = nil
		}
		if l.change(k, p.Name(k), first[k], last[k]); l[k].back() && k.IsGlobal() {
			delete(l, k)
		}
	}
	l.over()
}

// sysctls are those that steps are about, and those of the ledger that are set along: as they are before and after. Those that a step
// gives another value are set.
func (p *Plan) sysctls(l Ledger) (first, last map[spec.SysctlKey]spec.Value, set map[spec.SysctlKey]bool) {
	first, last, set = map[spec.SysctlKey]spec.Value{}, map[spec.SysctlKey]spec.Value{}, map[spec.SysctlKey]bool{}
	for _, s := range p.Changes {
		k, ok := s.Key.(spec.SysctlKey)
		if !ok {
			continue
		}
		if _, again := first[k]; !again {
			first[k] = s.Before
		}
		last[k] = s.After
		if s.holds() {
			continue
		}
		set[k] = true
		before, _ := s.Before.(spec.Sysctl)
		for o := range l {
			o, ok := o.(spec.SysctlKey)
			if _, again := first[o]; ok && !again && k.Rewrites(o) {
				first[o] = k.Along(o, before)
			}
		}
		for o := range first {
			if k.Rewrites(o) {
				last[o] = k.Along(o, s.After.(spec.Sysctl))
			}
		}
	}
	return first, last, set
}

// follows says that a setting is as one sets it along that has gone back to what it was. What came while that was ours has nothing to
// go back to by itself.
func (l Ledger) follows(k spec.SysctlKey, set map[spec.SysctlKey]bool, last map[spec.SysctlKey]spec.Value) bool {
	return slices.ContainsFunc(spec.GlobalSysctls(), func(g spec.SysctlKey) bool {
		_, ours := l[g]
		return set[g] && !ours && g.Rewrites(k) && last[k] == spec.Value(g.Along(k, last[g].(spec.Sysctl)))
	})
}

// original is what a setting was before lvsform: one that another has set along since was as that one was.
func (l Ledger) original(k spec.SysctlKey, now spec.Value) spec.Value {
	for _, g := range spec.GlobalSysctls() {
		was, ok := l[g].Original.(spec.Sysctl)
		if ok && g.Rewrites(k) && l.along(g, k, now) {
			return g.Along(k, was)
		}
	}
	return now
}

// rewrites says that lvsform has changed a setting which sets the other one along.
func (l Ledger) rewrites(o spec.SysctlKey) bool {
	for _, k := range spec.GlobalSysctls() {
		if _, ours := l[k]; ours && k.Rewrites(o) {
			return true
		}
	}
	return false
}

// goneLinks are the interfaces that the plan takes away, and their settings with them.
func (p *Plan) goneLinks() map[string]bool {
	out := map[string]bool{}
	for _, s := range p.Changes {
		if k, ok := s.Key.(spec.LinkKey); ok && s.Action() == Delete {
			out[k.Name] = true
		}
	}
	return out
}
