//go:build linux

package drivertest

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Site is a place with a client, two directors and real servers, as machines stand in a rack: all of them on one LAN, so
// that they hear each other's ARP, and directors and servers on a second segment behind it, for masquerading. Nothing of
// load balancing is configured: no VIP, no table, no sysctl, no tunnel, no mark. That is left to what is tested.
//
//	LAN   10.0.0.0/24  fd00::/64    eth0: client .100…, dir1 .2, dir2 .3, rs1… .11…
//	BACK  10.1.0.0/24  fd00:1::/64  eth1: dir1 .1, dir2 .254, rs1… .11…
type Site struct {
	Client    *SiteNode
	Directors []*SiteNode // dir1, dir2
	Servers   []*SiteNode // rs1…
	// Far is the same site as a client sees it who is behind a router: IPv4 and IPv6, one address each. nil without
	// SiteOptions.Far.
	Far *Site
	// Patience is how long a client waits for an answer: ten seconds, so that a machine that is busy is no failure.
	Patience time.Duration

	t      testing.TB
	middle *Netns // holds the two bridges
	macs   map[string]string
	ports  atomic.Uint32 // of the client, used so far
}

// SiteNode is a machine of a Site.
type SiteNode struct {
	*Netns
	Name string
	// LAN and BACK are its first addresses on the two segments, IPv4 and IPv6; a client has none on the second.
	LAN, LAN6, Back, Back6 netip.Addr
	// MAC is the hardware address of its eth0.
	MAC string
}

// SiteOptions say how a Site is built. The zero value is three servers that masquerading reaches and that answer their
// other clients directly.
type SiteOptions struct {
	Servers int // 0: three
	Clients int // addresses of the client, from .100 on; 0: eight
	// NoWayBack leaves out the servers' route through dir1 for what they answer from their BACK addresses.
	NoWayBack bool
	Far       bool // with a client behind a router
}

// Shell runs lines on the node, up to the first that fails, which ends the test. It is quicker than a program for each.
func (n *SiteNode) Shell(lines ...string) {
	n.t.Helper()
	n.Run("sh", "-ec", strings.Join(lines, "\n"))
}

// NewSite calls Kernel and builds a site. It ends with the test.
func NewSite(t testing.TB, o SiteOptions) *Site {
	t.Helper()
	Kernel(t)
	if o.Servers == 0 {
		o.Servers = 3
	}
	if o.Clients == 0 {
		o.Clients = 8
	}
	s := &Site{Patience: 10 * time.Second, t: t, middle: NewNetns(t), macs: map[string]string{}}
	s.Client = s.node("client", 100, 0)
	s.Directors = []*SiteNode{s.node("dir1", 2, 1), s.node("dir2", 3, 254)}
	for i := range o.Servers {
		s.Servers = append(s.Servers, s.node(fmt.Sprintf("rs%d", i+1), 11+i, 11+i))
	}
	s.wire()
	for _, n := range s.Nodes() {
		s.configure(n, o)
	}
	s.configureClient(o)
	if o.Far {
		s.behindRouter()
	}
	return s
}

// Nodes are all machines but the client.
func (s *Site) Nodes() []*SiteNode {
	return append(append([]*SiteNode{}, s.Directors...), s.Servers...)
}

// Node is the machine of that name.
func (s *Site) Node(name string) *SiteNode {
	for _, n := range append(s.Nodes(), s.Client) {
		if n.Name == name {
			return n
		}
	}
	s.t.Helper()
	s.t.Fatalf("the site has no node %q", name)
	return nil
}

// Addresses are the client's: IPv4, or IPv6.
func (s *Site) Addresses(n int, v6 bool) []netip.Addr {
	var all []netip.Addr
	for i := range n {
		format := "10.0.0.%d"
		if v6 {
			format = "fd00::%d"
		}
		all = append(all, netip.MustParseAddr(fmt.Sprintf(format, 100+i)))
	}
	return all
}

