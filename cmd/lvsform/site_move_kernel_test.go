//go:build linux

package main

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

// A server changes from one forwarding method to another when it has been drained, one at a time. For direct routing the
// servers are made ready before the director sends packets so; on the way back they follow.
func TestKernelNoDropForwarding(t *testing.T) {
	c := newBusySite(t, threeServers, "either")
	knocks := c.knocks[0]
	knocks.To = []netip.AddrPort{at("10.0.0.40", 80)}
	c.apply("dir1")
	c.byHand("dir1 ipvsadm -A -t 10.0.0.50:80 -s rr", "dir1 ipvsadm -a -t 10.0.0.50:80 -r 10.1.0.11 -m", "dir1 ipvsadm -a -t 10.0.0.50:80 -r 10.1.0.12 -m",
		"dir1 ip address add 10.0.0.50/32 dev eth0")
	c.set(map[string]string{"forward": `"direct"`})
	c.copy("testdata/site-change", "ready")
	r := c.change("a forwarding method", func() { c.apply("rs1", "rs2", "rs3", "dir1") }, held(6, time.Second, knocks)...)
	c.clean("to direct routing", r[0])
	c.set(map[string]string{"forward": `"masquerade"`})
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
	c.set(map[string]string{"scheduler": `"mh"`, "scheduler_flags": `["mh-port"]`})
	c.apply("rs1", "rs2", "rs3")
	c.moveByHand()
	c.apply("dir1", "dir2")
	c.knocks = c.knocks[:2]
	var through []*drivertest.Traffic
	for i := range c.knocks {
		c.knocks[i].To = c.knocks[i].To[1:]
		l := held(8, 0, c.knocks[i])[0]
		l.Rate = 0
		through = append(through, c.Load(l))
	}
	known := func(node string) (n int) {
		for _, vip := range []string{" 10.0.0.30:", " [fd00::30]:"} {
			n += strings.Count(c.Node(node).Run("ipvsadm", "-Lnc"), vip)
		}
		return n
	}
	c.nodes["dir2"].until("dir2 has heard of the connections", func() bool { return known("dir2") == known("dir1") }) // after two seconds at the latest, and the third datagram
	for _, way := range [][]string{{"dir2", "dir1"}, {"dir1", "dir2"}} {
		c.set(map[string]string{"holder": strconv.Quote(way[0])})
		for _, r := range c.change("to "+way[0], func() { c.apply(way...) }, c.knocks...) {
			c.clean("to "+way[0], r)
		}
	}
	for _, l := range through {
		c.through(l)
	}
}
