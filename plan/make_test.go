package plan_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// desired is a configuration with one service block, service.web, and its pool.
func desired(s spec.State, edit ...func(l, pool *spec.Lifecycle)) spec.Desired {
	l, pool := &spec.Lifecycle{}, &spec.Lifecycle{Drain: time.Minute}
	for _, f := range edit {
		f(l, pool)
	}
	d := spec.Desired{State: s, Objects: map[spec.Key]spec.Object{}, Blocks: map[string]*spec.Lifecycle{"service.web": l}}
	for k := range s.All() {
		o := spec.Object{Name: "service.web." + strings.TrimPrefix(spec.LiveName(k), "live."), Lifecycle: l}
		switch k.Kind() {
		case spec.KindService:
			o.Pool = pool
		case spec.KindDestination:
			o.Lifecycle = pool
		}
		d.Objects[k] = o
	}
	return d
}

func owned(keys ...spec.Key) plan.Ledger {
	l := plan.Ledger{}
	for _, k := range keys {
		l[k] = plan.Owned{Name: "service.web." + strings.TrimPrefix(spec.LiveName(k), "live.")}
	}
	return l
}

// outcome is what a plan does, in words: "create tcp …", "adopt …", "unmanaged …".
func outcome(p *plan.Plan) (out []string) {
	for _, c := range p.Changes.Objects() {
		out = append(out, c.String())
	}
	for _, k := range p.Adopted {
		out = append(out, "adopt "+k.String())
	}
	for _, k := range p.Unmanaged {
		out = append(out, "unmanaged "+k.String())
	}
	return out
}

