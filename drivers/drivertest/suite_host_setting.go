package drivertest

import (
	"strings"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// set changes a setting from what it is.
func (n *around) set(k spec.SysctlKey, value string) plan.Change {
	return update(k, n.want.Get(k), spec.Sysctl{Value: value})
}

func testSysctls(_ *testing.T, n *around) {
	for _, c := range []struct {
		key    spec.SysctlKey
		values []string
	}{
		{sysctl("net.ipv4.vs.conntrack"), []string{"1", "0", "-1", "99"}},
		{sysctl("net.ipv4.vs.expire_nodest_conn"), []string{"1"}},
		{sysctl("net.ipv4.vs.sync_threshold"), []string{"5 60", "3 0", "0 1"}},
		{sysctl("net.ipv4.vs.sync_ports"), []string{"2", "64"}},
		{sysctl("net.ipv4.vs.drop_entry"), []string{"1", "3"}},
		{sysctl("net.ipv4.vs.sync_retries"), []string{"3"}},
		{sysctl("net.ipv4.vs.sync_version"), []string{"0"}},
		{sysctl("net.ipv4.vs.sync_refresh_period"), []string{"10"}},
		{sysctl("net.ipv4.vs.amemthresh"), []string{"2048"}},
		{conf("all", "arp_ignore"), []string{"1", "2", "8", "3"}},
		{conf("all", "arp_announce"), []string{"2"}},
		{conf("eth0", "arp_ignore"), []string{"1"}},
		{conf("eth0", "rp_filter"), []string{"1", "2"}},
		{conf("lo", "arp_announce"), []string{"1"}},
		{conf("eth0", "forwarding"), []string{"1", "0"}},
		{conf("default", "forwarding"), []string{"1"}},
		{spec.ConfSysctl("ipv6", "eth0", "forwarding"), []string{"1"}},
	} {
		before := n.want.Get(c.key).(spec.Sysctl).Value
		for _, v := range append(c.values, before, before) {
			n.done(n.set(c.key, v))
			n.check()
		}
	}
	n.done(create(sysctl("net.ipv4.vs.conntrack"), spec.Sysctl{Value: "1"})) // whoever creates what is there sets it
	n.check()
}

func testForwarding(_ *testing.T, n *around) {
	copies := func(family, value string) {
		n.t.Helper()
		for k := range n.want.Sysctls {
			if strings.HasPrefix(k.Name, "net."+family+".conf.") && strings.HasSuffix(k.Name, ".forwarding") {
				n.expect(k, spec.Sysctl{Value: value})
			}
		}
		redirects := map[string]string{"0": "1"}[value] + map[string]string{"1": "0"}[value]
		if family == "ipv4" {
			n.expect(sysctl("net.ipv4.ip_forward"), spec.Sysctl{Value: value})
			if n.want.Get(conf("all", "accept_redirects")) != nil {
				n.expect(conf("all", "accept_redirects"), spec.Sysctl{Value: redirects})
			}
		}
		n.check()
	}
	forward, all, six := sysctl("net.ipv4.ip_forward"), conf("all", "forwarding"), spec.ConfSysctl("ipv6", "all", "forwarding")
	for _, c := range []struct {
		key    spec.SysctlKey
		family string
	}{{forward, "ipv4"}, {all, "ipv4"}, {six, "ipv6"}} {
		n.done(n.set(c.key, "0"))
		n.done(n.set(spec.ConfSysctl(c.family, "eth0", "forwarding"), "0"))
		n.done(n.set(c.key, "1"))
		copies(c.family, "1")
		n.done(n.set(spec.ConfSysctl(c.family, "eth0", "forwarding"), "0"))
		n.check()
		n.done(n.set(c.key, "1")) // what it is already: IPv4 leaves the others as they are
		if c.family == "ipv6" {
			copies(c.family, "1")
		}
		n.check()
		n.done(n.set(c.key, "0"))
		copies(c.family, "0")
	}
}

func testSysctlRefusals(_ *testing.T, n *around) {
	conntrack, value := sysctl("net.ipv4.vs.conntrack"), func(v string) spec.Sysctl { return spec.Sysctl{Value: v} }
	n.refuses(
		refusal{create(sysctl("net.ipv4.vs.bogus"), value("1")), syscall.ENOENT},
		refusal{update(sysctl("net.ipv4.vs.bogus"), value("0"), value("1")), syscall.ENOENT},
		refusal{update(sysctl("net.ipv4.conf.none.arp_ignore"), value("0"), value("1")), syscall.ENOENT},
		refusal{update(sysctl("net.ipv4.vs"), value("0"), value("1")), syscall.ENOENT},
		refusal{update(sysctl(""), value("0"), value("1")), syscall.ENOENT},
		refusal{update(sysctl("net//////etc/passwd"), value("0"), value("1")), syscall.ENOENT},
		refusal{remove(conntrack, value("0")), syscall.EOPNOTSUPP},
		refusal{n.set(conntrack, "yes"), syscall.EINVAL},
		refusal{n.set(conntrack, ""), syscall.EINVAL},
		refusal{n.set(conntrack, "2147483648"), syscall.EINVAL},
		refusal{n.set(conf("all", "arp_ignore"), "one"), syscall.EINVAL},
		refusal{n.set(sysctl("net.ipv4.vs.drop_entry"), "4"), syscall.EINVAL},
		refusal{n.set(sysctl("net.ipv4.vs.secure_tcp"), "-1"), syscall.EINVAL},
		refusal{n.set(sysctl("net.ipv4.vs.sync_ports"), "3"), syscall.EINVAL},
		refusal{n.set(sysctl("net.ipv4.vs.sync_retries"), "4"), syscall.EINVAL},
		refusal{n.set(sysctl("net.ipv4.vs.sync_version"), "2"), syscall.EINVAL},
		refusal{n.set(sysctl("net.ipv4.vs.sync_threshold"), "50 3"), syscall.EINVAL},
	)
}

func testNeighbours(_ *testing.T, n *around) {
	a, b := spec.Neighbour{MAC: "02:00:5e:00:53:01"}, spec.Neighbour{MAC: "00:00:00:00:00:00"}
	for _, k := range []spec.NeighbourKey{neighbour("eth0", "10.0.0.53"), neighbour("eth0", "198.51.100.1"), neighbour("eth0", "2001:db8::53"), neighbour("eth0", "fe80::53")} {
		n.done(create(k, a))
		n.check()
		n.done(update(k, a, b))
		n.check()
		n.done(update(k, b, a), update(k, a, a))
		n.check()
		n.refused(create(k, b), syscall.EEXIST)
	}
	n.done(create(neighbour("eth1", "10.0.0.53"), a))
	n.check()
	for _, k := range n.want.Keys() {
		if k.Kind() == spec.KindNeighbour {
			n.done(remove(k, n.want.Get(k)))
			n.check()
		}
	}
}

func testNeighbourRefusals(_ *testing.T, n *around) {
	k, mac := neighbour("eth0", "10.0.0.53"), spec.Neighbour{MAC: "02:00:5e:00:53:01"}
	n.refuses(
		refusal{create(neighbour("none", "10.0.0.53"), mac), syscall.ENODEV},
		refusal{remove(neighbour("none", "10.0.0.53"), mac), syscall.ENODEV},
		refusal{update(k, mac, mac), syscall.ENOENT},
		refusal{remove(k, mac), syscall.ENOENT},
		refusal{create(k, spec.Neighbour{}), syscall.EINVAL},
		refusal{create(k, spec.Neighbour{MAC: "02:00:5e:00:53"}), syscall.EINVAL},
		refusal{create(k, spec.Neighbour{MAC: "02:00:5e:00:53:01:02:03"}), syscall.EINVAL},
		refusal{create(k, spec.Neighbour{MAC: "02:00:5E:00:53:01"}), syscall.EINVAL},
		refusal{create(k, spec.Neighbour{MAC: "02-00-5e-00-53-01"}), syscall.EINVAL},
		refusal{create(neighbour("lo", "10.0.0.53"), mac), syscall.EOPNOTSUPP},
	)
}
