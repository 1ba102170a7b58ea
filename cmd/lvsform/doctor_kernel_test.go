//go:build linux

package main

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
)

const examined = `
vip "web" {
  addresses = ["10.0.0.30", "fd00::30"]
  interface = "eth0"
}

pool "web" {
  forward = "tunnel"

  server "rs1" {
    address  = "10.1.0.11"
    address6 = "fd00:1::11"
  }

  server "rs2" {
    address  = "10.0.0.12"
    address6 = "fd00::12"
  }
}

service "web" {
  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}

sysctl "director" {
  values = { "net.ipv4.vs.conntrack" = 1 }
}
`

// What the doctor says of a director among other machines, and that it leaves no trace.
func TestKernelDoctorLooksAround(t *testing.T) {
	s := newSiteWorld(t, drivertest.SiteOptions{Servers: 2, Clients: 1})
	delete(s.nodes["dir1"].variables, "LVSFORM_NODE")
	dir, rs := s.Node("dir1"), s.Node("rs2")
	s.write("main.lvs.hcl", examined)
	dir.Run("ip", "link", "set", "eth1", "mtu", "1540")
	doctor := func(code int, says ...string) {
		t.Helper()
		w := s.run("dir1", code, "doctor")
		for _, words := range says {
			w.says(w.out, words)
		}
	}
	doctor(exitDone,
		"ok      nobody else answers for 10.0.0.30, fd00::30\n", "ok      there is a route to every server\n", "ok      a plan can be made\n",
		"ok      what clients send fits into the tunnel to the server, for 2 tunnelled servers\n",
		"note    IPv4 packets of more than 1480 bytes do not fit into the ipip tunnel to 10.0.0.12: the way through eth0 takes 1500, the tunnel 20 of them, and clients may send 1500; "+
			"the director tells the client so by ICMP (net.ipv4.vs.pmtu_disc is 1), which does not get through everywhere\n        -> ip link set eth0 mtu 1520,",
		"advmss 1440 there", "note    IPv6 packets of more than 1460 bytes do not fit into the ipip tunnel to fd00::12:", "advmss 1400 there")

	rs.Run("ip", "address", "add", "10.0.0.30/32", "dev", "eth0")
	rs.Run("ip", "address", "add", "fd00::30/128", "dev", "eth0", "nodad")
	dir.Run("ip", "address", "add", "10.0.0.30/32", "dev", "eth0")
	doctor(exitError, "broken  10.0.0.30 is answered by "+rs.MAC+" as well, on eth0: two machines have the address",
		"note    fd00::30 is answered by "+rs.MAC+", on eth0: another machine has the address\n        -> before the apply", s.translate())

	s.write("main.lvs.hcl", strings.NewReplacer("10.1.0.11", "198.51.100.11", "eth0", "eth7", "net.ipv4.vs.conntrack", "net.ipv4.nonsense").Replace(examined))
	doctor(exitError, "broken  no route leads to 198.51.100.11\n        -> ip route add 198.51.100.11 via GATEWAY",
		`broken  no plan can be made: sysctl.director["net.ipv4.nonsense"] (sysctl net.ipv4.nonsense): this kernel has no such setting that can be read`+"\n        -> it may come",
		"broken  no plan can be made: vip.web.address[\"10.0.0.30/32\"] (address eth7 10.0.0.30/32): there is no interface eth7 here",
		"gives packets another source address, but not those that services send on")

	s.write("main.lvs.hcl", strings.NewReplacer("\n  listen \"tcp\" {", marked, "\"10.1.0.11", "\"198.51.100.11", "\"tunnel", "\"direct").Replace(examined))
	dir.Run("ip", "route", "add", "198.51.100.0/24", "via", "10.1.0.11")
	before := s.sight("dir1")
	says := []string{"ok      nftables has the family inet, for firewall marks and FULLNAT\n", "ok      nftables has the family arp"}
	if !s.nft {
		says = []string{"broken  nftables of this kernel cannot have the rules for firewall marks and FULLNAT: the family inet:", "CONFIG_NF_TABLES_INET"}
	}
	doctor(exitError, append(says, `note    a gateway (10.1.0.11) leads to 198.51.100.11: with forward = "direct"`)...)
	s.unchanged("dir1", before)
}

