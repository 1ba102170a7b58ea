package plan_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/spec"
)

// FuzzTwoInstances: whatever two instances declare and give up in turn, and wherever their runs are killed, neither changes what the other one declares, a second plan is
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
		killed := r.IntN(4) == 0
		var err error
		if killed {
			err = n.killed(instance, r.IntN(8), texts...)
		} else {
			_, err = n.apply(instance, texts...)
		}
		if err != nil {
			if !strings.Contains(err.Error(), "belongs to instance") {
				t.Fatal(instance, texts, err)
			}
			continue
		}
		for _, d := range n.live.SyncDaemons {
			if n.live.Get(spec.LinkKey{Name: d.Interface}) == nil {
				t.Fatalf("%s %v: the interface of a sync daemon is gone", instance, texts)
			}
		}
		if killed {
			delete(holds, instance)
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
	if r.IntN(3) == 0 && (seen["link dummy0"] || live.Get(key("link dummy0")) != nil) {
		out = append(out, map[string]string{"blue": "sync master=dummy0", "red": "sync backup=dummy0"}[instance])
	}
	return out
}
