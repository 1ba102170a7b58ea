package file_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/file"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

func sysctl(name string) spec.SysctlKey { return spec.SysctlKey{Name: name} }

func address(iface, prefix string) spec.AddressKey {
	return spec.AddressKey{Interface: iface, Prefix: netip.MustParsePrefix(prefix)}
}

func TestFreshNodeHasSettings(t *testing.T) {
	s := read(t, open(t, write(t, `{"format_version": 1}`)))
	own := 0
	for k := range s.Sysctls {
		if strings.HasPrefix(k.Name, "net.ipv4.vs.") {
			own++
		}
	}
	if own != 28 {
		t.Errorf("%d sysctls of net.ipv4.vs", own)
	}
	for name, want := range map[string]string{
		"net.ipv4.ip_forward": "0", "net.ipv4.vs.sync_threshold": "3 50", "net.ipv4.conf.all.arp_ignore": "0", "net.ipv4.conf.default.arp_announce": "0",
		"net.ipv4.conf.lo.rp_filter": "0", "net.ipv4.conf.eth0.forwarding": "0", "net.ipv6.conf.eth0.forwarding": "0", "net.ipv6.conf.all.forwarding": "0",
	} {
		if got := s.Get(sysctl(name)); got != spec.Value(spec.Sysctl{Value: want}) {
			t.Errorf("%s is %v", name, got)
		}
	}
}

// The file has what is not as on an untouched node, and another process reads the same of it.
func TestFileHasWhatIsDifferent(t *testing.T) {
	path := write(t, `{"format_version": 1}`)
	d := open(t, path)
	fresh := read(t, d)
	vip, own := address("eth0", "192.0.2.10/32"), address("eth0", "192.0.2.2/24")
	dummy := spec.LinkKey{Name: "any0"}
	do(t, d,
		plan.Change{Key: spec.ModuleKey{Name: "fou"}, After: spec.Module{}}, plan.Change{Key: web, After: wlc}, plan.Change{Key: vip, After: spec.VIP(vip)}, plan.Change{Key: own, Before: fresh.Get(own)},
		plan.Change{Key: sysctl("net.ipv4.vs.conntrack"), Before: spec.Sysctl{Value: "0"}, After: spec.Sysctl{Value: "1"}},
		plan.Change{Key: dummy, After: spec.Link{Type: "dummy", Up: true}}, plan.Change{Key: spec.GUEReceiver(6080), After: spec.Link{Type: "gue", Up: true}},
		plan.Change{Key: sysctl("net.ipv4.conf.any0.arp_ignore"), Before: spec.Sysctl{Value: "0"}, After: spec.Sysctl{Value: "1"}},
	)
	want := map[string]string{
		vip.String(): `{"deprecated":false,"dynamic":false,"label":"eth0","no_dad":false,"no_prefix_route":false,"origin":108,"scope":"global"}`,
		own.String(): "null",
		web.String(): "",
		"timeouts":   "",
		"module fou": "{}", dummy.String(): "", "link gue:6080": "",
		"sysctl net.ipv4.vs.conntrack":         `{"value":"1"}`,
		"sysctl net.ipv4.conf.any0.arp_ignore": `{"value":"1"}`,
	}
	for k, v := range written(t, path) {
		text, ok := want[k]
		if !ok || text != "" && text != v {
			t.Errorf("the file has %s %s", k, v)
		}
		delete(want, k)
	}
	if len(want) > 0 {
		t.Errorf("the file has not %v", want)
	}
	if got := read(t, open(t, path)); !got.Equal(read(t, d)) || got.Get(own) != nil || got.Get(sysctl("net.ipv4.conf.any0.rp_filter")) == nil {
		t.Errorf("another process reads %v", got)
	}
	do(t, d, plan.Change{Key: web, Before: wlc}, plan.Change{Key: vip, Before: spec.VIP(vip)}, plan.Change{Key: own, After: fresh.Get(own)},
		plan.Change{Key: sysctl("net.ipv4.vs.conntrack"), Before: spec.Sysctl{Value: "1"}, After: spec.Sysctl{Value: "0"}},
		plan.Change{Key: dummy, Before: spec.Link{Type: "dummy"}}, plan.Change{Key: spec.GUEReceiver(6080), Before: spec.Link{Type: "gue", Up: true}})
	fresh.Set(spec.ModuleKey{Name: "fou"}, spec.Module{}) // which nothing unloads
	if left := written(t, path); len(left) != 2 || !read(t, d).Equal(fresh) {
		t.Errorf("after the way back it has %v", left)
	}
}

// written are the objects in a file.
func written(t *testing.T, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ State map[string]map[string]any }
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, objects := range doc.State {
		for k, v := range objects {
			text, _ := json.Marshal(v)
			out[k] = string(text)
		}
	}
	return out
}

