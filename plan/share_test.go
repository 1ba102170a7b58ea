package plan_test

import (
	"bytes"
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
	p, err := n.plan(instance, texts...)
	if err == nil {
		n.do(p.Changes)
		n.ledgers[instance] = p.Settle(n.ledgers[instance]).There(n.live)
	}
	return p, err
}

// killed is an apply that ends after some of its steps.
func (n *pair) killed(instance string, steps int, texts ...string) error {
	n.t.Helper()
	p, err := n.plan(instance, texts...)
	if err == nil {
		n.do(p.Changes[:min(steps, len(p.Changes))])
		n.ledgers[instance] = p.Intend(n.ledgers[instance], n.others(instance))
	}
	return err
}

func (n *pair) others(instance string) plan.Others {
	return plan.Others{opposite[instance]: n.ledgers[opposite[instance]]}
}

func (n *pair) plan(instance string, texts ...string) (*plan.Plan, error) {
	n.t.Helper()
	d := declared(texts...)
	for k, o := range d.Objects {
		o.Minimum = strings.HasSuffix(k.String(), ".arp_ignore")
		d.Objects[k] = o
	}
	p, err := plan.Make(plan.Inputs{Live: n.live, Desired: d, Ledger: n.ledgers[instance], Others: n.others(instance), Targets: n.targets, Destroy: len(texts) == 0})
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
	if err := p.Fits(p.Changes, n.others(instance)); err != nil {
		n.t.Fatalf("%s %v: %v\n%v", instance, texts, err, p.Changes)
	}
	return p, nil
}

func (n *pair) do(cs plan.Changeset) {
	n.t.Helper()
	node := spec.NewNode(spec.Kernel{}, n.live)
	for _, s := range cs {
		if err := node.Do(s.Key, s.Before, s.After); err != nil {
			n.t.Fatalf("%v: %v", s, err)
		}
	}
	n.live = node.State().Clone()
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
		{"a link that carries a sync daemon", []string{dummy}, []string{"sync master=dummy0"}, "link dummy0"},
		{"a link that was set up for a sync daemon", []string{eth1}, []string{"sync backup=eth1"}, "link eth1"},
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
func TestLinkUnderWhatIsAnothers(t *testing.T) {
	for carried, value := range map[string]string{"address dummy0 203.0.113.9/32": "", "neighbour dummy0 203.0.113.8": "=02:00:5e:00:53:01", "sync master": "=dummy0"} {
		n := newPair(t, around())
		n.ledgers["blue"] = keyed("link dummy0")
		n.live = around("link dummy0=dummy up", carried+value)
		n.ledgers["red"] = keyed(carried)
		if p, err := n.apply("blue"); err != nil || len(p.Changes) > 0 || !strings.Contains(strings.Join(p.Warnings, "\n"), `"red" has something on it`) {
			t.Error(carried, err, p)
			continue
		}
		for _, instance := range []string{"red", "blue"} {
			if _, err := n.apply(instance); err != nil {
				t.Fatal(carried, err)
			}
		}
		if n.live.Get(key("link dummy0")) != nil {
			t.Error(carried, "the link stays:", n.ledgers)
		}
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
