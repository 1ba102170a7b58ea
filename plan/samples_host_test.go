package plan_test

import (
	"net/netip"
	"time"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// key reads the spelling of a key.
func key(text string) spec.Key {
	k, err := spec.ParseKey(text)
	if err != nil {
		panic(err)
	}
	return k
}

func setting(text string) spec.Sysctl { return spec.Sysctl{Value: text} }

// machine is a live node with two interfaces, as the kernel makes it.
func machine() spec.State {
	s := site()
	for name, l := range map[string]spec.Link{"lo": {Type: "loopback", Up: true}, "eth0": {Type: "device", Up: true}, "eth1": {Type: "device"}} {
		s.Set(spec.LinkKey{Name: name}, l)
	}
	for _, name := range []string{"all", "default", "lo", "eth0", "eth1"} {
		for _, of := range []string{"arp_announce", "arp_ignore", "forwarding", "rp_filter"} {
			s.Set(spec.ConfSysctl("ipv4", name, of), setting("0"))
		}
	}
	s.Set(key("sysctl net.ipv4.ip_forward"), setting("0"))
	s.Set(key("sysctl net.ipv4.vs.conntrack"), setting("0"))
	s.Set(key("sysctl net.ipv4.vs.expire_nodest_conn"), setting("0"))
	s.Set(key("address eth0 192.0.2.2/24"), spec.Address{Label: "eth0", Scope: "global"})
	return s
}

func vip(s *spec.State, text string) spec.AddressKey {
	k := key(text).(spec.AddressKey)
	s.Set(k, spec.VIP(k))
	return k
}

// director brings up addresses, marks and FULLNAT, and forwards.
func director() *plan.Plan {
	live := machine()
	live.Set(key("sysctl net.ipv4.conf.eth0.forwarding"), setting("1"))
	to := live.Clone()
	to.Set(key("sysctl net.ipv4.ip_forward"), setting("1"))
	for _, name := range []string{"all", "default", "lo", "eth0", "eth1"} {
		to.Set(spec.ConfSysctl("ipv4", name, "forwarding"), setting("1"))
	}
	to.Set(key("sysctl net.ipv4.vs.conntrack"), setting("1"))
	to.Set(key("sysctl net.ipv4.vs.expire_nodest_conn"), setting("1"))
	to.Set(key("link anycast0"), spec.Link{Type: "dummy", Up: true})
	for _, of := range []string{"arp_announce", "arp_ignore", "forwarding", "rp_filter"} {
		to.Set(spec.ConfSysctl("ipv4", "anycast0", of), setting("1"))
	}
	to.Set(key("neighbour eth0 192.0.2.53"), spec.Neighbour{MAC: "02:00:5e:00:53:01"})
	to.Set(key(mark), spec.Service{Scheduler: "wlc"})
	to.Set(server(mark, "10.0.0.11:0"), spec.Destination{Forward: spec.Masquerade, Weight: 1})
	to.Set(spec.MasqueradeRuleKey{Destination: server(mark, "10.0.0.11:0")}, spec.MasqueradeRule{})
	to.Set(key("mark_rule tcp 192.0.2.21:80"), spec.MarkRule{Mark: 21})
	to.Set(key("mark_rule tcp 192.0.2.21:8000-8010"), spec.MarkRule{Mark: 21})
	vip(&to, "address eth0 192.0.2.10/32")
	vip(&to, "address eth0 192.0.2.21/32")
	vip(&to, "address eth0 2001:db8::53/128")
	p := between(live, to)
	p.Records = plan.Ledger{
		key(mark):                            {Name: "service.shop", Drain: 10 * time.Minute},
		key("address eth0 192.0.2.10/32"):    {Name: "vip.web", Announce: spec.DefaultAnnounce, Side: spec.SideDirector},
		key("address tunl0 198.51.100.1/32"): {Name: "real_server.web", Side: spec.SideQuiet},
	}
	return p
}

// realServer receives tunnels and holds an address that nobody must hear of.
func realServer() *plan.Plan {
	live := machine().Host()
	to := live.Clone()
	to.Set(key("module ipip"), spec.Module{})
	to.Set(key("module fou"), spec.Module{})
	to.Set(key("link tunl0"), spec.Link{Type: "ipip", Up: true})
	to.Set(key("link gue:6080"), spec.Link{Type: "gue", Up: true})
	to.Set(key("sysctl net.ipv4.conf.all.arp_ignore"), setting("1"))
	to.Set(key("sysctl net.ipv4.conf.all.arp_announce"), setting("2"))
	to.Set(key("arp_filter eth0 198.51.100.1"), spec.ARPFilter{Source: netip.MustParseAddr("192.0.2.2")})
	vip(&to, "address tunl0 198.51.100.1/32")
	return between(live, to)
}

// retired takes a director's services down.
func retired() *plan.Plan {
	live := machine()
	vip(&live, "address eth0 192.0.2.10/32")
	vip(&live, "address eth0 2001:db8::53/128")
	live.Set(key("mark_rule tcp 192.0.2.21:any"), spec.MarkRule{Mark: 21})
	live.Set(key(mark), spec.Service{Scheduler: "wlc"})
	p := between(live, machine().Host())
	for _, c := range p.Changes {
		about(p, c.Key, func(o *plan.Object) { o.Reason = "not in the configuration" })
	}
	return p
}
