package plan_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// declared is a configuration of some objects, whatever else there is on a machine.
func declared(texts ...string) spec.Desired {
	d := spec.Desired{Objects: map[spec.Key]spec.Object{}}
	s := around(texts...)
	for _, text := range texts {
		name, _, _ := strings.Cut(text, "=")
		d.State.Set(key(name), s.Get(key(name)))
	}
	for k := range d.State.All() {
		o := spec.Object{Name: "x." + strings.TrimPrefix(spec.LiveName(k), "live."), Lifecycle: &spec.Lifecycle{}}
		switch k.(type) {
		case spec.ServiceKey:
			o.Pool = &spec.Lifecycle{Drain: time.Minute}
		case spec.AddressKey:
			o.Announce, o.Side = spec.Announce{Count: 2, Interval: time.Second}, spec.SideDirector
		}
		d.Objects[k] = o
	}
	return d
}

func keyed(texts ...string) plan.Ledger {
	l := plan.Ledger{}
	for _, text := range texts {
		o := plan.Owned{Name: "x." + text}
		if k, ok := key(text).(spec.AddressKey); ok {
			o.Side = sideOf(k)
		}
		l[key(text)] = o
	}
	return l
}

func TestOwnershipOfTheHost(t *testing.T) {
	const vip, filter, forward = "address eth0 192.0.2.10/32", "arp_filter eth0 198.51.100.1", "sysctl net.ipv4.ip_forward"
	const neighbour, something = "neighbour eth0 192.0.2.53", "neighbour eth0 192.0.2.99=02:00:5e:00:53:99" // so that the configuration is not empty
	forwarding := []string{forward + "=1", "sysctl net.ipv4.conf.all.forwarding=1", "sysctl net.ipv4.conf.default.forwarding=1",
		"sysctl net.ipv4.conf.lo.forwarding=1", "sysctl net.ipv4.conf.eth0.forwarding=1", "sysctl net.ipv4.conf.eth1.forwarding=1"}
	changed := plan.Ledger{key(forward): {Name: "sysctl.x", Original: setting("0"), Ours: setting("1")}}
	mac, other := spec.Neighbour{MAC: "02:00:5e:00:53:01"}, spec.Neighbour{MAC: "02:00:5e:00:53:02"}
	destroyTable, ignoring := declared(something), declared(something)
	destroyTable.Ownership.Unmanaged = spec.UnmanagedDestroy
	ignoring.Ownership.IgnoreAddresses = []netip.Prefix{netip.MustParsePrefix("192.0.2.10/32")}
	for _, c := range []struct {
		name string
		live []string
		in   plan.Inputs
		want []string
	}{
		{"what is somebody's is left, and not told", []string{vip, filter, neighbour + "=" + mac.MAC, something}, plan.Inputs{Desired: declared(something)}, nil},
		{"even where the configuration is the whole truth of the table", []string{vip, something}, plan.Inputs{Desired: destroyTable}, nil},
		{"what is ours and not declared goes", []string{vip, filter, something}, plan.Inputs{Desired: declared(something), Ledger: keyed(vip, filter)},
			[]string{"delete " + vip, "delete " + filter}},
		{"not what is ignored", []string{vip, something}, plan.Inputs{Desired: ignoring, Ledger: keyed(vip)}, nil},
		{"nor what is another instance's", []string{vip, something}, plan.Inputs{Desired: declared(something), Ledger: keyed(vip), Others: plan.Others{"blue": {key(vip): {}}}}, nil},
		{"addresses and rules are adopted", []string{vip, filter, "sysctl net.ipv4.vs.conntrack=1", neighbour + "=" + mac.MAC},
			plan.Inputs{Desired: declared(vip, filter, "sysctl net.ipv4.vs.conntrack=1", neighbour+"="+mac.MAC)}, []string{"adopt " + filter, "adopt " + vip}},
		{"a setting goes back", append(forwarding, something), plan.Inputs{Desired: declared(something), Ledger: changed}, []string{"update " + forward}},
		{"a setting goes back, and one that is the other way round goes along", append(forwarding, something, "sysctl net.ipv4.conf.all.accept_redirects=0"),
			plan.Inputs{Desired: declared(something), Ledger: changed}, []string{"update " + forward}},
		{"unless it is somebody's now", []string{forward + "=2", something}, plan.Inputs{Desired: declared(something), Ledger: changed}, nil},
		{"a neighbour that was changed goes back", []string{neighbour + "=" + other.MAC, something}, plan.Inputs{Desired: declared(something),
			Ledger: plan.Ledger{key(neighbour): {Original: mac, Ours: other}}}, []string{"update " + neighbour}},
		{"a neighbour that was made goes", []string{neighbour + "=" + mac.MAC, something}, plan.Inputs{Desired: declared(something), Ledger: keyed(neighbour)}, []string{"delete " + neighbour}},
		{"a link that was made goes with what is on it", []string{"link dummy0=dummy up", "address dummy0 203.0.113.9/32", something},
			plan.Inputs{Desired: declared(something), Ledger: keyed("link dummy0")}, []string{"delete address dummy0 203.0.113.9/32", "delete link dummy0"}},
		{"a link that was made stays where a declared sync daemon needs it", []string{"link dummy0=dummy up", "sync master=dummy0"},
			plan.Inputs{Desired: declared("sync master=dummy0"), Ledger: keyed("link dummy0", "sync master")}, nil},
		{"a module stays", []string{"module ip_vs_ftp", something}, plan.Inputs{Desired: declared(something)}, nil},
		{"--destroy takes what is ours and brings back the rest", append(forwarding, vip), plan.Inputs{Desired: declared(vip, forward+"=1"), Destroy: true,
			Ledger: plan.Ledger{key(vip): {}, key(forward): changed[key(forward)]}}, []string{"delete " + vip, "update " + forward}},
		{"two instances may want one value", forwarding, plan.Inputs{Desired: declared(forward + "=1"), Others: plan.Others{"blue": changed}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.in.Live = around(c.live...)
			p, err := plan.Make(c.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, outcome(p), emptyIsNil); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A derived setting is a minimum: what keeps an address as quiet stays.
func TestMinimum(t *testing.T) {
	const ignore, announce = "sysctl net.ipv4.conf.all.arp_ignore", "sysctl net.ipv4.conf.all.arp_announce"
	d := declared(ignore+"=1", announce+"=2", "sysctl net.ipv4.conf.eth0.rp_filter=0")
	for k, o := range d.Objects {
		o.Minimum = true
		d.Objects[k] = o
	}
	p, err := plan.Make(plan.Inputs{Live: around(ignore+"=8", announce+"=1", "sysctl net.ipv4.conf.eth0.rp_filter=2"), Desired: d})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"update " + announce, "update sysctl net.ipv4.conf.eth0.rp_filter"}, outcome(p)); diff != "" {
		t.Error(diff)
	}
}

func TestRefusalsOfTheHost(t *testing.T) {
	dynamic := around("address eth0 192.0.2.10/32")
	dynamic.Set(key("address eth0 192.0.2.10/32"), spec.Address{Label: "eth0", Scope: "global", Dynamic: true})
	for _, c := range []struct {
		name, want string
		in         plan.Inputs
	}{
		{"a setting that is not there", "this kernel has no such setting", plan.Inputs{Desired: declared("sysctl net.ipv4.vs.unheard_of=1")}},
		{"a setting of an interface that is not there", "no interface eth7", plan.Inputs{Desired: declared("sysctl net.ipv4.conf.eth7.rp_filter=1")}},
		{"an address on one", "no interface eth7", plan.Inputs{Desired: declared("address eth7 192.0.2.10/32")}},
		{"an address that cannot be announced", "eth1 is down, and it cannot be announced there", plan.Inputs{Desired: declared("address eth1 192.0.2.10/32")}},
		{"a neighbour on one", "no interface eth7", plan.Inputs{Desired: declared("neighbour eth7 192.0.2.53=02:00:5e:00:53:01")}},
		{"an address of DHCP's", "DHCP", plan.Inputs{Live: dynamic, Desired: declared("address eth0 192.0.2.10/32")}},
		{"a link of another type", "the type of a link cannot be changed", plan.Inputs{Desired: declared("link eth1=dummy up")}},
		{"a tunnel without its module", "comes with the module ipip", plan.Inputs{Desired: declared("link tunl0=ipip up")}},
		{"a tunnel that its module has not brought", "fb_tunnels_only_for_init_net", plan.Inputs{Live: around("module ipip"), Desired: declared("module ipip", "link tunl0=ipip up")}},
		{"an interface that nobody can make", "a device link cannot be made", plan.Inputs{Desired: declared("link eth7=device up")}},
		{"an IPv6 address with another length", "has it as 2001:db8::9/64", plan.Inputs{Live: around("address eth0 2001:db8::9/64"), Desired: declared("address eth0 2001:db8::9/128")}},
		{"one setting by two names", "the same setting as net.ipv4.ip_forward", plan.Inputs{Desired: declared("sysctl net.ipv4.ip_forward=1", "sysctl net.ipv4.conf.all.forwarding=0")}},
		{"IPv6 that is in use", "remove address eth0 2001:db8::9/64 first", plan.Inputs{Live: around("address eth0 2001:db8::9/64", "sysctl net.ipv6.conf.eth0.disable_ipv6=0"), Desired: declared("sysctl net.ipv6.conf.eth0.disable_ipv6=1")}},
		{"IPv6 that is in use somewhere", "remove address eth0 2001:db8::9/64 first", plan.Inputs{Live: around("address eth0 2001:db8::9/64", "sysctl net.ipv6.conf.all.disable_ipv6=0"), Desired: declared("sysctl net.ipv6.conf.all.disable_ipv6=1")}},
		{"a setting of another instance", `instance "blue"`, plan.Inputs{Desired: declared("sysctl net.ipv4.ip_forward=1"), Others: plan.Others{"blue": {key("sysctl net.ipv4.ip_forward"): {}}}}},
		{"a setting of another instance by its other name", `belongs to instance "blue", which needs it with value "0"`, plan.Inputs{Desired: declared("sysctl net.ipv4.conf.all.forwarding=1"),
			Others: plan.Others{"blue": {key("sysctl net.ipv4.ip_forward"): {Original: setting("1"), Ours: setting("0")}}}}},
		{"an address of another instance", `instance "blue"`, plan.Inputs{Desired: declared("address eth0 192.0.2.10/32"), Others: plan.Others{"blue": {key("address eth0 192.0.2.10/32"): {}}}}},
	} {
		if c.in.Live.Len() == 0 {
			c.in.Live = around()
		}
		if _, err := plan.Make(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %q in %v", c.name, c.want, err)
		}
	}
}

// A target brings what it needs.
func TestTargetsBringWhatTheyNeed(t *testing.T) {
	const vip, rule = "address eth0 192.0.2.21/32", "mark_rule tcp 192.0.2.21:80"
	const held, ignore = "address dummy0 198.51.100.1/32", "sysctl net.ipv4.conf.all.arp_ignore"
	d := declared(vip, rule, mark, shop1, web, web1+"=masquerade", "masquerade_rule "+web1, "sysctl net.ipv4.vs.conntrack=1", "link dummy0=dummy up", "sync master=dummy0", held, ignore+"=1",
		"neighbour eth0 192.0.2.53=02:00:5e:00:53:01")
	for name, k := range map[string]string{`real_server.r.address["198.51.100.1/32"]`: held, `real_server.r.sysctl["net.ipv4.conf.all.arp_ignore"]`: ignore} {
		o := d.Objects[key(k)]
		if o.Name = name; k == held {
			o.Side = spec.SideQuiet
		}
		d.Objects[key(k)] = o
	}
	shop := []string{"create " + mark, "create " + shop1, "create " + rule}
	full := []string{"update sysctl net.ipv4.vs.conntrack", "create masquerade_rule " + web1, "create " + web, "create " + web1}
	for target, want := range map[string][]string{
		vip: append(shop[:3:3], "create "+vip), rule: shop, mark: shop, web: full, web1: full,
		"sync master": {"create link dummy0", "create sync master"}, held: {"create link dummy0", "update " + ignore, "create " + held}, "neighbour eth0 192.0.2.53": {"create neighbour eth0 192.0.2.53"},
	} {
		p, err := plan.Make(plan.Inputs{Live: around(), Desired: d, Targets: []string{target}})
		if err != nil {
			t.Fatal(target, err)
		}
		if diff := cmp.Diff(want, outcome(p)); diff != "" {
			t.Errorf("%s: %s", target, diff)
		}
	}
	p, err := plan.Make(plan.Inputs{Live: around(), Desired: d, Targets: []string{vip}, Exclude: []string{rule}})
	if err != nil || outcome(p) != nil || len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "is left as it is, because") {
		t.Error(outcome(p), err, p.Warnings)
	}
}

// An address that leaves is announced again when that is undone, as it was; one that another node takes over goes at once.
func TestAddressesThatLeave(t *testing.T) {
	const vip = "address eth0 192.0.2.10/32"
	d := declared(vip, web, web1)
	p, err := plan.Make(plan.Inputs{Live: around(), Desired: d})
	if err != nil {
		t.Fatal(err)
	}
	l, now := p.Settle(nil), around(vip, web, web1)
	if a := p.Changes[len(p.Changes)-1].Announce; a.Count != 2 || l[key(vip)].Announce != a {
		t.Fatal(p.Changes, l)
	}
	leave := declared("neighbour eth0 192.0.2.53=02:00:5e:00:53:01")
	p, err = plan.Make(plan.Inputs{Live: now, Desired: leave, Ledger: l})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Changes {
		if s.Key == key(vip) && (s.Announce.Count != 2 || s.Drain != time.Minute) {
			t.Errorf("%v: %+v", s, s)
		}
	}
	leave.Elsewhere = map[netip.Addr]string{netip.MustParseAddr("192.0.2.10"): "lb2"}
	p, err = plan.Make(plan.Inputs{Live: now, Desired: leave, Ledger: l})
	if err != nil {
		t.Fatal(err)
	}
	want := "create neighbour eth0 192.0.2.53\n--\ndelete " + vip + "\n--\ndelete " + web1 + "\n--\ndelete " + web
	if diff := cmp.Diff(want, told(p.Changes)); diff != "" || !strings.Contains(strings.Join(p.Warnings, "\n"), "192.0.2.10 to lb2") {
		t.Error(diff, p.Warnings)
	}
}

// What a plan for the host costs is said in it.
func TestCautionsOfTheHost(t *testing.T) {
	const vip = "address eth0 192.0.2.10/32"
	for _, c := range []struct {
		name, want string
		live       []string
		declared   []string
	}{
		{"a service whose address goes", "nobody reaches them here", []string{vip, web, web1}, []string{web, web1}},
		{"a module", "Undoing does not unload modules (ip_vs_ftp)", nil, []string{"module ip_vs_ftp"}},
		{"an interface that is down", "come to interfaces that are down (eth9)", []string{"link eth9=dummy down"}, []string{"address eth9 192.0.2.10/32"}},
		{"a link that goes down", "loses its routes", []string{"link eth1=device up"}, []string{"link eth1=device down"}},
	} {
		p, err := plan.Make(plan.Inputs{Live: around(c.live...), Desired: declared(c.declared...), Ledger: keyed(vip, web)})
		if err != nil {
			t.Fatal(err)
		}
		if all := strings.Join(p.Warnings, "\n"); !strings.Contains(all, c.want) {
			t.Errorf("%s: no %q in:\n%s", c.name, c.want, all)
		}
	}
}
