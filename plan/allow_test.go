package plan_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Only refuses what the summary counts of the other actions, and no import.
func TestOnlyCountsWhatTheSummaryCounts(t *testing.T) {
	for x := range uint64(500) {
		r := rand.New(rand.NewPCG(x, 11))
		p := between(drivertest.RandomState(r), drivertest.RandomState(r))
		p.Adopted = []spec.Key{serviceKey(https)}
		s := p.Summary()
		counts := map[plan.Action]int{plan.Create: s.Add, plan.Update: s.Change, plan.Delete: s.Destroy}
		var allowed []plan.Action
		refused := 0
		for action, n := range counts {
			if r.IntN(2) == 0 {
				allowed = append(allowed, action)
			} else {
				refused += n
			}
		}
		err := p.Only(allowed...)
		if (err == nil) != (refused == 0) {
			t.Fatalf("seed %d: %v allowed, %d objects more: %v", x, allowed, refused, err)
		}
		if refused > 10 && !strings.HasSuffix(err.Error(), fmt.Sprintf("\nand so would %d object%s more", refused-10, strings.Repeat("s", min(1, refused-11)))) {
			t.Fatalf("seed %d: %d objects: %v", x, refused, err)
		}
	}
}
