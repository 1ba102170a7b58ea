package plan

import (
	"maps"
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// links works out which links come, go up, go down and go. A module brings a link along, and a link its settings: the rest of the
// host is changed from what the kernel makes of them.
func (d *differ) links() {
	if maps.Equal(d.live.Modules, d.desired.Modules) && maps.Equal(d.live.Links, d.desired.Links) && maps.Equal(d.live.Sysctls, d.desired.Sysctls) {
		return
	}
	d.toggled, d.going = map[string]bool{}, map[string]bool{}
	d.sim = spec.NewNode(spec.Kernel{}, spec.State{Modules: d.live.Modules, Links: d.live.Links, Sysctls: d.live.Sysctls})
	for k, v := range d.desired.Modules {
		if _, loaded := d.live.Modules[k]; !loaded {
			d.do(placeModules, Change{k, nil, v})
		}
	}
	now := maps.Clone(d.sim.State().Links)
	for k, v := range d.desired.Links {
		if before, ok := now[k]; !ok {
			d.do(placeLinks, Change{k, nil, v})
		} else if before != v {
			d.toggle(k, before, v)
		}
	}
	for k, v := range now {
		if _, stays := d.desired.Links[k]; !stays && !k.Fixed(v) {
			d.going[k.Name] = true
			d.change(placeLinksOld, Change{k, v, nil})
		}
	}
}

// do puts a change to its place, and into the simulation; what the kernel refuses is for On to find.
func (d *differ) do(p place, c Change) {
	d.change(p, c)
	_ = d.sim.Do(c.Key, c.Before, c.After)
}

func (d *differ) toggle(k spec.LinkKey, before, after spec.Link) {
	if before.Up && !after.Up {
		d.sinks = true
		d.change(placeLinksDown, Change{k, before, after})
	} else {
		d.rises = true
		d.change(placeLinksUp, Change{k, before, after})
	}
	if _, there := d.live.Links[k]; there && before.Up != after.Up {
		d.toggled[k.Name] = after.Up
	}
}

// loses says that the kernel takes an address away when its link goes down, which the link does on the way there or back.
func (d *differ) loses(k spec.AddressKey) bool {
	_, toggles := d.toggled[k.Interface]
	return toggles && k.Prefix.Addr().Is6()
}

// automatic says that the address comes and goes with its link, on the way there and on the way back.
func (d *differ) automatic(k spec.AddressKey, v spec.Address) bool {
	return k.Automatic(v, d.live.Links[spec.LinkKey{Name: k.Interface}])
}

// carried takes away the addresses that a link would lose before it goes down, on the way there or back, and puts there
// afterwards those that are to be there. While a link is down, none of them has an effect.
func (d *differ) carried() {
	if len(d.toggled) == 0 {
		return
	}
	for k, v := range d.live.Addresses {
		switch c := (Change{k, v, nil}); {
		case !d.loses(k) || d.automatic(k, v):
		case d.toggled[k.Interface]:
			d.change(placeCarriedUp, c)
		case d.desired.Get(k) != nil:
			d.change(placeCarriedDown, c)
		default:
			d.leave(k, Step{Change: c})
		}
	}
	for k, v := range d.desired.Addresses {
		switch c := (Change{k, nil, v}); {
		case !d.loses(k) || d.automatic(k, v):
		case d.toggled[k.Interface]:
			d.comes(k, c)
		default:
			d.change(placeCarriedAgain, c)
		}
	}
}

// settings changes sysctls: what opens something early, what closes something late, see openness. A setting that sets others
// stands alone, with steps around it that keep the others as they are and bring them back.
func (d *differ) settings() {
	if d.sim == nil {
		return
	}
	d.phase(placeOpening)
	for _, s := range d.at[placeLinksUp] {
		_ = d.sim.Do(s.Key, s.Before, s.After)
	}
	d.phase(placeRisen)
	d.tunnelAddresses()
	d.phase(placeClosing)
	for _, k := range slices.SortedFunc(maps.Keys(d.desired.Sysctls), compareSettings) {
		if _, ok := d.sim.State().Sysctls[k]; !ok {
			d.change(placeClosing, Change{k, nil, d.desired.Sysctls[k]}) // which no kernel does
		}
	}
}

func (d *differ) phase(p place) {
	for _, k := range slices.SortedFunc(maps.Keys(d.sim.State().Sysctls), compareSettings) {
		now, want := d.sim.State().Sysctls[k], d.wanted(k)
		if want == nil || want == spec.Value(now) {
			continue
		}
		// What one that closes has set along with it is still to be mended at the end.
		if late := d.going[k.Interface()] || closes(k, now, want.(spec.Sysctl)); !late || p == placeClosing {
			d.set(p, k, now, want.(spec.Sysctl))
		}
	}
}

// tunnelAddresses: with its first IPv6 address, a tunnel gets settings, up or not.
func (d *differ) tunnelAddresses() {
	for k, v := range d.desired.Addresses {
		_, there := d.live.Addresses[k]
		if l := d.sim.State().Links[spec.LinkKey{Name: k.Interface}]; !there && k.Prefix.Addr().Is6() && (l.Type == "ipip" || l.Type == "gre") {
			_ = d.sim.Do(k, nil, v)
		}
	}
}

// wanted is the value that a setting is to have, or nil. What goes with its link first gets the value with which it would come back.
func (d *differ) wanted(k spec.SysctlKey) spec.Value {
	if v := d.desired.Get(k); v != nil || !d.going[k.Interface()] {
		return v
	}
	from, _ := k.Default()
	return d.desired.Get(from)
}

func (d *differ) set(p place, k spec.SysctlKey, now, want spec.Sysctl) {
	var hold, restore []Change
	if k.MaySetOthers() {
		hold, restore = d.around(k, now, want)
	}
	for _, c := range slices.Concat(hold, []Change{{k, now, want}}, restore) {
		d.do(p, c)
	}
}

// around are the steps before and after a setting that sets others. One that changes nothing holds a value: it is
// written on the way back, where the value would be lost, and what was written does not go with the setting for new interfaces.
func (d *differ) around(k spec.SysctlKey, now, want spec.Sysctl) (hold, restore []Change) {
	for o, v := range d.sim.State().Sysctls {
		if k.Leads(o) && (v == now || v == want) {
			hold = append(hold, Change{o, v, v})
		}
		if !k.Rewrites(o) {
			continue
		}
		then := d.wanted(o)
		if v != k.Along(o, now) || then != nil && then != spec.Value(k.Along(o, want)) {
			hold = append(hold, Change{o, v, v})
		}
		if then == spec.Value(v) && v != k.Along(o, want) {
			restore = append(restore, Change{o, k.Along(o, want), v})
		}
	}
	slices.SortFunc(hold, ascending)
	slices.SortFunc(restore, ascending)
	return hold, restore
}

// compareSettings puts those that set others for sure first, of two that are the same the one that people know, and those for new
// interfaces last: what was written before does not go with them.
func compareSettings(a, b spec.SysctlKey) int {
	rank := func(k spec.SysctlKey) int {
		switch {
		case k.Name == "net.ipv4.ip_forward":
			return 0
		case k.IsGlobal():
			return 1
		case k.MaySetOthers():
			return 3
		}
		return 2
	}
	if x, y := rank(a), rank(b); x != y {
		return x - y
	}
	return spec.CompareKeys(a, b)
}
