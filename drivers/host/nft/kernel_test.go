//go:build linux

package nft

import (
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/internal/netns"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// openAt opens the rules of a namespace, "" for the test's own.
func openAt(t *testing.T, path string) *Rules {
	t.Helper()
	space, err := netns.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(space)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); space.Close() })
	return r
}

// kernel is Kernel and the rules of its namespace. A kernel without our families is not capable: all is refused as it should
// be, and there is nothing more to test.
func kernel(t *testing.T) (r *Rules, capable bool) {
	t.Helper()
	drivertest.Kernel(t)
	r = openAt(t, "")
	if os.Getenv("LVSFORM_IN_TEST_KERNEL") != "uml" {
		return r, true
	}
	for _, x := range []struct {
		plan.Change
		family string
	}{
		{create(mark("192.0.2.1", 80, 80), spec.MarkRule{Mark: 1}), "inet"},
		{create(masq(listener("192.0.2.1:80"), "10.0.0.1:80"), spec.MasqueradeRule{}), "inet"},
		{create(filter("eth0", "192.0.2.1"), spec.ARPFilter{}), "arp"},
	} {
		err := r.Do([]plan.Change{x.Change})[0].Err
		var refusal *spec.Refusal
		if !errors.As(err, &refusal) || refusal.Errno != unix.EOPNOTSUPP || !strings.Contains(err.Error(), "no nftables for the family "+x.family) {
			t.Errorf("without nftables: %v", err)
		}
		err = r.Do([]plan.Change{x.Inverse()})[0].Err
		if !errors.As(err, &refusal) || refusal.Errno != unix.ENOENT {
			t.Errorf("without nftables: %v", err)
		}
	}
	reads(t, r, spec.State{})
	return r, false
}

func listener(a string) spec.ServiceKey { return spec.Listener(spec.TCP, netip.MustParseAddrPort(a)) }

func mark(a string, first, last uint16) spec.MarkRuleKey {
	return spec.MarkRuleKey{Protocol: spec.TCP, Address: addr(a), First: first, Last: last}
}

func masq(s spec.ServiceKey, server string) spec.MasqueradeRuleKey {
	return spec.MasqueradeRuleKey{Destination: spec.DestinationKey{Service: s, Address: netip.MustParseAddrPort(server)}}
}

func filter(link, a string) spec.ARPFilterKey {
	return spec.ARPFilterKey{Interface: link, Address: addr(a)}
}

func create(k spec.Key, v spec.Value) plan.Change { return plan.Change{Key: k, After: v} }

func mustDo(t *testing.T, r *Rules, changes ...plan.Change) {
	t.Helper()
	for i, x := range r.Do(changes) {
		if x.Err != nil || x.Unknown {
			t.Fatalf("%v: %+v", changes[i], x)
		}
	}
}

func state(t *testing.T, r *Rules) (s spec.State) {
	t.Helper()
	if err := r.Read(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

func reads(t *testing.T, r *Rules, want spec.State) {
	t.Helper()
	want.Differences(state(t, r), func(k spec.Key, want, got spec.Value) {
		t.Errorf("%v is %+v, want %+v", k, got, want)
	})
}

// ruleset is what nft sees, without what it numbers.
func ruleSet(t *testing.T) []string {
	t.Helper()
	var all struct{ Nftables []map[string]map[string]any }
	if err := json.Unmarshal([]byte(drivertest.Run(t, "nft", "-j", "list", "ruleset")), &all); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, x := range all.Nftables {
		for kind, object := range x {
			if kind == "metainfo" {
				continue
			}
			delete(object, "handle")
			b, err := json.Marshal(map[string]any{kind: object})
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(b))
		}
	}
	return out
}

func unchanged(t *testing.T, before []string) {
	t.Helper()
	if after := ruleSet(t); !slices.Equal(before, after) {
		t.Errorf("nft saw\n%s\nand sees\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
}

// lists is true if the lines stand in what nft lists, in this order.
func lists(t *testing.T, lines ...string) {
	t.Helper()
	rest := drivertest.Run(t, "nft", "list", "ruleset")
	all := rest
	for _, l := range lines {
		_, after, ok := strings.Cut(rest, l)
		if !ok {
			t.Fatalf("nft does not list %q here:\n%s", l, all)
		}
		rest = after
	}
}
