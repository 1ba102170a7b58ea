//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
)

const directRouting = `
role "server" {}

node "dir1" {
  match   = ["dir1"]
  address = "10.0.0.2"
}

node "client" {
  match   = ["client"]
  address = "10.0.0.100"
}

node "server" {
  for_each = { rs1 = 11, rs2 = 12, rs3 = 13 }
  match    = [each.key]
  roles    = [role.server]
  address  = "10.0.0.${each.value}"
}

vip "web" {
  on        = [node.dir1]
  addresses = ["10.0.0.30"]
  interface = "eth0"

  announce {
    count = 1
  }
}

pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }

  server "rs2" {
    address = "10.0.0.12"
  }
}

service "web" {
  on = [node.dir1]

  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}

real_server "web" {
  on        = [role.server]
  services  = [service.web]
  interface = "lo"
  arp       = %s
}
`

const binding = `
neighbour "vip" {
  on        = [node.client]
  interface = "eth0"
  address   = "10.0.0.30"
  mac       = "%s"
}
`

// stepwise does one change at a time, and lets the test look after each. The change number fail does not happen.
type stepwise struct {
	node
	fail, done int
	look       func(after string)
}

func (d *stepwise) Do(ctx context.Context, changes []plan.Change) []plan.Result {
	var all []plan.Result
	for _, c := range changes {
		d.done++
		if d.done == d.fail {
			all = append(all, plan.Result{Err: errors.New("made to fail")})
			continue
		}
		all = append(all, d.node.Do(ctx, []plan.Change{c})...)
		d.look(fmt.Sprintf("%s %v", c.Key, c.Action()))
	}
	return all
}

// steps plans with the program and does the plan step by step.
func (s *siteWorld) steps(node string, fail int, look func(string), args ...string) (done int, err error) {
	s.t.Helper()
	w := s.nodes[node]
	s.run(node, exitDone, append([]string{"plan", "--out", w.path("p")}, args...)...)
	made, err := readPlan(w.path("p"))
	if err != nil {
		s.t.Fatal(err)
	}
	p := &program{env: env{getenv: func(name string) string { return w.variables[name] }, progress: new(progress)}}
	opened, err := p.open(s.t.Context(), nodeFlags{driver: "netlink", netns: s.Node(node).Path()})
	if err != nil {
		s.t.Fatal(err)
	}
	defer opened.Close()
	d := &stepwise{node: opened.node, fail: fail, look: look}
	err = apply.Run(s.t.Context(), d, made, apply.Options{Ledger: opened.ledger})
	return d.done, err
}

// quiet looks, after each step on a real server, whether the LAN hears it speak of the VIP: asked for it, and made to ask
// for somebody with the VIP as its own address.
func (s *siteWorld) quiet(node string, vip netip.Addr) (look func(string)) {
	return func(after string) {
		s.t.Helper()
		ear := s.Listen(5*time.Millisecond, vip)
		s.unknown = s.unknown.Next() // nobody has it, and it has not been asked for yet
		s.Node(node).Send(netip.AddrPortFrom(vip, 9), netip.AddrPortFrom(s.unknown, 9))
		ear.Heard("dir1", 3) // and so everybody else has heard the question
		claims := drivertest.Claimants(ear.Stop())
		if len(claims) != 1 || claims["dir1 answers "+vip.String()] == 0 {
			s.t.Errorf("%s, after %s: the VIP is claimed by %v", node, after, claims)
		}
	}
}

// A third real server is set up and taken down, one step at a time, with a failure at each of them: the director alone
// speaks of the VIP, and no connection is disturbed.
func TestKernelARP(t *testing.T) {
	t.Run("sysctl", func(t *testing.T) { newSiteWorld(t, drivertest.SiteOptions{}).tryQuiet(`"sysctl"`) })
	t.Run("filter", func(t *testing.T) {
		const way = "\"filter\"\n\n  arp_interfaces = [\"eth0\"]"
		s := newSiteWorld(t, drivertest.SiteOptions{})
		if !s.nft {
			s.write("main.lvs.hcl", fmt.Sprintf(directRouting, way))
			before := s.sight("rs3")
			w := s.run("rs3", exitError, "apply", "--auto-approve")
			w.says(w.err, "this kernel has no nftables for the family arp")
			s.unchanged("rs3", before)
			return
		}
		s.tryQuiet(way)
	})
}

func (s *siteWorld) tryQuiet(way string) {
	s.t.Helper()
	s.write("main.lvs.hcl", fmt.Sprintf(directRouting, way))
	s.Serve(80)
	s.apply("rs1", "rs2", "dir1")
	if s.nft {
		s.apply("rs3") // so that what follows begins with what nftables leaves behind
		s.run("rs3", exitDone, "apply", "--auto-approve", "--destroy")
	}
	vip := netip.MustParseAddr("10.0.0.30")
	s.unknown = netip.MustParseAddr("10.0.0.128")
	r := s.Load(drivertest.Load{To: []netip.AddrPort{netip.AddrPortFrom(vip, 80)}, Rate: 20, Held: 4})
	s.failEverywhere("rs3", vip)
	s.failEverywhere("rs3", vip, "--destroy")
	s.clean("meanwhile", r.Stop())
}

// failEverywhere plans once, and does it with a failure at the first step, the second, … and at last with none.
func (s *siteWorld) failEverywhere(node string, vip netip.Addr, args ...string) {
	s.t.Helper()
	before := s.sight(node)
	for fail := 1; ; fail++ {
		done, err := s.steps(node, fail, s.quiet(node, vip), args...)
		if done < fail {
			if err != nil || done < 2 {
				s.t.Errorf("%s %v: %d steps: %v", node, args, done, err)
			}
			s.t.Logf("%s %v: %d steps", node, args, done)
			return
		}
		if err == nil || !strings.Contains(err.Error(), "made to fail") {
			s.t.Errorf("%s %v: step %d failed: %v", node, args, fail, err)
		}
		s.unchanged(node, before)
	}
}

// Where nothing keeps the servers quiet, a client that knows the director's MAC does not listen to them.
func TestKernelARPBinding(t *testing.T) {
	s := newSiteWorld(t, drivertest.SiteOptions{})
	s.write("main.lvs.hcl", fmt.Sprintf(directRouting, `"none"`)+fmt.Sprintf(binding, s.Node("dir1").MAC))
	s.Serve(80)
	s.apply("client", "rs1", "rs2", "dir1")
	vip := netip.MustParseAddr("10.0.0.30")
	ear := s.Listen(20*time.Millisecond, vip)
	r := s.while(func() { s.apply("rs3") }, drivertest.Load{To: []netip.AddrPort{netip.AddrPortFrom(vip, 80)}, Rate: 50, Held: 4})[0]
	ear.Heard("rs3", 1)
	if claims := drivertest.Claimants(ear.Stop()); claims["rs3 answers 10.0.0.30"] == 0 {
		t.Errorf("the VIP is claimed by %v: a test without a liar", claims)
	}
	s.clean("with a binding", r)
	if r.Servers()["rs3"] > 0 {
		t.Errorf("rs3, which is in no table, answers: %v", r)
	}
}
