//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec/keepalived"
)

// Random configurations, right and wrong ones and in any order, make the same table.
func TestKernelKeepalivedRandom(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			w := newKernelWorld(t)
			g := &writer{Rand: rand.New(rand.NewPCG(seed, 2))}
			g.configuration(60)
			w.write("keepalived.conf", g.String())
			path := filepath.Join(w.dir, "keepalived.conf")
			c, err := keepalived.Load(path, hostFiles{}, "")
			if err != nil {
				t.Fatalf("%v\n%s", err, g)
			}
			w.put(c.State)
			ours := listings(t)
			drivertest.NewNetns(t).Do(func() {
				log := runKeepalived(t, path, "")
				if diff := cmp.Diff(settled(t, ours), ours); diff != "" {
					said, _ := os.ReadFile(log)
					t.Errorf("the table (-keepalived +lvsform)\n%s\nkeepalived said\n%s\nof\n%s", diff, said, g)
				}
			})
		})
	}
}

// writer writes a random keepalived.conf.
type writer struct {
	*rand.Rand
	strings.Builder
}

func (g *writer) line(format string, args ...any) { fmt.Fprintf(&g.Builder, format+"\n", args...) }

func (g *writer) one(of ...string) string { return of[g.IntN(len(of))] }

// configuration writes a number of virtual servers.
func (g *writer) configuration(n int) {
	for i := range n {
		name := fmt.Sprintf("192.0.2.%d %s", i+1, g.one("80", "80", "443", "0", "00", "", "81x"))
		switch g.IntN(6) {
		case 0:
			name = fmt.Sprintf("2001:db8::%x %s", i+1, g.one("80", "443", "0", ""))
		case 1:
			name = fmt.Sprintf("fwmark %d", i+1)
		case 2:
			name = fmt.Sprintf("group g%d", i)
			g.group(i)
		case 3:
			name = g.one("192.0.2.1 80", "2001:db8::1 80", "fwmark 2", "192.0.2.300", "2001:db8::g 1", "group none", "fwmark x")
		}
		if name == "fwmark x" {
			continue // mark 0
		}
		g.line("virtual_server %s {", name)
		lines := g.attributes()
		for range g.IntN(5) {
			lines = append(lines, g.server())
		}
		g.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		g.line("%s\n}", strings.Join(lines, "\n"))
	}
}

func (g *writer) group(i int) {
	g.line("virtual_server_group g%d {", i)
	for j := range g.IntN(4) {
		at := fmt.Sprintf("198.51.%d.%d", i, 32*j)
		if g.IntN(4) == 0 {
			at = fmt.Sprintf("2001:db8:%x::%x", i+1, 32*j)
		}
		switch g.IntN(8) {
		case 0:
			g.line("fwmark %d %s", 1000+10*i+j, g.one("", "", "inet", "inet6", "ipv4"))
		case 1:
			g.line("%s/%s %s", at, g.one("30", "32", "29", "126", "128", "0", "x"), g.one("80", ""))
		case 2:
			g.line("%s-%s %s", at, g.one("40", "3", "98", "99", "300"), g.one("80", ""))
		default:
			g.line("%s %s", at, g.one("80", "80", "443", "0", ""))
		}
	}
	g.line("}")
}

const methods = "NAT|NAT|DR|DR|TUN|TUN type gue port 6080|TUN type gue port 6080 csum|TUN type gue port 6080 remcsum|TUN type gre|" +
	"TUN type gre csum|TUN type gre remcsum|TUN type ipip csum|TUN type gue|TUN port 5|DR type gue port 9|nat|TUN fast|TUN type x"

func (g *writer) attributes() (out []string) {
	options := [][2]string{
		{"lb_algo", "rr|wrr|lc|wlc|sh|mh|sed|nq|best"},
		{"lb_kind", methods}, {"lvs_method", methods}, {"lb_kind", methods},
		{"protocol", "TCP|UDP|SCTP|tcp|ICMP"}, {"protocol", "TCP"},
		{"ip_family", "inet|inet6|ip"},
		{"persistence_timeout", "|60|0|2678400|2678401|6x"},
		{"persistence_granularity", "255.255.255.0|64|24|255.255.0|129|0xffffff00|255.255.255.255|x|128"},
		{"persistence_engine", "sip"},
		{"ops", ""}, {"flag-1", ""}, {"flag-3", ""}, {"sh-port", ""}, {"mh-fallback", ""}, {"hashed", ""},
		{"weight", "3|0|7x|x|-1"},
		{"quorum", "0|1|3|900"}, {"hysteresis", "0|1|3"},
		{"inhibit_on_failure", ""}, {"alpha", ""}, {"omega", ""}, {"delay_loop", "3"}, {"nonsense", "x"},
		{"sorry_server", "10.0.0.1 80|10.0.9.9|2001:db8:9::9 80|10.0.0"}, {"sorry_server_inhibit", ""}, {"sorry_server_lvs_method", methods},
	}
	for _, o := range options {
		if g.IntN(4) == 0 {
			out = append(out, o[0]+" "+g.one(strings.Split(o[1], "|")...))
		}
	}
	return out
}

func (g *writer) server() string {
	address := fmt.Sprintf("10.0.0.%d", 1+g.IntN(5))
	if g.IntN(4) == 0 {
		address = fmt.Sprintf("2001:db8:9::%d", 1+g.IntN(5))
	}
	var lines []string
	for _, o := range [][2]string{
		{"weight", "0|1|5|100|2147483647|2147483648|9x|x"},
		{"lvs_method", methods},
		{"uthreshold", "100|4000000000"}, {"lthreshold", "10"},
		{"inhibit_on_failure", "|off|on|maybe"}, {"alpha", "|no"}, {"nonsense", "x"},
	} {
		if o[0] == "lthreshold" && !strings.Contains(strings.Join(lines, " "), "uthreshold") {
			continue // the kernel would refuse it
		}
		if g.IntN(4) == 0 {
			lines = append(lines, o[0]+" "+g.one(strings.Split(o[1], "|")...))
		}
	}
	g.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return fmt.Sprintf("real_server %s %s {\n%s\n}", address, g.one("80", "80", "443", "8080", "", "0", "80-1", "x"), strings.Join(lines, "\n"))
}
