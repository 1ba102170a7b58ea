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

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
)

// Every way from a director to its servers, from one configuration, with packets. Afterwards all nodes are as they were.
func TestKernelTraffic(t *testing.T) {
	s := newSiteWorld(t, drivertest.SiteOptions{Clients: 12, Far: true})
	s.copy("testdata/site", "main", "nat", "direct", "tunnel", "schedulers")
	if s.nft {
		s.copy("testdata/site-nft", "vip", "fullnat", "marks")
	}
	s.write("schedulers.auto.lvsvars.hcl", "schedulers = {\n"+assignments(schedulers(t))+"}\n")
	s.Serve(80, 81, 82, 8080, 8443)
	s.Serve(slices.Collect(maps.Values(schedulers(t)))...)
	s.ServeUDP(53, 5353)
	s.ServeFTP()
	s.Node("dir1").Serve(8081)
	nodes := []string{"rs1", "rs2", "rs3", "dir1"}
	before := map[string]string{}
	for _, n := range nodes {
		// As distributions have it: packets out of a tunnel must be let in.
		s.Node(n).Run("sysctl", "-q", "net.ipv4.conf.default.rp_filter=2")
		before[n] = s.sight(n)
	}
	s.apply(nodes...)
	for _, c := range []struct {
		name string
		try  func(*siteWorld, *testing.T)
	}{
		{"NAT", (*siteWorld).tryNAT}, {"direct routing", (*siteWorld).tryDirect}, {"tunnels", (*siteWorld).tryTunnels},
		{"persistence", (*siteWorld).tryPersistence}, {"one packet", (*siteWorld).tryOnePacket}, {"FTP", (*siteWorld).tryFTP},
		{"FULLNAT", (*siteWorld).tryFullNAT}, {"firewall marks", (*siteWorld).tryMarks}, {"schedulers", (*siteWorld).trySchedulers},
		{"a far client", (*siteWorld).tryFar},
	} {
		t.Run(c.name, func(t *testing.T) { c.try(s, t) })
	}
	slices.Reverse(nodes)
	for _, n := range nodes {
		s.run(n, exitDone, "apply", "--auto-approve", "--destroy", "--no-drain")
	}
	for _, n := range nodes {
		s.unchanged(n, before[n])
	}
}

// refuses shows what the director says to rules that its kernel does not have, and that it is as it was.
func (s *siteWorld) refuses(files ...string) {
	s.t.Helper()
	before := s.sight("dir1")
	s.copy("testdata/site-nft", files...)
	w := s.run("dir1", exitRolledBack, "apply", "--auto-approve")
	w.says(w.err, "this kernel has no nftables for the family inet")
	w.says(w.err, "the node is as it was before")
	s.unchanged("dir1", before)
	for _, f := range files {
		s.remove(f)
	}
}

// answers counts who answers a number of connections.
func (s *siteWorld) answers(t *testing.T, n int, to netip.AddrPort) map[string]int {
	t.Helper()
	all := map[string]int{}
	for range n {
		server, err := s.Ask(netip.Addr{}, to)
		if err != nil {
			t.Errorf("tcp %s: %v", to, err)
			return all
		}
		all[server]++
	}
	return all
}

func (s *siteWorld) evenly(t *testing.T, to ...netip.AddrPort) {
	t.Helper()
	for _, a := range to {
		same(t, "tcp "+a.String(), s.answers(t, 6, a), "map[rs1:2 rs2:2 rs3:2]")
	}
}

func same(t *testing.T, what string, got map[string]int, want string) {
	t.Helper()
	if diff := cmp.Diff(want, fmt.Sprint(got)); diff != "" {
		t.Errorf("%s (-want +got)\n%s", what, diff)
	}
}

// flows counts who answers flows: each flow is asked a number of times.
func (s *siteWorld) flows(t *testing.T, flows, asked int, to netip.AddrPort) map[string]int {
	t.Helper()
	all := map[string]int{}
	for range flows {
		f := s.Flow(netip.Addr{}, to)
		for range asked {
			server, err := f.Ask()
			if err != nil {
				t.Errorf("udp %s: %v", to, err)
				return all
			}
			all[server]++
		}
	}
	return all
}

func (s *siteWorld) tryNAT(t *testing.T) {
	s.evenly(t, at("10.0.0.20", 80), at("fd00::20", 80))
	same(t, "mapped ports", s.answers(t, 8, at("10.0.0.20", 8000)), "map[rs1:2 rs2:6]")
	same(t, "the director itself", s.answers(t, 2, at("10.0.0.20", 8081)), "map[dir1:2]")
	for _, to := range []netip.AddrPort{at("10.0.0.20", 53), at("fd00::20", 53)} {
		same(t, "flows", s.flows(t, 6, 2, to), "map[rs1:4 rs2:4 rs3:4]")
	}
}

