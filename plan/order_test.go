package plan_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// turn is two states, and the steps from one to the other.
type turn struct {
	a, b []string
	want string
}

// ordered compares orders. What each costs when it is another, is measured: see the page on safety.
func ordered(t *testing.T, cases map[string]turn) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			cs := plan.Diff(around(c.a...), around(c.b...), plan.Options{
				Drain:    func(spec.DestinationKey) time.Duration { return time.Minute },
				Announce: func(spec.AddressKey) spec.Announce { return spec.DefaultAnnounce },
				Side:     sideOf,
				HandOver: func(k spec.AddressKey) bool { return k.Prefix.Addr().String() == "203.0.113.9" },
			})
			if diff := cmp.Diff(strings.ReplaceAll(strings.TrimSpace(c.want), "\t", ""), told(cs)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestOrderOfVIPs(t *testing.T) {
	ordered(t, map[string]turn{
		"a VIP comes last": {nil, []string{"address eth0 192.0.2.10/32", web, web1}, `
			create tcp 192.0.2.10:80
			create tcp 192.0.2.10:80 -> 10.0.0.11:80
			--
			create address eth0 192.0.2.10/32, announced`},
		"a VIP goes when its service is drained": {[]string{"address eth0 192.0.2.10/32", web, web1}, nil, `
			update tcp 192.0.2.10:80 -> 10.0.0.11:80
			--
			delete address eth0 192.0.2.10/32, waits 1m0s
			--
			delete tcp 192.0.2.10:80 -> 10.0.0.11:80, waits 1m0s
			--
			delete tcp 192.0.2.10:80`},
		"a VIP that another node takes over goes first": {[]string{"address eth0 203.0.113.9/32", "mark_rule tcp 203.0.113.9:80", mark, shop1}, nil, `
			delete address eth0 203.0.113.9/32
			--
			delete mark_rule tcp 203.0.113.9:80
			--
			delete fwmark 21 ipv4 -> 10.0.0.11:0
			--
			delete fwmark 21 ipv4`},
		"where rules of somebody else mark packets, a VIP may be theirs": {nil, []string{"address eth0 192.0.2.21/32", mark, shop1}, `
			create fwmark 21 ipv4
			create fwmark 21 ipv4 -> 10.0.0.11:0
			--
			create address eth0 192.0.2.21/32, announced`},
		"and goes when the service is drained": {[]string{"address eth0 192.0.2.21/32", "address eth0 2001:db8::9/128", mark, shop1}, nil, `
			update fwmark 21 ipv4 -> 10.0.0.11:0
			--
			delete address eth0 2001:db8::9/128
			delete address eth0 192.0.2.21/32, waits 1m0s
			--
			delete fwmark 21 ipv4 -> 10.0.0.11:0, waits 1m0s
			--
			delete fwmark 21 ipv4`},
		"an IPv6 address has one length": {[]string{"address eth0 2001:db8::9/64"}, []string{"address eth0 2001:db8::9/128"}, `
			delete address eth0 2001:db8::9/64
			--
			create address eth0 2001:db8::9/128, announced`},
	})
}

func TestOrderOfRules(t *testing.T) {
	ordered(t, map[string]turn{
		"marks are given when their service is complete": {nil, []string{"address eth0 192.0.2.21/32", "mark_rule tcp 192.0.2.21:80", mark, shop1}, `
			create fwmark 21 ipv4
			create fwmark 21 ipv4 -> 10.0.0.11:0
			--
			create mark_rule tcp 192.0.2.21:80
			--
			create address eth0 192.0.2.21/32, announced`},
		"marks are given no more before their service drains": {[]string{"address eth0 192.0.2.21/32", "mark_rule tcp 192.0.2.21:80", mark, shop1}, nil, `
			delete mark_rule tcp 192.0.2.21:80
			--
			update fwmark 21 ipv4 -> 10.0.0.11:0
			--
			delete address eth0 192.0.2.21/32, waits 1m0s
			--
			delete fwmark 21 ipv4 -> 10.0.0.11:0, waits 1m0s
			--
			delete fwmark 21 ipv4`},
		"FULLNAT has its rule while it takes connections": {nil,
			[]string{"sysctl net.ipv4.vs.conntrack=1", "masquerade_rule " + web1, web, web1 + "=masquerade"}, `
			update sysctl net.ipv4.vs.conntrack
			--
			create masquerade_rule tcp 192.0.2.10:80 -> 10.0.0.11:80
			--
			create tcp 192.0.2.10:80
			create tcp 192.0.2.10:80 -> 10.0.0.11:80`},
		"until the last": {[]string{"sysctl net.ipv4.vs.conntrack=1", "masquerade_rule " + web1, web, web1 + "=masquerade"}, nil, `
			update tcp 192.0.2.10:80 -> 10.0.0.11:80
			--
			delete tcp 192.0.2.10:80 -> 10.0.0.11:80, waits 1m0s
			--
			delete tcp 192.0.2.10:80
			--
			delete masquerade_rule tcp 192.0.2.10:80 -> 10.0.0.11:80
			--
			update sysctl net.ipv4.vs.conntrack`},
	})
}

func TestOrderOnRealServers(t *testing.T) {
	ordered(t, map[string]turn{
		"a real server is quiet before it has the VIP": {nil,
			[]string{"address lo 198.51.100.1/32", "sysctl net.ipv4.conf.all.arp_ignore=1", "sysctl net.ipv4.conf.all.arp_announce=2"}, `
			update sysctl net.ipv4.conf.all.arp_announce
			update sysctl net.ipv4.conf.all.arp_ignore
			--
			create address lo 198.51.100.1/32`},
		"and may be heard of when it has it no more": {
			[]string{"address lo 198.51.100.1/32", "sysctl net.ipv4.conf.all.arp_ignore=1", "sysctl net.ipv4.conf.all.arp_announce=2", "arp_filter eth0 198.51.100.1"}, nil, `
			delete address lo 198.51.100.1/32
			--
			delete arp_filter eth0 198.51.100.1
			--
			update sysctl net.ipv4.conf.all.arp_announce
			update sysctl net.ipv4.conf.all.arp_ignore`},
		"one way to be quiet begins before the other ends": {
			[]string{"address lo 198.51.100.1/32", "sysctl net.ipv4.conf.all.arp_ignore=1", "sysctl net.ipv4.conf.all.arp_announce=2"},
			[]string{"address lo 198.51.100.1/32", "sysctl net.ipv4.conf.eth0.arp_ignore=1", "sysctl net.ipv4.conf.eth0.arp_announce=2"}, `
			update sysctl net.ipv4.conf.eth0.arp_announce
			update sysctl net.ipv4.conf.eth0.arp_ignore
			--
			update sysctl net.ipv4.conf.all.arp_announce
			update sysctl net.ipv4.conf.all.arp_ignore`},
		"an interface comes up when nothing is heard of on it": {[]string{"address lo 198.51.100.1/32"}, []string{"link eth1=device up"}, `
			delete address lo 198.51.100.1/32
			--
			update link eth1`},
	})
}

func TestOrderOfLinks(t *testing.T) {
	ordered(t, map[string]turn{
		"a tunnel: module, settings, up, address": {[]string{"sysctl net.ipv4.conf.default.rp_filter=1"}, []string{"module ipip", "link tunl0=ipip up",
			"sysctl net.ipv4.conf.default.rp_filter=1", "sysctl " + tunl0 + "rp_filter=0", "address tunl0 198.51.100.1/32"}, `
			create module ipip
			--
			update sysctl net.ipv4.conf.tunl0.rp_filter
			--
			update link tunl0
			--
			create address tunl0 198.51.100.1/32`},
		"an interface of our own goes after what is on it, with settings as it would come back": {
			[]string{"link dummy0=dummy up", "sysctl net.ipv4.conf.dummy0.arp_ignore=8", "address dummy0 198.51.100.1/32", "neighbour dummy0 192.0.2.53=02:00:5e:00:53:01"}, nil, `
			delete neighbour dummy0 192.0.2.53
			--
			delete address dummy0 198.51.100.1/32
			--
			update sysctl net.ipv4.conf.dummy0.arp_ignore
			--
			delete link dummy0`},
		"an interface that goes down loses what IPv6 has on it": {
			[]string{"link eth1=device up", "address eth1 2001:db8::9/128"}, []string{"address eth1 2001:db8::9/128"}, `
			delete address eth1 2001:db8::9/128
			--
			update link eth1
			--
			create address eth1 2001:db8::9/128`},
		"what the kernel gives an interface is the kernel's to take": {
			[]string{"link sit0=sit up", "address sit0 ::10.0.0.2/96=automatic"}, []string{"link sit0=sit down", "address sit0 ::10.0.0.2/96=automatic"}, "update link sit0"},
		"with its last IPv4 address an interface loses its neighbours": {
			[]string{"address eth1 192.0.2.9/32", "neighbour eth1 192.0.2.53=02:00:5e:00:53:01"}, []string{"neighbour eth1 192.0.2.53=02:00:5e:00:53:01"}, `
			delete neighbour eth1 192.0.2.53
			--
			delete address eth1 192.0.2.9/32
			--
			create neighbour eth1 192.0.2.53`},
	})
}

func TestOrderOfSettingsAndDaemons(t *testing.T) {
	ordered(t, map[string]turn{
		"connections are reset after those that may end have ended": {[]string{web, web1}, []string{"sysctl net.ipv4.vs.expire_nodest_conn=1", web}, `
			update tcp 192.0.2.10:80 -> 10.0.0.11:80
			--
			delete tcp 192.0.2.10:80 -> 10.0.0.11:80, waits 1m0s
			--
			update sysctl net.ipv4.vs.expire_nodest_conn`},
		"what another setting sets along is held": {[]string{"sysctl net.ipv4.conf.eth0.forwarding=1"},
			[]string{"sysctl net.ipv4.ip_forward=1", "sysctl net.ipv4.conf.all.forwarding=1", "sysctl net.ipv4.conf.default.forwarding=1", "sysctl net.ipv4.conf.lo.forwarding=1",
				"sysctl net.ipv4.conf.eth0.forwarding=1", "sysctl net.ipv4.conf.eth1.forwarding=0"}, `
			hold sysctl net.ipv4.conf.eth0.forwarding
			hold sysctl net.ipv4.conf.eth1.forwarding
			--
			update sysctl net.ipv4.ip_forward
			--
			update sysctl net.ipv4.conf.eth1.forwarding`},
		"sync daemons change when addresses are there and before any goes": {
			[]string{"sync master=eth0", "address eth0 192.0.2.10/32"}, []string{"sync master=eth1", "link eth1=device up", "address eth1 192.0.2.11/32"}, `
			update link eth1
			--
			create address eth1 192.0.2.11/32, announced
			--
			delete sync master
			--
			create sync master
			--
			delete address eth0 192.0.2.10/32`},
	})
}
