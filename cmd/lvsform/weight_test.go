//go:build linux

package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whether the program takes a heavy weight is asked before the first change.
func TestHeavyWeightsThroughTheProgram(t *testing.T) {
	w, p := newProgramWorld(t)
	w.write("etc/main.lvs.hcl", pool(20, "masquerade", "    weight = 65536\n"))
	p.Upstream()
	before := tableOf(t, p)
	for _, command := range [][]string{{"plan"}, {"apply", "--auto-approve"}} {
		w.run(exitError, append(command, throughIPVSAdm, w.path("etc"))...)
		w.says(w.err, `server["s0"]: tcp 192.0.2.30:80 -> 10.1.0.1:80: ipvsadm cannot express a weight above 65535, as Debian's build does: use the driver netlink`+"\n")
		w.says(w.err, "and 10 more like these\n")
	}
	if diff := cmp.Diff(before, tableOf(t, p)); diff != "" {
		t.Errorf("the node (-before +after)\n%s", diff)
	}
	w, p = newProgramWorld(t)
	w.write("etc/main.lvs.hcl", pool(2, "masquerade", "    weight = 65536\n"))
	w.run(exitDone, "apply", throughIPVSAdm, "--auto-approve", w.path("etc"))
	w.says(tableOf(t, p), `"weight": 65536`)
}
