//go:build linux

package main

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

// A client behind a router, to whom long answers come only if the server hears that they are too long: the router tells
// that to the VIP, and the director passes it on.
func (s *siteWorld) tryFar(t *testing.T) {
	// First the tunnels: a server that has heard from the router asks for less than they hold.
	for _, vip := range []string{"10.0.0.40", "fd00::40", "10.0.0.20", "fd00::20", "10.0.0.30", "fd00::30"} {
		servers := map[string]int{}
		for range 3 {
			session, err := s.Far.Open(netip.Addr{}, at(vip, 80))
			if err != nil {
				t.Fatalf("%s: %v", vip, err)
			}
			defer session.Close()
			if client := session.Client; client != s.Far.Client.LAN && client != s.Far.Client.LAN6 {
				t.Errorf("%s: the server sees %s", vip, client)
			}
			if err := session.Echo(strings.Repeat("long ", 8000)); err != nil {
				t.Errorf("%s: %s: a long line: %v", vip, session.Server, err)
			}
			servers[session.Server]++
		}
		same(t, vip, servers, "map[rs1:1 rs2:1 rs3:1]")
	}
	heard := func(who *drivertest.SiteNode, mtu string, way ...string) {
		t.Helper()
		if got := who.Run("ip", append([]string{"route", "get"}, way...)...); !strings.Contains(got, " mtu "+mtu) {
			t.Errorf("%s has not heard of an MTU of %s: %s", who.Name, mtu, got)
		}
	}
	for _, n := range s.Servers {
		heard(n, "1300", s.Far.Client.LAN.String())
		heard(n, "1300", s.Far.Client.LAN.String(), "from", n.Back.String())
		heard(n, "1300", s.Far.Client.LAN6.String())
		heard(n, "1300", s.Far.Client.LAN6.String(), "from", n.Back6.String())
	}
	heard(s.Far.Client, "1480", "10.0.0.40")
	heard(s.Far.Client, "1460", "fd00::40")
}
