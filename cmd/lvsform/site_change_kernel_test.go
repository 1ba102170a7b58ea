//go:build linux

package main

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

// busySite is a site whose configuration changes under traffic.
type busySite struct {
	*siteWorld
	values map[string]string // of the configuration's variables
	knocks []drivertest.Load // at all services: TCP, UDP, SCTP
}

// newBusySite has the files of a configuration whose servers are those given.
func newBusySite(t *testing.T, servers string, files ...string) *busySite {
	c := &busySite{siteWorld: newSiteWorld(t, drivertest.SiteOptions{Servers: 4}), values: map[string]string{}}
	c.named("dir1", "director")
	c.named("dir2", "director")
	c.Serve(80, 81, 82)
	c.ServeUDP(53)
	c.ServeSCTP(90)
	c.take(append(files, "main")...)
	c.set("servers", servers)
	c.knocks = []drivertest.Load{
		{Rate: 60, To: []netip.AddrPort{at("10.0.0.20", 80), at("10.0.0.30", 80), at("fd00::30", 80)}},
		{Network: "udp", Rate: 30, To: []netip.AddrPort{at("10.0.0.20", 53), at("10.0.0.30", 53), at("fd00::30", 53)}, Patience: 3 * time.Second},
		{Network: "sctp", Rate: 20, To: []netip.AddrPort{at("10.0.0.20", 90)}},
	}
	if several() { // emulated, and slow
		c.knocks[0].Rate, c.knocks[1].Rate = 30, 20
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

// held are knocks beside connections that live for a time, or to the end.
func held(n int, life time.Duration, knocks ...drivertest.Load) (all []drivertest.Load) {
	for _, l := range knocks {
		l.Held, l.Life = n, life
		if l.Network == "udp" {
			l.Life = 0
		}
		all = append(all, l)
	}
	return all
}

const (
	twoServers   = `{ rs1 = { number = 11 }, rs2 = { number = 12 } }`
	oneHeavier   = `{ rs1 = { number = 11, weight = 3 }, rs2 = { number = 12 } }`
	threeServers = `{ rs1 = { number = 11 }, rs2 = { number = 12 }, rs3 = { number = 13 } }`
	otherServers = `{ rs3 = { number = 13 }, rs4 = { number = 14 } }`
)

// Masquerading and direct routing, IPv4 and IPv6, TCP, UDP and SCTP, while everything changes that can.
func TestKernelNoDrop(t *testing.T) {
	c := newBusySite(t, twoServers, "nat", "direct")
	c.bringUp()
	var through []*drivertest.Traffic
	for _, l := range held(6, 0, c.knocks...) {
		l.Rate = 0
		through = append(through, c.Load(l))
	}
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
		var begun, done time.Time
		reports := c.change(step.what, func() { begun = time.Now(); c.apply("dir1"); done = time.Now() }, c.knocks...)
		for _, r := range reports {
			if step.name == "scheduler" && several() {
				c.window(step.what, begun, done, r)
			} else {
				c.clean(step.what, r)
			}
		}
	}
	for _, l := range through {
		c.through(l)
	}
	c.goodbyes()
}

// window expects of traffic that nothing but the kernel's moment without a scheduler costs something: while it waits for
// its other CPUs, it refuses what is new, or drops it.
func (c *busySite) window(what string, begun, done time.Time, r drivertest.SiteReport) {
	c.t.Helper()
	during := r
	during.Attempts = nil
	for _, a := range r.Attempts {
		if !a.To.Before(begun) && !a.From.After(done) {
			during.Attempts = append(during.Attempts, a)
		}
	}
	c.t.Logf("%s: in the kernel's moments: %d of %d: %v", what, during.Trouble(), len(during.Attempts), during.Outcomes())
	for outcome := range during.Outcomes() {
		if !slices.Contains([]string{"answered", "refused", "retried", "timed out"}, outcome) {
			c.t.Errorf("%s: new connections are %s", what, outcome)
		}
	}
	r.Attempts = append(r.Until(begun).Attempts, r.Since(done).Attempts...)
	c.clean(what+", before and after", r)
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
	c.apply("rs1", "rs2", "rs3", "rs4")
	c.byHand("rs1 ip address add 10.0.0.50/32 dev lo", "rs2 ip address add 10.0.0.50/32 dev lo")
	var up time.Time
	var ear *drivertest.Ear
	// A client that waits for longer gives up, and what it has sent may half open a connection that a drain then waits for.
	reports := c.change("from nothing", func() {
		ear = c.Listen(50*time.Millisecond, netip.MustParseAddr("10.0.0.20"), netip.MustParseAddr("10.0.0.30"), netip.MustParseAddr("fd00::30"),
			netip.MustParseAddr("10.0.0.50"))
		c.run("dir1", exitDone, "apply", "--auto-approve")
		up = time.Now()
	}, c.knocks...)
	for claim := range drivertest.Claimants(ear.Stop()) {
		if !strings.HasPrefix(claim, "dir") {
			c.t.Errorf("a VIP is claimed: %s", claim)
		}
	}
	for _, r := range reports {
		if n := r.Outcomes()["refused"] + r.Outcomes()["reset"]; n > 0 {
			c.t.Errorf("brought up: %d refused", n)
		}
		c.clean("brought up", r.Since(up))
	}
}

// goodbyes are the changes that wait for connections to end.
func (c *busySite) goodbyes() {
	c.t.Helper()
	for _, step := range []struct{ what, name, value string }{
		{"a server less", "servers", twoServers}, {"a port less", "ports", "[80]"}, {"other servers", "servers", otherServers},
	} {
		c.set(step.name, step.value)
		reports := c.change(step.what, func() { c.apply("dir1") }, held(6, time.Second, c.knocks...)...)
		flows := &reports[1] // UDP is not waited for
		if step.name == "servers" && len(flows.Broken) == 0 {
			c.t.Errorf("%s: flows go on at a server that is not in the table: %v", step.what, flows)
		}
		flows.Broken = nil
		for _, r := range reports {
			c.clean(step.what, r)
		}
	}
	c.remove("nat")
	var last []*drivertest.Traffic
	for _, l := range held(4, 800*time.Millisecond, c.knocks[0], c.knocks[2]) {
		l.To, l.Rate = l.To[:1], 0
		last = append(last, c.Load(l))
	}
	c.knocks = c.knocks[:2]
	for i := range c.knocks {
		c.knocks[i].To = c.knocks[i].To[1:]
	}
	for _, r := range c.change("a service goes", func() { c.apply("dir1") }, held(4, 0, c.knocks...)...) {
		c.clean("the other service", r)
	}
	for _, l := range last {
		c.through(l)
	}
}

// A server changes from one forwarding method to another when it has been drained, one at a time. For direct routing the
// servers are made ready before the director sends packets so; on the way back they follow.
func TestKernelNoDropForwarding(t *testing.T) {
	c := newBusySite(t, threeServers, "either")
	knocks := c.knocks[0]
	knocks.To = []netip.AddrPort{at("10.0.0.40", 80)}
	c.apply("dir1")
	c.byHand("dir1 ipvsadm -A -t 10.0.0.50:80 -s rr", "dir1 ipvsadm -a -t 10.0.0.50:80 -r 10.1.0.11 -m", "dir1 ipvsadm -a -t 10.0.0.50:80 -r 10.1.0.12 -m",
		"dir1 ip address add 10.0.0.50/32 dev eth0")
	c.set("forward", `"direct"`)
	c.take("ready")
	r := c.change("a forwarding method", func() { c.apply("rs1", "rs2", "rs3", "dir1") }, held(6, time.Second, knocks)...)
	c.clean("to direct routing", r[0])
	c.set("forward", `"masquerade"`)
	c.remove("ready")
	r = c.while(func() {
		c.apply("dir1")
		for _, server := range []string{"rs1", "rs2", "rs3"} {
			c.run(server, exitDone, "apply", "--auto-approve", "--destroy") // nothing is left there
		}
	}, held(6, time.Second, knocks)...)
	c.clean("to masquerading", r[0])
}

// The VIPs move to the other director and back. It knows the connections from the first one, but for the youngest.
func TestKernelNoDropMove(t *testing.T) {
	c := newBusySite(t, threeServers, "direct", "sync")
	c.set("scheduler", `"mh"`)
	c.set("scheduler_flags", `["mh-port"]`)
	c.apply("rs1", "rs2", "rs3", "rs4")
	c.moveByHand()
	c.apply("dir1", "dir2")
	c.knocks = c.knocks[:2]
	var through []*drivertest.Traffic
	for i := range c.knocks {
		c.knocks[i].To = c.knocks[i].To[1:]
		through = append(through, c.Load(held(8, 0, c.knocks[i])[0]))
	}
	time.Sleep(2500 * time.Millisecond) // a master tells after two seconds at the latest
	for _, way := range [][]string{{"dir2", "dir1"}, {"dir1", "dir2"}} {
		c.set("holder", `"`+way[0]+`"`)
		for _, r := range c.change("to "+way[0], func() { c.apply(way...) }, c.knocks...) {
			c.clean("to "+way[0], r)
		}
	}
	for _, l := range through {
		c.through(l)
	}
}
