//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
)

// writeTable makes a directory with services × servers destinations, a pool for each service.
func writeTable(b *testing.B, services, servers int) string {
	var text strings.Builder
	for p := range services {
		fmt.Fprintf(&text, "pool \"p%d\" {\n  forward = \"masquerade\"\n", p)
		for s := range servers {
			fmt.Fprintf(&text, "\n  server \"rs%d\" {\n    address = \"10.%d.%d.%d\"\n    weight  = %d\n  }\n", s, p%256, s/250, s%250+1, s+1)
		}
		fmt.Fprintf(&text, "}\n\nservice \"s%d\" {\n  listen \"tcp\" {\n    addresses = [\"192.0.%d.%d\"]\n    ports     = [80]\n  }\n\n", p, p/250, p%250+1)
		fmt.Fprintf(&text, "  scheduler = \"rr\"\n  pool      = pool.p%d\n}\n\n", p)
	}
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.lvs.hcl"), []byte(text.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	return dir
}

// BenchmarkPlanUnchanged is a plan without changes at 100,000 destinations: what each part of it takes, the node aside.
func BenchmarkPlanUnchanged(b *testing.B) {
	dir := writeTable(b, 1000, 100)
	var load, work, show time.Duration
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		c, diags := hclspec.Load(hclspec.Source{Dir: dir})
		if diags.HasErrors() {
			b.Fatal(diags)
		}
		loaded := time.Now()
		ledger := plan.Ledger{}
		for k := range c.Chosen.Desired.State.Services {
			ledger[k] = plan.Owned{Name: c.Chosen.Desired.Objects[k].Name}
		}
		live := c.Chosen.Desired.State.Clone()
		ready := time.Now()
		p, err := plan.Make(plan.Inputs{Live: live, Desired: c.Chosen.Desired, Ledger: ledger})
		if err != nil || !p.Empty() {
			b.Fatal(err, p)
		}
		made := time.Now()
		if err := p.WriteText(io.Discard, plan.TextOptions{}); err != nil {
			b.Fatal(err)
		}
		load, work, show = load+loaded.Sub(start), work+made.Sub(ready), show+time.Since(made)
		runtime.ReadMemStats(&after)
	}
	each := func(d time.Duration) float64 { return float64(d.Milliseconds()) / float64(b.N) }
	b.ReportMetric(each(load), "load-ms")
	b.ReportMetric(each(work), "plan-ms")
	b.ReportMetric(each(show), "show-ms")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/(1<<20), "allocated-MB")
	b.ReportMetric(float64(after.HeapInuse)/(1<<20), "heap-MB")
}

// benchRun runs a command as a process would.
func benchRun(b testing.TB, dir string, code int, args ...string) string {
	b.Helper()
	var out, errs bytes.Buffer
	e := env{
		in: strings.NewReader(""), out: stream{Writer: &out}, err: stream{Writer: &errs}, readFile: os.ReadFile,
		getenv: func(name string) string {
			if name == "LVSFORM_RUN_DIR" {
				return filepath.Join(dir, "run")
			}
			return ""
		},
	}
	if got := run(context.Background(), args, e); got != code {
		b.Fatalf("%v: exit code %d\n%s%s", args, got, out.String(), errs.String())
	}
	return out.String()
}

// BenchmarkKernelApply is the whole of "lvsform apply" of 1000 services × 10 servers, from HCL to the verified table, beside
// ipvsadm -R, which neither shows, nor orders, nor verifies anything.
func BenchmarkKernelApply(b *testing.B) {
	dir := writeTable(b, 1000, 10)
	var ours, theirs time.Duration
	rules := restoreFile(dir, b)
	for b.Loop() {
		drivertest.Kernel(b)
		start := time.Now()
		benchRun(b, b.TempDir(), exitDone, "apply", "--auto-approve", dir)
		ours += time.Since(start)

		drivertest.Kernel(b)
		start = time.Now()
		c := exec.Command("ipvsadm", "-R")
		c.Stdin = strings.NewReader(rules)
		if text, err := c.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, text)
		}
		theirs += time.Since(start)
	}
	b.ReportMetric(float64(ours.Milliseconds())/float64(b.N), "apply-ms")
	b.ReportMetric(float64(theirs.Milliseconds())/float64(b.N), "ipvsadm-R-ms")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "x-faster-than-ipvsadm-R")
}

// restoreFile is the configuration as ipvsadm -R reads it.
func restoreFile(dir string, b *testing.B) string {
	c, diags := hclspec.Load(hclspec.Source{Dir: dir})
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	var text strings.Builder
	servers := c.Chosen.Desired.State.Servers()
	for _, k := range c.Chosen.Desired.State.Keys() {
		if s, ok := k.(spec.ServiceKey); ok {
			fmt.Fprintf(&text, "-A -t %s -s rr\n", s.Address)
			for _, d := range servers[s] {
				fmt.Fprintf(&text, "-a -t %s -r %s -m -w %d\n", s.Address, d.Address, c.Chosen.Desired.State.Destinations[d].Weight)
			}
		}
	}
	return text.String()
}

// BenchmarkKernelPlanUnchanged is the whole of "lvsform plan" without changes at 100,000 destinations, from HCL and the
// kernel's table to "No changes.".
func BenchmarkKernelPlanUnchanged(b *testing.B) {
	dir := writeTable(b, 1000, 100)
	drivertest.Kernel(b)
	state := b.TempDir()
	benchRun(b, state, exitDone, "apply", "--auto-approve", dir)
	for b.Loop() {
		out := benchRun(b, state, exitDone, "plan", dir)
		if !strings.Contains(out, "No changes.") {
			b.Fatal(out)
		}
	}
}
