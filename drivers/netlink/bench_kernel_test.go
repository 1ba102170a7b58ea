//go:build linux

package netlink

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/cloudflare/ipvs"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

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
	r := &race{b: b, objects: len(t.changes), setup: t.full}
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
	r := &race{b: b, objects: len(up), setup: t.full, before: func(b *testing.B) { // all are at 1 again
		driven(b, func(d *Driver) {
			for _, c := range up {
				write(b, d, []plan.Change{c.Inverse()})
			}
		})
	}}
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
	r := &race{b: b, objects: 1, setup: func(b *testing.B) {
		t.full(b)
		d = open(b, Options{})
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
