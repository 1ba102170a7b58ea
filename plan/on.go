package plan

import (
	"fmt"
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// On is the state that the changeset leaves behind, done on s, which it does not change. The error is a *StaleError for the first
// object that is not as its step's Before says, an *AloneError where a server would be drained that nobody stands in for any
// more, or a *spec.Refusal for a step that every kernel refuses. Objects that no step names and that do not go with one
// that a step deletes do not matter.
func (cs Changeset) On(s spec.State) (spec.State, error) {
	n := spec.NewNode(spec.Kernel{}, s)
	r := cs.rounds()
	t := countTakers(r, n.State())
	var global []spec.SysctlKey
	for i, step := range cs {
		if got := n.State().Get(step.Key); !spec.Satisfies(got, step.Before) && !brings(global, step.Change) {
			return spec.State{}, &StaleError{step.Key, step.Before, got}
		}
		if k, ok := step.Key.(spec.SysctlKey); ok && k.MaySetOthers() {
			global = append(global, k)
		}
		if err := unnamed(n, step.Change); err != nil {
			return spec.State{}, err
		}
		if err := t.step(step.Change, r.lowers[i]); err != nil {
			return spec.State{}, err
		}
		if err := n.Do(step.Key, step.Before, step.After); err != nil {
			return spec.State{}, err
		}
	}
	return n.State(), nil
}

// brings says that a setting may be otherwise than a step says because of one that was changed before: the step brings it where it is
// to be all the same.
func brings(global []spec.SysctlKey, c Change) bool {
	k, ok := c.Key.(spec.SysctlKey)
	return ok && slices.ContainsFunc(global, func(g spec.SysctlKey) bool { return g.MaySet(k) })
}

// holds says that the change writes the value that is there, so that undoing it does, too.
func (c Change) holds() bool { return c.Before == c.After }

// unnamed finds a destination that would go with its service although no step deletes it.
func unnamed(n *spec.Node, c Change) error {
	k, ok := c.Key.(spec.ServiceKey)
	if !ok || c.After != nil || n.Servers(k) == 0 {
		return nil
	}
	var found *StaleError
	for d, v := range n.State().Destinations {
		if d.Service == k && (found == nil || d.Compare(found.Key.(spec.DestinationKey)) < 0) {
			found = &StaleError{Key: d, Got: v}
		}
	}
	return found
}

// AloneError says that a destination would be taken out of use to change its method although no other of its service takes connections.
type AloneError struct{ Key spec.DestinationKey }

// Error names the destination.
func (e *AloneError) Error() string {
	return fmt.Sprintf("%s would be drained to change its method, and no other server of its service takes connections any more", e.Key)
}

// rounds are the steps that lower a destination only while its method changes, and the services they are about.
type rounds struct {
	lowers   map[int]bool
	services map[spec.ServiceKey]bool
}

func (cs Changeset) rounds() rounds {
	r := rounds{map[int]bool{}, map[spec.ServiceKey]bool{}}
	last, drained := map[spec.Key]int{}, map[spec.Key]bool{}
	for i, s := range cs {
		switch s.class() {
		case classLower:
			last[s.Key] = i
		case classReroute:
			drained[s.Key] = s.Before.(spec.Destination).Weight == 0
		case classGrow:
			if lower, ok := last[s.Key]; ok && drained[s.Key] && s.After.(spec.Destination).Takes() {
				r.lowers[lower] = true
				r.services[s.Key.(spec.DestinationKey).Service] = true
			}
		}
	}
	return r
}

// takers counts the destinations that take connections, of the services that matter.
type takers map[spec.ServiceKey]int

func countTakers(r rounds, s spec.State) takers {
	t := takers{}
	if len(r.services) == 0 {
		return t
	}
	for k := range r.services {
		t[k] = 0
	}
	for k, v := range s.Destinations {
		t.add(k, v, 1)
	}
	return t
}

func (t takers) add(k spec.DestinationKey, v spec.Value, by int) {
	if d, ok := v.(spec.Destination); ok && d.Takes() {
		if n, counted := t[k.Service]; counted {
			t[k.Service] = n + by
		}
	}
}

// step counts a change, which is refused if it is a lowering that leaves nobody.
func (t takers) step(c Change, lowers bool) error {
	k, ok := c.Key.(spec.DestinationKey)
	if !ok || len(t) == 0 {
		return nil
	}
	t.add(k, c.Before, -1)
	t.add(k, c.After, 1)
	if before, _ := c.Before.(spec.Destination); lowers && before.Takes() && t[k.Service] == 0 {
		return &AloneError{k}
	}
	return nil
}