func TestImpossibleAround(t *testing.T) {
	for _, c := range []struct{ name, kind, objects, want string }{
		{"unknown kind", "route", `{}`, `no objects of kind "route"`},
		{"address of no interface", "address", `{"address eth9 192.0.2.10/32": {}}`, "create address eth9 192.0.2.10/32: the interface does not exist (ENODEV)"},
		{"IPv6 address twice", "address", `{"address eth0 2001:db8::2/128": {"scope": "global"}}`, "maybe with another prefix length (EEXIST)"},
		{"multicast address", "address", `{"address eth0 ff02::1/128": {}}`, "create address eth0 ff02::1/128: "},
		{"neighbour of no interface", "neighbour", `{"neighbour eth9 192.0.2.53": {"mac": "02:00:5e:00:53:01"}}`, "the interface does not exist (ENODEV)"},
		{"neighbour without a MAC", "neighbour", `{"neighbour eth0 192.0.2.53": {"mac": "none"}}`, "(EINVAL)"},
		{"setting of no interface", "sysctl", `{"sysctl net.ipv4.conf.eth9.arp_ignore": {"value": "1"}}`, "sysctl net.ipv4.conf.eth9.arp_ignore without the interface"},
		{"setting that is no number", "sysctl", `{"sysctl net.ipv4.vs.conntrack": {"value": "yes"}}`, "(EINVAL)"},
		{"interface with a blank", "link", `{"link sixteen--letters": {"type": "dummy"}}`, "no dummy has such a name"},
		{"receiver that is an interface", "link", `{"link gue:6080": {"type": "dummy"}}`, "no dummy has such a name"},
		{"interface that is a receiver", "link", `{"link eth1": {"type": "gue"}}`, "no gue has such a name"},
		{"IPv6 filter", "arp_filter", `{"arp_filter eth0 2001:db8::10": {}}`, "create arp_filter eth0 2001:db8::10"},
		{"a table's object that is null", "service", `{"tcp 192.0.2.10:80": null}`, "tcp 192.0.2.10:80: null is not a service"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, fmt.Sprintf(`{"format_version": 1, "state": {%q: %s}}`, c.kind, c.objects))
			_, err := file.Open(path)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	_, err := file.Open(write(t, `{"format_version": 1, "sysctls": {"net.ipv4.vs.conntrack": "1"}}`))
	if err == nil || !strings.Contains(err.Error(), `"sysctls" is part of the state now: "state": {"sysctl": `) {
		t.Errorf("settings at their old place: %v", err)
	}
}

// What is left out of an address is as ip(8) makes it; one of DHCP's is there, though nobody can make it.
func TestWrittenAddresses(t *testing.T) {
	s := read(t, open(t, write(t, `{"format_version": 1, "state": {"address": {"address eth0 192.0.2.10/32": {}, "address eth0 198.51.100.2/24": {"dynamic": true, "scope": "0"},
		"address eth0 ::7f00:1/96": {"scope": "host"}, "address eth0 ::c000:20a/96": {"scope": "link"}}}}`)))
	for _, c := range []struct {
		key  spec.AddressKey
		want spec.Address
	}{
		{address("eth0", "192.0.2.10/32"), spec.Address{Label: "eth0", Scope: "global"}},
		{address("eth0", "198.51.100.2/24"), spec.Address{Label: "eth0", Scope: "global", Dynamic: true}},
		{address("eth0", "::7f00:1/96"), spec.Address{Scope: "host"}}, // as the kernel gives to sit0, and to nobody by request
		{address("eth0", "::c000:20a/96"), spec.Address{Scope: "global"}},
	} {
		if got := s.Get(c.key); got != spec.Value(c.want) {
			t.Errorf("%s is %v", c.key, got)
		}
	}
}

// A kernel without a setting, without rules, without interfaces but one, and with one that no request makes.
func TestOtherKernels(t *testing.T) {
	d := open(t, write(t, `{"format_version": 1, "kernel": {"no_rules": ["arp"], "interfaces": [{"name": "bond0", "addresses": ["192.0.2.3/24"]}]},
		"state": {"link": {"link veth0": {"type": "veth"}}, "sysctl": {"sysctl net.ipv4.vs.conntrack": null, "sysctl net.core.somaxconn": {"value": "9"}}}}`))
	s := read(t, d)
	if s.Get(sysctl("net.ipv4.vs.conntrack")) != nil || s.Get(sysctl("net.core.somaxconn")) == nil || s.Get(sysctl("net.ipv4.conf.veth0.arp_ignore")) == nil {
		t.Errorf("settings %v", s.Sysctls)
	}
	if len(s.Links) != 2 || len(s.Addresses) != 1 {
		t.Errorf("links %v, addresses %v", s.Links, s.Addresses)
	}
	filter := plan.Change{Key: spec.ARPFilterKey{Interface: "bond0", Address: netip.MustParseAddr("192.0.2.10")}, After: spec.ARPFilter{}}
	if r := d.Do(t.Context(), []plan.Change{filter})[0]; r.Err == nil || !strings.Contains(r.Err.Error(), "EOPNOTSUPP") {
		t.Errorf("a rule without a table: %v", r.Err)
	}
}
