//go:build linux

package main

import (
	"fmt"
	"maps"
	"net/netip"
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
	c.copy("testdata/site-change", append(files, "main")...)
	c.set(map[string]string{"servers": servers})
	c.knocks = []drivertest.Load{
		{Rate: 24, To: []netip.AddrPort{at("10.0.0.20", 80), at("10.0.0.30", 80), at("fd00::30", 80)}},
		{Network: "udp", Rate: 12, To: []netip.AddrPort{at("10.0.0.20", 53), at("10.0.0.30", 53), at("fd00::30", 53)}},
		{Network: "sctp", Rate: 12, To: []netip.AddrPort{at("10.0.0.20", 90)}},
	}
	return c
}

// set gives variables values.
func (c *busySite) set(values map[string]string) {
	maps.Copy(c.values, values)
	text := ""
	for name, value := range c.values {
		text += fmt.Sprintf("%s = %s\n", name, value)
	}
	c.write("now.auto.lvsvars.hcl", text)
}

// held are knocks beside connections that live for a time, or to the end.
func held(n int, life time.Duration, knocks ...drivertest.Load) (all []drivertest.Load) {
	for _, l := range knocks {
		l.Held, l.Life = n, life
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

// step is a change of some of the variables.
type step struct {
	what   string
	values map[string]string
}

// Masquerading and direct routing, IPv4 and IPv6, TCP, UDP and SCTP, while everything changes that can.
func TestKernelNoDrop(t *testing.T) {
	c := newBusySite(t, twoServers, "nat", "direct")
	c.bringUp()
	var through []*drivertest.Traffic
	for _, l := range held(6, 0, c.knocks...) {
		l.Rate = 0
		through = append(through, c.Load(l))
	}
	for _, step := range []step{
		{"a scheduler", map[string]string{"scheduler": `"wlc"`}},
		{"persistence", map[string]string{"persistent": "true"}},
		{"no persistence, a scheduler with flags", map[string]string{"persistent": "false", "scheduler": `"mh"`, "scheduler_flags": `["mh-port"]`}},
		{"flags", map[string]string{"scheduler_flags": "[]"}},
		{"the first scheduler", map[string]string{"scheduler": `"rr"`}},
		{"a weight", map[string]string{"servers": oneHeavier}},
		{"a server", map[string]string{"servers": threeServers}},
		{"a port", map[string]string{"ports": "[80, 81]"}},
	} {
		c.set(step.values)
		if step.values["scheduler"] == "" {
			for _, r := range c.change(step.what, func() { c.apply("dir1") }, c.knocks...) {
				c.clean(step.what, r)
			}
			continue
		}
		w := c.run("dir1", exitDone, "plan")
		w.says(w.out+w.err, "the kernel may refuse a new connection")
		var begun, done time.Time
		for _, r := range c.change(step.what, func() { begun = time.Now(); c.apply("dir1"); done = time.Now() }, c.knocks...) {
			c.window(step.what, begun, done, r)
		}
	}
	for _, l := range through {
		c.through(l)
	}
	c.goodbyes()
}

// window expects of traffic that nothing but the kernel's moment without a scheduler costs something: while it waits for
// its other CPUs, if there are any, it refuses what is new, or drops it.
func (c *busySite) window(what string, begun, done time.Time, r drivertest.SiteReport) {
	c.t.Helper()
	if !several() {
		c.clean(what, r)
		return
	}
	during := r
	during.Attempts = nil
	for _, a := range r.Attempts {
		if !a.To.Before(begun) && !a.From.After(done) {
			during.Attempts = append(during.Attempts, a)
		}
	}
	c.t.Logf("%s: in the kernel's moments: %d of %d: %v", what, during.Trouble(), len(during.Attempts), during.Outcomes())
	for outcome := range during.Outcomes() {
		if !slices.Contains([]string{"answered", "refused", "retried"}, outcome) {
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
	tcp, udp, sctp := c.knocks[0], c.knocks[1], c.knocks[2]
	for _, step := range []step{
		{"a server less", map[string]string{"servers": twoServers}},
		{"a port less", map[string]string{"ports": "[80]", "expire_nodest": "1"}},
		{"other servers", map[string]string{"servers": otherServers}},
	} {
		c.set(step.values)
		flows := c.flowing()
		for _, r := range c.change(step.what, func() { c.apply("dir1") }, append(held(6, time.Second, tcp, sctp), udp)...) {
			c.clean(step.what, r)
		}
		c.flowed(step.what, flows)
	}
	c.remove("nat")
	var last []*drivertest.Traffic
	for _, l := range held(4, 800*time.Millisecond, tcp, sctp) {
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
