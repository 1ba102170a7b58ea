package main

import (
	"fmt"
	"strings"
	"testing"
)

// pool is a configuration of one service with so many servers, all of them with these attributes beside the method.
func pool(servers int, forward, attributes string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "pool \"many\" {\n  forward = %q\n", forward)
	for i := range servers {
		fmt.Fprintf(&b, "  server \"s%d\" {\n    address = \"10.1.%d.%d\"\n%s  }\n", i, i/250, i%250+1, attributes)
	}
	b.WriteString("}\nservice \"many\" {\n  listen \"tcp\" {\n    addresses = [\"192.0.2.30\"]\n    ports = [80]\n  }\n  scheduler = \"wlc\"\n  pool = pool.many\n}\n")
	return b.String()
}

// Ten of many refusals are told, each of them once, whatever a plan does on the way.
func TestManyRefusals(t *testing.T) {
	w := newWorld(t)
	w.write("many/main.lvs.hcl", pool(1000, "local", ""))
	w.write("few/main.lvs.hcl", pool(2, "local", ""))
	many := func(said string) {
		t.Helper()
		w.says(said, "lvsform: error: and 990 more like these\n")
		if n := strings.Count(said, "\n"); n != 11 {
			t.Errorf("%d lines:\n%s", n, said)
		}
	}
	w.run(exitError, "export", w.path("many"))
	many(w.err)
	w.run(exitError, "plan", w.node(), "--format=ipvsadm", w.path("many"))
	many(w.err)
	w.write("idle/main.lvs.hcl", pool(2, "local", "    maintenance = true\n"))
	w.run(exitDone, "apply", w.node(), "--auto-approve", w.path("idle"))
	w.run(exitDone, "plan", w.node(), "--format=ipvsadm", "--destroy", w.path("idle"))
	w.says(w.out, "# Warning: there are no commands for the way back:\n")
	w.says(w.out, " tcp 192.0.2.30:80 -> 10.1.0.1:80: ipvsadm cannot express the forwarding method local: use the driver netlink\n")
	w.run(exitDone, "apply", w.node(), "--auto-approve", w.path("few"))
	w.run(exitError, "plan", w.node(), "--format=ipvsadm", "--undo", "--destroy", w.path("few"))
	if n := strings.Count(w.err, "cannot express"); n != 2 {
		t.Errorf("%d refusals of two servers:\n%s", n, w.err)
	}
}

// A weight that not every ipvsadm takes is written, and said.
func TestHeavyWeights(t *testing.T) {
	w := newWorld(t)
	w.write("etc/main.lvs.hcl", pool(2, "masquerade", "    weight = 2147483647\n"))
	const warning = "2 servers with a weight above 65535: Debian's build of ipvsadm takes it, others refuse it."
	for _, format := range []string{"ipvsadm", "sh"} {
		w.run(exitDone, "export", "--format="+format, w.path("etc"))
		w.says(w.out, "-a -t 192.0.2.30:80 -r 10.1.0.2:80 -m -w 2147483647\n")
		w.says(w.err, "lvsform: warning: "+warning+"\n")
		w.in = w.out
		w.run(exitDone, "import", "-")
		w.says(w.out, "  weight  = 2147483647\n")
	}
	w.run(exitDone, "plan", w.node(), "--format=ipvsadm", w.path("etc"))
	w.says(w.out, "# Warning: "+warning+"\n")
	w.run(exitDone, "export", "--format=json", w.path("etc"))
	if w.err != "" {
		t.Errorf("JSON has no such limit: %s", w.err)
	}
}
