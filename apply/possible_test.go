package apply_test

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// What the driver cannot express is refused before the first change: on either side, on the way, and all of it at once.
func TestRunRefusesWhatTheDriverCannotExpress(t *testing.T) {
	server3 := spec.DestinationKey{Service: service, Address: netip.MustParseAddrPort("10.0.0.13:80")}
	from := twoServers()
	from.Set(server3, spec.Destination{Forward: spec.Local, Weight: 1})
	to := without(from, server3)
	to.Set(server1, spec.Destination{Forward: spec.TunnelTo, Weight: 1}) // on the way, its weight is 0
	m := newMemory(from)
	m.cannot = func(k spec.Key, v spec.Value) error {
		switch d, _ := v.(spec.Destination); {
		case d.Forward == spec.Local:
			return fmt.Errorf("%s: local", k)
		case k == spec.Key(server1) && d.Weight == 0:
			return fmt.Errorf("%s: weight 0", k)
		}
		return nil
	}
	o := options(t)
	err := apply.Run(t.Context(), m, &plan.Plan{Changes: plan.Diff(from, to, plan.Options{})}, o)
	want := errors.Join(fmt.Errorf("%s: %s: weight 0", spec.LiveName(server1), server1), fmt.Errorf("%s: %s: local", spec.LiveName(server3), server3)).Error()
	if err == nil || cmp.Diff(want, err.Error()) != "" {
		t.Errorf("error %v, want\n%s", err, want)
	}
	if now := m.node.State(); m.changes != 0 || !now.Equal(from) {
		t.Errorf("%d changes: %v", m.changes, now)
	}
	if l, err := o.Ledger.Load(); err != nil || len(l) != 0 {
		t.Errorf("ledger %v, %v", l, err)
	}
}
