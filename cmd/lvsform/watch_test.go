package main

import (
	"slices"
	"testing"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// watched is a node that remembers which settings it is to show.
type watched struct {
	node
	settings []spec.SysctlKey
}

func (w *watched) Watch(names ...spec.SysctlKey) { w.settings = append(w.settings, names...) }
func (*watched) WatchModules(...spec.ModuleKey)  {}

// A saved plan is done with all that the ledger holds in view: what a reading does not show is taken out of it afterwards.
func TestSavedPlanKeepsTheLedgerInView(t *testing.T) {
	ours, noted := spec.SysctlKey{Name: "net.core.somaxconn"}, spec.SysctlKey{Name: "net.ipv4.tcp_syncookies"}
	owned := plan.Owned{Original: spec.Sysctl{Value: "0"}, Ours: spec.Sysctl{Value: "1"}}
	w := &watched{}
	s := &session{node: w, ledger: apply.LedgerFile{Dir: t.TempDir()}}
	if err := s.ledger.Save(plan.Ledger{ours: owned}); err != nil {
		t.Fatal(err)
	}
	if err := s.watchPlan(&plan.Plan{Records: plan.Ledger{noted: owned}}); err != nil {
		t.Fatal(err)
	}
	for _, k := range []spec.SysctlKey{ours, noted} {
		if !slices.Contains(w.settings, k) {
			t.Errorf("%s is not asked for", k)
		}
	}
}
