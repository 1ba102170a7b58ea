package main

import (
	"fmt"
	"testing"
)

const quietSite = `
node "lb1" {
  address = "192.0.2.2"
}

node "rs1" {
  address = "192.0.2.11"
}

pool "web" {
  forward = "direct"

  server "rs1" {
    address  = node.rs1.address
    address6 = "2001:db8::11"
  }
}

service "web" {
  on = [node.lb1]

  listen "tcp" {
    addresses = [%q]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}

real_server "web" {
  on        = [node.rs1]
  services  = [service.web]
  interface = %q
  arp       = %q
}
`

// A VIP on the interface where ARP arrives is answered for with arp_ignore 1 and 2: a plan that would leave it so is refused.
func TestQuietWhereARPArrives(t *testing.T) {
	const refused = "lvsform: error: real_server.web.address[\"192.0.2.10/32\"] (address eth0 192.0.2.10/32): eth0 answers ARP for its own addresses, " +
		"also with arp_ignore 1 and 2: put the VIP on lo or a dummy link, or keep quiet by arp = \"filter\"\n"
	for _, c := range []struct {
		name, vip, iface, arp, ignore string
		refused                       bool
	}{
		{"lo", "192.0.2.10", "lo", "sysctl", "0", false},
		{"somebody's dummy", "192.0.2.10", "dummy0", "sysctl", "0", false},
		{"the network's", "192.0.2.10", "eth0", "sysctl", "0", true},
		{"the network's, already quiet", "192.0.2.10", "eth0", "sysctl", "1", true},
		{"whose network it is, too", "192.0.2.10", "eth0", "sysctl", "2", true},
		{"for nothing", "192.0.2.10", "eth0", "sysctl", "8", false},
		{"filter", "192.0.2.10", "eth0", "filter", "0", false},
		{"nobody asks", "192.0.2.10", "eth0", "none", "0", false},
		{"IPv6", "2001:db8::10", "eth0", "sysctl", "0", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.write("main.lvs.hcl", fmt.Sprintf(quietSite, c.vip, c.iface, c.arp))
			w.write("rs1.json", fmt.Sprintf(`{"format_version": 1, "state": {"link": {"link dummy0": {"type": "dummy", "up": true}},
				"sysctl": {"sysctl net.ipv4.conf.all.arp_ignore": {"value": %q}}}}`, c.ignore))
			args := []string{"plan", "--driver=file:" + w.path("rs1.json"), w.dir}
			if !c.refused {
				w.run(exitDone, args...)
				return
			}
			if w.run(exitError, args...); w.err != refused {
				t.Errorf("it says %s", w.err)
			}
		})
	}
}
