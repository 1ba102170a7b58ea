package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lvsform/lvsform/spec"
)

// line is one line of an object's block. Text puts the sign behind the indentation, a diff into the first column.
type line struct {
	indent int
	// sign is an Action, or 0: then text begins where a sign would stand.
	sign Action
	text string
}

// objects renders the changed objects of a plan, one block each.
type objects struct {
	*palette
	plan    *Plan
	verbose bool
	adopted map[spec.Key]bool
	drains  map[spec.Key]time.Duration
	told    map[spec.Key]spec.Announce
}

func newObjects(p *Plan, colors *palette, verbose bool) *objects {
	o := &objects{palette: colors, plan: p, verbose: verbose, adopted: map[spec.Key]bool{}, drains: map[spec.Key]time.Duration{}, told: map[spec.Key]spec.Announce{}}
	for _, k := range p.Adopted {
		o.adopted[k] = true
	}
	for _, s := range p.Changes {
		if s.Drain > 0 {
			o.drains[s.Key] = max(o.drains[s.Key], s.Drain)
		}
		if s.Action() == Create && s.Announce.Count > 0 {
			o.told[s.Key] = s.Announce
		}
	}
	return o
}

// shown are the changed objects as they are read: a service, then its destinations and their rules.
func (p *Plan) shown() []Change {
	all := p.Changes.Objects()
	slices.SortStableFunc(all, func(a, b Change) int { return compareShown(a.Key, b.Key) })
	return all
}

// compareShown orders keys as plans show them: what the host needs, each service before its own destinations, and what brings
// packets to services.
func compareShown(a, b spec.Key) int {
	x, y := shownAs(a), shownAs(b)
	return cmp.Or(
		cmp.Compare(x.place, y.place),
		x.service.Compare(y.service),
		cmp.Compare(a.Kind(), b.Kind()),
		spec.CompareKeys(a, b),
	)
}

type shownPlace struct {
	place   int
	service spec.ServiceKey
}

func shownAs(k spec.Key) shownPlace {
	switch k := k.(type) {
	case spec.ServiceKey:
		return shownPlace{1, k}
	case spec.DestinationKey:
		return shownPlace{1, k.Service}
	case spec.MasqueradeRuleKey:
		return shownPlace{1, k.Destination.Service}
	case spec.MarkRuleKey, spec.AddressKey:
		return shownPlace{place: 2}
	case spec.SyncDaemonKey:
		return shownPlace{place: 3}
	}
	return shownPlace{}
}

// onlyAdopted are the adopted objects that do not change.
func (o *objects) onlyAdopted() []spec.Key {
	changed := make(map[spec.Key]bool, len(o.plan.Changes))
	for _, s := range o.plan.Changes {
		changed[s.Key] = true
	}
	var out []spec.Key
	for _, k := range o.plan.Adopted {
		if !changed[k] {
			out = append(out, k)
		}
	}
	return out
}

// imported is everything that is said of an adopted object that does not change.
func (o *objects) imported(k spec.Key) []line {
	return []line{o.header(k, fate{"imported", ""}), {indent: 2, text: "# (" + k.String() + ")"}}
}

// block is everything that is said of one changed object.
func (o *objects) block(c Change) []line {
	lines := []line{o.header(c.Key, fates(c.Action()))}
	for _, comment := range o.comments(c) {
		lines = append(lines, line{indent: 2, text: "# (" + comment + ")"})
	}
	lines = append(lines, line{2, c.Action(), title(c.Key) + " {"})
	lines = append(lines, o.attributes(c)...)
	return append(lines, line{indent: 4, text: "}"})
}

// header is the line that other programs look for: `  # NAME will be created`, and nothing after it.
func (o *objects) header(k spec.Key, fate fate) line {
	name := o.paint(sgrBold, "# "+printable(o.plan.Name(k)))
	return line{indent: 2, text: name + " will be " + o.paint(fate.code, fate.words)}
}

// fate is what becomes of an object, in OpenTofu's words.
type fate struct{ words, code string }

func fates(a Action) fate {
	switch a {
	case Create:
		return fate{"created", ""}
	case Delete:
		return fate{"destroyed", sgrBold + ";" + sgrRed}
	}
	return fate{"updated in-place", ""}
}

// comments are the kernel's name of the object, and why it changes, and what it costs.
func (o *objects) comments(c Change) []string {
	about := o.plan.Objects[c.Key]
	out := []string{c.Key.String()}
	if o.adopted[c.Key] {
		out = append(out, fmt.Sprintf("imported from %q", c.Key))
	}
	if about.Reason != "" {
		out = append(out, printable(about.Reason))
	}
	if c.Key.Kind() == spec.KindSyncDaemon && c.Action() == Update {
		out = append(out, "stopped and started again: the kernel does not edit a sync daemon")
	}
	if text := o.connections(c, about.Connections); text != "" {
		out = append(out, text)
	}
	if text := o.effects(c.Key); text != "" {
		out = append(out, text)
	}
	return out
}

// effects are what goes with the change of an address.
func (o *objects) effects(k spec.Key) string {
	if k.Kind() != spec.KindAddress {
		return ""
	}
	var out []string
	if drain := o.drains[k]; drain > 0 {
		out = append(out, fmt.Sprintf("after draining, at most %s", drain))
	}
	if a, ok := o.told[k]; ok {
		out = append(out, times(a))
	}
	return strings.Join(out, "; ")
}

// times is "announced 3 times, 1.1s apart".
func times(a spec.Announce) string {
	if a.Count == 1 {
		return "announced once"
	}
	return fmt.Sprintf("announced %d times, %s apart", a.Count, a.Interval)
}

// connections says what is still going on where something goes or is drained.
func (o *objects) connections(c Change, n spec.Connections) string {
	drain := o.drains[c.Key]
	if kind := c.Key.Kind(); kind != spec.KindService && kind != spec.KindDestination {
		return ""
	}
	if drain == 0 && (c.Action() != Delete || n.Active == 0 && n.Persistent == 0) {
		return ""
	}
	text := plural(int(n.Active), "active connection")
	if n.Active == 0 {
		text = "no active connections"
	}
	if n.Persistent > 0 {
		text += ", " + plural(int(n.Persistent), "persistent client")
	}
	switch {
	case drain > 0:
		text += fmt.Sprintf("; drained for at most %s", drain)
	case c.Key.Kind() == spec.KindDestination:
		text += "; not drained"
	}
	return text
}

// title is the object in the words of the kernel, a destination without its service.
func title(k spec.Key) string {
	switch k := k.(type) {
	case spec.DestinationKey:
		return "destination " + k.Address.String()
	case spec.ServiceKey:
		return "service " + k.String()
	case spec.SyncDaemonKey:
		return "sync_daemon " + k.Role.String()
	}
	return k.String()
}
