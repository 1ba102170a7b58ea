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

// What it costs to know the result of every change, and to read twice what is not one listing.
func BenchmarkKernelAgainstTheProgram(b *testing.B) {
	var changes []plan.Change
	var text strings.Builder
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
		fmt.Fprintln(&text, strings.Join(words, " "))
	}
	program := func(b *testing.B, in string, args ...string) {
		cmd := exec.Command("ipvsadm", args...)
		cmd.Stdin = strings.NewReader(in)
		if out, err := cmd.Output(); err != nil || (len(out) > 0) != (in == "") {
			b.Fatal(err)
		}
	}
	times := map[string]float64{}
	// In CPU time: while a program waits for a disk, an emulated clock may go on by minutes.
	race := func(name, rival string, f func(b *testing.B, d *ipvsadm.Driver), before func(b *testing.B)) {
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
			each := float64(spent) / float64(b.N*len(changes))
			b.ReportMetric(each, "cpu-ns/object")
			if strings.HasSuffix(name, rival) {
				times[rival] = each
			}
			b.ReportMetric(each/times[rival], "x-the-cpu-of-"+rival)
		})
	}
	empty := func(*testing.B) { _ = exec.Command("ipvsadm", "-C").Run() }
	full := func(b *testing.B) { empty(b); program(b, text.String(), "-R") }
	race("write/ipvsadm-R", "ipvsadm-R", func(b *testing.B, _ *ipvsadm.Driver) { program(b, text.String(), "-R") }, empty)
	race("write/driver", "ipvsadm-R", func(b *testing.B, d *ipvsadm.Driver) {
		for i, r := range d.Do(b.Context(), changes) {
			if r.Err != nil {
				b.Fatal(changes[i], r.Err)
			}
		}
	}, empty)
	race("read/ipvsadm-Sn", "ipvsadm-Sn", func(b *testing.B, _ *ipvsadm.Driver) { program(b, "", "-Sn") }, full)
	race("read/driver", "ipvsadm-Sn", func(b *testing.B, d *ipvsadm.Driver) {
		if s, err := d.Read(b.Context()); err != nil || s.Len() != len(changes)+1 {
			b.Fatal(s.Len(), err)
		}
	}, full)
}
