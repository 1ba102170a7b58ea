package plan

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// describe fills in what the plan says of its objects.
func (m *maker) describe() {
	add := func(k spec.Key) {
		o := Object{Name: m.name(k), Ignore: m.ignored(k), Protected: m.protected(k)}
		if a, ok := k.(spec.AddressKey); ok {
			o.Side = m.side(a)
		}
		m.plan.Objects[k] = o
	}
	for _, c := range m.plan.Changes.spans() {
		add(c.Key)
		o := m.plan.Objects[c.Key]
		o.Reason = m.reason(c)
		m.plan.Objects[c.Key] = o
	}
	for _, k := range m.plan.Adopted {
		add(k)
	}
	for _, k := range m.plan.Unmanaged {
		add(k)
	}
	for k, v := range m.Desired.State.All() {
		if live := m.Live.Get(k); live != nil && (spec.Satisfies(live, v) || live == m.goal.Get(k)) {
			m.plan.Unchanged++
		}
	}
	m.plan.Warnings = append(m.plan.Warnings, m.Desired.Warnings...)
}

func (m *maker) reason(c Change) string {
	owned, ours := m.Ledger[c.Key]
	if c.Before == c.After || c.Action() != Delete {
		if owned.Original != nil && owned.Original == c.After && !m.declared(c.Key) && c.Before != c.After {
			return "not in the configuration: back to what it was"
		}
		return ""
	}
	if m.Destroy {
		return "everything of lvsform's is to go"
	}
	if k, ok := c.Key.(spec.AddressKey); ok && m.taker(k) != "" {
		return "node " + m.taker(k) + " holds it"
	}
	if !ours && unmanageable(c.Key) {
		return "not in the configuration, which is the whole truth of this node"
	}
	return "not in the configuration"
}

// protected says that the block which declares, or declared, the object forbids to destroy it. A block that is gone forbids nothing.
func (m *maker) protected(k spec.Key) bool {
	if d, ok := k.(spec.DestinationKey); ok {
		o := m.Desired.Objects[d.Service]
		return o.Pool != nil && o.Pool.PreventDestroy
	}
	if o, ok := m.Desired.Objects[k]; ok {
		return o.Lifecycle != nil && o.Lifecycle.PreventDestroy
	}
	name := m.Ledger[k].Name
	for i, c := range name {
		if c != '.' && c != '[' {
			continue
		}
		if l := m.Desired.Blocks[name[:i]]; l != nil && l.PreventDestroy {
			return true
		}
	}
	return false
}

// sound refuses a goal that breaks a rule which the node does not break: an exclusion, an ignored attribute or somebody else's
// object can make one of a configuration that is valid.
func (m *maker) sound() error {
	if len(m.plan.Changes) == 0 {
		return nil
	}
	type broken struct {
		key  spec.Key
		rule string
	}
	known := map[broken]bool{}
	for _, p := range spec.Validate(m.Live) {
		known[broken{p.Key, p.Rule}] = true
	}
	var errs []error
	for _, p := range spec.Validate(m.goal) {
		if m.Restore && p.Rule != "LVS150" && p.Rule != "LVS152" {
			continue
		}
		if !known[broken{p.Key, p.Rule}] && !m.original(p) {
			errs = append(errs, fmt.Errorf("%s: %s [%s]: what is ignored, excluded or not lvsform's does not go together with the configuration: %s", m.name(p.Key), p.Summary, p.Rule, p.Detail))
		}
	}
	if len(errs) > 10 {
		errs = append(errs[:10], fmt.Errorf("and %s", count(len(errs)-10, "problem more", "problems more")))
	}
	return errors.Join(errs...)
}

// original says that the problem is a value that was there before lvsform, and that the kernel takes again.
func (m *maker) original(p spec.Problem) bool {
	o := m.Ledger[p.Key].Original
	a, ok := spec.AttributeOf(p.Key.Kind(), p.Attribute)
	return ok && o != nil && a.Same(m.goal.Get(p.Key), o)
}

// protect refuses a plan that would destroy what prevent_destroy keeps.
func (m *maker) protect() error {
	var errs []error
	for _, c := range m.plan.Changes.Objects() {
		if c.Action() == Delete && m.plan.Objects[c.Key].Protected {
			errs = append(errs, fmt.Errorf("%s (%s) would be destroyed, and prevent_destroy forbids it: keep it, or take prevent_destroy out of its block first", m.name(c.Key), c.Key))
		}
	}
	return errors.Join(errs...)
}

// bound holds the number of destroyed objects under max_destroy: of the destinations of each service that stays, and of all services.
func (m *maker) bound() error {
	limit := m.MaxDestroy
	if limit == nil {
		limit = m.Desired.MaxDestroy
	}
	if limit == nil {
		return nil
	}
	services, servers := 0, map[spec.ServiceKey]int{}
	for _, c := range m.plan.Changes.Objects() {
		if c.Action() != Delete {
			continue
		}
		switch k := c.Key.(type) {
		case spec.ServiceKey:
			services++
		case spec.DestinationKey:
			if m.goal.Get(k.Service) != nil {
				servers[k.Service]++
			}
		}
	}
	var over []string
	owned := services
	for k := range m.Ledger {
		if k.Kind() == spec.KindService && m.goal.Get(k) != nil {
			owned++
		}
	}
	if !limit.Allows(services, owned) {
		over = append(over, fmt.Sprintf("%d of %s", services, count(owned, "service", "services")))
	}
	for k, n := range servers {
		if all := len(m.servers[k]); !limit.Allows(n, all) {
			over = append(over, fmt.Sprintf("%d of the %s of %s", n, count(all, "server", "servers"), m.name(k)))
		}
	}
	if over == nil {
		return nil
	}
	return fmt.Errorf("this would destroy %s, and max_destroy allows %s: if it is meant, give a higher --max-destroy", strings.Join(sorted(over), ", "), limit)
}
