//go:build linux

package nft

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// street is one Ethernet: a client, which listens to all ARP, and a real server that has the VIP on lo.
type street struct {
	t      *testing.T
	client *drivertest.Netns
	fd     int // of a packet socket
	vip    netip.Addr
	server netip.Addr
}

// newStreet makes the test's namespace the server. Its settings are those that announce every address.
func newStreet(t *testing.T) *street {
	t.Helper()
	s := &street{t: t, client: drivertest.NewNetns(t), vip: addr("10.0.0.10"), server: addr("10.0.0.11")}
	drivertest.Run(t, "ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", s.client.Path())
	drivertest.Run(t, "ip", "address", "add", "10.0.0.11/24", "dev", "eth0")
	drivertest.Run(t, "ip", "address", "add", "10.0.0.10/32", "dev", "lo")
	drivertest.Run(t, "ip", "link", "set", "eth0", "up")
	s.client.Run("ip", "address", "add", "10.0.0.100/24", "dev", "eth0")
	s.client.Run("ip", "link", "set", "eth0", "up")
	drivertest.Up(t, "eth0")
	s.client.Do(func() {
		var err error
		protocol := int(binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, unix.ETH_P_ARP)))
		if s.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, protocol); err != nil {
			t.Fatal(err)
		}
	})
	t.Cleanup(func() { unix.Close(s.fd) })
	timeout := unix.Timeval{Usec: 100000}
	if err := unix.SetsockoptTimeval(s.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout); err != nil {
		t.Fatal(err)
	}
	return s
}

// arp is one packet as it came to the client, or left it.
type arp struct {
	operation      uint16 // 1 asks, 2 answers
	sender, target netip.Addr
}

// hears is the ARP of a while in which f is called first. Nobody knows anybody at the start.
func (s *street) hears(f func()) (out []arp) {
	s.t.Helper()
	drivertest.Run(s.t, "ip", "neigh", "flush", "all")
	s.client.Run("ip", "neigh", "flush", "all")
	b := make([]byte, 128)
	for n := 1; n > 0; n, _, _ = unix.Recvfrom(s.fd, b, unix.MSG_DONTWAIT) {
	}
	f()
	end := time.Now().Add(600 * time.Millisecond)
	for {
		over := time.Now().After(end) // and yet, on a busy machine, nobody may have looked
		n, _, err := unix.Recvfrom(s.fd, b, 0)
		if over && err != nil {
			return out
		}
		if err == nil && n >= 28 {
			out = append(out, arp{binary.BigEndian.Uint16(b[6:]), netip.AddrFrom4([4]byte(b[14:])), netip.AddrFrom4([4]byte(b[24:]))})
		}
	}
}

// ask makes the client look for an address; asWho makes the server send from an address, which it first has to find a way for.
func (s *street) ask(a netip.Addr) func() {
	return func() { s.client.Do(func() { send(s.t, netip.Addr{}, a) }) }
}

func (s *street) sendAs(a netip.Addr) func() {
	return func() { send(s.t, a, addr("10.0.0.100")) }
}

func send(t *testing.T, from, to netip.Addr) {
	t.Helper()
	var local *net.UDPAddr
	if from.IsValid() {
		local = net.UDPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
	}
	c, err := net.DialUDP("udp", local, net.UDPAddrFromAddrPort(netip.AddrPortFrom(to, 9)))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = c.Write([]byte("x"))
}

func anyOf(list []arp, is func(arp) bool) bool {
	for _, a := range list {
		if is(a) {
			return true
		}
	}
	return false
}

func (s *street) answers(a netip.Addr) bool {
	return anyOf(s.hears(s.ask(a)), func(x arp) bool { return x.operation == 2 && x.sender == a })
}

// A real server with the VIP on lo is silent about it: never answers, never announces.
func TestKernelARPFilter(t *testing.T) {
	r, capable := kernel(t)
	if !capable {
		return
	}
	s := newStreet(t)
	before := ruleSet(t)
	speaks := func(as netip.Addr) func(arp) bool { return func(x arp) bool { return x.sender == as } }
	if !s.answers(s.vip) || !anyOf(s.hears(s.sendAs(s.vip)), speaks(s.vip)) {
		t.Fatal("without a filter the server does not speak of the VIP: the test shows nothing")
	}

	k := filter("eth0", "10.0.0.10")
	other := filter("eth0", "10.0.0.12")
	mustDo(t, r, create(k, spec.ARPFilter{Source: s.server}), create(other, spec.ARPFilter{}))
	lists(t, "table arp lvsform", `iifname "eth0" arp operation request arp daddr ip 10.0.0.10 drop comment "arp_filter eth0 10.0.0.10"`,
		`oifname "eth0" arp saddr ip 10.0.0.10 arp saddr ip set 10.0.0.11 comment "arp_filter eth0 10.0.0.10"`,
		`oifname "eth0" arp saddr ip 10.0.0.12 drop comment "arp_filter eth0 10.0.0.12"`)
	if s.answers(s.vip) || !s.answers(s.server) {
		t.Error("the filter does not make the server silent, or too silent")
	}
	heard := s.hears(s.sendAs(s.vip))
	if anyOf(heard, speaks(s.vip)) || !anyOf(heard, func(x arp) bool { return x.sender == s.server && x.operation == 1 }) {
		t.Errorf("with a source the server asks by it: %v", heard)
	}
	if entry := s.client.Run("ip", "neigh", "show", "10.0.0.10"); strings.Contains(entry, "lladdr") {
		t.Errorf("the client knows the VIP: %s", entry)
	}

	mustDo(t, r, plan.Change{Key: k, Before: spec.ARPFilter{Source: s.server}, After: spec.ARPFilter{}})
	if heard := s.hears(s.sendAs(s.vip)); anyOf(heard, speaks(s.vip)) || anyOf(heard, func(x arp) bool { return x.target == addr("10.0.0.100") }) {
		t.Errorf("without a source nothing leaves: %v", heard)
	}

	mustDo(t, r, plan.Change{Key: k, Before: spec.ARPFilter{}}, plan.Change{Key: other, Before: spec.ARPFilter{}})
	if !s.answers(s.vip) {
		t.Error("the filter is gone, and the server still silent")
	}
	unchanged(t, before)
}

// Addresses that come up are announced from the other address, too, and another interface is another filter.
func TestKernelARPFilterAnnouncement(t *testing.T) {
	r, capable := kernel(t)
	if !capable {
		return
	}
	s := newStreet(t)
	mustDo(t, r, create(filter("eth1", "10.0.0.10"), spec.ARPFilter{}))
	if !s.answers(s.vip) {
		t.Error("the filter of another interface works here")
	}
	mustDo(t, r, create(filter("eth0", "10.0.0.10"), spec.ARPFilter{Source: s.server}))
	if err := os.WriteFile("/proc/sys/net/ipv4/conf/eth0/arp_notify", []byte("1"), 0o644); err != nil {
		t.Fatal(err)
	}
	heard := s.hears(func() {
		drivertest.Run(t, "ip", "address", "del", "10.0.0.10/32", "dev", "lo")
		drivertest.Run(t, "ip", "address", "add", "10.0.0.10/32", "dev", "eth0")
		drivertest.Run(t, "ip", "link", "set", "eth0", "down")
		drivertest.Run(t, "ip", "link", "set", "eth0", "up")
	})
	if anyOf(heard, func(x arp) bool { return x.sender == s.vip }) {
		t.Errorf("the VIP is announced: %s", fmt.Sprint(heard))
	}
}
