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

// RefreshOf is Refresh for a part of the plan's steps, as it has to be undone.
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
		for _, name := range p.Objects[s.Key].Ignore {
			a, ok := spec.AttributeOf(s.Key.Kind(), name)
			if !ok || name == "weight" && fixed[s.Key] {
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

// Mismatches are the objects that are not as wanted, ignored attributes aside, in the order of their keys.
func (p *Plan) Mismatches(want map[spec.Key]spec.Value, now spec.State) []StaleError {
	var out []StaleError
	for k, w := range want {
		got := now.Get(k)
		if w != nil && got != nil {
			for _, name := range p.Objects[k].Ignore {
				if a, ok := spec.AttributeOf(k.Kind(), name); ok {
					w = a.Copy(w, got)
				}
			}
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
