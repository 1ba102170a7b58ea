//go:build linux

package nft

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// others makes rules beside ours, with both programs.
func others(t *testing.T) {
	t.Helper()
	drivertest.Run(t, "nft", "add table inet other; add chain inet other prerouting { type filter hook prerouting priority -300; };"+
		"add rule inet other prerouting tcp dport 81 counter comment \"mark_rule tcp 192.0.2.1:80\"; add table ip lvsform; add chain ip lvsform output")
	drivertest.Run(t, "iptables-nft", "-t", "mangle", "-A", "PREROUTING", "-p", "tcp", "--dport", "82", "-j", "MARK", "--set-mark", "82")
	drivertest.Run(t, "arptables-nft", "-A", "INPUT", "-d", "192.0.2.77", "-j", "DROP")
}

// change is a random change of what may or may not be there, and the errno that is its due.
func (r random) change(now spec.State) (c plan.Change, want unix.Errno) {
	k, v := r.object()
	there := now.Get(k)
	switch r.IntN(3) {
	case 0:
		c = create(k, v)
		if there != nil {
			want = unix.EEXIST
		}
	case 1:
		c = plan.Change{Key: k, Before: v, After: v}
	case 2:
		c = plan.Change{Key: k, Before: v}
	}
	if c.Before != nil && there == nil {
		want = unix.ENOENT
	}
	if m, ok := k.(spec.MarkRuleKey); ok && r.IntN(8) == 0 && c.Before == nil {
		m.Protocol = 47
		return create(m, v), unix.EINVAL
	}
	return c, want
}

// Random changes do what they say and nothing else, and what one program writes the other reads.
func TestKernelRandomChanges(t *testing.T) {
	r, capable := kernel(t)
	if !capable {
		return
	}
	others(t)
	before := ruleSet(t)
	random := random{rand.New(rand.NewPCG(1, 2))}
	var want spec.State
	for round := range 20 {
		var batch []plan.Change
		var due []unix.Errno
		for range 1 + random.IntN(40)*random.IntN(4) {
			c, e := random.change(want)
			batch, due = append(batch, c), append(due, e)
			if e == 0 {
				want.Set(c.Key, c.After)
			}
		}
		for i, x := range r.Do(batch) {
			if due[i] == 0 && x.Err != nil || !errors.Is(x.Err, due[i]) && due[i] != 0 || x.Unknown {
				t.Fatalf("round %d: %v: %+v, want %v", round, batch[i], x, due[i])
			}
		}
		reads(t, r, want)
		if round%7 == 6 {
			ordered(t)
			restore(t)
			reads(t, r, want)
		}
		if t.Failed() {
			t.Fatalf("round %d", round)
		}
	}
	var end []plan.Change
	for _, k := range want.Keys() {
		end = append(end, plan.Change{Key: k, Before: want.Get(k)})
	}
	mustDo(t, r, end...)
	unchanged(t, before)
}

// ordered looks at the comments of each of our chains.
func ordered(t *testing.T) {
	t.Helper()
	var last spec.Key
	for _, line := range strings.Split(drivertest.Run(t, "nft", "list", "ruleset"), "\n") {
		if strings.Contains(line, "chain ") {
			last = nil
		}
		_, c, ok := strings.Cut(line, ` comment "`)
		k, err := spec.ParseKey(strings.TrimSuffix(c, `"`))
		if !ok || err != nil {
			continue
		}
		if last != nil && compareRules(last, k) >= 0 {
			t.Errorf("%v stands before %v", last, k)
		}
		last = k
	}
}

// restore saves our tables with nft and loads them, as at a boot.
func restore(t *testing.T) {
	t.Helper()
	before := drivertest.Run(t, "nft", "list", "ruleset")
	for _, table := range []string{"inet lvsform", "arp lvsform"} {
		saved, err := drivertest.Try("nft", "list table "+table)
		if err != nil {
			continue // there is none
		}
		file := filepath.Join(t.TempDir(), "rules")
		if err := os.WriteFile(file, []byte("delete table "+table+"\n"+saved), 0o600); err != nil {
			t.Fatal(err)
		}
		drivertest.Run(t, "nft", "-f", file)
		if again := drivertest.Run(t, "nft", "list table "+table); again != saved {
			t.Errorf("nft saved\n%s\nand restored\n%s", saved, again)
		}
	}
	if len(before) != len(drivertest.Run(t, "nft", "list", "ruleset")) {
		t.Error("the tables are not as they were")
	}
}

// A refusal of one change is its own: the others in its transaction are done.
func TestKernelOneIsRefused(t *testing.T) {
	r, capable := kernel(t)
	if !capable {
		return
	}
	drivertest.Run(t, "nft", "add table inet lvsform; add chain inet lvsform postrouting { type filter hook postrouting priority 0; }")
	before := ruleSet(t)
	m, n := mark("192.0.2.1", 80, 80), masq(listener("192.0.2.1:80"), "10.0.0.1:80")
	f := filter("eth0", "192.0.2.1")
	batch := []plan.Change{create(m, spec.MarkRule{Mark: 1}), create(n, spec.MasqueradeRule{}), create(f, spec.ARPFilter{})}
	got := r.Do(batch)
	if got[0].Err != nil || got[2].Err != nil || got[1].Err == nil || !strings.Contains(got[1].Err.Error(), "nft delete chain inet lvsform postrouting") {
		t.Errorf("results %+v", got)
	}
	mustDo(t, r, plan.Change{Key: m, Before: spec.MarkRule{Mark: 1}}, plan.Change{Key: f, Before: spec.ARPFilter{}})
	unchanged(t, before)
	drivertest.Run(t, "nft", "delete chain inet lvsform postrouting")
	mustDo(t, r, batch[1])
	mustDo(t, r, batch[1].Inverse())
}
