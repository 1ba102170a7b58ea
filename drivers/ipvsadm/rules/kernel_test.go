//go:build linux

package rules_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/drivers/netlink"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// ipvsadm runs the real program. What it says on stderr is an error, whatever its status is.
func ipvsadm(stdin string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "ipvsadm", args...)
	c.Stdin = strings.NewReader(stdin)
	var out, errs strings.Builder
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	if errs.Len() > 0 {
		err = errors.Join(err, errors.New(errs.String()))
	}
	return out.String(), err
}

func mustIpvsadm(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	out, err := ipvsadm(stdin, args...)
	if err != nil {
		t.Fatalf("ipvsadm %s: %v\n%s", args, err, stdin)
	}
	return out
}

// openNode is an empty node. Making interfaces costs more than all else: it has eth0 if the rules name it.
func openNode(t *testing.T, rules string) *netlink.Driver {
	t.Helper()
	if strings.Contains(rules, "eth0") {
		drivertest.KernelNode(t)
	} else {
		drivertest.Kernel(t)
	}
	d, err := netlink.Open(netlink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func read(t *testing.T, d *netlink.Driver) spec.State {
	t.Helper()
	s, err := d.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// write makes an empty node hold the state.
func write(t *testing.T, d *netlink.Driver, s spec.State) error {
	t.Helper()
	var errs []error
	for _, r := range d.Do(t.Context(), plan.Diff(read(t, d), s, plan.Options{}).Changes()) {
		errs = append(errs, r.Err)
	}
	return errors.Join(errs...)
}

// show is everything that ipvsadm shows of the node: the dump, and all listings.
func show() ([]rules.Source, error) {
	dump, err := ipvsadm("", "-Sn")
	listings, err2 := ipvsadm("-Ln\n-Ln --thresholds\n-Ln --tun-info\n-Ln --persistent-conn\n-Ln --timeout\n-Ln --daemon\n", "-R")
	return []rules.Source{{Name: "dump", Text: []byte(dump)}, {Name: "listings", Text: []byte(listings)}}, errors.Join(err, err2)
}

func mustShow(t *testing.T) []rules.Source {
	t.Helper()
	sources, err := show()
	if err != nil {
		t.Fatal(err)
	}
	return sources
}

// Real ipvsadm restores each table, and what it prints then is what is kept beside it. Everybody sees the same table.
func TestKernelTables(t *testing.T) {
	for _, c := range tables(t) {
		t.Run(c.name, func(t *testing.T) {
			d := openNode(t, c.rules)
			mustIpvsadm(t, c.commands(), "-R")
			sources := mustShow(t)
			c.compare(t, "save", sources[0].Text)
			c.compare(t, "listing", sources[1].Text)
			want := read(t, d)
			same(t, "what ipvsadm shows", want, mustParse(t, rules.Resolver{}, sources...).State)

			saved, err := rules.Save(want)
			if err != nil {
				t.Fatal(err)
			}
			c.named(t)
			if !strings.HasSuffix(string(saved), c.commands()) { // or it is what was restored already
				e := openNode(t, c.rules)
				mustIpvsadm(t, string(saved), "-R")
				same(t, "what ipvsadm -R makes of the saved text", want, read(t, e))
			}
		})
	}
}

// named: without -n ports are names, of /etc/services; the hosts of the tables have none.
func (c table) named(t *testing.T) {
	t.Helper()
	numbers := mustParse(t, rules.Resolver{}, c.source(t, "save"))
	both := rules.Source{Name: "names", Text: []byte(mustIpvsadm(t, "-S\n-L\n", "-R"))}
	same(t, "ipvsadm -S and -L", numbers.State, mustParse(t, services(t), both).State)
	both.Text, _, _ = bytes.Cut(both.Text, []byte("IP Virtual Server"))
	same(t, "ipvsadm -S", numbers.State, mustParse(t, services(t), both).State)
}

// What the netlink driver wrote, ipvsadm shows, and what is saved, ipvsadm -R restores.
func TestKernelRandomStates(t *testing.T) {
	for seed := range uint64(24) {
		r := rand.New(rand.NewPCG(seed, 3))
		s := sayable(drivertest.RandomState(r))
		if seed%2 == 0 {
			s = sayable(drivertest.OddState(r))
		}
		wanted, err := rules.Save(s)
		if err != nil {
			t.Fatal(err)
		}
		d := openNode(t, string(wanted))
		if err := write(t, d, s); err != nil {
			t.Fatal(err)
		}
		want := read(t, d)
		same(t, "what ipvsadm shows", want, mustParse(t, rules.Resolver{}, mustShow(t)...).State)
		text, err := rules.Save(want)
		if err != nil {
			t.Fatal(err)
		}
		e := openNode(t, string(text))
		mustIpvsadm(t, string(text), "-R")
		same(t, "what ipvsadm -R makes of the saved text", want, read(t, e))
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, text)
		}
	}
}

// A kernel keeps a mask without persistence; ipvsadm shows none, and a script that has it is read without it.
func TestKernelMaskWithoutPersistence(t *testing.T) {
	const line = "-A -t 192.0.2.10:80 -s wlc -M 255.255.255.0\n"
	d := openNode(t, line)
	mustIpvsadm(t, line, "-R")
	kept := read(t, d)
	if got := kept.Services[web].Netmask; got != spec.MaskIPv4(0xffffff00) {
		t.Errorf("the kernel has the mask %s", got)
	}
	shown := mustParse(t, rules.Resolver{}, mustShow(t)...).State
	script := mustParse(t, rules.Resolver{}, rules.Source{Name: "script", Text: []byte("ipvsadm " + line)}).State
	script.Timeouts = shown.Timeouts
	same(t, "the script", shown, script)
}
