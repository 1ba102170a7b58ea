//go:build linux

package drivertest

import "testing"

// KernelNode calls Kernel and makes of the namespace the node that Suite starts from: beside lo it has eth0, which
// is up, with 10.0.0.2/24 and 2001:db8::2/64, and eth1, which is down and has nothing.
func KernelNode(t testing.TB) {
	t.Helper()
	Kernel(t)
	for _, lines := range []string{
		"link add eth0 type dummy\nlink add eth1 type dummy\nlink set eth0 up",
		"address add 10.0.0.2/24 dev eth0\naddress add 2001:db8::2/64 dev eth0 nodad",
	} {
		if out, err := tryInput(lines+"\n", "ip", "-batch", "-"); err != nil {
			t.Fatalf("ip -batch: %v\n%s\n%s", err, lines, out)
		}
	}
}
