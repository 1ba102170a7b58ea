package main

import (
	"maps"
	"slices"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// watch makes reads show the settings and modules of a state, whatever they are.
func (s *session) watch(of spec.State) {
	if n, ok := s.node.(watcher); ok {
		n.Watch(slices.Collect(maps.Keys(of.Sysctls))...)
		n.WatchModules(slices.Collect(maps.Keys(of.Modules))...)
	}
}

// watcher is a node whose reads do not show every setting and module.
type watcher interface {
	Watch(...spec.SysctlKey)
	WatchModules(...spec.ModuleKey)
}

// watchOwned is watch for what the ledger holds: what is not shown would be taken for gone, and forgotten.
func (s *session) watchOwned(l plan.Ledger) {
	var owned spec.State
	for k, o := range l {
		if o.Original != nil {
			owned.Set(k, o.Original)
		}
	}
	s.watch(owned)
}

// watchPlan is watch for what a plan is about, and for what the ledger holds with it.
func (s *session) watchPlan(made *plan.Plan) error {
	ledger, err := s.ledger.Load()
	if err != nil {
		return err
	}
	s.watchOwned(ledger)
	s.watchOwned(made.Records)
	var about spec.State
	for _, c := range made.Changes {
		if kind := c.Key.Kind(); kind == spec.KindSysctl || kind == spec.KindModule {
			about.Set(c.Key, spec.Zero(kind))
		}
	}
	s.watch(about)
	return nil
}
