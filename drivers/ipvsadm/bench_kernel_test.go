//go:build linux

package ipvsadm_test

import (
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/ipvsadm"
	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// large is two hundred services with ten servers each, as changes and as what ipvsadm -R reads.
func large(b *testing.B) (changes []plan.Change, text string) {
	for i := range 200 {
		k := spec.Listener(spec.TCP, netip.MustParseAddrPort(fmt.Sprintf("192.0.2.%d:80", i+1)))
		changes = append(changes, create(k, rr))
		for j := range 10 {
			changes = append(changes, create(serverOf(k, j), one))
		}
	}
	for _, c := range changes {
		words, err := rules.Command(c)
		if err != nil {
			b.Fatal(err)
		}
		text += strings.Join(words, " ") + "\n"
	}
	return changes, text
}

// program runs ipvsadm, which prints something if it is told nothing.
func program(b *testing.B, in string, args ...string) {
	cmd := exec.Command("ipvsadm", args...)
	cmd.Stdin = strings.NewReader(in)
	if out, err := cmd.Output(); err != nil || (len(out) > 0) != (in == "") {
		b.Fatal(err)
	}
}

// race is two rivals that do the same with so many objects; times has what one object costs each.
type race struct {
	objects int
	times   map[string]float64
}

// run measures CPU time: while a program waits for a disk, an emulated clock may go on by minutes.
func (r race) run(b *testing.B, name, rival string, before func(b *testing.B), f func(b *testing.B, d *ipvsadm.Driver)) {
	b.Run(name, func(b *testing.B) {
		drivertest.Kernel(b)
		d := open(b, ipvsadm.Options{Patience: 24 * time.Hour})
		var spent time.Duration
		for range b.N {
			b.StopTimer()
			before(b)
			b.StartTimer()
			since := drivertest.CPU(b)
			f(b, d)
			spent += drivertest.CPU(b) - since
		}
		each := float64(spent) / float64(b.N*r.objects)
		b.ReportMetric(each, "cpu-ns/object")
		if strings.HasSuffix(name, rival) {
			r.times[rival] = each
		}
		b.ReportMetric(each/r.times[rival], "x-the-cpu-of-"+rival)
	})
}

// What it costs to know the result of every change, and to read twice what is not one listing.
func BenchmarkKernelAgainstTheProgram(b *testing.B) {
	changes, text := large(b)
	empty := func(*testing.B) { _ = exec.Command("ipvsadm", "-C").Run() }
	full := func(b *testing.B) { empty(b); program(b, text, "-R") }
	r := race{len(changes), map[string]float64{}}
	r.run(b, "write/ipvsadm-R", "ipvsadm-R", empty, func(b *testing.B, _ *ipvsadm.Driver) { program(b, text, "-R") })
	r.run(b, "write/driver", "ipvsadm-R", empty, func(b *testing.B, d *ipvsadm.Driver) {
		for i, r := range d.Do(b.Context(), changes) {
			if r.Err != nil {
				b.Fatal(changes[i], r.Err)
			}
		}
	})
	r.run(b, "read/ipvsadm-Sn", "ipvsadm-Sn", full, func(b *testing.B, _ *ipvsadm.Driver) { program(b, "", "-Sn") })
	r.run(b, "read/driver", "ipvsadm-Sn", full, func(b *testing.B, d *ipvsadm.Driver) {
		if s, err := d.Read(b.Context()); err != nil || s.Len() != len(changes)+1 {
			b.Fatal(s.Len(), err)
		}
	})
}
