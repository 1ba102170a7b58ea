package main

import (
	"fmt"
	"testing"
)

// What is declared by one of its two names is called so, whichever of them is written.
func TestSettingWithTwoNames(t *testing.T) {
	const first, other = "net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding"
	for _, declared := range []string{first, other} {
		w := newWorld(t)
		w.write("etc/main.lvs.hcl", fmt.Sprintf("sysctl \"director\" {\n  values = { %q = 1 }\n}\n", declared))
		name := fmt.Sprintf("sysctl.director[%q]", declared)
		w.run(exitDone, "plan", w.node(), w.path("etc"))
		w.says(w.out, "# "+name+" will be updated in-place\n")
		w.run(exitChanges, "drift", w.node(), w.path("etc"))
		w.says(w.out, "~ "+name+" (")
		w.run(exitDone, "plan", w.node(), "--exclude", name, w.path("etc"))
		w.says(w.out, "No changes.")
		w.run(exitDone, "apply", w.node(), "--auto-approve", w.path("etc"))
		w.says(w.err, name+`: updated, value "0" -> "1".`)
		w.run(exitDone, "plan", w.node(), "--destroy", w.path("etc"))
		w.says(w.out, "# "+name+" will be updated in-place\n")
		w.run(exitDone, "forget", w.node(), name)
		w.says(w.out, name+" (sysctl "+first+") is forgotten.")
	}
}
