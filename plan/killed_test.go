package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Wherever a run is killed, the next one leaves of what is somebody else's what there was, and holds nothing of it.
func TestKilledRunLosesNothing(t *testing.T) {
	const setting, link, vip = "sysctl net.ipv4.vs.sync_retries", "link eth1=device up", "address eth1 192.0.2.10/32"
	const theirs, static, other = "address eth1 2001:db8:5::2/64", "neighbour eth1 192.0.2.53=02:00:5e:00:53:01", "neighbour eth0 192.0.2.99=02:00:5e:00:53:99"
	const forward, router, host = "sysctl net.ipv4.ip_forward=1", "sysctl net.ipv4.conf.default.forwarding=1", "sysctl net.ipv4.conf.eth0.forwarding=0"
	const forward6, router6, host6 = "sysctl net.ipv6.conf.all.forwarding", "sysctl net.ipv6.conf.eth0.forwarding", "sysctl net.ipv6.conf.lo.forwarding"
	for _, c := range []struct {
		begin   []string
		applies [][]string
	}{
		{[]string{setting + "=0", theirs, static}, [][]string{{setting + "=1", link, vip, static[:len(static)-1] + "2"}}},
		{[]string{"sysctl net.ipv4.conf.eth1.forwarding=1", "sysctl net.ipv4.conf.all.accept_redirects=1"}, [][]string{{forward, host}, {router}, {router, forward}}},
		{[]string{forward6 + "=1", router6 + "=2", host6 + "=0"}, [][]string{{forward6 + "=0", host6 + "=1"}, {forward6 + "=2"}, {host6 + "=2"}}},
		{nil, [][]string{{"link dummy0=dummy up", forward}, {forward, host}}},
	} {
		live, ledger := around(c.begin...), plan.Ledger{}
		for _, texts := range append(c.applies, []string{other}) {
			p := made(t, live, ledger, texts...)
			for n := range len(p.Changes) + 1 {
				killed, ledger := on(t, live, p.Changes[:n]), p.Intend(ledger, nil)
				next := made(t, killed, ledger, other)
				now := on(t, killed, next.Changes)
				if diff := cmp.Diff(around(append(c.begin, other)...), now, comparers...); diff != "" {
					t.Errorf("killed after %v: %s", p.Changes[:n], diff)
				}
				if ledger = next.Settle(ledger).There(now); len(ledger) != 1 {
					t.Errorf("killed after %v: %v", p.Changes[:n], ledger)
				}
			}
			live = on(t, live, p.Changes)
			ledger = p.Settle(ledger).There(live)
		}
	}
}

func made(t *testing.T, live spec.State, ledger plan.Ledger, texts ...string) *plan.Plan {
	t.Helper()
	p, err := plan.Make(plan.Inputs{Live: live, Desired: declared(texts...), Ledger: ledger})
	if err != nil {
		t.Fatal(texts, err)
	}
	return p
}

func on(t *testing.T, live spec.State, cs plan.Changeset) spec.State {
	t.Helper()
	now, err := cs.On(live)
	if err != nil {
		t.Fatal(cs, err)
	}
	return now
}

// What is noted of an interface that a killed run was to bring, or has taken away, is not of the one that comes.
func TestKilledRunAndInterfaceThatComes(t *testing.T) {
	const forward, announce = "sysctl net.ipv4.ip_forward", "sysctl net.ipv4.conf.default.arp_announce"
	const link, dummy, other = "link dummy0=dummy up", "sysctl net.ipv4.conf.dummy0.", "neighbour eth0 192.0.2.99=02:00:5e:00:53:99"
	begin := around(forward+"=1", "sysctl net.ipv4.conf.default.forwarding=1", announce+"=1")
	come := made(t, begin, nil, link, forward+"=0", dummy+"forwarding=1", dummy+"arp_announce=0")
	there := on(t, begin, come.Changes)
	ours := come.Settle(nil).There(there)
	gone := made(t, there, ours, other)
	away := on(t, there, gone.Changes)
	away.Set(key(announce), setting("0"))
	for _, c := range []struct {
		live   spec.State
		ledger plan.Ledger
	}{{begin, come.Intend(nil, nil)}, {away, gone.Intend(ours, nil)}} {
		p := made(t, c.live, c.ledger, link, forward+"=0")
		now := on(t, c.live, p.Changes)
		if again := made(t, now, p.Settle(c.ledger.Present(c.live)).There(now), link, forward+"=0"); !again.Empty() {
			t.Error("a second plan is not empty:", again.Changes)
		}
	}
}

// What a killed run had only moved out of the way is put back, until a run has imported it: then it goes, wherever that one was killed.
func TestKilledImportOfWhatWasInTheWay(t *testing.T) {
	const theirs, other = "address eth1 2001:db8:5::2/128", "neighbour eth0 192.0.2.99=02:00:5e:00:53:99"
	begin := around("link eth1=device up", theirs+"=automatic")
	moves := made(t, begin, nil, "link eth1=device")
	for away := range len(moves.Changes) + 1 {
		live, moved := on(t, begin, moves.Changes[:away]), moves.Intend(nil, nil)
		imports := made(t, live, moved, "link eth1=device up", theirs)
		for n := range len(imports.Changes) + 1 {
			killed, ledger := on(t, live, imports.Changes[:n]), imports.Intend(moved, nil)
			next := made(t, killed, ledger, other)
			now := on(t, killed, next.Changes)
			want := begin.Get(key(theirs))
			if there := killed.Get(key(theirs)); there != nil && there != want {
				want = nil
			}
			if ledger = next.Settle(ledger).There(now); now.Get(key(theirs)) != want || len(ledger) != 1 {
				t.Errorf("killed after %d and %d steps: it is %v, and held is %v", away, n, now.Get(key(theirs)), ledger)
			}
		}
		if l := imports.Settle(moved); l[key(theirs)].Original != nil {
			t.Error("it is not imported:", l)
		}
	}
}
