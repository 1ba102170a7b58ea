package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// again says what a second plan of the same instance would do.
func (n *pair) again(instance string, texts ...string) {
	n.t.Helper()
	if p, err := n.apply(instance, texts...); err != nil || !p.Empty() {
		n.t.Errorf("%s %v: a second plan is not empty: %v %v", instance, texts, err, p)
	}
}

// What a setting sets along is given up with it, where that is left to another instance, and comes back with it.
func TestWhatIsSetAlongIsGivenUpWithIt(t *testing.T) {
	const forward, eth0, redirects = "sysctl net.ipv4.ip_forward=1", "sysctl net.ipv4.conf.eth0.forwarding=0", "sysctl net.ipv4.conf.all.accept_redirects=1"
	for _, theirs := range []string{eth0, redirects} {
		begin := around("sysctl net.ipv4.conf.all.accept_redirects=1")
		n := newPair(t, begin)
		for _, step := range []struct {
			instance string
			declares []string
		}{{"blue", []string{forward}}, {"red", []string{theirs}}, {"red", nil}, {"blue", nil}} {
			if _, err := n.apply(step.instance, step.declares...); err != nil {
				t.Fatal(err)
			}
			n.again(step.instance, step.declares...)
		}
		if diff := cmp.Diff(begin, n.live, comparers...); diff != "" || len(n.ledgers["blue"])+len(n.ledgers["red"]) > 0 {
			t.Error(theirs, diff, n.ledgers)
		}
	}
}

// What is noted of a setting that another sets along lasts as long as the note of that one, whatever is targeted.
func TestNoteLastsAsLongAsWhatSetsItAlong(t *testing.T) {
	const forward, eth1 = "sysctl net.ipv4.ip_forward=1", "sysctl net.ipv4.conf.eth1.forwarding"
	begin := around(eth1 + "=1")
	n := newPair(t, begin)
	for _, step := range []struct {
		instance string
		targets  []string
		declares []string
	}{
		{"red", nil, []string{eth1 + "=0"}},
		{"blue", nil, []string{forward, eth1 + "=0"}},
		{"blue", []string{eth1}, []string{forward}},
		{"red", nil, nil},
		{"blue", nil, nil},
	} {
		n.targets = step.targets
		if _, err := n.apply(step.instance, step.declares...); err != nil {
			t.Fatal(err)
		}
		n.again(step.instance, step.declares...)
	}
	if diff := cmp.Diff(begin, n.live, comparers...); diff != "" || len(n.ledgers["blue"])+len(n.ledgers["red"]) > 0 {
		t.Error(diff, n.ledgers)
	}
}

// An interface that comes while a setting for all of them is lvsform's has nothing to go back to: it goes with that one.
func TestInterfaceThatComesGoesWithTheSettingForAll(t *testing.T) {
	const all, def, dummy = "sysctl net.ipv6.conf.all.disable_ipv6", "sysctl net.ipv6.conf.default.disable_ipv6", "link dummy0=dummy up"
	live := around(all+"=1", def+"=1", "sysctl net.ipv6.conf.eth0.disable_ipv6=1")
	ledger := plan.Ledger{}
	for _, texts := range [][]string{{all + "=0", def + "=2"}, {dummy}, {dummy}} {
		p, err := plan.Make(plan.Inputs{Live: live, Desired: declared(texts...), Ledger: ledger})
		if err != nil {
			t.Fatal(err)
		}
		if live, err = p.Changes.On(live); err != nil {
			t.Fatal(err)
		}
		ledger = p.Settle(ledger).There(live)
	}
	for _, name := range []string{all, def, "sysctl net.ipv6.conf.dummy0.disable_ipv6"} {
		if live.Get(key(name)) != spec.Value(setting("1")) {
			t.Errorf("%s is %v", name, live.Get(key(name)))
		}
	}
	if len(ledger) != 1 {
		t.Error(ledger)
	}
}