func (s *Site) node(name string, lan, back int) *SiteNode {
	n := &SiteNode{Netns: NewNetns(s.t), Name: name, MAC: fmt.Sprintf("02:00:0a:00:00:%02x", lan)}
	n.LAN, n.LAN6 = netip.MustParseAddr(fmt.Sprintf("10.0.0.%d", lan)), netip.MustParseAddr(fmt.Sprintf("fd00::%d", lan))
	if back > 0 {
		n.Back, n.Back6 = netip.MustParseAddr(fmt.Sprintf("10.1.0.%d", back)), netip.MustParseAddr(fmt.Sprintf("fd00:1::%d", back))
	}
	s.macs[n.MAC] = name
	return n
}

// wire builds the segments, and connects every machine to them.
func (s *Site) wire() {
	s.t.Helper()
	lines := []string{}
	for _, bridge := range []string{"br0", "br1"} {
		lines = append(lines, "link add "+bridge+" type bridge forward_delay 0 mcast_snooping 0", "link set "+bridge+" up")
	}
	for _, n := range append(s.Nodes(), s.Client) {
		lines = append(lines, s.cables(n)...)
	}
	s.batch(s.middle, lines)
}

// cables are those of a machine. Its IPv6 addresses need no second of probing.
func (s *Site) cables(n *SiteNode) (lines []string) {
	s.t.Helper()
	n.Do(func() {
		if err := os.WriteFile("/proc/sys/net/ipv6/conf/default/accept_dad", []byte("0"), 0o644); err != nil {
			s.t.Fatal(err)
		}
	})
	cable := func(name, end, mac, bridge string) {
		lines = append(lines, fmt.Sprintf("link add %s type veth peer name %s address %s netns %s", name, end, mac, n.Path()),
			fmt.Sprintf("link set %s master %s up", name, bridge))
	}
	cable(n.Name, "eth0", n.MAC, "br0")
	if n.Back.IsValid() {
		cable(n.Name+"b", "eth1", strings.Replace(n.MAC, "0a:00", "0a:01", 1), "br1")
	}
	return lines
}

func (s *Site) configure(n *SiteNode, o SiteOptions) {
	s.t.Helper()
	lines := []string{
		fmt.Sprintf("address add %s/24 dev eth0", n.LAN), fmt.Sprintf("address add %s/64 dev eth0 nodad", n.LAN6), "link set eth0 up",
		fmt.Sprintf("address add %s/24 dev eth1", n.Back), fmt.Sprintf("address add %s/64 dev eth1 nodad", n.Back6), "link set eth1 up",
	}
	way := strings.HasPrefix(n.Name, "rs") && !o.NoWayBack
	if way {
		lines = append(lines, "rule add from 10.1.0.0/24 lookup 100",
			"route add default via 10.1.0.1 dev eth1 table 100", "route add default via fd00:1::1 dev eth1 table 100")
	}
	s.batch(n.Netns, lines)
	if way {
		s.batch(n.Netns, []string{"rule add from fd00:1::/64 lookup 100"}, "-6")
	}
}

func (s *Site) configureClient(o SiteOptions) {
	s.t.Helper()
	lines := []string{"link set eth0 up"}
	for i, a := range s.Addresses(o.Clients, false) {
		lines = append(lines, fmt.Sprintf("address add %s/24 dev eth0", a), fmt.Sprintf("address add %s/64 dev eth0 nodad", s.Addresses(i+1, true)[i]))
	}
	s.batch(s.Client.Netns, lines)
}

// batch is what "ip -batch" does with the lines in a namespace: one process for all of them.
func (s *Site) batch(n *Netns, lines []string, flags ...string) {
	s.t.Helper()
	n.Do(func() {
		text := strings.Join(lines, "\n") + "\n"
		if out, err := tryInput(text, "ip", append(flags, "-batch", "-")...); err != nil {
			s.t.Fatalf("ip -batch: %v\n%s\n%s", err, text, out)
		}
	})
}
