package plan

import (
	"maps"
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// caution says what the changeset costs and what it cannot take back.
func (m *maker) caution() {
	m.cautionServices()
	m.cautionServers()
	m.cautionDrains()
	m.cautionIdle()
	m.cautionAddresses()
	m.cautionDown()
	m.cautionLinks()
}

// setting is a sysctl's value while destinations drain and go: the new one if it comes early. It is "" if there is none.
func (m *maker) setting(name string) string {
	k := spec.SysctlKey{Name: name}
	now, want := m.Live.Sysctls[k], m.goal.Sysctls[k]
	if closes(k, now, want) {
		return now.Value
	}
	return want.Value
}

// cautionIdle tells of servers that take nothing because of a weight that is not lvsform's to mend.
func (m *maker) cautionIdle() {
	idle := map[string]bool{}
	for k, want := range m.Desired.State.Destinations {
		live, there := m.Live.Destinations[k]
		if there && live.Weight == 0 && want.Weight > 0 && m.goal.Destinations[k].Weight == 0 && slices.Contains(m.ignored(k), "weight") {
			idle[m.name(k)] = true
		}
	}
	if len(idle) > 0 {
		m.warn("The weight of %s is 0 and is ignored (%s): what lowered it has to raise it again.", count(len(idle), "server", "servers"), list(idle))
	}
}

func (m *maker) cautionServices() {
	for _, c := range m.plan.Changes.Objects() {
		k, ok := c.Key.(spec.ServiceKey)
		if !ok {
			continue
		}
		switch c.Action() {
		case Update:
			if before, after := c.Before.(spec.Service), c.After.(spec.Service); before.Scheduler != after.Scheduler {
				m.warn("%s: while the scheduler changes from %s to %s, for about 15 ms, the kernel may refuse a new connection.", m.name(k), before.Scheduler, after.Scheduler)
			}
		case Create:
			if givesWay(m.Live, k) {
				m.warn("%s takes its port from %s: new connections to it are refused for the moment until its servers are there.", m.name(k), m.name(anyPort(k)))
			}
		case Delete:
			if givesWay(m.goal, k) {
				m.warn("%s gives its port back to %s: it is not drained, so that new connections go on; those that are open hang.", m.name(k), m.name(anyPort(k)))
			}
		}
	}
}

func (m *maker) cautionServers() {
	reordered, rounds := map[spec.ServiceKey]bool{}, map[spec.ServiceKey]int{}
	for _, s := range m.plan.Changes {
		k, ok := s.Key.(spec.DestinationKey)
		if !ok {
			continue
		}
		switch s.class() {
		case classReroute:
			if s.Drain > 0 {
				rounds[k.Service]++
			}
			if before := s.Before.(spec.Destination); before.Weight > 0 {
				m.warn("%s changes from %s to %s at once, because no other server of its service can take over: its open connections usually hang.",
					m.name(k), before.Forward, s.After.(spec.Destination).Forward)
			}
		case classGrow:
			scheduler := m.goal.Services[k.Service].Scheduler
			if s.Action() == Create && (scheduler == "sh" || scheduler == "mh") && m.Live.Get(k.Service) != nil && !reordered[k.Service] {
				reordered[k.Service] = true
				m.warn("%s: %s maps clients by the order in which servers were added; a director that adds all of them anew may map some otherwise.", m.name(k.Service), scheduler)
			}
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(rounds), spec.ServiceKey.Compare) {
		if n := rounds[k]; n > 1 {
			m.warn("%s: %d servers change their method one after the other; each may be waited for.", m.name(k), n)
		}
	}
}

// cautionDrains tells of the sysctls that decide what becomes of connections.
func (m *maker) cautionDrains() {
	deletes, drains, sticky := 0, 0, map[string]bool{}
	for _, s := range m.plan.Changes {
		k, ok := s.Key.(spec.DestinationKey)
		if !ok || s.Action() != Delete {
			continue
		}
		deletes++
		if s.Drain > 0 {
			drains++
			if m.Live.Services[k.Service].Persistent {
				sticky[m.name(k.Service)] = true
			}
		}
	}
	if len(sticky) > 0 && m.setting("net.ipv4.vs.expire_quiescent_template") == "0" {
		m.warn("Persistent clients go on to a server that drains until their time is up, because net.ipv4.vs.expire_quiescent_template is 0 (%s): set it to 1.", list(sticky))
	}
	if deletes > 0 && m.setting("net.ipv4.vs.expire_nodest_conn") == "1" {
		m.warn("Connections that are still open when their server is deleted are reset, because net.ipv4.vs.expire_nodest_conn is 1.")
	}
	if deletes > 0 {
		m.warn("Undoing brings destroyed servers back, not their connections and counters.")
	}
}

// list is at most five names, sorted.
func list(names map[string]bool) string {
	var all []string
	for name := range names {
		all = append(all, name)
	}
	return join(sorted(all), 5)
}

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}
