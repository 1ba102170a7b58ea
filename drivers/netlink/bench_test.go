//go:build linux

package netlink

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/cloudflare/ipvs"
	"github.com/cloudflare/ipvs/netmask"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

const benchServices, benchServers = 1000, 10

// table is a table of 11,000 objects in every form that somebody takes it in.
type table struct {
	changes []plan.Change
	save    string
	ipvs    []ipvsService
}

type ipvsService struct {
	service ipvs.Service
	servers []ipvs.Destination
}

func newTable() (t table) {
	var save strings.Builder
	for i := range benchServices {
		vip := netip.AddrFrom4([4]byte{192, 0, byte(i / 250), byte(i%250 + 1)})
		k := spec.Listener(spec.TCP, netip.AddrPortFrom(vip, 80))
		t.changes = append(t.changes, create(k, rr))
		fmt.Fprintf(&save, "-A -t %s -s rr\n", k.Address)
		s := ipvsService{service: ipvs.Service{
			Address: vip, Port: 80, Family: ipvs.INET, Protocol: ipvs.TCP, Scheduler: "rr", Netmask: netmask.MaskFrom(32, 32),
		}}
		for j := range benchServers {
			a := netip.AddrFrom4([4]byte{10, byte(i / 250), byte(i % 250), byte(j + 1)})
			t.changes = append(t.changes, create(spec.DestinationKey{Service: k, Address: netip.AddrPortFrom(a, 80)}, one))
			fmt.Fprintf(&save, "-a -t %s -r %s:80 -m -w 1\n", k.Address, a)
			s.servers = append(s.servers, ipvs.Destination{Address: a, Port: 80, Family: ipvs.INET, Weight: 1})
		}
		t.ipvs = append(t.ipvs, s)
	}
	t.save = save.String()
	return t
}

// race runs each way of doing the same in a sub-benchmark; they are compared with the first, which is ipvsadm's.
type race struct {
	b       *testing.B
	objects int
	// before is not timed, and is there for each repetition.
	before func(b *testing.B)
	first  float64
}

func (r *race) run(name string, f func(b *testing.B)) {
	r.b.Run(name, func(b *testing.B) {
		drivertest.Kernel(b) // a sub-benchmark has a thread of its own
		var spent time.Duration
		for range b.N {
			b.StopTimer()
			r.before(b)
			b.StartTimer()
			since := time.Now()
			f(b)
			spent += time.Since(since)
		}
		b.StopTimer()
		each := float64(spent.Nanoseconds()) / float64(b.N) / float64(r.objects)
		if r.first == 0 {
			r.first = each
		}
		b.ReportMetric(each, "ns/object")
		b.ReportMetric(r.first/each, "x-faster-than-ipvsadm")
	})
}

// empty is a namespace without a table, when the kernel has cleared the last one away.
func empty(b *testing.B) {
	_ = exec.Command("ipvsadm", "-C").Run()
	drivertest.Kernel(b)
	time.Sleep(300 * time.Millisecond)
}

// full is a namespace with the table.
func (t table) full(b *testing.B) {
	empty(b)
	driven(b, func(d *Driver) { write(b, d, t.changes) })
}

func feed(b *testing.B, input string, args ...string) {
	cmd := exec.Command("ipvsadm", args...)
	cmd.Stdin = strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		b.Fatalf("ipvsadm: %v\n%s", err, out)
	}
}

