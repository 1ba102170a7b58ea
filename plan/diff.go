package plan

import (
	"net/netip"
	"slices"
	"time"

	"github.com/lvsform/lvsform/spec"
)

// Options settle what two States do not say.
type Options struct {
	// Drain is how long a destination that goes, or changes its method, may keep its connections; 0 does it at once.
	// nil is spec.DefaultDrain for each.
	Drain func(spec.DestinationKey) time.Duration
}

// Diff is the ordered steps from live to desired, safe at every step and on the way back when both states are valid.
// The order depends on the two states alone. Timeouts that only one side has are left: a kernel cannot lose them.
//
// Forward go the steps that add: timeouts, services, destinations, service edits, weights that rise; then destinations
// whose method changes, drained, one of each service at a time; backward go the steps that take away: weights that
// fall, destinations (after waiting), services.
func Diff(live, desired spec.State, o Options) Changeset {
	d := differ{live: live, desired: desired, options: o}
	live.Differences(desired, d.add)
	return d.order()
}

type differ struct {
	live, desired spec.State
	options       Options

	timeouts                         []Change
	syncStops, syncStarts            []Change
	serviceNew, serviceOld           []Change
	serviceEdit, packetOff, packetOn []Change // edits; those that leave and enter one-packet scheduling
	serverNew, serverOld             []Change
	raise, lower, reroute            []Change
}

func (d *differ) add(k spec.Key, before, after spec.Value) {
	c := Change{k, before, after}
	switch k.Kind() {
	case spec.KindTimeouts:
		if before != nil && after != nil {
			d.timeouts = append(d.timeouts, c)
		}
	case spec.KindSyncDaemon:
		if before != nil {
			d.syncStops = append(d.syncStops, Change{k, before, nil})
		}
		if after != nil {
			d.syncStarts = append(d.syncStarts, Change{k, nil, after})
		}
	case spec.KindService:
		d.addService(c)
	case spec.KindDestination:
		d.addServer(c)
	}
}

// One-packet scheduling cannot stand beside masquerading: a service leaves it before such destinations come and
// enters it after they are gone.
func (d *differ) addService(c Change) {
	list := &d.serviceEdit
	switch c.Action() {
	case Create:
		list = &d.serviceNew
	case Delete:
		list = &d.serviceOld
	default:
		switch before, after := c.Before.(spec.Service).OnePacket, c.After.(spec.Service).OnePacket; {
		case before && !after:
			list = &d.packetOff
		case after && !before:
			list = &d.packetOn
		}
	}
	*list = append(*list, c)
}

func (d *differ) addServer(c Change) {
	list := &d.lower
	switch c.class() {
	case classGrow:
		list = &d.raise
		if c.Action() == Create {
			list = &d.serverNew
		}
	case classReroute:
		list = &d.reroute
	case classLeave:
		list = &d.serverOld
	}
	*list = append(*list, c)
}

func (d *differ) order() Changeset {
	for _, list := range []*[]Change{&d.timeouts, &d.syncStops, &d.syncStarts, &d.serviceNew, &d.serviceEdit, &d.packetOff,
		&d.packetOn, &d.serverNew, &d.raise, &d.lower} {
		slices.SortFunc(*list, ascending)
	}
	slices.SortFunc(d.serviceOld, descending)
	slices.SortFunc(d.serverOld, descending)

	var cs Changeset
	add := func(changes ...[]Change) {
		for _, list := range changes {
			for _, c := range list {
				cs = append(cs, Step{Change: c})
			}
		}
	}
	early, late := mixed(d.desired), mixed(d.live)
	add(d.timeouts)
	if early {
		add(d.syncStops)
	}
	add(d.packetOff, d.serviceNew, d.serverNew, d.serviceEdit, d.raise)
	cs = append(cs, d.rounds()...)
	if !early && !late {
		add(interleave(d.syncStops, d.syncStarts))
	}
	cs = append(cs, d.leave()...)
	add(d.packetOn, d.serviceOld)
	if late && !early {
		add(d.syncStops)
	}
	if early || late {
		add(d.syncStarts)
	}
	return cs
}

// mixed says that the state holds a destination beside which the kernel runs no sync daemon.
func mixed(s spec.State) bool {
	for k := range s.Destinations {
		if k.Mixed() {
			return true
		}
	}
	return false
}

// interleave puts the stop and the start of one daemon side by side.
func interleave(stops, starts []Change) []Change {
	out := slices.Concat(stops, starts)
	slices.SortStableFunc(out, ascending)
	return out
}

// leave takes weights away and destinations out. All that go drain at the same time.
func (d *differ) leave() Changeset {
	var lower, remove Changeset
	for _, c := range d.lower {
		lower = append(lower, Step{Change: c})
	}
	for _, c := range d.serverOld {
		k, before := c.Key.(spec.DestinationKey), c.Before.(spec.Destination)
		drain := d.drain(k)
		if drain > 0 && before.Weight > 0 {
			idle := before
			idle.Weight = 0
			lower = append(lower, Step{Change: Change{k, before, idle}})
			c.Before = idle
		}
		remove = append(remove, Step{Change: c, Drain: drain})
	}
	slices.SortFunc(lower, func(a, b Step) int { return ascending(a.Change, b.Change) })
	return append(lower, remove...)
}

// drain is how long to wait for a destination: never for UDP, which has no end, and not where the service gives way to
// one that takes every port, because new connections would be refused all the while.
func (d *differ) drain(k spec.DestinationKey) time.Duration {
	if k.Service.Protocol == spec.UDP {
		return 0
	}
	if _, stays := d.desired.Services[k.Service]; !stays && givesWay(d.desired, k.Service) {
		return 0
	}
	if d.options.Drain == nil {
		return spec.DefaultDrain
	}
	return d.options.Drain(k)
}

// givesWay says that without the service the state's service for every port takes its connections.
func givesWay(s spec.State, k spec.ServiceKey) bool {
	if k.IsMark() || k.Address.Port() == 0 {
		return false
	}
	_, ok := s.Services[anyPort(k)]
	return ok
}

func ascending(a, b Change) int  { return spec.CompareKeys(a.Key, b.Key) }
func descending(a, b Change) int { return spec.CompareKeys(b.Key, a.Key) }

// anyPort is the service that takes every port of the same address.
func anyPort(k spec.ServiceKey) spec.ServiceKey {
	return spec.Listener(k.Protocol, netip.AddrPortFrom(k.Address.Addr(), 0))
}
