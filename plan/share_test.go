package plan_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// pair is a node and the ledgers of the two instances on it; targets are those of what is applied next.
type pair struct {
	t       *testing.T
	live    spec.State
	ledgers plan.Others
	targets []string
}

func newPair(t *testing.T, live spec.State) *pair {
	return &pair{t: t, live: live, ledgers: plan.Others{"blue": {}, "red": {}}}
}

var opposite = map[string]string{"blue": "red", "red": "blue"}

// apply is what an instance declares, or its leave if that is nothing.
func (n *pair) apply(instance string, texts ...string) (*plan.Plan, error) {
	n.t.Helper()
	others := plan.Others{opposite[instance]: n.ledgers[opposite[instance]]}
	d := declared(texts...)
	for k, o := range d.Objects {
		o.Minimum = strings.HasSuffix(k.String(), ".arp_ignore")
		d.Objects[k] = o
	}
	p, err := plan.Make(plan.Inputs{Live: n.live, Desired: d, Ledger: n.ledgers[instance], Others: others, Targets: n.targets, Destroy: len(texts) == 0})
	if err != nil {
		return nil, err
	}
	var saved bytes.Buffer
	if err := p.WriteJSON(&saved); err != nil {
		n.t.Fatal(err)
	}
	if p, err = plan.Decode(&saved); err != nil {
		n.t.Fatal(err)
	}
	if err := p.Fits(p.Changes, others); err != nil {
		n.t.Fatalf("%s %v: %v\n%v", instance, texts, err, p.Changes)
	}
	node := spec.NewNode(spec.Kernel{}, n.live)
	for _, s := range p.Changes {
		if err := node.Do(s.Key, s.Before, s.After); err != nil {
			n.t.Fatalf("%s %v: %v: %v", instance, texts, s, err)
		}
	}
	n.live = node.State().Clone()
	n.ledgers[instance] = p.Settle(n.ledgers[instance]).There(n.live)
	return p, nil
}

// What two instances need stays as it is when either leaves, and goes back with the last.
func TestSharedStaysUntilTheLastLeaves(t *testing.T) {
	const neighbour, dummy, eth1 = "neighbour eth0 192.0.2.53=02:00:5e:00:53:01", "link dummy0=dummy up", "link eth1=device up"
	const ignore, conntrack, forward = "sysctl net.ipv4.conf.all.arp_ignore=1", "sysctl net.ipv4.vs.conntrack=1", "sysctl net.ipv4.ip_forward=1"
	for _, c := range []struct {
		name          string
		first, second []string
		left          string
	}{
		{"settings", []string{ignore, conntrack}, []string{conntrack, ignore}, "net.ipv4.vs.conntrack"},
		{"forwarding, with what it sets along", []string{forward}, []string{forward}, "net.ipv4.ip_forward"},
		{"the forwarding of one interface", []string{forward}, []string{"sysctl net.ipv4.conf.eth0.forwarding=1"}, "net.ipv4.ip_forward"},
		{"a minimum that the other holds with more", []string{"sysctl net.ipv4.conf.all.arp_ignore=2"}, []string{ignore}, "arp_ignore"},
		{"a neighbour", []string{neighbour}, []string{neighbour}, "neighbour eth0"},
		{"a link that was made", []string{dummy}, []string{dummy}, "link dummy0"},
		{"a link that was set up", []string{eth1}, []string{eth1}, "link eth1"},
		{"a link under an address", []string{dummy}, []string{"address dummy0 203.0.113.9/32"}, "link dummy0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			begin := around("sysctl net.ipv4.conf.all.accept_redirects=0")
			n := newPair(t, begin)
			for _, step := range []struct {
				instance string
				declares []string
			}{{"blue", c.first}, {"red", c.second}} {
				if _, err := n.apply(step.instance, step.declares...); err != nil {
					t.Fatal(err)
				}
			}
			both := n.live
			p, err := n.apply("blue")
			if err != nil || len(p.Changes) > 0 || len(n.ledgers["blue"]) > 0 {
				t.Fatal(err, p, n.ledgers)
			}
			if all := strings.Join(p.Warnings, "\n"); !strings.Contains(all, c.left) || !strings.Contains(all, `"red"`) {
				t.Errorf("not said: %s", all)
			}
			if diff := cmp.Diff(both, n.live, comparers...); diff != "" {
				t.Error(diff)
			}
			if _, err := n.apply("red"); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(begin, n.live, comparers...); diff != "" || len(n.ledgers["red"]) > 0 {
				t.Error(diff, n.ledgers)
			}
		})
	}
}