func driven(b *testing.B, f func(d *Driver)) {
	d, err := Open(Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	f(d)
}

func write(b *testing.B, d *Driver, changes []plan.Change) {
	for i, r := range d.Do(b.Context(), changes) {
		if r.Err != nil {
			b.Fatalf("%s: %v", changes[i], r.Err)
		}
	}
}

func cloudflare(b *testing.B, f func(c ipvs.Client) error) {
	c, err := ipvs.New()
	if err == nil {
		err = f(c)
	}
	if err != nil {
		b.Fatal(err)
	}
	c.(io.Closer).Close()
}

// A table from nothing.
func BenchmarkKernelWrite(b *testing.B) {
	drivertest.Kernel(b)
	t := newTable()
	r := &race{b: b, objects: len(t.changes), before: empty}
	r.run("ipvsadm-R", func(b *testing.B) { feed(b, t.save, "-R") })
	r.run("driver", func(b *testing.B) {
		driven(b, func(d *Driver) { write(b, d, t.changes) })
	})
	r.run("one-request-at-a-time", func(b *testing.B) {
		driven(b, func(d *Driver) {
			for i := range t.changes {
				write(b, d, t.changes[i:i+1])
			}
		})
	})
	r.run("cloudflare", func(b *testing.B) {
		cloudflare(b, func(c ipvs.Client) error {
			for _, s := range t.ipvs {
				if err := c.CreateService(s.service); err != nil {
					return err
				}
				for _, d := range s.servers {
					if err := c.CreateDestination(s.service, d); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
}

// The whole table.
func BenchmarkKernelRead(b *testing.B) {
	drivertest.Kernel(b)
	t := newTable()
	r := &race{b: b, objects: len(t.changes), before: t.full}
	r.run("ipvsadm-Sn", func(b *testing.B) {
		if err := exec.Command("ipvsadm", "-Sn").Run(); err != nil {
			b.Fatal(err)
		}
	})
	all := func(b *testing.B, d *Driver) {
		if s, err := d.Read(b.Context()); err != nil || s.Len() != len(t.changes)+1 {
			b.Fatal(s.Len(), err)
		}
	}
	r.run("driver", func(b *testing.B) { driven(b, func(d *Driver) { all(b, d) }) })
	r.run("driver-netlink-only", func(b *testing.B) {
		driven(b, func(d *Driver) {
			d.table.close()
			d.table = nil
			all(b, d)
		})
	})
	r.run("proc", func(b *testing.B) {
		f, err := os.Open("/proc/thread-self/net/ip_vs")
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		if _, err := new(bytes.Buffer).ReadFrom(f); err != nil {
			b.Fatal(err)
		}
	})
	r.run("cloudflare", func(b *testing.B) {
		cloudflare(b, func(c ipvs.Client) error {
			services, err := c.Services()
			for _, s := range services {
				if _, err := c.Destinations(s.Service); err != nil {
					return err
				}
			}
			return err
		})
	})
}

// A new weight for every destination.
func BenchmarkKernelEdit(b *testing.B) {
	drivertest.Kernel(b)
	t := newTable()
	var up []plan.Change
	for _, c := range t.changes {
		if c.Key.Kind() == spec.KindDestination {
			up = append(up, plan.Change{Key: c.Key, Before: one, After: spec.Destination{Weight: 2}})
		}
	}
	var text strings.Builder
	for _, c := range up {
		k := c.Key.(spec.DestinationKey)
		fmt.Fprintf(&text, "-e -t %s -r %s -m -w 2\n", k.Service.Address, k.Address)
	}
	r := &race{b: b, objects: len(up), before: t.full}
	r.run("ipvsadm-R", func(b *testing.B) { feed(b, text.String(), "-R") })
	r.run("driver", func(b *testing.B) { driven(b, func(d *Driver) { write(b, d, up) }) })
	r.run("one-request-at-a-time", func(b *testing.B) {
		driven(b, func(d *Driver) {
			for i := range up {
				write(b, d, up[i:i+1])
			}
		})
	})
}

// One change of one object: a program for it, a driver opened for it, and a driver that stays.
func BenchmarkKernelOneByOne(b *testing.B) {
	drivertest.Kernel(b)
	t := newTable()
	t.changes = t.changes[:1+benchServers]
	k := t.changes[1].Key.(spec.DestinationKey)
	change := []plan.Change{{Key: k, Before: one, After: spec.Destination{Weight: 2}}}
	var d *Driver
	r := &race{b: b, objects: 1, before: func(b *testing.B) {
		if d == nil || d.wide == nil {
			t.full(b)
			d = open(b, Options{})
		}
	}}
	r.run("ipvsadm", func(b *testing.B) {
		feed(b, "", "-e", "-t", k.Service.Address.String(), "-r", k.Address.String(), "-m", "-w", "2")
	})
	r.run("cloudflare", func(b *testing.B) {
		cloudflare(b, func(c ipvs.Client) error { return c.UpdateDestination(t.ipvs[0].service, t.ipvs[0].servers[0]) })
	})
	r.run("driver-opened-anew", func(b *testing.B) {
		driven(b, func(d *Driver) { write(b, d, change) })
	})
	r.run("driver", func(b *testing.B) { write(b, d, change) })
}
