//go:build linux

package file_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/file"
	"github.com/lvsform/lvsform/drivers/netlink"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

var (
	firstSeed = flag.Uint64("seed", 1, "the first seed of TestKernelHonest")
	patience  = flag.Duration("for", 20*time.Second, "how long TestKernelHonest goes on to the next seed; 1ns is one seed")
)

// Random operations give the same errno and leave the same table in a file and in the kernel that the file describes.
func TestKernelHonest(t *testing.T) {
	drivertest.KernelNode(t)
	live, err := netlink.Open(netlink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	kernel := describe(t, live)
	t.Logf("%+v", kernel)
	seen := map[string]int{}
	seed := *firstSeed
	for start := time.Now(); seed == *firstSeed || time.Since(start) < *patience; seed++ {
		empty(t, live)
		p := &pair{t, describeFile(t, kernel), live, seen}
		if !p.agree(rand.New(rand.NewPCG(seed, 0)), seed%10 == 1) {
			t.Fatalf("to see it again: -test.run TestKernelHonest -seed %d -for 1ns", seed)
		}
	}
	t.Logf("%d seeds: %v", seed-*firstSeed, seen)
}

type pair struct {
	t    *testing.T
	file *file.Driver
	live drivertest.Driver
	seen map[string]int
}

// agree does operations on both: of daemons most of the time, or not at all, because a kernel takes long to stop one.
func (p *pair) agree(r *rand.Rand, daemons bool) bool {
	most := 1000
	if daemons {
		most = 150
	}
	for done := 0; done < most; {
		n := spec.NewNode(spec.Kernel{}, read(p.t, p.file))
		var batch []plan.Change
		for range 1 + r.IntN(40) {
			c := drivertest.RandomChange(r, n.State())
			if isDaemon := c.Key.Kind() == spec.KindSyncDaemon; isDaemon != daemons && (isDaemon || r.IntN(10) > 0) {
				continue
			}
			batch = append(batch, c)
			_ = n.Do(c.Key, c.Before, c.After) // so that the next one finds what this one has made
			if c.Key.Kind() == spec.KindSyncDaemon {
				break // one that is stopped before it ever ran gives no answer (EINTR), and a batch must not depend on that
			}
		}
		done += len(batch)
		if !p.same(batch) {
			return false
		}
	}
	return true
}

func (p *pair) same(batch []plan.Change) bool {
	want, got := p.live.Do(p.t.Context(), batch), p.file.Do(p.t.Context(), batch)
	for i, c := range batch {
		if w, g := answer(want[i]), answer(got[i]); w != g {
			p.t.Errorf("%s: the kernel says %s, the file %s\n%s", c, w, g, show(batch[:i+1]))
			return false
		}
		p.seen[fmt.Sprintf("%s %s %s", c.Action(), c.Key.Kind(), answer(got[i]))]++
	}
	table, err := p.live.Read(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	if diff := cmp.Diff(drivertest.TableLines(table), drivertest.TableLines(read(p.t, p.file))); diff != "" {
		p.t.Errorf("table (-kernel +file):\n%s\nafter\n%s", diff, show(batch))
		return false
	}
	return true
}

// answer is "done", an errno, or what should not have happened.
func answer(r plan.Result) string {
	refusal, ok := errors.AsType[*spec.Refusal](r.Err)
	switch {
	case r == (plan.Result{}):
		return "done"
	case ok && !r.Unknown:
		return spec.ErrnoName(refusal.Errno)
	}
	return fmt.Sprintf("%+v", r)
}

func show(batch []plan.Change) string {
	var b strings.Builder
	for _, c := range batch {
		fmt.Fprintf(&b, "%s %s\n", c, spec.EncodeValue(c.After))
	}
	return b.String()
}

// empty leaves no service, no daemon and the timeouts of a fresh kernel.
func empty(t *testing.T, d drivertest.Driver) {
	t.Helper()
	s, err := d.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k := spec.TimeoutsKey{}
	batch := []plan.Change{{Key: k, Before: s.Get(k), After: spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300}}}
	for k, v := range s.All() {
		if k.Kind() == spec.KindService || k.Kind() == spec.KindSyncDaemon {
			batch = append(batch, plan.Change{Key: k, Before: v})
		}
	}
	for i, r := range d.Do(t.Context(), batch) {
		if r.Err != nil {
			t.Fatalf("%s: %v", batch[i], r.Err)
		}
	}
}

// describe finds out what a file must say of the kernel below.
func describe(t *testing.T, d drivertest.Driver) spec.Kernel {
	t.Helper()
	host, err := d.Host(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k := spec.Kernel{Release: host.Kernel, Schedulers: []string{}, Engines: []string{}, TicksPerSecond: ticks(t, d)}
	for _, name := range []string{"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq", "fo", "ovf", "twos"} {
		if accepts(t, d, plan.Change{Key: web, After: spec.Service{Scheduler: name}}) {
			k.Schedulers = append(k.Schedulers, name)
		}
	}
	if accepts(t, d, plan.Change{Key: web, After: spec.Service{Scheduler: "rr", Engine: "sip"}}) {
		k.Engines = append(k.Engines, "sip")
	}
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		with := spec.Interface{Name: i.Name, MTU: i.MTU, Down: i.Flags&net.FlagUp == 0}
		addresses, err := i.Addrs()
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range addresses {
			with.Addresses = append(with.Addresses, netip.MustParsePrefix(a.String()))
		}
		k.Interfaces = append(k.Interfaces, with)
	}
	return k
}

// accepts does the change, and takes back what it made.
func accepts(t *testing.T, d drivertest.Driver, c plan.Change) bool {
	t.Helper()
	r := d.Do(t.Context(), []plan.Change{c})[0]
	if r.Err == nil && c.Action() == plan.Create {
		d.Do(t.Context(), []plan.Change{c.Inverse()})
	}
	return r.Err == nil
}

// ticks is CONFIG_HZ: the longest timeout is INT_MAX of them.
func ticks(t *testing.T, d drivertest.Driver) uint32 {
	t.Helper()
	hz := []uint32{1000, 300, 250, 100}
	i := slices.IndexFunc(hz, func(n uint32) bool {
		set := func(seconds uint32) bool {
			return accepts(t, d, plan.Change{Key: spec.TimeoutsKey{}, Before: spec.Timeouts{}, After: spec.Timeouts{TCP: seconds}})
		}
		return set(0x7fffffff/n) && !set(0x7fffffff/n+1)
	})
	if i < 0 {
		t.Fatal("the kernel's longest timeout fits no number of ticks a second")
	}
	return hz[i]
}

// describeFile is a node file with that kernel.
func describeFile(t *testing.T, k spec.Kernel) *file.Driver {
	t.Helper()
	text, err := json.Marshal(map[string]any{"format_version": 1, "kernel": k})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "node.json")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return open(t, path)
}