// A link under what another instance has added since is left, and goes once that is gone.
func TestLinkUnderAnothersAddress(t *testing.T) {
	begin := around()
	n := newPair(t, begin)
	n.ledgers["blue"] = keyed("link dummy0")
	n.live = around("link dummy0=dummy up", "address dummy0 203.0.113.9/32")
	n.ledgers["red"] = keyed("address dummy0 203.0.113.9/32")
	if p, err := n.apply("blue"); err != nil || len(p.Changes) > 0 || !strings.Contains(strings.Join(p.Warnings, "\n"), `"red" has something on it`) {
		t.Fatal(err, p)
	}
	for _, instance := range []string{"red", "blue"} {
		if _, err := n.apply(instance); err != nil {
			t.Fatal(err)
		}
	}
	if n.live.Get(key("link dummy0")) != nil {
		t.Error("the link stays:", n.ledgers)
	}
}

// Another value than the other instance's is refused, also where somebody else has changed it; its own value either may bring back.
func TestSharedIsNotChanged(t *testing.T) {
	const conntrack = "sysctl net.ipv4.vs.conntrack"
	n := newPair(t, around())
	for _, instance := range []string{"blue", "red"} {
		if _, err := n.apply(instance, conntrack+"=1"); err != nil {
			t.Fatal(err)
		}
	}
	for _, live := range []string{"1", "0"} {
		n.live.Set(key(conntrack), setting(live))
		if _, err := n.apply("red", conntrack+"=0"); err == nil || !strings.Contains(err.Error(), `belongs to instance "blue", which needs it with value "1": declare the same here`) {
			t.Error(err)
		}
	}
	for _, instance := range []string{"red", "blue"} {
		n.live.Set(key(conntrack), setting("0"))
		if _, err := n.apply(instance, conntrack+"=1"); err != nil || n.live.Get(key(conntrack)) != spec.Value(setting("1")) {
			t.Error(err)
		}
	}
}

// FuzzTwoInstances: whatever two instances declare and give up in turn, neither changes what the other one declares, a second plan is
// empty, and the node ends as it began.
func FuzzTwoInstances(f *testing.F) {
	for i := range uint64(300) {
		f.Add(i, i*7919)
	}
	f.Fuzz(twoInstances)
}

// wishes are what either instance may declare; the last ones have their own.
var wishes = []string{
	"sysctl net.ipv4.ip_forward=1", "sysctl net.ipv4.conf.eth0.forwarding=1", "sysctl net.ipv4.conf.lo.forwarding=0", "sysctl net.ipv4.conf.all.accept_redirects=1", "sysctl net.ipv4.conf.all.arp_ignore=1", "sysctl net.ipv4.conf.all.arp_ignore=2",
	"sysctl net.ipv4.vs.conntrack=1", "link dummy0=dummy up", "link eth1=device up", "neighbour eth0 192.0.2.53=02:00:5e:00:53:01", "neighbour eth0 192.0.2.53=02:00:5e:00:53:02",
}

func twoInstances(t *testing.T, x, y uint64) {
	r := rand.New(rand.NewPCG(x, y))
	begin := around("sysctl net.ipv4.conf.all.accept_redirects=0")
	n, holds := newPair(t, begin), map[string][]string{}
	for range 12 {
		instance := []string{"blue", "red"}[r.IntN(2)]
		var texts []string
		if r.IntN(4) > 0 {
			texts = pick(r, n.live, instance)
		}
		if _, err := n.apply(instance, texts...); err != nil {
			if !strings.Contains(err.Error(), "belongs to instance") {
				t.Fatal(instance, texts, err)
			}
			continue
		}
		n.again(instance, texts...)
		holds[instance] = texts
		for instance, texts := range holds {
			for k, want := range declared(texts...).State.All() {
				live := n.live.Get(k)
				if want == begin.Get(k) {
					continue // nobody had to change it, so nobody holds it
				}
				if s, ok := k.(spec.SysctlKey); live == nil || !spec.Satisfies(live, want) && (!ok || !s.AsQuiet(live.(spec.Sysctl), want.(spec.Sysctl))) {
					t.Fatalf("%s: %s is %v", instance, k, live)
				}
			}
		}
	}
	for _, instance := range []string{"blue", "red", "blue", "red"} {
		if _, err := n.apply(instance); err != nil {
			t.Fatal(err)
		}
		n.again(instance)
	}
	if diff := cmp.Diff(begin, n.live, comparers...); diff != "" || len(n.ledgers["blue"])+len(n.ledgers["red"]) > 0 {
		t.Error(diff, n.ledgers)
	}
}

// pick is a configuration: some wishes, each object once, and addresses of its own on the interfaces that there will be.
func pick(r *rand.Rand, live spec.State, instance string) (out []string) {
	seen := map[string]bool{}
	for _, i := range r.Perm(len(wishes))[:1+r.IntN(4)] {
		if name, _, _ := strings.Cut(wishes[i], "="); !seen[name] {
			seen[name] = true
			out = append(out, wishes[i])
		}
	}
	if r.IntN(3) == 0 && (seen["link dummy0"] || live.Get(key("link dummy0")) != nil) {
		out = append(out, "address dummy0 "+map[string]string{"blue": "203.0.113.8/32", "red": "203.0.113.9/32"}[instance])
	}
	return out
}
