package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// host says which of the rules about the host around the table a state breaks.
func (j *Judge) host(s spec.State) error {
	for _, rule := range []func(spec.State) error{j.virtual, j.quiet, j.marked, j.masqueraded} {
		if err := rule(s); err != nil {
			return err
		}
	}
	return nil
}

// up are the addresses of the state that are a director's.
func (j *Judge) up(s spec.State) map[netip.Addr]bool {
	out := map[netip.Addr]bool{}
	for k := range s.Addresses {
		if j.Side == nil || j.Side(k) == spec.SideDirector {
			out[k.Prefix.Addr()] = true
		}
	}
	return out
}

// virtual: a VIP that is new is up only when every service on it is complete; a VIP that goes is down before its services go.
func (j *Judge) virtual(s spec.State) error {
	if len(s.Addresses) == 0 {
		return nil
	}
	if j.ups == nil {
		j.ups = []map[netip.Addr]bool{j.up(j.a), j.up(j.b)}
	}
	a, b := j.ups[0], j.ups[1]
	for ip := range j.up(s) {
		switch {
		case b[ip] && !a[ip]:
			for r, v := range j.b.MarkRules {
				if r.Address == ip && s.MarkRules[r] != v {
					return fmt.Errorf("rule 4: %s is up before %s is there", ip, r)
				}
			}
			for _, k := range servicesOn(j.b, ip) {
				if !j.complete(s, k) {
					return fmt.Errorf("rule 4: %s is up before %s is complete", ip, k)
				}
			}
		case a[ip] && !b[ip]:
			for _, k := range servicesOn(j.a, ip) {
				if _, ok := s.Services[k]; !ok {
					return fmt.Errorf("rule 4: %s is up, and %s is gone", ip, k)
				}
			}
		}
	}
	return nil
}

// servicesOn are those that packets for the address come to, or may come to: by a mark that no rule of the state gives.
func servicesOn(s spec.State, a netip.Addr) (out []spec.ServiceKey) {
	for k := range s.Services {
		if !k.IsMark() && k.Address.Addr() == a {
			out = append(out, k)
		}
	}
	ruled := map[spec.ServiceKey]bool{}
	for r, v := range s.MarkRules {
		k := spec.Mark(v.Mark, spec.FamilyOf(r.Address))
		if ruled[k] = true; r.Address == a && s.Get(k) != nil {
			out = append(out, k)
		}
	}
	for k := range s.Services {
		if k.IsMark() && k.MarkFamily == spec.FamilyOf(a) && !ruled[k] {
			out = append(out, k)
		}
	}
	return out
}

// complete says that a service has what it is to have in b.
func (j *Judge) complete(s spec.State, k spec.ServiceKey) bool {
	if _, ok := s.Services[k]; !ok {
		return false
	}
	for _, d := range j.servers[k] {
		_, wanted := j.b.Destinations[d]
		if _, ok := s.Destinations[d]; wanted && !ok {
			return false
		}
	}
	return j.takes(s, k) || !j.takes(j.b, k)
}

// quiet: on a real server a VIP is up only while nobody hears of it.
func (j *Judge) quiet(s spec.State) error {
	if j.Side == nil {
		return nil
	}
	for k := range s.Addresses {
		if !k.Prefix.Addr().Is4() || j.Side(k) != spec.SideQuiet || heard(s, k) == "" {
			continue
		}
		if j.a.Get(k) != nil && heard(j.a, k) != "" || j.b.Get(k) != nil && heard(j.b, k) != "" {
			continue // it is heard of at that end anyway
		}
		return fmt.Errorf("rule 5: %s is up while ARP for it is answered, or it is announced, on %s", k, heard(s, k))
	}
	return nil
}

// heard is an interface on which an address can be heard of, or "".
func heard(s spec.State, k spec.AddressKey) string {
	for _, iface := range receiving(s) {
		_, filtered := s.ARPFilters[spec.ARPFilterKey{Interface: iface, Address: k.Prefix.Addr()}]
		if !filtered && (!s.Mute(iface) || iface == k.Interface && s.AnswersOwn(iface)) {
			return iface
		}
	}
	return ""
}

// receiving are the interfaces from which ARP comes: those that are up, or where no interface is known, those that have settings.
func receiving(s spec.State) (out []string) {
	for k, l := range s.Links {
		if l.Up && hears(l) {
			out = append(out, k.Name)
		}
	}
	if len(s.Links) > 0 {
		return out
	}
	for k := range s.Sysctls {
		if name := k.Interface(); name != "" && name != "lo" && strings.HasSuffix(k.Name, ".arp_ignore") {
			out = append(out, name)
		}
	}
	return out
}

// hears says that ARP arrives at links of the type.
func hears(l spec.Link) bool {
	return !slices.Contains([]string{"loopback", "dummy", "ipip", "gre", "ip6tnl", "gue", "sit"}, l.Type)
}

// marked: a mark rule exists only while its service does, and while that takes connections if it is to.
func (j *Judge) marked(s spec.State) error {
	for r, v := range s.MarkRules {
		k := spec.Mark(v.Mark, spec.FamilyOf(r.Address))
		there, takes := true, true // where the rule is as it is now
		for _, end := range []spec.State{j.a, j.b} {
			if w, ok := end.MarkRules[r]; ok && w == v {
				there = there && end.Get(k) != nil
				takes = takes && j.takes(end, k)
			}
		}
		switch {
		case there && s.Get(k) == nil:
			return fmt.Errorf("rule 6: %s marks packets, and there is no %s", r, k)
		case takes && !j.takes(s, k):
			return fmt.Errorf("rule 6: %s marks packets, and %s takes no connections", r, k)
		}
	}
	return nil
}

// masqueraded: a FULLNAT destination takes connections only while its masquerade rule exists.
func (j *Judge) masqueraded(s spec.State) error {
	for _, end := range []spec.State{j.a, j.b} {
		for r := range end.Masquerade {
			if _, ok := s.Masquerade[r]; ok || !s.Destinations[r.Destination].Takes() {
				continue
			}
			if bare(j.a, r) || bare(j.b, r) {
				continue // it is a destination without a rule on one side
			}
			return fmt.Errorf("rule 6: %s takes connections without its masquerade rule", r.Destination)
		}
	}
	return nil
}

// bare says that the destination is there and takes connections without the rule.
func bare(s spec.State, r spec.MasqueradeRuleKey) bool {
	_, ok := s.Masquerade[r]
	return !ok && s.Destinations[r.Destination].Takes()
}
