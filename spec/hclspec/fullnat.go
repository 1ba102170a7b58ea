package hclspec

import (
	"github.com/lvsform/lvsform/spec"
)

// fullNAT puts what hides clients behind the director into the desired State: a rule for each server, and the setting without
// which the kernel does not look at rules.
func (l *loader) fullNAT() {
	for _, block := range l.blocks["service"] {
		for _, s := range l.services[block] {
			if s.pool == nil || !s.pool.hides() {
				continue
			}
			conntrack := spec.SysctlKey{Name: "net.ipv4.vs.conntrack"}
			l.put(conntrack, spec.Sysctl{Value: "1"}, spec.Object{Name: s.addr + `.sysctl["net.ipv4.vs.conntrack"]`, Minimum: true}, origin{block: block}, true)
			life := &spec.Lifecycle{PreventDestroy: s.pool.life.PreventDestroy, Drain: spec.DefaultDrain}
			for _, in := range s.listeners {
				l.hide(in, s, life)
			}
		}
	}
}

func (p *pool) hides() bool {
	for _, s := range p.servers {
		if s.fullNAT {
			return true
		}
	}
	return false
}

// hide gives the servers of a listener their rules.
func (l *loader) hide(in listener, s *service, life *spec.Lifecycle) {
	for _, server := range s.pool.servers {
		if !server.fullNAT {
			continue
		}
		k, ok := l.destination(in, server)
		if o, declared := l.node.Desired.Objects[k]; ok && declared {
			rule := spec.Object{Name: o.Name + ".masquerade", Lifecycle: life}
			l.put(spec.MasqueradeRuleKey{Destination: k}, spec.MasqueradeRule{}, rule, origin{block: server.block, around: s.pool.block}, true)
		}
	}
}
