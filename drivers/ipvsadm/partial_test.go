//go:build linux

package ipvsadm_test

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/drivers/ipvsadm"
	"github.com/lvsform/lvsform/drivers/ipvsadm/fake"
	"github.com/lvsform/lvsform/plan"
)

// truth expects of every result that it is what the table says: done and there, or neither, or unknown.
func truth(t *testing.T, p *fake.Program, changes []plan.Change, results []plan.Result) {
	t.Helper()
	live, err := p.Table().Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		if there := live.Get(changes[i].Key) != nil; (r.Err == nil) != there && !r.Unknown {
			t.Errorf("%s: there is %v, and the result is %.300v", changes[i], there, r.Err)
		}
	}
}

// Words without an end of the line stand before a marker in its line. Wherever they come, whatever they are and however the
// program goes on, no line that was executed is taken for one that was not, or is sent to another process.
func TestWordsWithoutAnEndOfTheLine(t *testing.T) {
	for _, c := range []struct {
		words string
		at    []int
	}{
		{"oops", []int{1, 2, 3, 4, 5}}, {"two\nlines", []int{3}}, {"Network is unreachable", []int{3}},
		{"--lvsform-", []int{2}}, {"--lvsform-2", []int{3}}, {"x\n--lvsform-4:", []int{2}}, {"--lvsform-4: \n", []int{3}},
	} {
		for _, at := range c.at {
			for name, f := range map[string]fake.Fault{
				"goes on":   {Done: true},
				"undone":    {},
				"ends":      {Done: true, Exit: 1},
				"gives up":  {Exit: 2},
				"ends late": {Done: true, Exit: 255},
				"killed":    {Done: true, Kill: syscall.SIGKILL},
			} {
				t.Run(fmt.Sprintf("%q at %d, %s", c.words, at, name), func(t *testing.T) {
					t.Parallel()
					p, d := openFake(t, ipvsadm.Options{})
					f.At, f.Say = at, c.words
					p.Break(f)
					changes := five()
					results := d.Do(t.Context(), changes)
					truth(t, p, changes, results)
					for i, r := range results {
						if at > 1 && name == "goes on" && c.words == "oops" && (r.Err != nil) != (i == at-1) {
							t.Errorf("%s: %+v", changes[i], r)
						}
					}
				})
			}
		}
	}
}
