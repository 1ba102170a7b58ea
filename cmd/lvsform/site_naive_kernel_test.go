//go:build linux

package main

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

// naive is a change as it is made by hand with the old tools, on the VIP 10.0.0.50 of the same site: some lines, a pause,
// the other lines. Each begins with the machine's name.
type naive struct {
	first, second []string
	// closed: nobody answers before; gone: nobody is to answer afterwards, and only what is held counts.
	closed, gone bool
}

const pause = 500 * time.Millisecond

// orders are the naive ones that cost something, by what they change; of a port more none is known. dir2 is a director of
// its own for most of them: what is done to one table as a whole, and to its last service, is not done to that of lvsform.
func orders() map[string]naive {
	table := func(service string, servers ...string) []string {
		lines := []string{"dir2 ipvsadm -A -t 10.0.0.50:80 " + service}
		for _, server := range servers {
			lines = append(lines, "dir2 ipvsadm -a -t 10.0.0.50:80 -g -r "+server)
		}
		return lines
	}
	const rs1, rs2, rs3, rs4 = "10.0.0.11", "10.0.0.12", "10.0.0.13", "10.0.0.14"
	remove := []string{"dir2 ipvsadm -D -t 10.0.0.50:80"}
	return map[string]naive{
		"from nothing":  {first: append([]string{"dir2 ip address add 10.0.0.50/32 dev eth0"}, table("-s rr")...), second: table("", rs1, rs2)[1:], closed: true},
		"a scheduler":   {first: remove, second: table("-s wlc", rs1, rs2)},
		"persistence":   {first: remove, second: table("-s wlc -p 60", rs1, rs2)},
		"flags":         {first: remove, second: table("-s mh -b mh-port", rs1, rs2)},
		"a weight":      {first: []string{"dir2 ipvsadm -C"}, second: table("-s rr", rs1+" -w 3", rs2)},
		"a server":      {first: table("", rs3)[1:], second: []string{"rs3 ip address add 10.0.0.50/32 dev lo"}},
		"a server less": {first: []string{"dir2 ipvsadm -d -t 10.0.0.50:80 -r " + rs3}},
		"a port less":   {first: remove, second: table("-s rr", rs1, rs2), gone: true},
		"other servers": {first: []string{"dir2 ipvsadm -d -t 10.0.0.50:80 -r " + rs1, "dir2 ipvsadm -d -t 10.0.0.50:80 -r " + rs2},
			second: append([]string{"rs4 ip address add 10.0.0.50/32 dev lo"}, table("", rs3, rs4)[1:]...)},
		"a service goes": {first: remove, second: []string{"dir2 ip address del 10.0.0.50/32 dev eth0"}, gone: true},
		"a forwarding method": {first: []string{"dir1 ipvsadm -e -t 10.0.0.50:80 -r 10.1.0.12 -g"},
			second: []string{"dir1 ipvsadm -e -t 10.0.0.50:80 -r 10.1.0.12 -m"}},
		"a VIP to dir2, not announced": {first: []string{"dir1 ip address del 10.0.0.50/32 dev eth0", "dir2 ip address add 10.0.0.50/32 dev eth0"}},
		"a VIP to dir1, the service first": {first: remove,
			second: []string{"dir2 ip address del 10.0.0.50/32 dev eth0", "dir1 ip address add 10.0.0.50/32 dev eth0"}},
	}
}

// byHand runs lines, each on the machine that it begins with.
func (c *busySite) byHand(lines ...string) {
	c.t.Helper()
	for len(lines) > 0 {
		node, _, _ := strings.Cut(lines[0], " ")
		var here []string
		for len(lines) > 0 && strings.HasPrefix(lines[0], node+" ") {
			here, lines = append(here, strings.TrimPrefix(lines[0], node+" ")), lines[1:]
		}
		c.Node(node).Shell(here...)
	}
}

// change does ours with traffic before, during and after it. In the same time the naive order, if there is one, is done to
// the VIP 10.0.0.50, which has clients as well: that costs some of them, or this proves nothing.
func (c *busySite) change(what string, ours func(), loads ...drivertest.Load) []drivertest.SiteReport {
	c.t.Helper()
	order, known := orders()[what]
	if !known {
		return c.while(ours, loads...)
	}
	clients := drivertest.Load{To: []netip.AddrPort{at("10.0.0.50", 80)}, Rate: 30, Held: 9, Patience: time.Second}
	if order.closed {
		clients.Held = 0
	}
	if order.gone {
		clients.Rate = 0
	}
	naive := c.Load(clients)
	reports := c.while(func() {
		c.byHand(order.first...)
		begun := time.Now()
		ours()
		time.Sleep(pause - time.Since(begun))
		naive.More(clients.Rate / 2) // one in three meets a server that is not ready, and a few are enough
		c.byHand(order.second...)
	}, loads...)
	theirs := naive.Stop()
	byHand, text := cost(theirs)
	if len(reports) > 0 {
		_, our := cost(reports...)
		text += "; lvsform " + our
	}
	c.t.Logf("%s: by hand %s", what, text)
	if byHand < 3 {
		c.t.Errorf("%s: the naive way costs nothing: %v", what, theirs)
	}
	return reports
}

// cost is what was not answered at once, or broke. That nobody has an address yet, and so nobody says its MAC, is none.
func cost(reports ...drivertest.SiteReport) (sum int, text string) {
	attempts, failed, waited, held, broken := 0, 0, 0, 0, 0
	for _, r := range reports {
		outcomes := r.Outcomes()
		attempts, failed, waited = attempts+len(r.Attempts), failed+len(r.Failed())-outcomes["unreachable"], waited+outcomes["retried"]
		held, broken = held+r.Held, broken+len(r.Broken)
	}
	return failed + waited + broken, fmt.Sprintf("%d failed and %d waited of %d, %d of %d held broke", failed, waited, attempts, broken, held)
}

// moveByHand moves a VIP between two directors without synchronisation, there and back, and takes everything away.
func (c *busySite) moveByHand() {
	c.t.Helper()
	for _, server := range []string{"rs1", "rs2", "rs3"} {
		c.byHand(server + " ip address add 10.0.0.50/32 dev lo")
	}
	for _, director := range []string{"dir1 ", "dir2 "} {
		c.byHand(director+"ipvsadm -A -t 10.0.0.50:80 -s rr", director+"ipvsadm -a -t 10.0.0.50:80 -g -r 10.0.0.11",
			director+"ipvsadm -a -t 10.0.0.50:80 -g -r 10.0.0.12", director+"ipvsadm -a -t 10.0.0.50:80 -g -r 10.0.0.13")
	}
	c.byHand("dir1 ip address add 10.0.0.50/32 dev eth0")
	c.change("a VIP to dir2, not announced", func() {})
	c.byHand("client ip neighbour flush dev eth0")
	c.change("a VIP to dir1, the service first", func() {})
	c.byHand("dir1 ip address del 10.0.0.50/32 dev eth0", "dir1 ipvsadm -C")
}
