package plan

import (
	"time"

	"github.com/lvsform/lvsform/spec"
)

// Waits are the destinations that the first batch waits for, and how long each: those that its steps name, and for an address
// that goes those that go later on along with a service that it serves.
func (cs Changeset) Waits() map[spec.DestinationKey]time.Duration {
	w := map[spec.DestinationKey]time.Duration{}
	addresses := map[spec.AddressKey]bool{}
	for _, s := range cs.Batch() {
		if s.Drain == 0 {
			continue
		}
		switch k := s.Key.(type) {
		case spec.DestinationKey:
			w[k] = s.Drain
		case spec.AddressKey:
			addresses[k] = true
		}
	}
	if len(addresses) == 0 {
		return w
	}
	gone := map[spec.ServiceKey]bool{}
	for _, s := range cs {
		if k, ok := s.Key.(spec.ServiceKey); ok && s.Action() == Delete {
			gone[k] = true
		}
	}
	for _, s := range cs {
		if k, ok := s.Key.(spec.DestinationKey); ok && s.Drain > 0 && s.Action() == Delete && gone[k.Service] && served(k.Service, addresses) {
			w[k] = s.Drain
		}
	}
	return w
}

// served says that a service takes its packets from one of the addresses; a firewall mark may come from any of the family.
func served(k spec.ServiceKey, addresses map[spec.AddressKey]bool) bool {
	for a := range addresses {
		if ip := a.Prefix.Addr(); ip == k.Address.Addr() || k.IsMark() && spec.FamilyOf(ip) == k.Family() {
			return true
		}
	}
	return false
}
