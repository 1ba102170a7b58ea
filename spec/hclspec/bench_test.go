package hclspec_test

import (
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
)

// table is a configuration with pools × servers destinations, of so many nodes if there are any. Each node has a part of the
// services, and a VIP for each.
func table(pools, servers, nodes int) []byte {
	var b strings.Builder
	for n := range nodes {
		fmt.Fprintf(&b, "node \"lb%d\" {\n  address = \"172.16.0.%d\"\n}\n\n", n, n+1)
	}
	for p := range pools {
		on := ""
		if nodes > 0 {
			on = fmt.Sprintf("  on = [node.lb%d]\n", p%nodes)
			fmt.Fprintf(&b, "vip \"v%d\" {\n%s  addresses = [\"192.0.%d.%d\"]\n  interface = \"eth0\"\n}\n\n", p, on, p/250, p%250+1)
		}
		fmt.Fprintf(&b, "pool \"p%d\" {\n  forward = \"direct\"\n", p)
		for s := range servers {
			fmt.Fprintf(&b, "\n  server \"rs%d\" {\n    address = \"10.%d.%d.%d\"\n    weight  = %d\n  }\n", s, p%256, s/250, s%250+1, s+1)
		}
		fmt.Fprintf(&b, "}\n\nservice \"s%d\" {\n%s  listen \"tcp\" {\n    addresses = [\"192.0.%d.%d\"]\n    ports     = [80]\n  }\n\n", p, on, p/250, p%250+1)
		fmt.Fprintf(&b, "  scheduler = \"wlc\"\n  pool      = pool.p%d\n}\n\n", p)
	}
	return []byte(b.String())
}

// BenchmarkLoad says how much more processor time it takes to load 100,000 destinations than to parse them: x-parse.
// It stays below 1.3, and with several nodes about that.
func BenchmarkLoad(b *testing.B) {
	for _, size := range []struct{ pools, servers, nodes int }{{1000, 100, 0}, {10, 10000, 0}, {1000, 100, 10}} {
		b.Run(fmt.Sprintf("%dx%d-%d", size.pools, size.servers, size.nodes), func(b *testing.B) {
			text := table(size.pools, size.servers, size.nodes)
			dir := fstest.MapFS{"main.lvs.hcl": {Data: text}}
			var load, parse time.Duration
			for b.Loop() {
				parse += processorTime(func() {
					f, _ := hclsyntax.ParseConfig(text, "main.lvs.hcl", hcl.InitialPos)
					runtime.KeepAlive(f)
				})
				load += processorTime(func() {
					c, diags := hclspec.Load(hclspec.Source{Dir: ".", FS: dir})
					n := 0
					for _, node := range c.Nodes {
						n += len(node.Desired.State.Destinations)
					}
					if diags.HasErrors() || n != size.pools*size.servers {
						b.Fatalf("%d destinations: %v", n, diags)
					}
				})
			}
			b.ReportMetric(load.Seconds()/parse.Seconds(), "x-parse")
			b.ReportMetric(float64(load.Milliseconds())/float64(b.N), "load-ms")
			b.ReportMetric(float64(parse.Milliseconds())/float64(b.N), "parse-ms")
		})
	}
}

// BenchmarkFormat says how long 100,000 destinations take to write: many services with few servers each, few with many, and
// one address with all of the ports.
func BenchmarkFormat(b *testing.B) {
	for _, size := range []struct{ addresses, ports, servers int }{{1000, 1, 100}, {10, 1, 10000}, {1, 10000, 10}, {50000, 1, 2}, {1000, 100, 1}} {
		for _, same := range []bool{true, false} {
			b.Run(fmt.Sprintf("%dx%dx%d-%t", size.addresses, size.ports, size.servers, same), func(b *testing.B) {
				s := wide(size.addresses, size.ports, size.servers, same)
				for b.Loop() {
					if _, err := hclspec.Format(hclspec.Document{State: s}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// wide is a state of so many services with so many servers each, which are the same for all or for none.
func wide(addresses, ports, servers int, same bool) (s spec.State) {
	for a := range addresses {
		for p := range ports {
			addr := netip.AddrFrom4([4]byte{192, byte(a >> 16), byte(a >> 8), byte(a)})
			k := spec.Listener(spec.TCP, netip.AddrPortFrom(addr, uint16(1+p*3)))
			s.Set(k, spec.Service{Scheduler: "wlc"})
			for i := range servers {
				v := spec.Destination{Forward: spec.Direct, Weight: 1}
				if !same {
					v.Weight = uint32(a*ports + p)
				}
				addr := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
				s.Set(spec.DestinationKey{Service: k, Address: netip.AddrPortFrom(addr, uint16(1+p*3))}, v)
			}
		}
	}
	return s
}

// processorTime is what f costs, collection of garbage included, however busy the machine is.
func processorTime(f func()) time.Duration {
	used := func() time.Duration {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	runtime.GC()
	start := used()
	f()
	return used() - start
}
