//go:build linux

package host

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/spec"
)

// life is an object to be made, changed, removed and made again; b may be nil.
type life struct {
	key  spec.Key
	a, b spec.Value
}

func TestKernelEveryAddress(t *testing.T) {
	six := spec.VIP(on("eth0", "2001:db8::10/128"))
	used := six
	used.Deprecated = false
	lives(t, map[string]life{
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
	})
}

func TestKernelEveryKind(t *testing.T) {
	lives(t, map[string]life{
		"neighbour":      {key: permanent("eth0", "10.0.0.53"), a: spec.Neighbour{MAC: "02:00:5e:00:53:01"}, b: spec.Neighbour{MAC: "02:00:5e:00:53:ff"}},
		"IPv6 neighbour": {key: permanent("eth0", "2001:db8::53"), a: spec.Neighbour{MAC: "02:00:5e:00:53:01"}, b: spec.Neighbour{MAC: "02:00:5e:00:53:ff"}},
		"neighbour behind what is down": {
			key: permanent("eth1", "10.0.0.53"), a: spec.Neighbour{MAC: "02:00:5e:00:53:01"}, b: spec.Neighbour{MAC: "02:00:5e:00:53:ff"},
		},
		"GUE receiver":      {key: spec.GUEReceiver(6080), a: spec.Link{Type: "gue", Up: true}},
		"IPv6 GUE receiver": {key: spec.GUEReceiver6(65535), a: spec.Link{Type: "gue", Up: true}},
		"link":              {key: spec.LinkKey{Name: "anycast0"}, a: spec.Link{Type: "dummy", Up: true}, b: spec.Link{Type: "dummy"}},
		"link that is down": {key: spec.LinkKey{Name: "fifteen-letters"}, a: spec.Link{Type: "dummy"}, b: spec.Link{Type: "dummy", Up: true}},
	})
}

// lives shows that what is read is what was asked for, and that nothing else changes.
func lives(t *testing.T, objects map[string]life) {
	t.Helper()
	d := kernel(t)
	start, all := read(t, d), everything(t)
	for name, c := range objects {
		t.Log(name)
		values := []spec.Value{c.a, nil, c.a, nil}
		if c.b != nil {
			values = []spec.Value{c.a, c.b, c.a, c.b, nil, c.b, nil, c.a, nil}
		}
		becomes(t, d, c.key, values)
		if diff := difference(start, read(t, d)); diff != "" {
			t.Errorf("before, after\n%s", diff)
		}
	}
	if diff := cmp.Diff(settingsText(all), settingsText(everything(t))); diff != "" {
		t.Errorf("-before +after\n%s", diff)
	}
}

// becomes gives an object that is not there one value after the other, as a simulated node has it, too. Other programs agree
// about the first two.
func becomes(t *testing.T, d *Driver, k spec.Key, values []spec.Value) {
	t.Helper()
	node := spec.NewNode(spec.Kernel{}, read(t, d))
	var before spec.Value
	for i, v := range values {
		must(t, d, k, before, v)
		if err := node.Do(k, before, v); err != nil {
			t.Fatal(err)
		}
		live := read(t, d)
		if got := live.Get(k); got != v {
			t.Fatalf("%s is %v, want %v", k, got, v)
		}
		if diff := difference(node.State(), live); diff != "" {
			t.Fatalf("simulated, kernel\n%s", diff)
		}
		if i < 2 {
			agrees(t, live)
		}
		before = v
	}
}
