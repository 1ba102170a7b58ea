//go:build linux

package host

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

const (
	benchLinks = 500
	benchRules = 1000
)

// A host with many interfaces, two addresses on each, and many rules, beside the programs that list the same but for the settings.
func BenchmarkKernelReadHost(b *testing.B) {
	drivertest.Kernel(b)
	many(b)
	d, err := Open(Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	var rules []plan.Change
	for i := range benchRules {
		k := spec.MarkRuleKey{Protocol: spec.TCP, Address: netip.AddrFrom4([4]byte{192, 0, byte(i >> 8), byte(i)}), First: 80, Last: 90}
		rules = append(rules, plan.Change{Key: k, After: spec.MarkRule{Mark: 7}})
	}
	for _, r := range d.Do(b.Context(), rules) {
		if r.Err != nil {
			b.Fatal(r.Err)
		}
	}
	var rival float64
	measure := func(name string, f func(b *testing.B)) {
		b.Run(name, func(b *testing.B) {
			before := drivertest.CPU(b)
			for b.Loop() {
				f(b)
			}
			work := float64(drivertest.CPU(b)-before) / float64(b.N)
			b.ReportMetric(work, "cpu-ns/op")
			if rival == 0 {
				rival = work
			}
			b.ReportMetric(work/rival, "x-cpu-of-ip-and-nft")
		})
	}
	measure("ip-and-nft", func(b *testing.B) {
		drivertest.Run(b, "ip", "-j", "address")
		drivertest.Run(b, "nft", "-j", "list", "ruleset")
	})
	measure("driver", func(b *testing.B) {
		if s, err := d.Read(b.Context()); err != nil || len(s.Addresses) < 2*benchLinks || len(s.MarkRules) != benchRules {
			b.Fatal(len(s.Addresses), len(s.MarkRules), err)
		}
	})
}

// many makes interfaces with addresses.
func many(b *testing.B) {
	var lines strings.Builder
	for i := range benchLinks {
		fmt.Fprintf(&lines, "link add d%d type dummy\n", i)
		for host := range 2 {
			fmt.Fprintf(&lines, "address add 10.%d.%d.%d/32 dev d%d\n", i/250, i%250, 1+host, i)
		}
	}
	name := filepath.Join(b.TempDir(), "batch")
	if err := os.WriteFile(name, []byte(lines.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	drivertest.Run(b, "ip", "-batch", name)
}
