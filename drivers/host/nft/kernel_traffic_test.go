//go:build linux

package nft

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// room is a Lab with IPv6 beside IPv4; the director is the test's namespace.
//
//	client 10.0.0.100 fd00::100 ── 10.0.0.2 fd00::2, VIPs 10.0.0.10 fd00::10 ── 10.1.0.11… fd01::11…
type room struct {
	*drivertest.Lab
	*Rules
	t *testing.T
}

func newRoom(t *testing.T, servers int) *room {
	t.Helper()
	l := &room{Lab: drivertest.NewLab(t, servers), t: t}
	l.Rules = openAt(t, "")
	batch := func(lines ...string) {
		for _, line := range lines {
			drivertest.Run(t, "ip", strings.Fields("-6 "+line)...)
		}
	}
	batch("address add fd00::2/64 dev client nodad", "address add fd00::10/128 dev client nodad preferred_lft 0")
	l.Client.Run("ip", "-6", "address", "add", "fd00::100/64", "dev", "eth0", "nodad")
	for i, s := range l.Servers {
		a := fmt.Sprintf("fd01::%d", 11+i)
		batch("address add fd01::1/128 dev "+s.Name+" nodad", "route add "+a+" dev "+s.Name)
		s.Run("ip", "-6", "address", "add", a+"/64", "dev", "eth0", "nodad")
		s.Run("ip", "-6", "route", "add", "default", "via", "fd01::1")
	}
	set(t, "net/ipv6/conf/all/forwarding", "1")
	return l
}

func set(t *testing.T, name, value string) {
	t.Helper()
	if err := os.WriteFile("/proc/sys/"+name, []byte(value), 0o644); err != nil {
		t.Fatal(err)
	}
}

// serve makes every server answer with its name and the address that it sees.
func (l *room) serve(ports ...uint16) {
	l.t.Helper()
	for _, p := range ports {
		for _, s := range l.Servers {
			var listening net.Listener
			var err error
			s.Do(func() { listening, err = net.Listen("tcp", fmt.Sprintf(":%d", p)) })
			if err != nil {
				l.t.Fatal(err)
			}
			l.t.Cleanup(func() { listening.Close() })
			go func() {
				for {
					c, err := listening.Accept()
					if err != nil {
						return
					}
					seen, _ := netip.ParseAddrPort(c.RemoteAddr().String())
					fmt.Fprint(c, s.Name, " ", seen.Addr().Unmap())
					c.Close()
				}
			}()
		}
	}
}

// patience is for a machine that is busy, inVain for an answer that is not expected.
const patience, inVain = 10 * time.Second, 1500 * time.Millisecond

// dial is what the server behind an address says to the client, or "" if it does not answer.
func (l *room) dial(to string, wait time.Duration) (said string) {
	l.Client.Do(func() { said = dial(to, wait) })
	return said
}

func dial(to string, wait time.Duration) string {
	c, err := net.DialTimeout("tcp", to, wait)
	if err != nil {
		return ""
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(wait))
	b, _ := io.ReadAll(c)
	return string(b)
}

// table feeds ipvsadm.
func (l *room) table(lines ...string) {
	l.t.Helper()
	for _, line := range lines {
		drivertest.Run(l.t, "ipvsadm", strings.Fields(line)...)
	}
}

// said says whether an address answers so, and tries again while neighbours are being found.
func (l *room) said(to, want string) {
	l.t.Helper()
	wait := map[bool]time.Duration{true: inVain, false: patience}[want == ""]
	got := l.dial(to, wait)
	if got == "" && want != "" {
		got = l.dial(to, wait)
	}
	if got != want {
		l.t.Errorf("%s says %q, want %q", to, got, want)
	}
}

// One client of two ports is on one server if both carry one mark, and so is the director itself.
func TestKernelMarkRules(t *testing.T) {
	if _, capable := kernel(t); !capable {
		return
	}
	l := newRoom(t, 3)
	l.serve(80, 443)
	l.table("-A -f 21 -s rr -p 60", "-a -f 21 -r 10.1.0.11:0 -m", "-a -f 21 -r 10.1.0.12:0 -m", "-a -f 21 -r 10.1.0.13:0 -m",
		"-A -f 21 -6 -s rr -p 60", "-a -f 21 -6 -r [fd01::11]:0 -m", "-a -f 21 -6 -r [fd01::12]:0 -m", "-a -f 21 -6 -r [fd01::13]:0 -m")
	addresses := []string{"10.0.0.10:80", "10.0.0.10:443", "[fd00::10]:80", "[fd00::10]:443"}
	for _, a := range addresses {
		l.said(a, "")
	}
	var changes []plan.Change
	for _, a := range addresses {
		to := netip.MustParseAddrPort(a)
		changes = append(changes, create(mark(to.Addr().String(), to.Port(), to.Port()), spec.MarkRule{Mark: 21}))
	}
	mustDo(t, l.Rules, changes...)
	for _, local := range []bool{false, true} {
		for _, family := range [][]string{addresses[:2], addresses[2:]} {
			said := map[string]int{}
			for i := range 8 {
				ask := l.dial
				if local {
					ask = dial
				}
				answer, _, _ := strings.Cut(ask(family[i%2], patience), " ")
				said[answer]++
			}
			if len(said) != 1 || said[""] > 0 {
				t.Errorf("from the director %v, of %v: %v", local, family, said)
			}
		}
	}
	// Another mark is another service, from one packet to the next.
	l.table("-A -f 22 -s rr", "-a -f 22 -r 10.1.0.12:0 -m")
	mustDo(t, l.Rules, plan.Change{Key: changes[0].Key, Before: changes[0].After, After: spec.MarkRule{Mark: 22}})
	l.said("10.0.0.10:80", "rs2 10.0.0.100")
	mustDo(t, l.Rules, plan.Change{Key: changes[0].Key, Before: spec.MarkRule{Mark: 22}})
	l.said("10.0.0.10:80", "")
}