// translate makes a rule of somebody else, by what the kernel has, and returns what the doctor says about it.
func (s *siteWorld) translate() string {
	dir := s.Node("dir1")
	if s.nft {
		dir.Run("nft", "table ip firewall { chain post { type nat hook postrouting priority srcnat; oifname \"eth1\" masquerade; }; }")
		return "note    ip firewall post gives packets another source address, and net.ipv4.vs.conntrack is to be 1: if a rule matches what services send on, " +
			"servers see this director instead of the clients\n        -> nft list chain ip firewall post; let it"
	}
	dir.Run("iptables-legacy", "-t", "nat", "-A", "POSTROUTING", "-o", "eth1", "-j", "MASQUERADE")
	return "note    iptables-legacy gives packets another source address, and net.ipv4.vs.conntrack is to be 1: if a rule matches what services send on, " +
		"servers see this director instead of the clients\n        -> iptables-legacy -t nat -S POSTROUTING; let it"
}

// The numbers that the doctor works with are those of the kernel: it tells a client what fits into a tunnel.
func TestKernelTunnelOverhead(t *testing.T) {
	s := drivertest.NewSite(t, drivertest.SiteOptions{Servers: 1, Clients: 1})
	dir := s.Node("dir1")
	options := map[spec.Tunnel]string{
		{}:               "--tun-type ipip",
		{Type: spec.GRE}: "--tun-type gre --tun-nocsum", {Type: spec.GRE, Checksum: spec.ChecksumFull}: "--tun-type gre --tun-csum",
		{Type: spec.GUE}: "--tun-type gue --tun-port 6080 --tun-nocsum", {Type: spec.GUE, Checksum: spec.ChecksumFull}: "--tun-type gue --tun-port 6080 --tun-csum",
		{Type: spec.GUE, Checksum: spec.ChecksumRemote}: "--tun-type gue --tun-port 6080 --tun-remcsum",
	}
	want, names := map[netip.AddrPort]int{}, map[netip.AddrPort]string{}
	addresses, rules := "", ""
	for tunnel, flags := range options {
		for _, server := range []netip.Addr{s.Node("rs1").Back, s.Node("rs1").Back6} {
			for _, format := range []string{"10.0.0.%d", "fd00::%d"} {
				vip := netip.AddrPortFrom(netip.MustParseAddr(fmt.Sprintf(format, 30+len(want))), 53)
				want[vip] = 1500 - tunnel.Overhead(spec.FamilyOf(server))
				names[vip] = fmt.Sprintf("%v to %s by %v", vip, server, tunnel)
				addresses += fmt.Sprintf("address add %s/%d dev eth0 nodad\n", vip.Addr(), vip.Addr().BitLen())
				rules += fmt.Sprintf("-A -u %s -s rr\n-a -u %[1]s -r %s -i %s\n", vip, netip.AddrPortFrom(server, 53), flags)
			}
		}
	}
	dir.Run("sh", "-c", "printf '"+addresses+"' | ip -batch - && printf -- '"+rules+"' | ipvsadm -R")
	for vip, size := range want {
		var got int
		s.Client.Do(func() { got = whatFits(t, vip) })
		if got != size {
			t.Errorf("%s: %d bytes fit, and not %d", names[vip], got, size)
		}
	}
}

// whatFits sends a packet of 1500 bytes and returns the size that the sender is told to keep to.
func whatFits(t *testing.T, to netip.AddrPort) int {
	t.Helper()
	family, level, discover, mtu, payload := unix.AF_INET, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_MTU, 1500-28
	var address unix.Sockaddr
	if to.Addr().Is4() {
		address = &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
	} else {
		family, level, discover, mtu, payload = unix.AF_INET6, unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, unix.IPV6_MTU, 1500-48
		address = &unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.SetsockoptInt(fd, level, discover, unix.IP_PMTUDISC_DO); err != nil {
		t.Fatal(err)
	}
	if err := unix.Connect(fd, address); err != nil {
		t.Fatal(err)
	}
	got := 0
	for range 1000 {
		_, _ = unix.Write(fd, make([]byte, payload)) // once the answer is there, it is an error
		if got, err = unix.GetsockoptInt(fd, level, mtu); err != nil {
			t.Fatal(err)
		}
		if got < 1500 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return got
}
