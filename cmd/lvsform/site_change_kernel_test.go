//go:build linux

package main

import (
	"fmt"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

// busySite is a site whose configuration changes under traffic.
type busySite struct {
	*siteWorld
	values map[string]string // of the configuration's variables
	knocks drivertest.Load   // at all services
}

// newBusySite has the files of a configuration whose servers are those given.
func newBusySite(t *testing.T, servers string, files ...string) *busySite {
	c := &busySite{siteWorld: newSiteWorld(t, drivertest.SiteOptions{Servers: 4}), values: map[string]string{}}
	c.named("dir1", "director")
	c.named("dir2", "director")
	c.Serve(80, 81, 82)
	c.take(append(files, "main")...)
	c.set("servers", servers)
	c.knocks = drivertest.Load{Rate: 60, To: []netip.AddrPort{at("10.0.0.20", 80), at("10.0.0.30", 80), at("fd00::30", 80)}}
	if several() { // emulated, and slow
		c.knocks.Rate = 30
	}
	return c
}

// take takes files into the configuration.
func (c *busySite) take(files ...string) {
	c.t.Helper()
	for _, f := range files {
		text, err := os.ReadFile("testdata/site-change/" + f + ".lvs.hcl")
		if err != nil {
			c.t.Fatal(err)
		}
		c.write(f+".lvs.hcl", string(text))
	}
}

// set gives a variable a value.
func (c *busySite) set(name, value string) {
	c.values[name] = value
	text := ""
	for name, value := range c.values {
		text += fmt.Sprintf("%s = %s\n", name, value)
	}
	c.write("now.auto.lvsvars.hcl", text)
}

// remove takes a file out of the configuration.
func (c *busySite) remove(name string) {
	c.t.Helper()
	if err := os.Remove(c.etc + "/" + name + ".lvs.hcl"); err != nil {
		c.t.Fatal(err)
	}
}

// held is the load with connections that live for a time, or to the end.
func (c *busySite) held(n int, life time.Duration) drivertest.Load {
	l := c.knocks
	l.Held, l.Life = n, life
	return l
}

const (
	twoServers   = `{ rs1 = { number = 11 }, rs2 = { number = 12 } }`
	oneHeavier   = `{ rs1 = { number = 11, weight = 3 }, rs2 = { number = 12 } }`
	threeServers = `{ rs1 = { number = 11 }, rs2 = { number = 12 }, rs3 = { number = 13 } }`
	otherServers = `{ rs3 = { number = 13 }, rs4 = { number = 14 } }`
)

// Masquerading and direct routing, IPv4 and IPv6, while everything changes that can.
func TestKernelNoDrop(t *testing.T) {
	c := newBusySite(t, twoServers, "nat", "direct")
	c.bringUp()
	through := c.Load(drivertest.Load{To: c.knocks.To, Held: 6})
	for _, step := range []struct{ what, name, value string }{
		{"a scheduler", "scheduler", `"wlc"`}, {"persistence", "persistent", "true"}, {"no persistence", "persistent", "false"},
		{"a scheduler with flags", "scheduler", `"mh"`}, {"flags", "scheduler_flags", `["mh-port"]`}, {"no flags", "scheduler_flags", "[]"},
		{"the first scheduler", "scheduler", `"rr"`}, {"a weight", "servers", oneHeavier}, {"a server", "servers", threeServers},
		{"a port", "ports", "[80, 81]"},
	} {
		c.set(step.name, step.value)
		if step.name == "scheduler" {
			w := c.run("dir1", exitDone, "plan")
			w.says(w.out+w.err, "the kernel may refuse a new connection")
		}
		r := c.while(c.knocks, func() { c.apply("dir1") })
		if step.name == "scheduler" && several() {
			// While the kernel waits for its other CPUs it has no scheduler, and a service has three of these.
			t.Logf("%s: %v", step.what, r)
			if n := len(r.Failed()) + len(r.Broken); n > len(r.Attempts)/5 {
				t.Errorf("%s: %d connections failed, want the few of the kernel's window", step.what, n)
			}
			continue
		}
		c.clean(step.what, r)
	}
	c.through(through)
	c.goodbyes()
}

// through ends the traffic that has been held through many changes.
func (c *busySite) through(r *drivertest.Traffic) {
	c.t.Helper()
	if report := r.Stop(); len(report.Broken) > 0 {
		c.t.Errorf("held all the while: %v", report)
	}
}

// bringUp applies a configuration while clients already try.
func (c *busySite) bringUp() {
	c.t.Helper()
	ear := c.Listen(50*time.Millisecond, netip.MustParseAddr("10.0.0.20"), netip.MustParseAddr("10.0.0.30"), netip.MustParseAddr("fd00::30"))
	c.apply("rs1", "rs2", "rs3", "rs4")
	// A client that waits for longer gives up, and what it has sent may half open a connection that a drain then waits for.
	r := c.Load(c.knocks)
	time.Sleep(300 * time.Millisecond)
	c.run("dir1", exitDone, "apply", "--auto-approve")
	up := time.Now()
	time.Sleep(300 * time.Millisecond)
	report := r.Stop()
	for claim := range drivertest.Claimants(ear.Stop()) {
		if claim[:4] != "dir1" {
			c.t.Errorf("a VIP is claimed: %s", claim)
		}
	}
	if n := report.Outcomes()["refused"] + report.Outcomes()["reset"]; n > 0 {
		c.t.Errorf("brought up: %d refused", n)
	}
	c.t.Logf("from the beginning: %v", report)
	c.clean("brought up", report.Since(up))
}

// goodbyes are the changes that wait for connections to end.
func (c *busySite) goodbyes() {
	c.t.Helper()
	for _, step := range []struct{ what, name, value string }{
		{"a server less", "servers", twoServers}, {"a port less", "ports", "[80]"}, {"other servers", "servers", otherServers},
	} {
		c.set(step.name, step.value)
		c.clean(step.what, c.while(c.held(9, time.Second), func() { c.apply("dir1") }))
	}
	c.remove("nat")
	held := c.Load(drivertest.Load{To: c.knocks.To[:1], Held: 4, Life: 800 * time.Millisecond})
	c.knocks.To = c.knocks.To[1:]
	c.clean("the other service", c.while(c.held(4, 0), func() { c.apply("dir1") }))
	if r := held.Stop(); len(r.Broken) > 0 {
		c.t.Errorf("a service that goes: %v", r)
	}
}

// A server changes from one forwarding method to another when it has been drained, one at a time. For direct routing the
// servers are made ready before the director sends packets so; on the way back they follow.
func TestKernelNoDropForwarding(t *testing.T) {
	c := newBusySite(t, threeServers, "either")
	c.knocks.To = []netip.AddrPort{at("10.0.0.40", 80)}
	c.apply("dir1")
	c.set("forward", `"direct"`)
	c.take("ready")
	c.clean("to direct routing", c.while(c.held(6, time.Second), func() { c.apply("rs1", "rs2", "rs3", "dir1") }))
	c.set("forward", `"masquerade"`)
	c.remove("ready")
	c.clean("to masquerading", c.while(c.held(6, time.Second), func() {
		c.apply("dir1")
		for _, server := range []string{"rs1", "rs2", "rs3"} {
			c.run(server, exitDone, "apply", "--auto-approve", "--destroy") // nothing is left there
		}
	}))
}

// The VIPs move to the other director and back. It knows the connections from the first one, but for the youngest.
func TestKernelNoDropMove(t *testing.T) {
	c := newBusySite(t, threeServers, "direct", "sync")
	c.set("scheduler", `"mh"`)
	c.set("scheduler_flags", `["mh-port"]`)
	c.knocks.To = c.knocks.To[1:]
	c.apply("rs1", "rs2", "rs3", "rs4", "dir1", "dir2")
	through := c.Load(c.held(10, 0))
	time.Sleep(2500 * time.Millisecond) // a master tells after two seconds at the latest
	for _, way := range [][]string{{"dir2", "dir1"}, {"dir1", "dir2"}} {
		c.set("holder", `"`+way[0]+`"`)
		c.clean("to "+way[0], c.while(c.knocks, func() { c.apply(way...) }))
	}
	c.through(through)
}
