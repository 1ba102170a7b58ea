package rules

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// view is what one text shows: a listing, or all commands together.
type view struct {
	place
	name string
	// complete says that it shows every service and destination.
	complete bool
	columns  columns
	// methods says that it shows how servers are reached.
	methods bool
	facts   []fact
}

// fact is what one text says of an object.
type fact struct {
	place
	key   spec.Key
	value spec.Value
	// told has bit i for the attribute i of the kind: the text shows it.
	told uint
	// command is the one that says so, or nil: a listing does.
	command     *command
	connections *spec.Connections
	// view counts the texts: the last one that showed the object.
	view int
}

// knows says that an attribute was told.
func (f *fact) knows(attribute string) bool {
	i := slices.IndexFunc(spec.Attributes(f.key.Kind()), func(a spec.Attribute) bool { return a.Name == attribute })
	return f.told&(1<<i) != 0
}

// merge makes one state of all views.
func (p *parser) merge() Dump {
	p.facts = map[spec.Key]*fact{}
	var whole *view
	for i, v := range p.views {
		for j := range v.facts {
			p.fail(p.add(&v.facts[j], i+1, whole))
		}
		if v.complete {
			p.missing(v, i+1)
			whole = v
		}
	}
	d := Dump{}
	for k, f := range p.facts {
		d.State.Set(k, f.value)
		if f.connections != nil {
			if d.Connections == nil {
				d.Connections = map[spec.DestinationKey]spec.Connections{}
			}
			d.Connections[k.(spec.DestinationKey)] = *f.connections
		}
	}
	if f := p.facts[spec.TimeoutsKey{}]; f != nil {
		d.TimeoutsListed = f.command == nil
	}
	p.methodless()
	p.lookedUp()
	p.untold()
	d.Notes = p.grouped()
	return d
}

// add merges one fact into what is known. Views count from 1; whole is one before that showed everything.
func (p *parser) add(f *fact, number int, whole *view) error {
	old := p.facts[f.key]
	switch kind := f.key.Kind(); {
	case old == nil && whole != nil && p.orphan(f.key):
		return nil
	case old == nil && whole != nil && (kind == spec.KindService || kind == spec.KindDestination):
		return f.conflict("it is not in %s at %s", whole.name, whole.place)
	case old == nil:
		f.view = number
		p.facts[f.key] = f
		return nil
	case old.view == number:
		return f.conflict("it is there twice: see %s", old.place)
	}
	old.view = number
	for i, a := range spec.Attributes(f.key.Kind()) {
		bit := uint(1) << i
		switch {
		case f.told&bit == 0:
		case old.told&bit == 0 || old.maybeLocal(a.Name, f.value):
			old.value = a.Copy(old.value, f.value)
			old.told |= bit
		case !a.Same(old.value, f.value):
			return f.conflict("%s is %s here and %s at %s", a.Name, spell(a.Of(f.value)), spell(a.Of(old.value)), old.place)
		}
	}
	if f.connections != nil {
		if old.connections == nil {
			old.connections = &spec.Connections{}
		}
		*old.connections = spec.Connections{
			Active: f.connections.Active, Inactive: f.connections.Inactive, Persistent: max(old.connections.Persistent, f.connections.Persistent),
		}
	}
	return nil
}

// orphan says that the key is of a server whose service is not known: that was said of the service.
func (p *parser) orphan(k spec.Key) bool {
	d, ok := k.(spec.DestinationKey)
	return ok && p.facts[d.Service] == nil
}

func spell(v any) string { return cmp.Or(fmt.Sprint(v), "none") }

// maybeLocal: a dump has -g for the method local too.
func (f *fact) maybeLocal(attribute string, seen spec.Value) bool {
	d, ok := seen.(spec.Destination)
	return ok && attribute == "forward" && f.command != nil && f.command.bare && d.Forward == spec.Local && f.value.(spec.Destination).Forward == spec.Direct
}

func (f *fact) conflict(format string, args ...any) error {
	text := f.key.String() + ": " + fmt.Sprintf(format, args...) + ": the texts are not of the same moment, or not of the same node"
	return &ConflictError{SyntaxError{f.source, f.line, f.column, text}, f.key}
}

// missing are the objects of earlier texts that a text which shows everything does not show.
func (p *parser) missing(v *view, number int) {
	isGone := func(k spec.Key) bool { return p.facts[k] != nil && p.facts[k].view != number }
	var gone []*fact
	for k, f := range p.facts {
		d, isServer := k.(spec.DestinationKey)
		if isGone(k) && (k.Kind() == spec.KindService || isServer && !isGone(d.Service)) {
			gone = append(gone, f)
		}
	}
	slices.SortFunc(gone, func(a, b *fact) int { return spec.CompareKeys(a.key, b.key) })
	for _, f := range gone {
		at := *f
		at.place = v.place
		p.fail(at.conflict("it is at %s and not in %s", f.place, v.name))
	}
}

// methodless refuses servers of which only numbers are known.
func (p *parser) methodless() {
	var first *fact
	for _, f := range p.facts {
		if f.key.Kind() != spec.KindDestination || f.knows("forward") {
			continue
		}
		if first == nil || cmp.Or(cmp.Compare(f.line, first.line), cmp.Compare(f.source, first.source)) < 0 {
			first = f
		}
	}
	if first != nil {
		p.fail(first.errorf("%s: this listing does not show how servers are reached: add the output of ipvsadm -Ln", first.key))
	}
}