func (s *siteWorld) tryDirect(t *testing.T) {
	s.evenly(t, at("10.0.0.30", 80), at("fd00::30", 80))
	for _, to := range []netip.AddrPort{at("10.0.0.30", 53), at("fd00::30", 53)} {
		same(t, "flows", s.flows(t, 6, 2, to), "map[rs1:4 rs2:4 rs3:4]")
	}
	session, err := s.Open(s.Client.LAN, at("10.0.0.30", 80))
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if session.Client != s.Client.LAN {
		t.Errorf("the server sees %s", session.Client)
	}
}

func (s *siteWorld) tryTunnels(t *testing.T) {
	s.evenly(t, at("10.0.0.40", 80), at("fd00::40", 80), at("10.0.0.40", 81), at("10.0.0.40", 82))
}

func (s *siteWorld) tryPersistence(t *testing.T) {
	for _, vip := range []string{"10.0.0.20", "fd00::20"} {
		to := at(vip, 81)
		groups := map[bool]map[string]int{false: {}, true: {}}
		for i, from := range s.Addresses(10, to.Addr().Is6()) {
			server, err := s.Ask(from, to)
			if err != nil {
				t.Fatal(err)
			}
			second := i >= 8
			if to.Addr().Is4() {
				second = i >= 4 // .104 begins the second /29
			}
			groups[second][server]++
		}
		if len(groups[false]) != 1 || len(groups[true]) != 1 || maps.Equal(groups[false], groups[true]) {
			t.Errorf("%s: each of two groups of clients has one server: %v", vip, groups)
		}
	}
}

// Every datagram of one flow is a connection of its own.
func (s *siteWorld) tryOnePacket(t *testing.T) {
	for _, vip := range []string{"10.0.0.30", "fd00::30"} {
		same(t, "one flow", s.flows(t, 1, 12, at(vip, 5353)), "map[rs1:4 rs2:4 rs3:4]")
	}
}

func (s *siteWorld) tryFTP(t *testing.T) {
	for range 3 {
		server, file, from, err := s.FTP(at("10.0.0.20", 21))
		if err != nil || !strings.HasPrefix(server, "rs") || file != server || from.Addr() != netip.MustParseAddr("10.0.0.20") {
			t.Errorf("%s sends %q from %s: %v", server, file, from, err)
		}
	}
}

// The servers lose their way back through the director: masquerading one way is then not enough.
func (s *siteWorld) tryFullNAT(t *testing.T) {
	if !s.nft {
		s.refuses("vip", "fullnat")
		return
	}
	for _, family := range []string{"-4", "-6"} {
		for _, n := range s.Servers {
			from := netip.PrefixFrom(n.Back, 24)
			if family == "-6" {
				from = netip.PrefixFrom(n.Back6, 64)
			}
			n.Run("ip", family, "rule", "del", "from", from.Masked().String(), "lookup", "100")
			defer n.Run("ip", family, "rule", "add", "from", from.Masked().String(), "lookup", "100")
		}
	}
	s.evenly(t, at("10.0.0.60", 80), at("fd00::60", 80))
	session, err := s.Open(s.Client.LAN, at("10.0.0.60", 80))
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if session.Client != s.Node("dir1").Back {
		t.Errorf("the server sees %s, want the director", session.Client)
	}
	defer func(patience time.Duration) { s.Patience = patience }(s.Patience)
	s.Patience = 500 * time.Millisecond
	if server, err := s.Ask(netip.Addr{}, at("10.0.0.20", 80)); err == nil {
		t.Errorf("%s answers without a way back", server)
	}
}

// One client on one server, whichever of the two ports; clients are spread.
func (s *siteWorld) tryMarks(t *testing.T) {
	if !s.nft {
		s.refuses("vip", "marks")
		return
	}
	for _, vip := range []string{"10.0.0.60", "fd00::60"} {
		servers := map[string]int{}
		for _, from := range s.Addresses(6, vip == "fd00::60") {
			first, err := s.Ask(from, at(vip, 8080))
			if err != nil {
				t.Fatal(err)
			}
			second, err := s.Ask(from, at(vip, 8443))
			if err != nil || first != second {
				t.Errorf("%s: port 8080 is answered by %s, 8443 by %s: %v", from, first, second, err)
			}
			servers[first]++
		}
		same(t, vip, servers, "map[rs1:2 rs2:2 rs3:2]")
	}
}
