//go:build linux

package host

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/spec"
)

// Every object is made, changed, removed and made again; what is read is what was asked for; nothing else changes.
func TestKernelEveryKind(t *testing.T) {
	d := kernel(t)
	start, all := read(t, d), everything(t)
	node := spec.NewNode(spec.Kernel{}, start)
	six := spec.VIP(on("eth0", "2001:db8::10/128"))
	used := six
	used.Deprecated = false
	for name, c := range map[string]struct {
		key  spec.Key
		a, b spec.Value // b may be nil
	}{
		"IPv4 VIP":                 {key: on("eth0", "192.0.2.10/32"), a: spec.VIP(on("eth0", "192.0.2.10/32"))},
		"IPv4 VIP on lo":           {key: on("lo", "192.0.2.10/32"), a: spec.VIP(on("lo", "192.0.2.10/32"))},
		"IPv4 VIP on what is down": {key: on("eth1", "192.0.2.10/32"), a: spec.VIP(on("eth1", "192.0.2.10/32"))},
		"IPv6 VIP":                 {key: on("eth0", "2001:db8::10/128"), a: six, b: used},
		"IPv6 VIP on lo":           {key: on("lo", "2001:db8::10/128"), a: six, b: used},
		"IPv4 address": {
			key: on("eth0", "10.0.7.1/24"),
			a:   spec.Address{Label: "eth0:7", Scope: "link", NoPrefixRoute: true, Origin: 77},
			b:   spec.Address{Label: "eth0:7", Scope: "link", NoPrefixRoute: true, Origin: 77, Deprecated: true},
		},
		"IPv4 address of an odd scope": {
			key: on("eth0", "10.0.8.1/31"), a: spec.Address{Label: "x", Scope: "99"}, b: spec.Address{Label: "x", Scope: "99", Deprecated: true},
		},
		"IPv6 address": {
			key: on("eth0", "2001:db8:7::/64"), a: spec.Address{Scope: "global", NoPrefixRoute: true}, b: spec.Address{Scope: "global", NoPrefixRoute: true, Deprecated: true},
		},
		"mapped IPv6 address": {key: on("eth0", "::ffff:192.0.2.1/128"), a: spec.Address{Scope: "global", NoDAD: true}},
		"neighbour":           {key: permanent("eth0", "10.0.0.53"), a: spec.Neighbour{MAC: "02:00:5e:00:53:01"}, b: spec.Neighbour{MAC: "02:00:5e:00:53:ff"}},
		"IPv6 neighbour":      {key: permanent("eth0", "2001:db8::53"), a: spec.Neighbour{MAC: "02:00:5e:00:53:01"}, b: spec.Neighbour{MAC: "02:00:5e:00:53:ff"}},
		"neighbour behind what is down": {
			key: permanent("eth1", "10.0.0.53"), a: spec.Neighbour{MAC: "02:00:5e:00:53:01"}, b: spec.Neighbour{MAC: "02:00:5e:00:53:ff"},
		},
		"GUE receiver":      {key: spec.GUEReceiver(6080), a: spec.Link{Type: "gue", Up: true}},
		"IPv6 GUE receiver": {key: spec.GUEReceiver6(65535), a: spec.Link{Type: "gue", Up: true}},
		"link":              {key: spec.LinkKey{Name: "anycast0"}, a: spec.Link{Type: "dummy", Up: true}, b: spec.Link{Type: "dummy"}},
		"link that is down": {key: spec.LinkKey{Name: "fifteen-letters"}, a: spec.Link{Type: "dummy"}, b: spec.Link{Type: "dummy", Up: true}},
	} {
		t.Log(name)
		step := func(from, to spec.Value) {
			t.Helper()
			must(t, d, c.key, from, to)
			if err := node.Do(c.key, from, to); err != nil {
				t.Fatal(err)
			}
			live := read(t, d)
			if got := live.Get(c.key); got != to {
				t.Fatalf("%s is %v, want %v", c.key, got, to)
			}
			if diff := difference(node.State(), live); diff != "" {
				t.Fatalf("simulated, kernel\n%s", diff)
			}
		}
		step(nil, c.a)
		agrees(t, read(t, d))
		if c.b != nil {
			step(c.a, c.b)
			agrees(t, read(t, d))
			step(c.b, c.a)
			step(c.a, c.b)
			step(c.b, nil)
			step(nil, c.b)
			step(c.b, nil)
		} else {
			step(c.a, nil)
		}
		step(nil, c.a)
		step(c.a, nil)
		if diff := difference(start, read(t, d)); diff != "" {
			t.Errorf("before, after\n%s", diff)
		}
	}
	if diff := cmp.Diff(settingsText(all), settingsText(everything(t))); diff != "" {
		t.Errorf("-before +after\n%s", diff)
	}
}
