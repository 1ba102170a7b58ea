package plan

import (
	"fmt"
	"net/netip"

	"github.com/lvsform/lvsform/spec"
)

// endpoint is what a client connects to.
type endpoint struct {
	protocol spec.Protocol
	to       netip.AddrPort
}

// endpoints are those about which the two states may differ: every port that is named, and one that is not.
func (j *Judge) endpoints() []endpoint {
	seen := map[endpoint]bool{}
	for _, s := range []spec.State{j.a, j.b} {
		for k := range s.Services {
			if !k.IsMark() {
				seen[endpoint{k.Protocol, k.Address}] = true
			}
		}
		for r := range s.MarkRules {
			for _, port := range []uint16{r.First - 1, r.First, r.Last, r.Last + 1} {
				seen[endpoint{r.Protocol, netip.AddrPortFrom(r.Address, port)}] = true
			}
		}
	}
	const nobodys = 60999
	var out []endpoint
	for e := range seen {
		seen[endpoint{e.protocol, netip.AddrPortFrom(e.to.Addr(), nobodys)}] = true
	}
	for e := range seen {
		if e.to.Port() != 0 {
			out = append(out, e)
		}
	}
	return out
}

// served says that new connections to the endpoint are taken in the state, whichever of the rules that match gives the mark.
func (j *Judge) served(s spec.State, e endpoint) bool {
	for r, v := range s.MarkRules {
		if !r.Matches(e.protocol, e.to) {
			continue
		}
		if k := spec.Mark(v.Mark, spec.FamilyOf(e.to.Addr())); s.Get(k) == nil || !j.takes(s, k) {
			return false
		}
	}
	return rules(s, e) || j.takes(s, unmarked(s, e))
}

// rules says that some rule marks packets to the endpoint.
func rules(s spec.State, e endpoint) bool {
	for r := range s.MarkRules {
		if r.Matches(e.protocol, e.to) {
			return true
		}
	}
	return false
}

// unmarked is the service that the kernel picks for packets without a mark: for the exact port before the one for every port.
func unmarked(s spec.State, e endpoint) spec.ServiceKey {
	k := spec.Listener(e.protocol, e.to)
	if s.Get(k) == nil {
		return anyPort(k)
	}
	return k
}

// excused: while a port goes over between a service of its own and one for every port, or to the latter from a mark, no order keeps it
// open: the kernel looks for the exact port first, and a new service has no servers yet.
func (j *Judge) excused(e endpoint) bool {
	if rules(j.a, e) && rules(j.b, e) {
		return false
	}
	k := spec.Listener(e.protocol, e.to)
	either := j.a.Get(anyPort(k)) != nil || j.b.Get(anyPort(k)) != nil
	return either && (j.a.Get(k) == nil) != (j.b.Get(k) == nil)
}

// picked: what takes new connections in both states takes them throughout.
func (j *Judge) picked(s spec.State) error {
	for _, e := range j.clients {
		if !j.served(s, e) {
			return fmt.Errorf("rule 3: %s %s takes new connections in both states and none between", e.protocol, e.to)
		}
	}
	return nil
}
