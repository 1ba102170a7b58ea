package plan

import (
	"net/netip"
	"time"

	"github.com/lvsform/lvsform/spec"
)

// addAddress: a director's address comes last and goes first, a real server's is there before and after the director sends.
func (d *differ) addAddress(k spec.AddressKey, c Change) {
	if d.loses(k) {
		return // see carried
	}
	if c.After != nil {
		d.comes(k, c)
		return
	}
	d.leave(k, Step{Change: c})
}

func (d *differ) leave(k spec.AddressKey, s Step) {
	switch {
	case d.replaced(k) && !d.loses(k):
		d.put(placeReplaced, d.announced(k, s))
	case d.quiet(k) && d.rises:
		d.put(placeCarriedUp, s)
	case !d.directs(k):
		d.put(placeHeldOld, s)
	case d.options.HandOver != nil && d.options.HandOver(k):
		d.put(placeHandOver, d.announced(k, s))
	default:
		d.put(placeVIPsOld, d.announced(k, s))
	}
}

func (d *differ) comes(k spec.AddressKey, c Change) {
	switch {
	case d.quiet(k) && d.sinks && c.Before == nil:
		d.change(placeCarriedAgain, c)
	case d.directs(k):
		d.put(placeVIPs, d.announced(k, Step{Change: c}))
	default:
		d.change(placeHeld, c)
	}
}

// side is what the address is for.
func (d *differ) side(k spec.AddressKey) spec.Side {
	if d.options.Side == nil {
		return spec.SideDirector
	}
	return d.options.Side(k)
}

func (d *differ) directs(k spec.AddressKey) bool { return d.side(k) == spec.SideDirector }

// quiet says that nobody must hear of the address: one that goes does so before a link comes up on which it is heard of, and one that
// comes does so after such a link has gone down.
func (d *differ) quiet(k spec.AddressKey) bool { return d.side(k) == spec.SideQuiet }

// announced adds the announcement that follows when the address is up again.
func (d *differ) announced(k spec.AddressKey, s Step) Step {
	if d.options.Announce != nil && s.Action() != Update && d.directs(k) {
		s.Announce = d.options.Announce(k)
	}
	return s
}

// replaced says that the same IPv6 address comes with another length.
func (d *differ) replaced(k spec.AddressKey) bool {
	_, ok := twin(d.desired, k)
	return ok
}

// twin is the same IPv6 address with another length, of which an interface can have only one.
func twin(s spec.State, k spec.AddressKey) (other spec.AddressKey, ok bool) {
	for bits := 0; bits <= 128 && k.Prefix.Addr().Is6(); bits++ {
		other = spec.AddressKey{Interface: k.Interface, Prefix: netip.PrefixFrom(k.Prefix.Addr(), bits)}
		if _, there := s.Addresses[other]; there && other != k {
			return other, true
		}
	}
	return spec.AddressKey{}, false
}

// drained makes addresses wait for the destinations that go with their services, each as long as the slowest of its own.
func (d *differ) drained() {
	if len(d.at[placeVIPsOld]) == 0 {
		return
	}
	longest, anywhere := map[netip.Addr]time.Duration{}, map[spec.Family]time.Duration{}
	for _, s := range d.at[placeServersOld] {
		k := s.Key.(spec.DestinationKey).Service
		if _, stays := d.desired.Services[k]; stays {
			continue
		}
		for _, a := range d.addressesOf(k) {
			longest[a] = max(longest[a], s.Drain)
		}
		if d.marksUnknown(k) {
			anywhere[k.Family()] = max(anywhere[k.Family()], s.Drain)
		}
	}
	for i, s := range d.at[placeVIPsOld] {
		a := s.Key.(spec.AddressKey).Prefix.Addr()
		d.at[placeVIPsOld][i].Drain = max(longest[a], anywhere[spec.FamilyOf(a)])
	}
}

// addressesOf are the addresses whose packets the live node is known to give to the service, by themselves or by a mark.
func (d *differ) addressesOf(k spec.ServiceKey) []netip.Addr {
	if !k.IsMark() {
		return []netip.Addr{k.Address.Addr()}
	}
	if d.marked == nil {
		d.marked = map[spec.ServiceKey][]netip.Addr{}
		for r, v := range d.live.MarkRules {
			k := spec.Mark(v.Mark, spec.FamilyOf(r.Address))
			d.marked[k] = append(d.marked[k], r.Address)
		}
	}
	return d.marked[k]
}

// marksUnknown says that rules of somebody else mark what comes to the service: it may be for any VIP of the family.
func (d *differ) marksUnknown(k spec.ServiceKey) bool {
	return k.IsMark() && len(d.addressesOf(k)) == 0
}

// handedOver says that another node takes over every address of a service that goes.
func (d *differ) handedOver(k spec.ServiceKey) bool {
	if d.options.HandOver == nil {
		return false
	}
	if d.handed == nil {
		d.handed = map[netip.Addr]bool{}
		for a := range d.live.Addresses {
			if !d.directs(a) {
				continue
			}
			_, stays := d.desired.Addresses[a]
			before, known := d.handed[a.Prefix.Addr()]
			d.handed[a.Prefix.Addr()] = !stays && d.options.HandOver(a) && (before || !known)
		}
	}
	all := d.addressesOf(k)
	for _, a := range all {
		if !d.handed[a] {
			return false
		}
	}
	return len(all) > 0
}
