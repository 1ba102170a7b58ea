package apply_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// FuzzRunNode is FuzzRun for a node with all that is around its table; and every state on the way keeps the rules.
func FuzzRunNode(f *testing.F) {
	for i := range uint64(300) {
		f.Add(i, i*31)
	}
	f.Fuzz(func(t *testing.T, x, y uint64) {
		r := rand.New(rand.NewPCG(x, y))
		a := drivertest.RandomNode(r)
		b := drivertest.Stays(a, drivertest.RandomNode(r))
		p := &plan.Plan{Changes: plan.Diff(a, b, plan.Options{
			Drain: func(spec.DestinationKey) time.Duration { return 0 }, Side: drivertest.AddressSide,
		})}
		j, m := plan.NewJudge(a, b), newMemory(a)
		j.Side = drivertest.AddressSide
		bad, kind := 1+r.IntN(2*len(p.Changes)+1), fault{done: r.IntN(2) == 0, unknown: r.IntN(2) == 0}
		m.fail = func(n int, _ plan.Change) *fault {
			if n == bad {
				return &kind
			}
			return nil
		}
		var broken error
		d := &judged{m, func() {
			if broken == nil {
				broken = j.State(m.node.State())
			}
		}}
		err := apply.Run(t.Context(), d, p, apply.Options{Ledger: apply.LedgerFile{Dir: t.TempDir()}})
		if broken != nil {
			t.Fatal(broken)
		}
		want, back := b, (*apply.RolledBackError)(nil)
		switch {
		case errors.As(err, &back), err != nil && strings.HasSuffix(err.Error(), "Nothing was changed"):
			want = drivertest.Undone(a, m.node.State())
		case err != nil:
			t.Fatal(err)
		case bad <= len(p.Changes):
			t.Fatal("a failure was not reported")
		}
		want.Differences(m.node.State(), func(k spec.Key, want, got spec.Value) {
			if want != nil || !drivertest.Arises(k, m.node.State()) {
				t.Errorf("after %v: %s should be %v and is %v", err, k, want, got)
			}
		})
	})
}
