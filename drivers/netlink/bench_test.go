//go:build linux

package netlink

import (
	"fmt"
	"io"
	"net/netip"
	"os/exec"
	"runtime"
	"runtime/debug"
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
// Time passes for idle machines too, and while a program is read from a disk; what is spent of the CPU does not.
type race struct {
	b       *testing.B
	objects int
	// setup comes once, before every repetition; neither is timed.
	setup, before func(b *testing.B)

	rival      string
	time, work float64
}

func (r *race) run(name string, f func(b *testing.B)) {
	if r.rival == "" {
		r.rival = name
	}
	r.b.Run(name, func(b *testing.B) {
		drivertest.Kernel(b) // a sub-benchmark has a thread of its own
		if r.setup != nil {
			r.setup(b)
			b.ResetTimer()
		}
		// A program that reads or writes a table once ends before its first collection.
		defer debug.SetGCPercent(debug.SetGCPercent(-1))
		var spent, worked time.Duration
		for range b.N {
			b.StopTimer()
			if r.before != nil {
				r.before(b)
			}
			runtime.GC()
			b.StartTimer()
			since, work := time.Now(), drivertest.CPU(b)
			f(b)
			spent += time.Since(since)
			worked += drivertest.CPU(b) - work
		}
		b.StopTimer()
		n := float64(b.N) * float64(r.objects)
		if name == r.rival {
			r.time, r.work = float64(spent)/n, float64(worked)/n
		}
		b.ReportMetric(float64(spent)/n, "ns/object")
		b.ReportMetric(float64(worked)/n, "cpu-ns/object")
		b.ReportMetric(r.time/(float64(spent)/n), "x-faster-than-ipvsadm")
		b.ReportMetric(r.work/(float64(worked)/n), "x-less-cpu-than-ipvsadm")
	})
}

// The kernel clears away, and reckons with, what was deleted or created for a while.
const settling = 5 * time.Second

// empty is a namespace without a table.
func empty(b *testing.B) {
	_ = exec.Command("ipvsadm", "-C").Run()
	drivertest.Kernel(b)
	time.Sleep(settling)
}

// full is the namespace with the table.
func (t table) full(b *testing.B) {
	driven(b, func(d *Driver) { write(b, d, t.changes) })
	time.Sleep(settling)
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
