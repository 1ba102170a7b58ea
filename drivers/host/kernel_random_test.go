//go:build linux

package host

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Any operation that a program could ask for does to the simulated node what it does to the kernel.
func TestKernelRandom(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			d := kernelWith(t, "0")
			node := spec.NewNode(spec.Kernel{}, read(t, d))
			r := rand.New(rand.NewPCG(seed, 4))
			for i := range 300 {
				c := randomChange(r, node.State())
				both(t, d, node, c)
				if i%4 > 0 {
					continue
				}
				if diff := difference(node.State(), read(t, d)); diff != "" {
					t.Fatalf("%d changes, the last is %s %+v -> %+v: simulated, kernel\n%s", i, c, c.Before, c.After, diff)
				}
			}
		})
	}
}

func randomChange(r *rand.Rand, s spec.State) plan.Change {
	k := randomKey(r)
	before := s.Get(k)
	after := randomValue(r, k)
	switch r.IntN(8) {
	case 0:
		return plan.Change{Key: k, After: after}
	case 1:
		return plan.Change{Key: k, Before: spec.Zero(k.Kind()), After: after}
	}
	if before == nil {
		return plan.Change{Key: k, After: after}
	}
	if r.IntN(3) == 0 {
		return plan.Change{Key: k, Before: before}
	}
	if a, ok := before.(spec.Address); ok {
		a.Deprecated = !a.Deprecated
		after = a
	}
	return plan.Change{Key: k, Before: before, After: after}
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func randomKey(r *rand.Rand) spec.Key {
	iface := pick(r, "eth0", "eth0", "eth1", "lo", "any0", "tunl0", "gre0", "bogus")
	switch r.IntN(6) {
	case 0:
		return spec.LinkKey{Name: pick(r, "any0", "any0", "any1", "eth1", "tunl0", "gre0", "gue:6080", "gue6:6080")}
	case 1:
		return permanent(iface, pick(r, "10.0.0.53", "10.0.0.54", "2001:db8::53", "fe80::53"))
	case 2:
		family := pick(r, "ipv4", "ipv6")
		name := "forwarding"
		if family == "ipv4" {
			name = pick(r, "arp_ignore", "arp_announce", "rp_filter", "forwarding")
		}
		return pick(r, spec.SysctlKey{Name: "net.ipv4.ip_forward"}, spec.SysctlKey{Name: "net.ipv4.vs." + pick(r, "conntrack", "drop_entry", "sync_threshold")},
			spec.ConfSysctl(family, pick(r, iface, "all", "default"), name), spec.ConfSysctl("ipv4", "all", "accept_redirects"))
	}
	return on(iface, pick(r, "192.0.2.10/32", "192.0.2.11/32", "192.0.2.12/32", "2001:db8::10/128", "2001:db8::11/128", "2001:db8::11/64", "ff02::7/128", "0.0.0.0/32"))
}

func randomValue(r *rand.Rand, k spec.Key) spec.Value {
	switch k := k.(type) {
	case spec.LinkKey:
		if strings.HasPrefix(k.Name, "gue") {
			return spec.Link{Type: "gue", Up: r.IntN(5) > 0}
		}
		kind := map[string]string{"tunl0": "ipip", "gre0": "gre"}[k.Name]
		if kind == "" || r.IntN(8) == 0 {
			kind = "dummy"
		}
		return spec.Link{Type: kind, Up: r.IntN(2) == 0}
	case spec.NeighbourKey:
		if k.Interface == "tunl0" || k.Interface == "gre0" {
			return spec.Neighbour{MAC: ""} // whose hardware addresses are shorter
		}
		return spec.Neighbour{MAC: pick(r, "02:00:5e:00:53:01", "02:00:5e:00:53:02", "nonsense")}
	case spec.SysctlKey:
		return spec.Sysctl{Value: pick(r, "0", "1", "2", "1 2", "x")}
	}
	a := k.(spec.AddressKey)
	v := spec.Address{Scope: pick(r, "global", "link", "host", "77"), Deprecated: r.IntN(2) == 0, NoPrefixRoute: r.IntN(3) == 0, Origin: pick[uint8](r, 0, spec.OriginLVSForm, 200)}
	if a.Prefix.Addr().Is6() {
		v.NoDAD = true
	} else {
		v.Label = pick(r, "", a.Interface, "any", "sixteen--letters")
	}
	return v
}
