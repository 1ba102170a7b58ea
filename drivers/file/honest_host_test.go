//go:build linux

package file_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
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

// Random operations on what is around the table give the same errno and leave the same host on a simulated node, which a file
// holds, and in a kernel. The node lives through all of them: which settings were ever written it learns as it goes.
func TestKernelHonestHost(t *testing.T) {
	drivertest.Kernel(t)
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
			kernel := abilities(t, live)
			start, err := live.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			h := &hosts{t, spec.NewNode(kernel, start), live, seen}
			h.agree(rand.New(rand.NewPCG(seed, 0)))
			if got := read(t, fileOf(t, kernel, h.node.State())); !got.Host().Equal(h.node.State()) {
				t.Errorf("read from a file (-want +got):\n%s", cmp.Diff(drivertest.HostLines(h.node.State()), drivertest.HostLines(got)))
			}
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

// steady takes from the namespace what no state shows and operations depend on: the order of addresses of one network, of which
// the first takes the others with it, and addresses that come of hardware addresses.
func steady(t *testing.T) {
	t.Helper()
	settings := []string{"ipv4/conf/all/promote_secondaries"}
	interfaces, err := os.ReadDir("/proc/sys/net/ipv6/conf")
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range interfaces {
		settings = append(settings, "ipv6/conf/"+i.Name()+"/addr_gen_mode")
	}
	for _, name := range settings {
		if err := os.WriteFile("/proc/sys/net/"+name, []byte("1"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// abilities are what the kernel below has.
func abilities(t *testing.T, live *host.Driver) spec.Kernel {
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
	for _, source := range []netip.Addr{{}, netip.MustParseAddr("10.0.0.2")} { // loads the modules for it
		can(plan.Change{Key: spec.MasqueradeRuleKey{Destination: rs1}, After: spec.MasqueradeRule{Source: source}})
	}
	return kernel
}

// fileOf is a file with a state, of which it has what differs from an untouched node.
func fileOf(t *testing.T, kernel spec.Kernel, want spec.State) *file.Driver {
	t.Helper()
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

// hosts are a simulated node and a kernel that should do the same.
type hosts struct {
	t    *testing.T
	node *spec.Node
	live *host.Driver
	seen map[string]int
}

func (h *hosts) agree(r *rand.Rand) {
	for done := 0; done < 600 && !h.t.Failed(); {
		before := h.node.State().Clone()
		var batch []plan.Change
		var says []string
		for range 1 + r.IntN(30) {
			c := drivertest.RandomHostChange(r, h.node.State())
			switch c.Key {
			case spec.SysctlKey{Name: "net.ipv4.vs.debug_level"}: // there is one for all namespaces, which only the first may set
				continue
			case spec.SysctlKey{Name: "net.ipv4.vs.est_cpulist"}: // a list of the machine's processors
				continue
			}
			batch = append(batch, c)
			says = append(says, answer(plan.Result{Err: h.node.Do(c.Key, c.Before, c.After)}))
		}
		done += len(batch)
		h.same(before, batch, says)
	}
}

func (h *hosts) same(before spec.State, batch []plan.Change, says []string) {
	from := "\nfrom\n" + strings.Join(drivertest.HostLines(before), "\n")
	for i, r := range h.live.Do(h.t.Context(), batch) {
		c := batch[i]
		if answer(r) != says[i] {
			h.t.Errorf("%s: the kernel says %s (%v), the node %s\n%s%s", c, answer(r), r.Err, says[i], show(batch[:i+1]), from)
			return
		}
		h.seen[fmt.Sprintf("%s %s %s", c.Action(), c.Key.Kind(), says[i])]++
	}
	live, err := h.live.Read(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	if diff := cmp.Diff(drivertest.HostLines(drivertest.HostOnly(live)), drivertest.HostLines(drivertest.HostOnly(h.node.State()))); diff != "" {
		h.t.Errorf("host (-kernel +node):\n%s\nafter\n%s%s", diff, show(batch), from)
	}
}
