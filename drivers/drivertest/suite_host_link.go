package drivertest

import (
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

var (
	dummyDown = spec.Link{Type: "dummy"}
	dummyUp   = spec.Link{Type: "dummy", Up: true}
)

func testLinks(_ *testing.T, n *around) {
	for _, name := range []string{"any0", "fifteen-letters", "a.b", "ü-1"} {
		n.done(create(link(name), dummyDown))
		n.arises(name, dummyDown)
		n.check()
		n.done(update(link(name), dummyDown, dummyUp))
		n.check()
		n.done(update(link(name), dummyUp, dummyUp), update(link(name), dummyUp, dummyDown), update(link(name), dummyDown, dummyDown))
		n.check()
		n.done(remove(link(name), dummyDown))
		n.goes(name)
		n.check()
	}
	n.done(create(link("any1"), dummyUp), create(link("any0"), dummyUp))
	n.arises("any0", dummyUp)
	n.arises("any1", dummyUp)
	n.check()
	eth := n.want.Get(link("eth1")).(spec.Link)
	up := spec.Link{Type: eth.Type, Up: true}
	n.done(update(link("eth1"), eth, up), remove(link("any1"), dummyUp))
	n.goes("any1")
	n.check()
	n.done(update(link("eth1"), up, eth))
	n.check()
}

// onLink are an address of each family, a neighbour of each and a setting, all of them of an interface.
func onLink(name string) []plan.Change {
	four, six := address(name, "192.0.2.10/32"), address(name, "2001:db8::10/128")
	return []plan.Change{
		create(four, spec.VIP(four)), create(six, spec.VIP(six)),
		create(neighbour(name, "192.0.2.53"), spec.Neighbour{MAC: "02:00:5e:00:53:01"}),
		create(neighbour(name, "2001:db8::53"), spec.Neighbour{MAC: "02:00:5e:00:53:02"}),
		update(conf(name, "arp_ignore"), spec.Sysctl{Value: "0"}, spec.Sysctl{Value: "1"}),
	}
}

func testLinkTakes(_ *testing.T, n *around) {
	n.done(create(link("any0"), dummyUp), create(link("any1"), dummyUp))
	n.arises("any0", dummyUp)
	n.arises("any1", dummyUp)
	n.done(append(onLink("any0"), onLink("any1")...)...)
	n.check()
	n.done(remove(link("any0"), dummyUp))
	n.goes("any0")
	n.check()
	n.done(create(link("any0"), dummyUp)) // it is another one, which has nothing of the first
	n.arises("any0", dummyUp)
	n.check()
}

func testLinkDown(_ *testing.T, n *around) {
	n.done(create(link("any0"), dummyUp))
	n.arises("any0", dummyUp)
	n.done(onLink("any0")...)
	n.done(update(link("any0"), dummyUp, dummyDown))
	n.expect(address("any0", "2001:db8::10/128"), nil)
	n.expect(neighbour("any0", "192.0.2.53"), nil)
	n.expect(neighbour("any0", "2001:db8::53"), nil)
	n.check()
	six := address("any0", "2001:db8::11/128")
	n.done(create(six, spec.VIP(six)))
	n.check()
	n.done(update(link("any0"), dummyDown, dummyUp))
	n.check()
}

func testLinkRefusals(_ *testing.T, n *around) {
	eth, lo := n.want.Get(link("eth0")), n.want.Get(link("lo"))
	n.refuses(
		refusal{create(link("eth0"), dummyUp), syscall.EEXIST},
		refusal{create(link("none"), spec.Link{Type: "bogus"}), syscall.EOPNOTSUPP},
		refusal{create(link("none"), spec.Link{Type: "device"}), syscall.EOPNOTSUPP},
		refusal{create(link("none"), spec.Link{}), syscall.EOPNOTSUPP},
		refusal{create(link("none"), spec.Link{Type: "gue", Up: true}), syscall.EINVAL},
		refusal{create(link("sixteen--letters"), dummyUp), syscall.ERANGE},
		refusal{create(link("a/b"), dummyUp), syscall.EINVAL},
		refusal{create(link("a:b"), dummyUp), syscall.EINVAL},
		refusal{create(link(".."), dummyUp), syscall.EINVAL},
		refusal{create(link("any%d"), dummyUp), syscall.EINVAL},
		refusal{create(link("all"), dummyUp), syscall.EINVAL},
		refusal{create(link("default"), dummyUp), syscall.EINVAL},
		refusal{create(link(""), dummyUp), syscall.EINVAL},
		refusal{update(link("none"), dummyUp, dummyDown), syscall.ENODEV},
		refusal{update(link("eth0"), eth, spec.Link{Type: "bogus", Up: true}), syscall.EOPNOTSUPP},
		refusal{remove(link("none"), dummyUp), syscall.ENODEV},
		refusal{remove(link("lo"), lo), syscall.EOPNOTSUPP},
		refusal{create(spec.GUEReceiver(6080), dummyUp), syscall.EINVAL},
		refusal{remove(spec.GUEReceiver(6080), spec.Link{Type: "gue", Up: true}), syscall.ENODEV},
		refusal{update(spec.GUEReceiver(6080), spec.Link{Type: "gue", Up: true}, spec.Link{Type: "gue", Up: true}), syscall.ENODEV},
	)
}

func testModules(_ *testing.T, n *around) {
	for _, c := range []struct{ module, link, kind string }{{"ipip", "tunl0", "ipip"}, {"ip_gre", "gre0", "gre"}, {"ip6_tunnel", "ip6tnl0", "ip6tnl"}} {
		k := spec.ModuleKey{Name: c.module}
		there := n.want.Get(link(c.link)) != nil
		if !n.has(create(k, spec.Module{}), syscall.ENOENT) {
			continue
		}
		down := spec.Link{Type: c.kind}
		if !there {
			n.broughtAlong(c.link)
			n.arises(c.link, down)
			if c.kind != "ip6tnl" { // an IPv4 tunnel has settings of IPv6 when it is first up
				n.expect(spec.ConfSysctl("ipv6", c.link, "forwarding"), nil)
			}
		}
		n.check()
		n.done(create(k, spec.Module{})) // it is there already
		n.done(update(link(c.link), down, spec.Link{Type: c.kind, Up: true}))
		n.arises(c.link, spec.Link{Type: c.kind, Up: true})
		n.check()
		n.done(update(link(c.link), spec.Link{Type: c.kind, Up: true}, down))
		n.check()
		n.refuses(
			refusal{remove(k, spec.Module{}), syscall.EOPNOTSUPP},
			refusal{create(link(c.link), down), syscall.EEXIST},
			refusal{remove(link(c.link), down), syscall.EOPNOTSUPP},
		)
	}
	n.refuses(
		refusal{create(spec.ModuleKey{Name: "bogus"}, spec.Module{}), syscall.ENOENT},
		refusal{create(spec.ModuleKey{Name: "../bogus"}, spec.Module{}), syscall.ENOENT},
		refusal{create(spec.ModuleKey{Name: "-r"}, spec.Module{}), syscall.ENOENT},
		refusal{create(spec.ModuleKey{}, spec.Module{}), syscall.ENOENT},
		refusal{remove(spec.ModuleKey{Name: "bogus"}, spec.Module{}), syscall.EOPNOTSUPP},
	)
}

// broughtAlong expects what else a module loads: other modules, and with ip_gre the interfaces gretap0 and erspan0.
func (n *around) broughtAlong(name string) {
	got := n.read()
	for k := range got.Modules {
		n.expect(k, spec.Module{})
	}
	if name == "gre0" {
		for _, also := range []string{"gretap0", "erspan0"} {
			if v, ok := got.Links[link(also)]; ok {
				n.arises(also, v)
			}
		}
	}
}

func testReceivers(_ *testing.T, n *around) {
	gue := spec.Link{Type: "gue", Up: true}
	if _, loaded := n.want.Modules[spec.ModuleKey{Name: "fou"}]; !loaded {
		n.refused(create(spec.GUEReceiver(6080), gue), syscall.ENOENT)
	}
	if !n.has(create(spec.ModuleKey{Name: "fou"}, spec.Module{}), syscall.ENOENT) {
		return
	}
	n.broughtAlong("")
	n.check()
	n.done(create(spec.GUEReceiver(6080), gue), create(spec.GUEReceiver(65535), gue), create(spec.GUEReceiver6(6080), gue))
	n.check()
	n.refuses(
		refusal{create(spec.GUEReceiver(6080), gue), syscall.EEXIST},
		refusal{create(spec.GUEReceiver(6081), spec.Link{Type: "gue"}), syscall.EINVAL},
		refusal{update(spec.GUEReceiver(6080), gue, gue), syscall.EOPNOTSUPP},
		refusal{remove(spec.GUEReceiver(6081), gue), syscall.ENODEV},
		refusal{remove(spec.GUEReceiver6(65535), gue), syscall.ENODEV},
	)
	n.done(remove(spec.GUEReceiver6(6080), gue))
	n.check()
	n.done(remove(spec.GUEReceiver(6080), gue))
	n.check()
	n.done(create(spec.GUEReceiver(6080), gue), remove(spec.GUEReceiver(65535), gue))
	n.check()
}
