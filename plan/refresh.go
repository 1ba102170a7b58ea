package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// Refresh is the plan's changeset with ignored attributes as they are live now: what a health checker has set since the
// plan was made neither makes the plan stale nor is undone by it. A weight that decides whether a server has to be
// drained is not refreshed: On then finds the plan stale.
func (p *Plan) Refresh(live spec.State) Changeset { return p.RefreshOf(p.Changes, live) }

// RefreshOf is Refresh for a part of the plan's steps.
func (p *Plan) RefreshOf(cs Changeset, live spec.State) Changeset {
	out := make(Changeset, len(cs))
	first := map[spec.Key]spec.Value{}
	fixed := map[spec.Key]bool{}
	for _, s := range cs {
		if _, ok := first[s.Key]; !ok {
			first[s.Key] = s.Before
		}
		if d, ok := first[s.Key].(spec.Destination); ok && d.Weight == 0 && (s.class() == classReroute || s.class() == classLeave) {
			fixed[s.Key] = true
		}
	}
	for i, s := range cs {
		out[i] = s
		then, now := first[s.Key], live.Get(s.Key)
		if then == nil || now == nil {
			continue
		}
		for _, a := range p.ignored(s.Key) {
			if a.Name == "weight" && fixed[s.Key] {
				continue
			}
			out[i].Before = follow(a, out[i].Before, then, now)
			out[i].After = follow(a, out[i].After, then, now)
		}
	}
	return out
}

// follow takes the attribute from now where v has it as it was then, and leaves what a step sets by itself.
func follow(a spec.Attribute, v, then, now spec.Value) spec.Value {
	if v == nil || !a.Same(v, then) {
		return v
	}
	return a.Copy(v, now)
}

// UndoOf is the way back from what was done, with ignored attributes as they have to be: what is still as this run left it goes back to
// what the run found, and what somebody else has set since is kept.
func (p *Plan) UndoOf(done Changeset, live spec.State) Changeset {
	found, left := done.Before(), done.After()
	as := spec.State{}
	for k, v := range found {
		now := live.Get(k)
		as.Set(k, now)
		if v == nil || now == nil || left[k] == nil {
			continue
		}
		for _, a := range p.ignored(k) {
			if a.Same(left[k], now) {
				now = a.Copy(now, v)
			}
		}
		as.Set(k, now)
	}
	return p.RefreshOf(done, as).Inverse()
}

// ignored are the attributes of an object that belong to somebody else.
func (p *Plan) ignored(k spec.Key) (out []spec.Attribute) {
	for _, name := range p.Objects[k].Ignore {
		if a, ok := spec.AttributeOf(k.Kind(), name); ok {
			out = append(out, a)
		}
	}
	return out
}

// Mismatches are the objects that are not as wanted, in the order of their keys. Ignored attributes do not count, unless
// one of the steps that were done has set them.
func (p *Plan) Mismatches(want map[spec.Key]spec.Value, now spec.State, done Changeset) []StaleError {
	set := map[spec.Key]Changeset{}
	for _, s := range done {
		if len(p.Objects[s.Key].Ignore) > 0 && s.Action() == Update {
			set[s.Key] = append(set[s.Key], s)
		}
	}
	var out []StaleError
	for k, w := range want {
		got := now.Get(k)
		if w != nil && got != nil {
			for _, a := range p.ignored(k) {
				if !slices.ContainsFunc(set[k], func(s Step) bool { return !a.Same(s.Before, s.After) }) {
					w = a.Copy(w, got)
				}
			}
		}
		if w == nil && k.Kind() == spec.KindModule {
			continue // it cannot be taken away again
		}
		if !spec.Satisfies(got, w) {
			out = append(out, StaleError{k, w, got})
		}
	}
	slices.SortFunc(out, func(a, b StaleError) int { return spec.CompareKeys(a.Key, b.Key) })
	return out
}

func join(all []string, most int) string {
	if len(all) <= most {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:most], ", "), len(all)-most)
}
