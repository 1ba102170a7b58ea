//go:build linux

package apply_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/netlink"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// site is a lab with a service on its VIP, made by a run.
type site struct {
	*drivertest.Lab
	t       *testing.T
	driver  *timed
	service spec.ServiceKey
	ledger  apply.LedgerFile
	report  func(apply.Event)
}

// timed knows when the last batch was being done.
type timed struct {
	*netlink.Driver
	from, to time.Time
}

func (d *timed) Do(ctx context.Context, changes []plan.Change) []plan.Result {
	d.from = time.Now()
	defer func() { d.to = time.Now() }()
	return d.Driver.Do(ctx, changes)
}

func (*timed) Announce(context.Context, []spec.AddressKey) error { return nil }

func newSite(t *testing.T, servers int) *site {
	l := drivertest.NewLab(t, servers)
	l.Serve(80)
	d, err := netlink.Open(netlink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	s := &site{Lab: l, t: t, driver: &timed{Driver: d}, service: spec.Listener(spec.TCP, netip.AddrPortFrom(l.VIP, 80)), ledger: apply.LedgerFile{Dir: t.TempDir()}}
	s.apply(s.state("rr", servers), 0)
	return s
}

// state is the service with its first servers, masqueraded, all of weight 1.
func (s *site) state(scheduler string, servers int) spec.State {
	var want spec.State
	want.Set(s.service, spec.Service{Scheduler: scheduler})
	for i := range servers {
		want.Set(s.server(i), spec.Destination{Forward: spec.Masquerade, Weight: 1})
	}
	return want
}

func (s *site) server(i int) spec.DestinationKey {
	return spec.DestinationKey{Service: s.service, Address: netip.AddrPortFrom(s.Servers[i].Addr, 80)}
}

// apply plans and runs, and shows that a second plan is empty.
func (s *site) apply(want spec.State, drain time.Duration) {
	s.t.Helper()
	if err := apply.Run(s.t.Context(), s.driver, s.plan(want, drain), apply.Options{Ledger: s.ledger, Report: s.report}); err != nil {
		s.t.Fatal(err)
	}
	if again := s.plan(want, drain); !again.Empty() {
		s.t.Fatalf("a second plan is not empty: %v", again.Changes)
	}
}

func (s *site) plan(want spec.State, drain time.Duration) *plan.Plan {
	s.t.Helper()
	live, err := s.driver.Read(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	ledger, err := s.ledger.Load()
	if err != nil {
		s.t.Fatal(err)
	}
	d := spec.Desired{State: want, Objects: map[spec.Key]spec.Object{s.service: {Name: "service.web", Pool: &spec.Lifecycle{Drain: drain}}}}
	p, err := plan.Make(plan.Inputs{Live: live, Desired: d, Ledger: ledger})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// hold opens connections until every server has one.
func (s *site) hold(servers int) map[string]*drivertest.Session {
	s.t.Helper()
	held := map[string]*drivertest.Session{}
	for i := 0; len(held) < servers && i < 20; i++ {
		c, err := s.Dial(80)
		if err != nil {
			s.t.Fatal(err)
		}
		if held[c.Server] != nil {
			c.Close()
			continue
		}
		held[c.Server] = c
	}
	if len(held) < servers {
		s.t.Fatalf("connections reached %d of %d servers", len(held), servers)
	}
	return held
}

// refusal is a connection that could not be opened, and when it was tried.
type refusal struct {
	from, to time.Time
	err      error
}

var errLost = errors.New("its first packet was lost")

// knock opens connections until stop is called, which says how many were opened and which failed. A packet that was sent
// again is one that was lost, unless the machine is so busy that it keeps the client itself waiting.
func (s *site) knock() (stop func() (opened int, failed []refusal)) {
	const pause, busy = 10 * time.Millisecond, 300 * time.Millisecond
	done := make(chan struct{})
	var wait sync.WaitGroup
	var opened int
	var failed []refusal
	var late time.Duration
	wait.Go(func() { // beside the connections: who waits for an answer is not late
		for over := false; !over; {
			next := time.Now().Add(pause)
			select {
			case <-done:
				over = true
			case <-time.After(pause):
			}
			late = max(late, time.Since(next))
		}
	})
	wait.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(pause):
			}
			from := time.Now()
			c, err := s.Dial(80)
			if err == nil {
				c.Close()
				opened++
				if c.Retried {
					err = errLost
				}
			}
			if err != nil {
				failed = append(failed, refusal{from, time.Now(), err})
			}
		}
	})
	return func() (int, []refusal) {
		close(done)
		wait.Wait()
		return opened, slices.DeleteFunc(failed, func(r refusal) bool { return late > busy && r.err == errLost })
	}
}
