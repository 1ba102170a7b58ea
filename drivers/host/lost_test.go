//go:build linux

package host

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"github.com/mdlayher/netlink"
)

func create(k spec.AddressKey) plan.Change { return plan.Change{Key: k, After: spec.VIP(k)} }

// What became of a change whose answer did not come is read from the host; only what cannot be read stays unknown.
func TestLostAnswers(t *testing.T) {
	a, b := on("eth0", "192.0.2.10/32"), on("eth0", "192.0.2.11/32")
	for name, c := range map[string]struct {
		done, silent bool
		first        string // what is said of the first change; "" is done
	}{
		"done":        {done: true},
		"not done":    {first: "create address eth0 192.0.2.10/32: it was not done"},
		"nobody says": {silent: true, first: "create address eth0 192.0.2.10/32: it is not known whether it was done"},
	} {
		t.Run(name, func(t *testing.T) {
			d, f := fakeDriver(t)
			n := 0
			f.lose = func(netlink.HeaderType) (bool, bool) {
				n++
				f.silent = c.silent
				return c.done, n == 1
			}
			r := d.Do(context.Background(), []plan.Change{create(a), create(b)})
			if c.first == "" && r[0] != (plan.Result{}) || c.first != "" && (r[0].Err == nil || !strings.Contains(r[0].Err.Error(), c.first)) || r[0].Unknown != c.silent {
				t.Errorf("%+v", r[0])
			}
			if !c.silent && r[1] != (plan.Result{}) {
				t.Errorf("the next change: %+v", r[1])
			}
			if c.silent && (r[1].Err == nil || r[1].Unknown) {
				t.Errorf("the next change, which was not sent: %+v", r[1])
			}
		})
	}
}

func TestInterruptedDumps(t *testing.T) {
	d, f := fakeDriver(t)
	f.interrupted = again - 1
	if s, err := d.Read(context.Background()); err != nil || s.Get(spec.LinkKey{Name: "eth0"}) == nil {
		t.Errorf("%v", err)
	}
	f.interrupted = again
	if _, err := d.Read(context.Background()); !errors.Is(err, errChanging) {
		t.Errorf("%v", err)
	}
}

// The settings are those of the interfaces that were seen, whatever has come since.
func TestSettingsOfWhatIsThere(t *testing.T) {
	d, _ := fakeDriver(t) // which has eth0 alone; the settings are this machine's
	d.Watch(spec.ConfSysctl("ipv4", "lo", "log_martians"), spec.ConfSysctl("ipv4", "all", "log_martians"))
	s, err := d.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for k := range s.Sysctls {
		if i := k.Interface(); i != "" && s.Get(spec.LinkKey{Name: i}) == nil {
			t.Errorf("%s is shown without the interface", k)
		}
	}
	if s.Get(spec.ConfSysctl("ipv4", "all", "log_martians")) == nil {
		t.Error("a watched setting of no interface is not shown")
	}
}

func TestClosed(t *testing.T) {
	d, _ := fakeDriver(t)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Read(context.Background()); err == nil {
		t.Error("a closed driver reads")
	}
	if r := d.Do(context.Background(), []plan.Change{create(on("eth0", "192.0.2.10/32"))}); r[0].Err == nil || r[0].Unknown {
		t.Errorf("%+v", r)
	}
	if err := d.Announce(context.Background(), []spec.AddressKey{on("lo", "192.0.2.10/32")}); err == nil {
		t.Error("a closed driver announces")
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestUnreachableKernel(t *testing.T) {
	d, _ := fakeDriver(t)
	d.open = func(int) (*netlink.Conn, error) { return nil, io.ErrClosedPipe }
	if _, err := d.Read(context.Background()); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
	if r := d.Do(context.Background(), []plan.Change{create(on("eth0", "192.0.2.10/32"))}); !errors.Is(r[0].Err, io.ErrClosedPipe) || r[0].Unknown {
		t.Errorf("%+v", r)
	}
}

// spyRules stand for the nftables part.
type spyRules struct{ did []plan.Change }

func (s *spyRules) Read(state *spec.State) error {
	state.Set(spec.ARPFilterKey{Interface: "eth0"}, spec.ARPFilter{})
	return nil
}

func (s *spyRules) Do(c []plan.Change) []plan.Result {
	s.did = append(s.did, c...)
	out := make([]plan.Result, len(c))
	for i := range out {
		out[i].Err = errors.New("rule " + c[i].Key.String())
	}
	return out
}

func (s *spyRules) Families() (map[string]error, error) { return nil, nil }
func (s *spyRules) SourceNAT() ([]string, error)        { return nil, nil }
func (s *spyRules) Close() error                        { return nil }

func TestRulesAreDispatched(t *testing.T) {
	d, _ := fakeDriver(t)
	filter := spec.ARPFilterKey{Interface: "eth0", Address: netip.MustParseAddr("192.0.2.10")}
	a, b := create(on("eth0", "192.0.2.10/32")), create(on("eth0", "192.0.2.11/32"))
	changes := []plan.Change{a, {Key: filter, After: spec.ARPFilter{}}, {Key: spec.MarkRuleKey{Address: filter.Address}, After: spec.MarkRule{Mark: 1}}, b, {Key: spec.MasqueradeRuleKey{}, After: spec.MasqueradeRule{}}}
	spy := d.rules.(*spyRules)
	for i, r := range d.Do(context.Background(), changes) {
		if isRule(changes[i]) != (r.Err != nil && r.Err.Error() == "rule "+changes[i].Key.String()) {
			t.Errorf("%s: %+v", changes[i], r)
		}
	}
	s, err := d.Read(context.Background())
	if len(spy.did) != 3 || err != nil || len(s.ARPFilters) != 1 {
		t.Errorf("%v, %v, %v", spy.did, s.ARPFilters, err)
	}
}

// Rules too are left alone after the context has ended; what has begun goes on.
func TestCancelled(t *testing.T) {
	d, f := fakeDriver(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.lose = func(netlink.HeaderType) (bool, bool) {
		cancel()
		return true, false
	}
	vip := create(on("eth0", "192.0.2.10/32"))
	filter := plan.Change{Key: spec.ARPFilterKey{Interface: "eth0", Address: vip.Key.(spec.AddressKey).Prefix.Addr()}, After: spec.ARPFilter{}}
	spy := d.rules.(*spyRules)
	if r := d.Do(ctx, []plan.Change{vip, filter, vip}); r[0].Err != nil || len(spy.did) != 1 || r[2].Err != nil {
		t.Errorf("cancelled on the way: %+v", r)
	}
	for i, r := range d.Do(ctx, []plan.Change{filter, vip}) {
		if !errors.Is(r.Err, context.Canceled) || r.Unknown || len(spy.did) != 1 {
			t.Errorf("cancelled before, change %d: %+v", i, r)
		}
	}
}