// What somebody else has set since stays so, and is not lvsform's, when what sets it along goes back.
func TestHeldForSomebodyElseIsNotOurs(t *testing.T) {
	const all, def, other = "sysctl net.ipv6.conf.all.forwarding", "sysctl net.ipv6.conf.default.forwarding", "neighbour eth0 192.0.2.99=02:00:5e:00:53:99"
	live := around(all+"=0", def+"=1")
	p := made(t, live, nil, all+"=1")
	live = on(t, live, p.Changes)
	ledger := p.Settle(nil).There(live)
	live.Set(key(def), setting("2"))
	for range 2 {
		p = made(t, live, ledger, other)
		live = on(t, live, p.Changes)
		ledger = p.Settle(ledger).There(live)
	}
	if len(p.Changes) > 0 || live.Get(key(def)) != spec.Value(setting("2")) || len(ledger) != 1 {
		t.Error(p.Changes, live.Get(key(def)), ledger)
	}
}

// declares is what an instance applies.
type declares struct {
	instance string
	texts    []string
}

// Wherever the last two runs of two instances are killed, the node is as it began when both have left, in whichever order.
func TestKilledRunsOfTwoInstances(t *testing.T) {
	forward, lo, eth0, eth1 := []string{"sysctl net.ipv4.ip_forward=1"}, []string{"sysctl net.ipv4.conf.lo.forwarding=0"}, []string{"sysctl net.ipv4.conf.eth0.forwarding=1"}, []string{"sysctl net.ipv4.conf.eth1.forwarding=0"}
	begin := around(eth1[0][:len(eth1[0])-1]+"1", "sysctl net.ipv4.conf.all.accept_redirects=1")
	for i, story := range [][]declares{
		{{"blue", forward}, {"red", lo}},
		{{"blue", forward}, {"blue", eth0}, {"red", lo}},
		{{"blue", eth0}, {"red", forward}, {"red", nil}, {"blue", forward}},
		{{"blue", eth1}, {"red", slices.Concat(forward, eth1)}, {"red", lo}, {"blue", forward}},
		{{"red", eth1}, {"red", slices.Concat(forward, lo)}, {"blue", forward}, {"red", nil}},
	} {
		for kill := range 8 * 8 * 2 {
			n := newPair(t, begin)
			for j, d := range story {
				var err error
				switch len(story) - j {
				case 2:
					err = n.killed(d.instance, kill%8, d.texts...)
				case 1:
					err = n.killed(d.instance, kill/8%8, d.texts...)
				default:
					_, err = n.apply(d.instance, d.texts...)
				}
				if err != nil && !strings.Contains(err.Error(), "belongs to instance") {
					t.Fatal(err)
				}
			}
			for _, instance := range [][]string{{"blue", "red"}, {"red", "blue"}}[kill/64] {
				if _, err := n.apply(instance); err != nil {
					t.Fatal(err)
				}
				n.again(instance)
			}
			if diff := cmp.Diff(begin, n.live, comparers...); diff != "" || len(n.ledgers["blue"])+len(n.ledgers["red"]) > 0 {
				t.Fatalf("story %d, killed after %d and %d steps: %s%v", i, kill%8, kill/8%8, diff, n.ledgers)
			}
		}
	}
}

// What a killed run of one instance has set along of another's goes back to what that one left, with the next run.
func TestWhatAKilledRunSetsAlongOfAnothersGoesBack(t *testing.T) {
	const forward, eth0 = "sysctl net.ipv4.ip_forward=1", "sysctl net.ipv4.conf.eth0.forwarding"
	for steps := range 8 {
		n := newPair(t, around())
		for _, d := range []declares{{"blue", []string{eth0 + "=1"}}, {"red", []string{forward}}} {
			if _, err := n.apply(d.instance, d.texts...); err != nil {
				t.Fatal(err)
			}
		}
		if err := n.killed("red", steps); err != nil {
			t.Fatal(err)
		}
		if _, err := n.apply("red", forward); err != nil || n.live.Get(key(eth0)) != spec.Value(setting("1")) {
			t.Errorf("killed after %d steps: %v: it is %v", steps, err, n.live.Get(key(eth0)))
		}
	}
}