func TestOwnership(t *testing.T) {
	live := state(site80, wlc, rs1, one, site53, wlc, ns1, one)
	onlyWeb := state(site80, wlc, rs1, one)
	destroy := desired(onlyWeb)
	destroy.Ownership.Unmanaged = spec.UnmanagedDestroy
	ignoring := desired(onlyWeb)
	ignoring.Ownership = spec.Ownership{Unmanaged: spec.UnmanagedDestroy, IgnoreAddresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.53/32")}}
	quiet := desired(onlyWeb)
	quiet.Ownership.Unmanaged = spec.UnmanagedIgnore
	for _, c := range []struct {
		name string
		in   plan.Inputs
		want []string
	}{
		{"what is not ours is left and told", plan.Inputs{Desired: desired(onlyWeb), Ledger: owned(site80)}, []string{"unmanaged udp 192.0.2.53:53"}},
		{"what is not ours may be left untold", plan.Inputs{Desired: quiet, Ledger: owned(site80)}, nil},
		{"what is ours and not declared goes", plan.Inputs{Desired: desired(onlyWeb), Ledger: owned(site80, site53)},
			[]string{"delete udp 192.0.2.53:53 -> 10.0.0.11:53", "delete udp 192.0.2.53:53"}},
		{"what is declared and not ours is adopted", plan.Inputs{Desired: desired(onlyWeb), Ledger: owned(site53)},
			[]string{"delete udp 192.0.2.53:53 -> 10.0.0.11:53", "delete udp 192.0.2.53:53", "adopt tcp 192.0.2.10:80"}},
		{"the configuration may be the whole truth", plan.Inputs{Desired: destroy, Ledger: owned(site80)},
			[]string{"delete udp 192.0.2.53:53 -> 10.0.0.11:53", "delete udp 192.0.2.53:53"}},
		{"even then what is ignored is not touched", plan.Inputs{Desired: ignoring, Ledger: owned(site80)}, nil},
		{"nor what another instance owns", plan.Inputs{Desired: destroy, Ledger: owned(site80), Others: plan.Others{"blue": {site53: {}}}}, nil},
		{"destinations of a declared service are ours", plan.Inputs{Desired: desired(state(site80, wlc, rs2, one)), Ledger: owned(site80)},
			[]string{"create tcp 192.0.2.10:80 -> 10.0.0.12:80", "delete tcp 192.0.2.10:80 -> 10.0.0.11:80", "unmanaged udp 192.0.2.53:53"}},
		{"destroy takes what is ours", plan.Inputs{Desired: desired(onlyWeb), Ledger: owned(site80), Destroy: true},
			[]string{"delete tcp 192.0.2.10:80 -> 10.0.0.11:80", "delete tcp 192.0.2.10:80", "unmanaged udp 192.0.2.53:53"}},
		{"a target leaves the rest", plan.Inputs{Desired: desired(state(site80, spec.Service{Scheduler: "rr"}, rs1, tun)), Ledger: owned(site80), Targets: []string{rs1.String()}},
			[]string{"update tcp 192.0.2.10:80 -> 10.0.0.11:80", "unmanaged udp 192.0.2.53:53"}},
		{"an exclusion leaves what it names", plan.Inputs{Desired: desired(onlyWeb), Ledger: owned(site80, site53), Exclude: []string{ns1.String()}},
			nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.in.Live = live
			p, err := plan.Make(c.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, outcome(p), emptyIsNil); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestTargetBringsItsService(t *testing.T) {
	d := desired(state(site80, wlc, rs1, one, rs2, one))
	p, err := plan.Make(plan.Inputs{Desired: d, Targets: []string{d.Objects[rs1].Name}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"create " + site80.String(), "create " + rs1.String()}, outcome(p)); diff != "" {
		t.Error(diff)
	}
}

func TestRefusals(t *testing.T) {
	live := state(site80, wlc, rs1, one, rs2, one)
	guard := func(l, pool *spec.Lifecycle) { l.PreventDestroy, pool.PreventDestroy = true, true }
	master := spec.SyncDaemonKey{Role: spec.Master}
	ignoresEth9 := desired(state(master, spec.SyncDaemon{Interface: "eth0"}))
	ignoresEth9.Ownership.IgnoreInterfaces = []string{"eth9"}
	masqueraded := state(site53, wlc, ns1, spec.Destination{Forward: spec.Masquerade, Weight: 1})
	onePacket := state(site53, spec.Service{Scheduler: "wlc", OnePacket: true}, ns1, one)
	for _, c := range []struct {
		name, want string
		in         plan.Inputs
	}{
		{"nothing declared", "--destroy", plan.Inputs{Ledger: owned(site80)}},
		{"another instance", `instance "blue"`, plan.Inputs{Desired: desired(live), Others: plan.Others{"blue": {site80: {}}}}},
		{"a protected server", "prevent_destroy", plan.Inputs{Desired: desired(state(site80, wlc, rs1, one), guard), Ledger: owned(site80)}},
		{"a protected block that lists less", "prevent_destroy", plan.Inputs{Desired: desired(state(site53, wlc), guard), Ledger: owned(site80)}},
		{"a protected block with --destroy", "prevent_destroy", plan.Inputs{Desired: desired(live, guard), Ledger: owned(site80), Destroy: true}},
		{"too many servers", "1 of the 2 servers of service.web", plan.Inputs{Desired: desired(state(site80, wlc, rs1, one)), Ledger: owned(site80), MaxDestroy: &spec.Limit{N: 40, Percent: true}}},
		{"too many services", "1 of 1 service", plan.Inputs{Desired: desired(state(site53, wlc)), Ledger: owned(site80), MaxDestroy: &spec.Limit{}}},
		{"a daemon on an interface that is ignored", "is ignored", plan.Inputs{Live: state(master, spec.SyncDaemon{Interface: "eth9"}), Desired: ignoresEth9}},
		{"an exclusion that breaks a rule", "does not go together", plan.Inputs{Live: masqueraded, Desired: desired(onePacket), Ledger: owned(site53), Exclude: []string{ns1.String()}}},
		{"an ignored attribute that breaks a rule", "does not go together", plan.Inputs{Live: masqueraded, Ledger: owned(site53),
			Desired: desired(onePacket, func(_, pool *spec.Lifecycle) { pool.Ignore = []string{"forward"} })}},
		{"a server of another family beside somebody's daemon", "does not go together", plan.Inputs{
			Live:    state(site80, wlc, rs1, one, master, spec.SyncDaemon{Interface: "eth9", SyncID: 1}),
			Desired: desired(state(site80, wlc, rs1, one, server(site80.String(), "[2001:db8::1]:80"), tun)), Ledger: owned(site80)}},
		{"an unknown target", "nothing here is called \"pool.web\"", plan.Inputs{Desired: desired(live), Targets: []string{"pool.web"}}},
	} {
		if c.in.Live.Len() == 0 {
			c.in.Live = live
		}
		if _, err := plan.Make(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %q in %v", c.name, c.want, err)
		}
	}
}

func TestIgnoredAndMaintenance(t *testing.T) {
	five := spec.Destination{Forward: spec.Direct, Weight: 5}
	live := state(site80, wlc, rs1, five, rs2, five)
	d := desired(state(site80, wlc, rs1, one, rs2, idle), func(_, pool *spec.Lifecycle) { pool.Ignore = []string{"weight"} })
	down := d.Objects[rs2]
	down.Maintenance = true
	d.Objects[rs2] = down
	p, err := plan.Make(plan.Inputs{Live: live, Desired: d, Ledger: owned(site80)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"update " + rs2.String()}, outcome(p)); diff != "" {
		t.Error(diff)
	}
}

func TestIgnoredServers(t *testing.T) {
	d := desired(state(site80, wlc, rs2, one), func(_, pool *spec.Lifecycle) { pool.IgnoreServers = true })
	p, err := plan.Make(plan.Inputs{Live: state(site80, wlc, rs1, one), Desired: d, Ledger: owned(site80)})
	if err != nil || len(p.Changes) != 0 || len(p.Warnings) != 1 {
		t.Error(p, err)
	}
	p, err = plan.Make(plan.Inputs{Desired: d})
	if err != nil || len(p.Changes) != 2 {
		t.Error("a service that is new gets its servers:", p, err)
	}
}

// Timeouts go back to what they were before lvsform, as long as nobody else has changed them.
func TestTimeoutsGoBack(t *testing.T) {
	k := spec.TimeoutsKey{}
	was, ours := spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300}, spec.Timeouts{TCP: 60, TCPFin: 120, UDP: 300}
	p, err := plan.Make(plan.Inputs{Live: state(k, was), Desired: desired(state(k, spec.Timeouts{TCP: 60}))})
	if err != nil {
		t.Fatal(err)
	}
	l := p.Settle(nil)
	if l[k].Original != spec.Value(was) || l[k].Ours != spec.Value(ours) {
		t.Fatal(l)
	}
	p, err = plan.Make(plan.Inputs{Live: state(k, ours), Desired: desired(state(site80, wlc)), Ledger: l})
	if err != nil || p.Changes.After()[k] != spec.Value(was) {
		t.Error(p.Changes, err)
	}
	if _, still := p.Settle(l)[k]; still {
		t.Error("the ledger still holds timeouts that are back")
	}
	p, err = plan.Make(plan.Inputs{Live: state(k, spec.Timeouts{TCP: 61, TCPFin: 120, UDP: 300}), Desired: desired(state(site80, wlc)), Ledger: l})
	if err != nil || len(p.Changes) != 1 {
		t.Error("somebody else's timeouts were changed:", p.Changes, err)
	}
}

// What a plan costs is said in it.
func TestCautions(t *testing.T) {
	anyWeb := serviceKey("tcp 192.0.2.10:0")
	sticky := spec.Service{Scheduler: "wlc", Persistent: true, Timeout: 360}
	hash := spec.Service{Scheduler: "sh"}
	for _, c := range []struct {
		name, want string
		a, b       spec.State
	}{
		{"scheduler", "about 15 ms", state(site80, wlc), state(site80, spec.Service{Scheduler: "rr"})},
		{"method without a substitute", "at once, because no other server", state(site80, wlc, rs1, one), state(site80, wlc, rs1, tun)},
		{"a port taken from any", "takes its port from", state(anyWeb, sticky), state(anyWeb, sticky, site80, wlc)},
		{"a port given to any", "gives its port back", state(anyWeb, sticky, site80, wlc), state(anyWeb, sticky)},
		{"order under sh", "by the order in which", state(site80, hash, rs1, one), state(site80, hash, rs1, one, rs2, one)},
		{"persistence and drain", "expire_quiescent_template", state(site80, sticky, rs1, one, rs2, one), state(site80, sticky, rs1, one)},
		{"deletes reset", "expire_nodest_conn", state(site80, wlc, rs1, one, rs2, one), state(site80, wlc, rs1, one)},
		{"no way back for connections", "not their connections", state(site80, wlc, rs1, one, rs2, one), state(site80, wlc, rs1, one)},
	} {
		c.a.Set(spec.SysctlKey{Name: "net.ipv4.vs.expire_quiescent_template"}, spec.Sysctl{Value: "0"})
		c.a.Set(spec.SysctlKey{Name: "net.ipv4.vs.expire_nodest_conn"}, spec.Sysctl{Value: "1"})
		p, err := plan.Make(plan.Inputs{Live: c.a, Desired: desired(c.b), Ledger: owned(site80)})
		if err != nil {
			t.Fatal(err)
		}
		if all := strings.Join(p.Warnings, "\n"); !strings.Contains(all, c.want) {
			t.Errorf("%s: no %q in:\n%s", c.name, c.want, all)
		}
	}
}

var emptyIsNil = cmpopts.EquateEmpty()
