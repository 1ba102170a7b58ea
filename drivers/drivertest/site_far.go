//go:build linux

package drivertest

import (
	"net/netip"
)

// behindRouter builds Far. The router is everybody's way out. It lets no packet of more than 1300 bytes through to the
// client, and the client does not know that: whoever sends has to be told, and to listen.
//
//	FAR   10.2.0.0/24  fd00:2::/64  eth0: client .100, router .1, which is .1 on the LAN, too
func (s *Site) behindRouter() {
	s.t.Helper()
	router := s.node("router", 1, 0)
	s.batch(s.middle, s.cables(router))
	client := &SiteNode{Netns: NewNetns(s.t), Name: "far", LAN: netip.MustParseAddr("10.2.0.100"), LAN6: netip.MustParseAddr("fd00:2::100")}
	s.batch(router.Netns, []string{
		"address add 10.0.0.1/24 dev eth0", "address add fd00::1/64 dev eth0 nodad", "link set eth0 up",
		"link add eth1 type veth peer name eth0 netns " + client.Path(),
		"address add 10.2.0.1/24 dev eth1 noprefixroute", "address add fd00:2::1/64 dev eth1 nodad noprefixroute", "link set eth1 up",
		"route add 10.2.0.0/24 dev eth1 mtu 1300", "route add fd00:2::/64 dev eth1 mtu 1300",
	})
	router.Run("sysctl", "-q", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
	s.batch(client.Netns, []string{
		"address add 10.2.0.100/24 dev eth0", "address add fd00:2::100/64 dev eth0 nodad", "link set eth0 up",
		"route add default via 10.2.0.1", "route add default via fd00:2::1",
	})
	for _, n := range s.Nodes() {
		s.batch(n.Netns, []string{"route add default via 10.0.0.1", "route add default via fd00::1"})
	}
	s.Far = &Site{Client: client, Directors: s.Directors, Servers: s.Servers, Patience: s.Patience, t: s.t, middle: s.middle, macs: s.macs}
}
