//go:build linux

package file_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/file"
	"github.com/lvsform/lvsform/drivers/host"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Random operations on what is around the table give the same errno and leave the same host in a file and in the kernel that
// the file describes.
func TestKernelHonestHost(t *testing.T) {
	seen := map[string]int{}
	seed := *firstSeed
	for start := time.Now(); seed == *firstSeed || time.Since(start) < *patience; seed++ {
		agree := t.Run(fmt.Sprint(seed), func(t *testing.T) {
			drivertest.KernelNode(t)
			steady(t)
			live, err := host.Open(host.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer live.Close()
			h := &hosts{t, fileOf(t, live), live, seen}
			h.agree(rand.New(rand.NewPCG(seed, 0)))
		})
		if !agree {
			t.Fatalf("to see it again: -test.run TestKernelHonestHost -seed %d -for 1ns", seed)
		}
	}
	done, total := 0, 0
	for word, n := range seen {
		total += n
		if strings.HasSuffix(word, " done") {
			done += n
		}
	}
	t.Logf("%d seeds, %d operations, %d of them done: %v", seed-*firstSeed, total, done, seen)
}

// steady takes from the namespace what no state shows and operations depend on: which settings were ever set, for those of
// "default" go to interfaces where one was not; the order of addresses of one network, of which the first takes the others with
// it; and addresses that come of hardware addresses.
func steady(t *testing.T) {
	t.Helper()
	for _, family := range []string{"ipv4", "ipv6"} {
		dir := "/proc/sys/net/" + family + "/conf"
		interfaces, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range interfaces {
			values := map[string]string{"addr_gen_mode": "1"}
			if family == "ipv4" {
				values = map[string]string{"arp_ignore": "0", "arp_announce": "0", "rp_filter": "0", "promote_secondaries": "1"}
			}
			for name, v := range values {
				if err := os.WriteFile(filepath.Join(dir, i.Name(), name), []byte(v), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// fileOf is a file with the host of the kernel below.
func fileOf(t *testing.T, live *host.Driver) *file.Driver {
	t.Helper()
	can := func(c plan.Change) bool {
		r := live.Do(t.Context(), []plan.Change{c})[0]
		if r.Err != nil && !errors.Is(r.Err, syscall.ENOENT) && !errors.Is(r.Err, syscall.EOPNOTSUPP) {
			t.Fatal(r.Err)
		}
		if r.Err == nil && c.Key.Kind() != spec.KindModule {
			live.Do(t.Context(), []plan.Change{c.Inverse()})
		}
		return r.Err == nil
	}
	kernel := spec.Kernel{Modules: []string{}, Interfaces: []spec.Interface{}}
	for _, name := range []string{"dummy", "fou", "ip6_tunnel", "ip_gre", "ipip"} {
		if can(plan.Change{Key: spec.ModuleKey{Name: name}, After: spec.Module{}}) {
			kernel.Modules = append(kernel.Modules, name)
		}
	}
	filter := spec.ARPFilterKey{Interface: "eth0", Address: web.Address.Addr()}
	mark := spec.MarkRuleKey{Protocol: spec.TCP, Address: web.Address.Addr(), First: 80, Last: 80}
	if !can(plan.Change{Key: filter, After: spec.ARPFilter{}}) {
		kernel.NoRules = append(kernel.NoRules, "arp")
	}
	if !can(plan.Change{Key: mark, After: spec.MarkRule{Mark: 1}}) {
		kernel.NoRules = append(kernel.NoRules, "inet")
	}
	want, err := live.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text := func(s spec.State, gone ...spec.Key) string {
		patch, err := s.MarshalPatch(gone)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(map[string]any{"format_version": 1, "kernel": kernel, "state": json.RawMessage(patch)})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var gone []spec.Key
	for k := range read(t, open(t, write(t, text(want)))).Host().All() {
		if want.Get(k) == nil {
			gone = append(gone, k)
		}
	}
	return open(t, write(t, text(want, gone...)))
}

// hosts are a file and a kernel that should do the same.
type hosts struct {
	t    *testing.T
	file *file.Driver
	live *host.Driver
	seen map[string]int
}

func (h *hosts) agree(r *rand.Rand) {
	for done := 0; done < 600 && !h.t.Failed(); {
		n := spec.NewNode(spec.Kernel{}, read(h.t, h.file))
		var batch []plan.Change
		for range 1 + r.IntN(30) {
			c := drivertest.RandomHostChange(r, n.State())
			if c.Key == spec.Key(spec.SysctlKey{Name: "net.ipv4.vs.debug_level"}) {
				continue // there is one for all namespaces, which only the first may set
			}
			batch = append(batch, c)
			_ = n.Do(c.Key, c.Before, c.After) // so that the next one finds what this one has made
		}
		done += len(batch)
		h.same(batch)
	}
}

func (h *hosts) same(batch []plan.Change) {
	before := read(h.t, h.file)
	want, got := h.live.Do(h.t.Context(), batch), h.file.Do(h.t.Context(), batch)
	for i, c := range batch {
		if w, g := answer(want[i]), answer(got[i]); w != g {
			h.t.Errorf("%s: the kernel says %s (%v), the file %s\n%s\nfrom\n%s", c, w, want[i].Err, g, show(batch[:i+1]), strings.Join(drivertest.HostLines(before), "\n"))
			return
		}
		h.seen[fmt.Sprintf("%s %s %s", c.Action(), c.Key.Kind(), answer(got[i]))]++
	}
	host, err := h.live.Read(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	kernels, files := drivertest.HostLines(drivertest.HostOnly(host)), drivertest.HostLines(drivertest.HostOnly(read(h.t, h.file)))
	if diff := cmp.Diff(kernels, files); diff != "" {
		h.t.Errorf("host (-kernel +file):\n%s\nafter\n%s\nfrom\n%s", diff, show(batch), strings.Join(drivertest.HostLines(before), "\n"))
	}
}
