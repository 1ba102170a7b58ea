//go:build linux

package main

import (
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

// siteWorld is a site whose machines nothing but the program configures, all of them from one configuration.
type siteWorld struct {
	*drivertest.Site
	t     *testing.T
	etc   string
	nodes map[string]*world // by the names of the machines
	nft   bool              // this kernel has nftables for more than bridges
	// unknown is an address of the LAN that is nobody's, the last one that was used.
	unknown netip.Addr
}

func newSiteWorld(t *testing.T, o drivertest.SiteOptions) *siteWorld {
	s := &siteWorld{Site: drivertest.NewSite(t, o), t: t, etc: t.TempDir(), nodes: map[string]*world{}, nft: hasNFT(t)}
	for _, n := range append(s.Nodes(), s.Client) {
		w := newWorld(t)
		w.variables["LVSFORM_RUN_DIR"], w.variables["LVSFORM_STATE_DIR"] = w.path("run"), w.path("lib")
		w.variables["LVSFORM_NODE"] = n.Name
		s.nodes[n.Name] = w
	}
	for _, n := range s.Servers {
		s.named(n.Name, "server")
	}
	return s
}

// named says that a machine's node in the configuration is one of a block with for_each.
func (s *siteWorld) named(node, block string) {
	s.nodes[node].variables["LVSFORM_NODE"] = fmt.Sprintf("%s[%q]", block, node)
}

// write makes a file of the configuration.
func (s *siteWorld) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.etc+"/"+name, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// copy takes files into the configuration.
func (s *siteWorld) copy(dir string, files ...string) {
	s.t.Helper()
	for _, f := range files {
		text, err := os.ReadFile(dir + "/" + f + ".lvs.hcl")
		if err != nil {
			s.t.Fatal(err)
		}
		s.write(f+".lvs.hcl", string(text))
	}
}

// remove takes a file out of the configuration.
func (s *siteWorld) remove(name string) {
	s.t.Helper()
	if err := os.Remove(s.etc + "/" + name + ".lvs.hcl"); err != nil {
		s.t.Fatal(err)
	}
}

// run runs a command on a node.
func (s *siteWorld) run(node string, code int, args ...string) *world {
	s.t.Helper()
	w := s.nodes[node]
	w.run(code, append(args, "--driver=netlink", "--netns="+s.Node(node).Path(), s.etc)...)
	return w
}

// apply makes nodes what the configuration says, one after another, and shows that nothing is left to do.
func (s *siteWorld) apply(nodes ...string) {
	s.t.Helper()
	start := time.Now()
	for _, node := range nodes {
		s.run(node, exitDone, "apply", "--auto-approve")
	}
	applied := time.Now()
	for _, node := range nodes {
		w := s.run(node, exitDone, "plan", "--detailed-exitcode")
		w.says(w.out, "No changes.")
	}
	s.t.Logf("%v: applied in %v, planned again in %v", nodes, applied.Sub(start).Round(time.Millisecond), time.Since(applied).Round(time.Millisecond))
}

// sight is all that programs show of a node's configuration. It leaves out what the kernel counts and draws by lot, and
// what tunl0 and gre0 have only once they have been up.
func (s *siteWorld) sight(node string) string {
	s.t.Helper()
	look := "printf '%s\\n' link address rule 'neighbour show nud permanent' | ip -o -batch -; ip fou show; ipvsadm -Sn; ipvsadm -Ln --timeout;" +
		"ipvsadm -Ln --daemon; grep -rs '' /proc/sys/net/ipv4 /proc/sys/net/ipv6"
	if s.nft {
		look += "; nft list ruleset"
	}
	return s.Node(node).Run("sh", "-c", "{ "+look+"; } 2>/dev/null | sed 's/ qdisc [a-z]*//; s/ tentative//' | grep -vE 'base_reachable|stable_secret|mtu_expires|valid_lft [0-9]+sec|ipv6/(conf|neigh)/(tunl0|gre0)/'")
}

// unchanged compares what is seen of a node with what was. The interfaces that come with a module stay, like the module.
func (s *siteWorld) unchanged(node, before string) {
	s.t.Helper()
	after := s.sight(node)
	if before == after {
		return
	}
	fallback := regexp.MustCompile(`tunl0|gre0|gretap0|erspan0|ip6tnl0|ip6_vti|sit0`)
	was, is := lines(before), lines(after)
	for line := range was {
		if !is[line] {
			s.t.Errorf("%s had %q", node, line)
		}
	}
	for line := range is {
		device := fallback.FindString(line)
		if !was[line] && (device == "" || strings.Contains(before, device)) {
			s.t.Errorf("%s has %q", node, line)
		}
	}
}

func lines(text string) map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(text) {
		all[line] = true
	}
	return all
}

// hasNFT is false of the User-Mode kernel, which has nftables for bridges alone.
func hasNFT(t *testing.T) bool {
	t.Helper()
	n := drivertest.NewNetns(t)
	var err error
	n.Do(func() { _, err = drivertest.Try("nft", "add", "table", "inet", "probe") })
	return err == nil
}

// at is an address of the site with a port.
func at(address string, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(address), port)
}

// clean expects traffic in which nothing was refused, lost, kept waiting or broken.
func (s *siteWorld) clean(what string, r drivertest.SiteReport) {
	s.t.Helper()
	s.t.Logf("%s: %v", what, r)
	for _, a := range r.Attempts {
		if a.Outcome() != "answered" {
			s.t.Logf("%s: %s by %q: %s, from %s for %v", what, a.Service, a.Server, a.Outcome(), a.From.Format(time.StampMilli), a.To.Sub(a.From))
		}
	}
	trouble := r.Trouble()
	if r.Late > 300*time.Millisecond {
		trouble -= r.Outcomes()["retried"] // by a machine that is busy, as far as can be told
	}
	if trouble > 0 || len(r.Broken) > 0 {
		s.t.Errorf("%s: not without trouble", what)
	}
	if len(r.Attempts) == 0 {
		s.t.Errorf("%s: no traffic", what)
	}
}

// several is true where the kernel waits for other CPUs when a service gets another scheduler.
func several() bool { return runtime.NumCPU() > 1 }

// while runs a function with traffic before, during and after it. There is a report for each load.
func (s *siteWorld) while(f func(), loads ...drivertest.Load) (reports []drivertest.SiteReport) {
	s.t.Helper()
	var running []*drivertest.Traffic
	for _, l := range loads {
		running = append(running, s.Load(l))
	}
	time.Sleep(200 * time.Millisecond)
	f()
	time.Sleep(300 * time.Millisecond)
	for _, r := range running {
		r.More(3)
	}
	late := time.Duration(0)
	for _, r := range running {
		reports = append(reports, r.Stop())
		late = max(late, reports[len(reports)-1].Late)
	}
	for i := range reports { // it is one machine that keeps all of them waiting, though not all notice
		reports[i].Late = late
	}
	return reports
}