// Whatever comes first, the narrower range counts.
func TestKernelMarkRanges(t *testing.T) {
	if _, capable := kernel(t); !capable {
		return
	}
	l := newRoom(t, 3)
	l.serve(80, 85, 100)
	for i := range 3 {
		l.table(fmt.Sprintf("-A -f %d -s rr", i+1), fmt.Sprintf("-a -f %d -r 10.1.0.%d:0 -m", i+1, 11+i))
	}
	before := ruleSet(t)
	list := []plan.Change{
		create(mark("10.0.0.10", 0, 0), spec.MarkRule{Mark: 1}),
		create(mark("10.0.0.10", 80, 90), spec.MarkRule{Mark: 2}),
		create(mark("10.0.0.10", 85, 85), spec.MarkRule{Mark: 3}),
	}
	for _, o := range [][3]int{{0, 1, 2}, {1, 2, 0}, {2, 1, 0}} {
		for _, i := range o {
			mustDo(t, l.Rules, list[i])
		}
		lists(t, "chain prerouting", `meta l4proto tcp meta mark set 0x00000001 comment "mark_rule tcp 10.0.0.10:any"`,
			`tcp dport 80-90 meta mark set 0x00000002`, `tcp dport 85 meta mark set 0x00000003 comment "mark_rule tcp 10.0.0.10:85"`)
		l.said("10.0.0.10:100", "rs1 10.0.0.100")
		l.said("10.0.0.10:80", "rs2 10.0.0.100")
		l.said("10.0.0.10:85", "rs3 10.0.0.100")
		for _, c := range slices.Backward(list) {
			mustDo(t, l.Rules, c.Inverse())
		}
		unchanged(t, before)
	}
}

// Servers without a way back answer once their clients hide behind the director.
func TestKernelMasquerade(t *testing.T) {
	if _, capable := kernel(t); !capable {
		return
	}
	l := newRoom(t, 2)
	l.serve(80, 8080)
	for _, s := range l.Servers {
		s.Run("ip", "route", "del", "default")
		s.Run("ip", "-6", "route", "del", "default")
	}
	set(t, "net/ipv4/vs/conntrack", "1")
	l.table("-A -t 10.0.0.10:80 -s rr", "-a -t 10.0.0.10:80 -r 10.1.0.11:8080 -m", "-A -t [fd00::10]:80 -s rr", "-a -t [fd00::10]:80 -r [fd01::11]:8080 -m",
		"-A -f 7 -s rr", "-a -f 7 -r 10.1.0.12:0 -m", "-A -f 7 -6 -s rr", "-a -f 7 -6 -r [fd01::12]:0 -m")
	before := ruleSet(t)
	changes := []plan.Change{
		create(masq(listener("10.0.0.10:80"), "10.1.0.11:8080"), spec.MasqueradeRule{}),
		create(masq(listener("[fd00::10]:80"), "[fd01::11]:8080"), spec.MasqueradeRule{}),
		create(mark("10.0.0.10", 8080, 8080), spec.MarkRule{Mark: 7}),
		create(mark("fd00::10", 8080, 8080), spec.MarkRule{Mark: 7}),
		create(masq(spec.Mark(7, spec.IPv4), "10.1.0.12:0"), spec.MasqueradeRule{}),
		create(masq(spec.Mark(7, spec.IPv6), "[fd01::12]:0"), spec.MasqueradeRule{}),
	}
	mustDo(t, l.Rules, changes[2:4]...)
	all := []string{"10.0.0.10:80", "[fd00::10]:80", "10.0.0.10:8080", "[fd00::10]:8080"}
	for _, a := range all {
		l.said(a, "")
	}
	mustDo(t, l.Rules, append(slices.Clone(changes[:2]), changes[4:]...)...)
	l.said(all[0], "rs1 10.1.0.1")
	l.said(all[1], "rs1 fd01::1")
	l.said(all[2], "rs2 10.1.0.1")
	l.said(all[3], "rs2 fd01::1")

	// Another source, of the director's: the servers know it, because it is on their segment.
	drivertest.Run(t, "ip", "address", "add", "10.1.0.9/32", "dev", "lo")
	drivertest.Run(t, "ip", "-6", "address", "add", "fd01::9/128", "dev", "rs1", "nodad")
	for i, source := range []string{"10.1.0.9", "fd01::9"} {
		k := changes[i].Key
		mustDo(t, l.Rules, plan.Change{Key: k, Before: spec.MasqueradeRule{}, After: spec.MasqueradeRule{Source: addr(source)}})
		l.said(all[i], "rs1 "+source)
		mustDo(t, l.Rules, plan.Change{Key: k, Before: spec.MasqueradeRule{Source: addr(source)}, After: spec.MasqueradeRule{}})
	}
	for _, c := range slices.Backward(changes) {
		mustDo(t, l.Rules, c.Inverse())
	}
	unchanged(t, before)
	l.said(all[0], "")
}
