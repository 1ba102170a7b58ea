package plan

import (
	"net/netip"
	"time"

	"github.com/lvsform/lvsform/spec"
)

// Options settle what two States do not say. Each may be nil.
type Options struct {
	// Drain is how long a destination that goes, or changes its method, may keep its connections; 0 does it at once.
	// nil is spec.DefaultDrain for each.
	Drain func(spec.DestinationKey) time.Duration
	// Side is what an address is for; nil is a director's for each.
	Side func(spec.AddressKey) spec.Side
	// Announce is how an address of a director is made known once it is up; nil is not at all.
	Announce func(spec.AddressKey) spec.Announce
	// HandOver says that another node takes over an address of a director that goes; nil is none.
	HandOver func(spec.AddressKey) bool
}

// Diff is the ordered steps from live to desired, safe at every step and on the way back when both states are valid.
// The order depends on the two states and the options alone; it is that of the places. What a kernel cannot lose is left
// where only the live state has it: timeouts, modules, the links that come with these, and settings.
//
// Objects that come with others (the settings of a link, the link of a module) are changed from what the kernel makes of
// them; if desired does not have them, they are left so.
func Diff(live, desired spec.State, o Options) Changeset {
	d := differ{live: live, desired: desired, options: o}
	d.links()
	live.Differences(desired, d.add)
	d.carried()
	d.neighbours()
	d.drained()
	d.settings()
	d.put(placeRounds, d.rounds()...)
	return d.order()
}

type differ struct {
	live, desired spec.State
	options       Options
	at            [places][]Step
	reroute       []Change

	// sim is the host after the links have come, and while settings are changed; nil if none of these differ.
	sim *spec.Node
	// toggled are the links that go up (true) or down (false); going are those that go for good.
	toggled, going map[string]bool
	rises, sinks   bool // some link goes up, or down
	// marked are the live addresses whose packets come to a service by a mark; handed are the live addresses that another
	// node takes over.
	marked map[spec.ServiceKey][]netip.Addr
	handed map[netip.Addr]bool
	mixed  struct{ known, early, late bool }
}

func (d *differ) add(k spec.Key, before, after spec.Value) {
	c := Change{k, before, after}
	switch k := k.(type) {
	case spec.ServiceKey:
		d.addService(c)
	case spec.DestinationKey:
		d.addServer(k, c)
	case spec.SyncDaemonKey:
		d.addDaemon(c)
	case spec.AddressKey:
		d.addAddress(k, c)
	case spec.TimeoutsKey:
		if before != nil && after != nil {
			d.plain(c)
		}
	case spec.ARPFilterKey, spec.MarkRuleKey, spec.MasqueradeRuleKey:
		d.plain(c)
	}
}

// plain puts a change where its kind stands.
func (d *differ) plain(c Change) {
	if c.After == nil {
		d.change(goes[c.Key.Kind()], c)
		return
	}
	d.change(comes[c.Key.Kind()], c)
}

// One-packet scheduling cannot stand beside masquerading: a service leaves it before such destinations come and
// enters it after they are gone.
func (d *differ) addService(c Change) {
	at := placeEdits
	switch c.Action() {
	case Create:
		at = placeServices
	case Delete:
		at = placeServicesOld
	default:
		switch before, after := c.Before.(spec.Service).OnePacket, c.After.(spec.Service).OnePacket; {
		case before && !after:
			at = placePacketOff
		case after && !before:
			at = placePacketOn
		}
	}
	d.change(at, c)
}

// Destinations that go get weight 0 first, and drain at the same time.
func (d *differ) addServer(k spec.DestinationKey, c Change) {
	switch c.class() {
	case classGrow:
		if c.Action() == Create {
			d.change(placeServers, c)
			return
		}
		d.change(placeRaises, c)
	case classReroute:
		d.addReroute(k, c)
	case classLower:
		d.change(placeLowers, c)
	case classLeave:
		before, drain := c.Before.(spec.Destination), d.drain(k)
		if drain > 0 && before.Weight > 0 {
			idle := before
			idle.Weight = 0
			d.change(placeLowers, Change{k, before, idle})
			c.Before = idle
		}
		d.put(placeServersOld, Step{Change: c, Drain: drain})
	}
}

// addReroute leaves for the rounds what is to go on; what stops taking connections does so with the others that do.
func (d *differ) addReroute(k spec.DestinationKey, c Change) {
	before, after := c.Before.(spec.Destination), c.After.(spec.Destination)
	if before.Weight == 0 || after.Weight > 0 {
		d.reroute = append(d.reroute, c)
		return
	}
	idle := before
	idle.Weight = 0
	d.change(placeLowers, Change{k, before, idle})
	d.put(placeParked, Step{Change: Change{k, idle, after}, Drain: d.drain(k)})
}

// A sync daemon is stopped and started. Beside destinations of another family than their service's, the kernel runs none.
func (d *differ) addDaemon(c Change) {
	if !d.mixed.known {
		d.mixed.known, d.mixed.early, d.mixed.late = true, mixed(d.desired), mixed(d.live)
	}
	stop, start := placeSync, placeSync
	switch {
	case d.mixed.early:
		stop, start = placeMixed, placeUnmixedStart
	case d.mixed.late:
		stop, start = placeUnmixed, placeUnmixedStart
	}
	if c.Before != nil {
		d.change(stop, Change{c.Key, c.Before, nil})
	}
	if c.After != nil {
		d.change(start, Change{c.Key, nil, c.After})
	}
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

// drain is how long to wait for a destination: never for UDP, which has no end, not where the service gives way to
// one that takes every port, because new connections would be refused all the while, and not where another node has its
// packets by then.
func (d *differ) drain(k spec.DestinationKey) time.Duration {
	if k.Service.Protocol == spec.UDP {
		return 0
	}
	if _, stays := d.desired.Services[k.Service]; !stays && (givesWay(d.desired, k.Service) || d.handedOver(k.Service)) {
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

func ascending(a, b Change) int { return spec.CompareKeys(a.Key, b.Key) }

// anyPort is the service that takes every port of the same address.
func anyPort(k spec.ServiceKey) spec.ServiceKey {
	return spec.Listener(k.Protocol, netip.AddrPortFrom(k.Address.Addr(), 0))
}
