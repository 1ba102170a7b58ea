//go:build linux

package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

// Settings go back to what they were, and so does what the kernel sets along with them; what is not declared stays, whatever setting
// for new interfaces it might go with; and an interface that is made has the settings that it is to have.
func TestKernelSettingsGoBack(t *testing.T) {
	w := newKernelWorld(t)
	drivertest.Run(t, "ip", "link", "add", "other0", "type", "dummy") // has never had an address: it may go with the default
	drivertest.Run(t, "ip", "link", "add", "router0", "type", "dummy")
	write := func(values ...string) {
		for _, v := range values {
			drivertest.Run(t, "sysctl", "-qw", v)
		}
	}
	write("net.ipv4.ip_forward=0", "net.ipv4.conf.all.accept_redirects=0", "net.ipv4.conf.router0.forwarding=1", "net.ipv6.conf.router0.forwarding=2",
		"net.ipv6.conf.router0.ignore_routes_with_linkdown=1", "net.ipv6.conf.other0.disable_ipv6=1")
	all := func() []string {
		var lines []string
		for line := range strings.Lines(drivertest.Run(t, "sh", "-c", "grep -rs '' /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf /proc/sys/net/ipv4/ip_forward | grep -vE 'stable_secret|new0' | sort")) {
			lines = append(lines, line)
		}
		return lines
	}
	before := all()
	declare := func(values string) {
		w.write("etc/main.lvs.hcl", fmt.Sprintf("link \"new0\" {\n  kind = \"dummy\"\n}\nsysctl \"x\" {\n  values = {\n%s\n  }\n}\n", values))
		w.run(exitDone, "apply", "--auto-approve", w.path("etc"))
	}
	value := func(name, want string) {
		t.Helper()
		if got := strings.TrimSpace(drivertest.Run(t, "sysctl", "-n", name)); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	const everywhere = `"net.ipv4.ip_forward" = 1
"net.ipv6.conf.all.forwarding" = 1
"net.ipv6.conf.all.disable_ipv6" = 1
"net.ipv6.conf.all.addr_gen_mode" = 1
"net.ipv6.conf.all.ignore_routes_with_linkdown" = 1
"net.ipv4.conf.default.accept_local" = 1
"net.ipv4.conf.new0.route_localnet" = 1`
	declare(everywhere)
	value("net.ipv4.conf.all.accept_redirects", "0")
	value("net.ipv4.conf.other0.forwarding", "1")
	value("net.ipv4.conf.other0.accept_local", "0")
	value("net.ipv4.conf.new0.route_localnet", "1")
	value("net.ipv6.conf.router0.disable_ipv6", "1")
	value("net.ipv6.conf.other0.addr_gen_mode", "1")
	w.run(exitDone, "plan", "--detailed-exitcode", w.path("etc"))
	w.says(w.out, "No changes.")
	declare("\"net.ipv4.conf.other0.forwarding\" = 0\n\"net.ipv4.conf.new0.route_localnet\" = 0")
	value("net.ipv4.conf.other0.forwarding", "0")
	value("net.ipv4.conf.router0.forwarding", "1")
	value("net.ipv6.conf.router0.ignore_routes_with_linkdown", "1")
	w.run(exitDone, "apply", "--auto-approve", "--destroy", w.path("etc"))
	if diff := cmp.Diff(before, all()); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
}

// IPv6 is switched off after the addresses have gone, and on before they come back; not while there are any.
func TestKernelIPv6GoesOff(t *testing.T) {
	w := newKernelWorld(t)
	const off = "sysctl \"x\" {\n  values = {\n    \"net.ipv6.conf.all.disable_ipv6\" = 1\n  }\n}\n"
	const vip = "vip \"x\" {\n  addresses = [\"2001:db8::10\"]\n  interface = \"eth0\"\n}\n"
	holds := func(want bool) {
		t.Helper()
		if shown := drivertest.Run(t, "ip", "-6", "address", "show", "dev", "eth0"); strings.Contains(shown, "2001:db8::10/128") != want {
			t.Errorf("the VIP should be there: %v, and there is\n%s", want, shown)
		}
	}
	w.write("etc/main.lvs.hcl", vip)
	w.run(exitDone, "apply", "--auto-approve", w.path("etc"))
	w.write("etc/main.lvs.hcl", vip+off)
	w.run(exitError, "plan", w.path("etc"))
	w.says(w.err, "(sysctl net.ipv6.conf.all.disable_ipv6): it takes the IPv6 addresses along, and nothing brings them back: remove address eth0 2001:db8::10/128 first")
	w.write("etc/main.lvs.hcl", off)
	w.run(exitDone, "plan", "--out", w.path("saved"), w.path("etc"))
	w.run(exitDone, "apply", w.path("saved"))
	holds(false)
	w.run(exitDone, "plan", "--detailed-exitcode", w.path("etc"))
	w.run(exitDone, "rollback", "--auto-approve", w.path("saved"))
	holds(true)
	w.run(exitChanges, "plan", "--detailed-exitcode", w.path("etc"))
}
