package plan

import (
	"slices"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// choose leaves what is not targeted, or excluded, as it is live.
func (m *maker) choose() error {
	if len(m.Targets)+len(m.Exclude) == 0 {
		return nil
	}
	m.plan.Partial = true
	hit, keys := map[string]bool{}, map[spec.Key]bool{}
	for k := range m.Live.All() {
		keys[k] = true
	}
	for k := range m.goal.All() {
		keys[k] = true
	}
	m.picked = map[spec.Key]bool{}
	for k := range keys {
		if m.matches(k, hit) {
			m.picked[k] = true
		}
	}
	n := newNeeds(m, keys)
	n.need(keys)
	n.hold(keys)
	for k := range keys {
		if !m.picked[k] {
			m.goal.Set(k, m.Live.Get(k))
		}
	}
	var unknown []string
	for _, address := range append(append([]string{}, m.Targets...), m.Exclude...) {
		if !hit[address] && !slices.Contains(m.Absent, address) && !slices.Contains(unknown, address) {
			unknown = append(unknown, address)
		}
	}
	m.parents()
	m.tellHeld()
	if len(unknown) > 0 {
		return &UnknownAddressError{unknown}
	}
	return nil
}

func (m *maker) chosen(k spec.Key) bool { return m.picked == nil || m.picked[k] }

func (m *maker) matches(k spec.Key, hit map[string]bool) bool {
	names := m.names(k)
	target, exclude := matched(names, m.Targets, hit), matched(names, m.Exclude, hit)
	return (target || len(m.Targets) == 0) && !exclude
}

// names are all that an object is called: its address, its kernel identity, and that of what it belongs to.
func (m *maker) names(k spec.Key) []string {
	names := []string{m.name(k), k.String()}
	switch k := k.(type) {
	case spec.DestinationKey:
		names = append(names, k.Service.String(), spec.LiveName(k))
	case spec.MasqueradeRuleKey:
		names = append(names, k.Destination.String(), k.Destination.Service.String())
	case spec.MarkRuleKey:
		names = append(names, m.marks(k).String())
	}
	return names
}

// marks is the service that a mark rule is for: as it is to be, or as it was.
func (m *maker) marks(k spec.MarkRuleKey) spec.ServiceKey {
	v, ok := m.goal.MarkRules[k]
	if !ok {
		v = m.Live.MarkRules[k]
	}
	return spec.Mark(v.Mark, spec.FamilyOf(k.Address))
}

func matched(names, addresses []string, hit map[string]bool) bool {
	found := false
	for _, address := range addresses {
		for _, name := range names {
			if Within(name, address) {
				hit[address], found = true, true
			}
		}
	}
	return found
}

// Within says that name is the address or lies below it: service.web takes in service.web.tcp["…"], and not service.web2.
func Within(name, address string) bool {
	rest, ok := strings.CutPrefix(name, address)
	return ok && address != "" && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// name is the object's address: the configuration's, the ledger's for what the configuration no longer has, or a live one.
func (m *maker) name(k spec.Key) string {
	if o, ok := m.Desired.Objects[k]; ok && o.Name != "" {
		return o.Name
	}
	if other, ok := m.alias(k); ok {
		return m.name(other)
	}
	if owned, ok := m.Ledger[k]; ok && owned.Name != "" {
		return owned.Name
	}
	if d, ok := k.(spec.DestinationKey); ok {
		return m.name(d.Service) + spec.ServerName(d.Address.String())
	}
	return spec.LiveName(k)
}
