//go:build linux

package ipvsadm_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/ipvsadm"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

var heavy = create(serverOf(web, 1), spec.Destination{Weight: 65536})

// The program is asked once whether it takes heavy weights, and only if there is one.
func TestHeavyWeights(t *testing.T) {
	asked := filepath.Join(t.TempDir(), "asked")
	for _, c := range []struct{ body, says string }{
		{"echo '--lvsform-0: unknown option' >&2; exit 255", ""},
		{"echo 'illegal weight specified' >&2; exit 2", "ipvsadm cannot express a weight above 65535, as Debian's build does: use the driver netlink"},
		{"exit 0", "ipvsadm cannot express a weight above 65535, or does not say whether it can: use the driver netlink"},
		{"echo oops >&2; exit 1", `a weight above 65535, or does not say whether it can (PROGRAM -a -w 65536 --lvsform-0: it ended with status 1: "oops"): use`},
		{"kill -9 $$", `(PROGRAM -a -w 65536 --lvsform-0: it was ended by a signal (killed)): use`},
	} {
		path := script(t, "echo \"$*\" >>"+asked+"\n"+c.body)
		d := open(t, ipvsadm.Options{Program: path})
		light := spec.Destination{Weight: 65535}
		if err := d.Cannot(heavy.Key, light); err != nil || len(calls(t, asked)) > 0 {
			t.Errorf("%s: a light weight: %v", c.body, err)
		}
		for range 3 {
			err := d.Cannot(heavy.Key, heavy.After)
			if said := ""; err != nil {
				said = strings.ReplaceAll(err.Error(), path, "PROGRAM")
				if c.says == "" || !strings.Contains(said, c.says) {
					t.Errorf("%s: %s", c.body, said)
				}
			} else if c.says != "" {
				t.Errorf("%s: no error", c.body)
			}
		}
		if got := calls(t, asked); len(got) != 1 || got[0] != "-a -w 65536 --lvsform-0" {
			t.Errorf("%s: it was asked %q", c.body, got)
		}
		os.Remove(asked)
	}
}

func calls(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' })
}

// A batch does not try a weight that the program does not take, and goes on.
func TestHeavyWeightInABatch(t *testing.T) {
	p, d := openFake(t, ipvsadm.Options{})
	p.Upstream()
	changes := five()
	changes[3].After = spec.Destination{Weight: 70000}
	for i, r := range d.Do(t.Context(), changes) {
		if i == 3 && (r.Unknown || r.Err == nil || r.Err.Error() != d.Cannot(changes[3].Key, changes[3].After).Error()) || i != 3 && r != (plan.Result{}) {
			t.Errorf("%s: %+v", changes[i], r)
		}
	}
}
