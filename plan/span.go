package plan

import "github.com/lvsform/lvsform/spec"

// spans are the changes by object, each from its first Before to its last After, in the order in which the objects are first
// touched. The settings of a link that the changeset makes were not there before, and those of one that it takes away are
// not there after; one that the kernel sets along with another ends as that one does.
func (cs Changeset) spans() []Change {
	at := make(map[spec.Key]int, len(cs))
	out := make([]Change, 0, len(cs))
	links := map[string]Action{}
	for _, s := range cs {
		if k, ok := s.Key.(spec.LinkKey); ok && s.Action() != Update {
			links[k.Name] = s.Action()
		}
		if i, ok := at[s.Key]; ok {
			out[i].After = s.After
			continue
		}
		at[s.Key] = len(out)
		out = append(out, s.Change)
	}
	cs.rewritten(at, out)
	if len(links) == 0 {
		return out
	}
	for i, c := range out {
		k, ok := c.Key.(spec.SysctlKey)
		if !ok {
			continue
		}
		switch links[k.Interface()] {
		case Create:
			out[i].Before = nil
		case Delete:
			out[i].After = nil
		}
	}
	return out
}

// rewritten corrects the ends of settings that others have set after their last step.
func (cs Changeset) rewritten(at map[spec.Key]int, out []Change) {
	for i, s := range cs {
		g, ok := s.Key.(spec.SysctlKey)
		if !ok || !g.IsGlobal() || s.holds() {
			continue
		}
		last := map[spec.Key]bool{}
		for _, later := range cs[i:] {
			last[later.Key] = true
		}
		for _, c := range out {
			if o, ok := c.Key.(spec.SysctlKey); ok && g.Rewrites(o) && !last[o] {
				out[at[o]].After = g.Along(o, s.After.(spec.Sysctl))
			}
		}
	}
}

// Objects are the changes as a person counts them: one for each object, from its first Before to its last After, in
// the order in which the objects are first touched. An object that ends as it began is left out.
func (cs Changeset) Objects() []Change {
	all := cs.spans()
	kept := all[:0]
	for _, c := range all {
		if c.Before != c.After {
			kept = append(kept, c)
		}
	}
	return kept
}

// Before is what the changeset finds, and what undoing it leaves: for each object the first Before; nil is an absent object.
// A module is not in it, because it cannot be taken away again.
func (cs Changeset) Before() map[spec.Key]spec.Value {
	out := make(map[spec.Key]spec.Value, len(cs))
	for _, c := range cs.spans() {
		if c.Key.Kind() != spec.KindModule {
			out[c.Key] = c.Before
		}
	}
	return out
}

// After is what the changeset leaves: for each object the last After; nil is an absent object.
func (cs Changeset) After() map[spec.Key]spec.Value {
	out := make(map[spec.Key]spec.Value, len(cs))
	for _, c := range cs.spans() {
		out[c.Key] = c.After
	}
	return out
}
