package spec_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
)

// FuzzSound: what is left is valid and as it was, and only what has a problem, or belongs to a service that has one, is gone.
func FuzzSound(f *testing.F) {
	for i := range uint64(20) {
		f.Add(i)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 2))
		s := drivertest.OddState(r)
		for k, v := range drivertest.OddState(r).All() { // destinations without services, services with half of their servers
			if r.IntN(2) == 0 {
				s.Set(k, v)
			}
		}
		before := s.Clone()
		sound, problems := spec.Sound(s)
		if !s.Equal(before) {
			t.Fatal("the state was changed")
		}
		if left := spec.Validate(sound); len(left) > 0 {
			t.Errorf("still wrong: %v", left)
		}
		blamed := map[spec.Key]bool{}
		for _, p := range problems {
			blamed[p.Key] = true
			if d, ok := p.Key.(spec.DestinationKey); ok {
				blamed[d.Service] = true
			}
		}
		s.Differences(sound, func(k spec.Key, _, after spec.Value) {
			d, server := k.(spec.DestinationKey)
			if after != nil || !blamed[k] && !(server && blamed[d.Service]) {
				t.Errorf("%s became %v without a reason", k, after)
			}
		})
		for k := range blamed {
			if sound.Get(k) != nil {
				t.Errorf("%s has a problem and is still there", k)
			}
		}
	})
}

func TestSound(t *testing.T) {
	plain, mixed := spec.Destination{Forward: spec.Direct, Weight: 1}, spec.Destination{Forward: spec.TunnelTo, Weight: 1}
	rr := spec.Service{Scheduler: "rr"}
	once := spec.Service{Scheduler: "rr", OnePacket: true}
	daemon := spec.SyncDaemonKey{Role: spec.Master}
	for name, c := range map[string]struct {
		state map[spec.Key]spec.Value
		keys  []spec.Key
		rules []string
	}{
		"all of it": {map[spec.Key]spec.Value{web: rr, at(web, "10.0.0.1:80"): plain}, []spec.Key{web, at(web, "10.0.0.1:80")}, nil},
		"one wrong server": {
			map[spec.Key]spec.Value{web: rr, at(web, "10.0.0.1:80"): plain, at(web, "10.0.0.2:81"): plain, mark: rr}, []spec.Key{mark}, []string{"LVS128"},
		},
		"wrong service":         {map[spec.Key]spec.Value{web: spec.Service{}, at(web, "10.0.0.1:80"): plain}, nil, []string{"LVS104"}},
		"no service":            {map[spec.Key]spec.Value{at(web, "10.0.0.1:80"): plain}, nil, []string{"LVS150"}},
		"replies that are lost": {map[spec.Key]spec.Value{dns: once, at(dns, "10.0.0.1:53"): spec.Destination{}}, nil, []string{"LVS151"}},
		"mixed beside a daemon": {
			map[spec.Key]spec.Value{web: rr, at(web, "[2001:db8::1]:80"): mixed, daemon: spec.SyncDaemon{Interface: "eth0"}}, []spec.Key{daemon}, []string{"LVS152"},
		},
		"mixed beside a wrong daemon": {
			map[spec.Key]spec.Value{web: rr, at(web, "[2001:db8::1]:80"): mixed, daemon: spec.SyncDaemon{}},
			[]spec.Key{web, at(web, "[2001:db8::1]:80")}, []string{"LVS131"},
		},
		"timeouts": {map[spec.Key]spec.Value{spec.TimeoutsKey{}: spec.Timeouts{TCP: spec.MaxTimeout + 1}, web: rr}, []spec.Key{web}, []string{"LVS130"}},
	} {
		var s spec.State
		for k, v := range c.state {
			s.Set(k, v)
		}
		sound, problems := spec.Sound(s)
		var want spec.State
		for _, k := range c.keys {
			want.Set(k, s.Get(k))
		}
		if !sound.Equal(want) {
			t.Errorf("%s: %v left", name, sound.Keys())
		}
		var rules []string
		for _, p := range problems {
			rules = append(rules, p.Rule)
		}
		if diff := cmp.Diff(c.rules, rules); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
