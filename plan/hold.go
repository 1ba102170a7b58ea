package plan

import (
	"slices"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// hold leaves picked objects alone that cannot change while something else is left alone: one that comes rests on what does not come,
// or one that goes still carries what does not go. What is left alone for that is told.
func (n *needs) hold(keys map[spec.Key]bool) {
	for {
		h := n.held(keys)
		found := map[spec.Key]spec.Key{}
		for k := range n.picked {
			if n.changes(k) {
				if why, ok := h.why(k); ok {
					found[k] = why
				}
			}
		}
		if len(found) == 0 {
			return
		}
		for k, why := range found {
			delete(n.picked, k)
			n.heldBack[k] = why
		}
	}
}

// changes says that the plan would do something with the object, or does not do it because it is not picked.
func (n *needs) changes(k spec.Key) bool { return n.goal.Get(k) != n.Live.Get(k) }

// held are the objects that are left alone although they would change.
type held struct {
	*needs
	missing map[spec.Key]bool
	resting map[spec.Key]spec.Key // those that are there, by what they rest on
	serving map[string]spec.Key   // services and mark rules, by address
}

func (n *needs) held(keys map[spec.Key]bool) held {
	h := held{n, map[spec.Key]bool{}, map[spec.Key]spec.Key{}, map[string]spec.Key{}}
	for k := range keys {
		if n.picked[k] || !n.changes(k) {
			continue
		}
		h.missing[k] = true
		if n.Live.Get(k) == nil || k.Kind() == spec.KindSysctl {
			continue // a setting goes with its link
		}
		below := n.rests(k)
		if r, ok := k.(spec.MarkRuleKey); ok { // left alone, it marks what it marks now
			below = []spec.Key{spec.Mark(n.Live.MarkRules[r].Mark, spec.FamilyOf(r.Address))}
		}
		if daemon, ok := k.(spec.SyncDaemonKey); ok {
			below = []spec.Key{spec.LinkKey{Name: n.Live.SyncDaemons[daemon].Interface}}
		}
		if service, ok := k.(spec.ServiceKey); ok && n.goal.Get(k) == nil {
			below = append(below, n.servers[service]...)
		}
		if d, ok := k.(spec.DestinationKey); ok && n.goal.Get(d.Service) == nil {
			below = append(below, d.Service)
		}
		for _, b := range below {
			first(h.resting, b, k)
		}
	}
	for address, all := range n.services {
		for _, k := range all {
			if h.missing[k] {
				first(h.serving, address, k)
			}
		}
	}
	return h
}

// first keeps the first of the keys: the same one is told each time.
func first[K comparable](of map[K]spec.Key, at K, k spec.Key) {
	if other, ok := of[at]; !ok || spec.CompareKeys(k, other) < 0 {
		of[at] = k
	}
}

// why is the object for which a picked one is left alone.
func (h held) why(k spec.Key) (why spec.Key, ok bool) {
	if above, carries := h.resting[k]; carries {
		return above, true
	}
	if h.goal.Get(k) != nil {
		for _, below := range h.rests(k) {
			if h.missing[below] && (h.Live.Get(below) == nil || !standing(below)) && (!ok || spec.CompareKeys(below, why) < 0) {
				why, ok = below, true
			}
		}
		if ok {
			return why, true
		}
	}
	a, isAddress := k.(spec.AddressKey)
	if !isAddress || h.side(a) != spec.SideDirector {
		return nil, false
	}
	return h.unserved(a)
}

// standing says that others rest on the object as long as it is there, whatever its value.
func standing(k spec.Key) bool {
	switch k.Kind() {
	case spec.KindLink, spec.KindModule, spec.KindService:
		return true
	}
	return false
}

// unserved: a VIP neither goes from under a service that stays, nor comes for services none of which is there.
func (h held) unserved(a spec.AddressKey) (why spec.Key, ok bool) {
	address := a.Prefix.Addr().String()
	why, ok = h.serving[address]
	if !ok || h.goal.Get(a) != nil && h.Live.Get(a) != nil {
		return nil, false
	}
	goes := h.goal.Get(a) == nil
	served := slices.ContainsFunc(h.services[address], func(k spec.Key) bool {
		there := h.goal
		if !h.picked[k] {
			there = h.Live
		}
		return there.Get(k) != nil && (!goes || h.missing[k])
	})
	return why, served == goes
}

// tellHeld warns of what is left alone, and why.
func (m *maker) tellHeld() {
	var lines []string
	for k, why := range m.heldBack {
		lines = append(lines, m.name(k)+" is left as it is, because "+m.name(why)+" is not chosen: the one cannot change without the other.")
	}
	slices.Sort(lines)
	if most := 10; len(lines) > most {
		lines = append(lines[:most], count(len(lines)-most, "more object is", "more objects are")+" left as they are for such a reason.")
	}
	if len(lines) > 0 {
		m.warn("%s", strings.Join(lines, "\n"))
	}
}
