//go:build linux

package nft

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// What the kernel is asked leaves nothing: no rule, no module, not even the number of a change.
func TestKernelFamilies(t *testing.T) {
	r, capable := kernel(t)
	want := map[string]error{"inet": unix.EOPNOTSUPP, "arp": unix.EOPNOTSUPP}
	if capable {
		want = map[string]error{"inet": nil, "arp": nil}
		mustDo(t, r, create(mark("192.0.2.1", 80, 80), spec.MarkRule{Mark: 1}))
	}
	sight := func() (all string) {
		err := r.inquire(func(s *socket) error {
			n, err := s.generation()
			all = modules(t) + drivertest.Run(t, "nft", "-a", "list", "ruleset") + fmt.Sprint(n)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := sight()
	for range 3 {
		says, err := r.Families()
		if err != nil || !cmp.Equal(says, want, cmp.Comparer(func(a, b error) bool { return a == b })) {
			t.Errorf("%v, %v", says, err)
		}
	}
	if diff := cmp.Diff(before, sight()); diff != "" {
		t.Errorf("before, after\n%s", diff)
	}
}

// Without nf_tables nothing is asked, so that it is not loaded.
func TestKernelFamiliesLoadNothing(t *testing.T) {
	drivertest.Kernel(t)
	r := openAt(t, "")
	r.has = func() bool { return false }
	before := modules(t)
	says, err := r.Families()
	where, err2 := r.SourceNAT()
	if len(says)+len(where) > 0 || err != nil || err2 != nil || r.socket != nil || modules(t) != before {
		t.Errorf("%v, %v, %v, %v", says, err, where, err2)
	}
}

func TestKernelSourceNATOfOthers(t *testing.T) {
	r, capable := kernel(t)
	var want []string
	if capable {
		mustDo(t, r, create(masq(listener("192.0.2.1:80"), "10.0.0.1:80"), spec.MasqueradeRule{}))
		drivertest.Run(t, "nft", `
			table inet firewall {
				chain jumped { oifname "eth0" masquerade; ip saddr 10.9.0.0/16 masquerade; }
				chain post { type nat hook postrouting priority srcnat; jump jumped; }
				chain pre { type nat hook prerouting priority dstnat; tcp dport 81 dnat ip to 10.0.0.9; }
			}
			table ip6 other {
				chain post { type nat hook postrouting priority srcnat; snat to 2001:db8::9; }
			}`)
		want = []string{"inet firewall jumped", "ip6 other post"}
		if _, err := exec.LookPath("iptables-nft"); err == nil {
			drivertest.Run(t, "iptables-nft", "-t", "nat", "-A", "POSTROUTING", "-o", "eth7", "-j", "MASQUERADE")
			want = []string{"inet firewall jumped", "ip nat POSTROUTING", "ip6 other post"}
		}
	}
	got, err := r.SourceNAT()
	if err != nil || strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}
