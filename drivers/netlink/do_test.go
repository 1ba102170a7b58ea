//go:build linux

package netlink

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

func listener(address string) spec.ServiceKey {
	return spec.Listener(spec.TCP, netip.MustParseAddrPort(address))
}

func serverOn(k spec.ServiceKey, address string) spec.DestinationKey {
	return spec.DestinationKey{Service: k, Address: netip.MustParseAddrPort(address)}
}

func create(k spec.Key, v spec.Value) plan.Change { return plan.Change{Key: k, After: v} }

var (
	web = listener("192.0.2.10:80")
	rr  = spec.Service{Scheduler: "rr"}
	one = spec.Destination{Weight: 1}
)

// five is a service with four destinations.
func five() []plan.Change {
	changes := []plan.Change{create(web, rr)}
	for i := range 4 {
		changes = append(changes, create(serverOn(web, fmt.Sprintf("10.0.0.%d:80", 11+i)), one))
	}
	return changes
}

// tooHeavy makes the kernel refuse the change of a destination.
func tooHeavy(c plan.Change) plan.Change {
	c.After = spec.Destination{Weight: 1 << 31}
	return c
}

// summary is one word, or an error's text, for each result.
func summary(results []plan.Result) (out []string) {
	for _, r := range results {
		switch {
		case r.Unknown:
			out = append(out, "unknown: "+r.Err.Error())
		case r.Err != nil:
			out = append(out, r.Err.Error())
		default:
			out = append(out, "done")
		}
	}
	return out
}

const heavyText = "create tcp 192.0.2.10:80 -> 10.0.0.%d:80: the weight is above 2147483647, or the lower threshold is above the upper one (ERANGE)"

func TestErrorsAreThoseOfTheirChanges(t *testing.T) {
	for _, at := range [][]int{{1}, {2}, {4}, {1, 4}, {1, 2, 3, 4}} {
		k, d := newFake()
		changes, want := five(), slices.Repeat([]string{"done"}, 5)
		for _, i := range at {
			changes[i], want[i] = tooHeavy(changes[i]), fmt.Sprintf(heavyText, 10+i)
		}
		if diff := cmp.Diff(want, summary(do(t, d, changes...))); diff != "" {
			t.Errorf("refused at %v (-want +got):\n%s", at, diff)
		}
		if got := len(k.node.State().Destinations); got != 4-len(at) {
			t.Errorf("refused at %v: %d destinations", at, got)
		}
	}
}

func TestServiceThatIsGone(t *testing.T) {
	_, d := newFake()
	changes := five()
	changes[0] = create(web, spec.Service{Scheduler: "seventeen-letters"})
	want := []string{"create tcp 192.0.2.10:80: the kernel does not accept the service: an IPv6 netmask must be /1 to /128 (EINVAL)"}
	for i := range 4 {
		want = append(want, fmt.Sprintf("create tcp 192.0.2.10:80 -> 10.0.0.%d:80: its service does not exist (ESRCH)", 11+i))
	}
	if diff := cmp.Diff(want, summary(do(t, d, changes...))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever becomes of the answers, what was done is known to be done, and what was not is known not to be.
func TestLostAnswers(t *testing.T) {
	for name, lose := range map[string]func([][]byte) ([][]byte, error){
		"the last":        func(a [][]byte) ([][]byte, error) { return a[:len(a)-1], nil },
		"all":             func([][]byte) ([][]byte, error) { return nil, nil },
		"overflow":        func(a [][]byte) ([][]byte, error) { return a[:1], errOverflow },
		"overflow at all": func([][]byte) ([][]byte, error) { return nil, errOverflow },
		"short":           func(a [][]byte) ([][]byte, error) { a[0] = a[0][:17]; return a, nil },
		"cut in a header": func(a [][]byte) ([][]byte, error) { a[0] = a[0][:7]; return a, nil },
		"garbage":         func(a [][]byte) ([][]byte, error) { a[0] = []byte(strings.Repeat("garbage", 9)); return a, nil },
		"truncated":       func(a [][]byte) ([][]byte, error) { return a, errMalformed },
	} {
		k, d := newFake()
		changes := five()
		changes[2] = tooHeavy(changes[2])
		k.lose = lose
		results := do(t, d, changes...)
		for i, r := range results {
			if r.Unknown || (r.Err == nil) != (i != 2) {
				t.Errorf("%s: %s: %+v", name, changes[i], r)
			}
		}
		text := results[2].Err.Error()
		if !strings.Contains(text, "-> 10.0.0.12:80: it was not done") && !strings.Contains(text, "(ERANGE)") {
			t.Errorf("%s: %s", name, text)
		}
		if next := do(t, d, create(serverOn(web, "10.0.0.99:80"), one)); next[0] != (plan.Result{}) {
			t.Errorf("%s: the next change: %+v", name, next[0])
		}
	}
}

// An overflow loses answers, but those that fitted are not forgotten.
func TestOverflowKeepsWhatFitted(t *testing.T) {
	k, d := newFake()
	changes := five()
	for i := 1; i < 5; i++ {
		changes[i] = tooHeavy(changes[i])
	}
	k.lose = func(a [][]byte) ([][]byte, error) { return a[:2], errOverflow }
	got := summary(do(t, d, changes...))
	lost := "create tcp 192.0.2.10:80 -> 10.0.0.%d:80: it was not done: " + errOverflow.Error() + "\n" + errLost.Error()
	want := []string{"done", fmt.Sprintf(heavyText, 11), fmt.Sprintf(heavyText, 12), fmt.Sprintf(lost, 13), fmt.Sprintf(lost, 14)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUnknownUntilRead(t *testing.T) {
	k, d := newFake()
	do(t, d, five()...)
	rs := serverOn(web, "10.0.0.11:80")
	update := plan.Change{Key: rs, Before: one, After: spec.Destination{Weight: 2}}

	k.lose = func([][]byte) ([][]byte, error) {
		_ = k.node.Do(rs, one, spec.Destination{Weight: 3}) // somebody else
		return nil, nil
	}
	want := []string{"unknown: update tcp 192.0.2.10:80 -> 10.0.0.11:80: it is not known whether it was done: the kernel's answer did not come"}
	if diff := cmp.Diff(want, summary(do(t, d, update))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	k.lose = func([][]byte) ([][]byte, error) { k.deaf = true; return nil, nil }
	results := do(t, d, update)
	if !results[0].Unknown || !errors.Is(results[0].Err, errLost) || !errors.Is(results[0].Err, errDeaf) {
		t.Errorf("it could not be read: %+v", results[0])
	}
	results = do(t, d, update)
	if results[0].Unknown || !errors.Is(results[0].Err, errDeaf) {
		t.Errorf("it could not be sent: %+v", results[0])
	}
}

// One object may be changed more than once in a batch.
func TestLostAnswersOfOneObject(t *testing.T) {
	k, d := newFake()
	do(t, d, five()...)
	rs := serverOn(web, "10.0.0.11:80")
	two, three := spec.Destination{Weight: 2}, spec.Destination{Weight: 3}
	steps := []plan.Change{{Key: rs, Before: one, After: two}, {Key: rs, Before: two, After: three}, {Key: rs, Before: three}, create(rs, two)}
	k.lose = func([][]byte) ([][]byte, error) { return nil, nil }
	if diff := cmp.Diff(slices.Repeat([]string{"done"}, 4), summary(do(t, d, steps...))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBatches(t *testing.T) {
	k, d := newFake()
	changes := []plan.Change{create(web, rr)}
	for i := range 299 {
		changes = append(changes, create(serverOn(web, fmt.Sprintf("10.0.%d.%d:80", i/100, 1+i%100)), one))
	}
	do(t, d, changes...)
	mh := listener("192.0.2.11:80")
	changes = []plan.Change{create(mh, spec.Service{Scheduler: "mh"})}
	for i := range 40 {
		changes = append(changes, create(serverOn(mh, fmt.Sprintf("10.0.0.%d:80", 1+i)), one))
	}
	do(t, d, changes...)
	for _, c := range []string{"wlc", "mh"} {
		do(t, d, plan.Change{Key: mh, Before: rr, After: spec.Service{Scheduler: c}})
	}
	if _, err := d.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	do(t, d, changes[1:21]...)
	if diff := cmp.Diff([]int{128, 128, 44, 16, 16, 9, 1, 1, 16, 4}, k.batches); diff != "" {
		t.Errorf("sizes (-want +got):\n%s", diff)
	}
}

// What must not be sent is not, wherever it stands, and the results stay with their changes.
func TestRefusedBeforeItIsSent(t *testing.T) {
	k, d := newFake()
	master := spec.SyncDaemonKey{Role: spec.Master}
	daemon := spec.SyncDaemon{Interface: "lo"}
	timeouts := spec.Timeouts{TCP: 1}
	none := spec.Mark(0, spec.IPv4)
	never := map[plan.Change]unix.Errno{
		create(none, rr):                          unix.EINVAL,
		{Key: none, Before: rr}:                   unix.ESRCH,
		create(serverOn(none, "10.0.0.1:0"), one): unix.ESRCH,
		create(web, spec.Service{Scheduler: strings.Repeat("x", 70000)}):                       unix.EINVAL,
		create(web, spec.Service{Scheduler: "rr\x00x"}):                                        unix.EINVAL,
		create(web, spec.Service{Scheduler: "rr", Engine: strings.Repeat("x", 65530)}):         unix.EINVAL,
		create(web, spec.Service{Scheduler: "rr", Netmask: spec.PrefixIPv6(64)}):               unix.EINVAL,
		create(listener("[::1]:80"), spec.Service{Scheduler: "rr", Netmask: spec.MaskIPv4(1)}): unix.EINVAL,
		create(master, spec.SyncDaemon{Interface: strings.Repeat("x", 65536)}):                 unix.EINVAL,
		{Key: master, Before: daemon, After: daemon}:                                           unix.EEXIST,
		create(spec.TimeoutsKey{}, timeouts):                                                   unix.EEXIST,
		{Key: spec.TimeoutsKey{}, Before: timeouts}:                                            unix.EOPNOTSUPP,
	}
	for c, want := range never {
		k.batches = nil
		refusal, ok := errors.AsType[*spec.Refusal](do(t, d, c)[0].Err)
		if !ok || refusal.Errno != want || k.batches != nil {
			t.Errorf("%.80s: %v, sent %v", c, refusal, k.batches)
		}
		changes := slices.Insert(five(), 2, c)
		changes = slices.Insert(changes, 5, c)
		changes = append(changes, c)
		for i, r := range do(t, d, changes...) {
			if (r.Err == nil) == (i == 2 || i == 5 || i == 7) {
				t.Errorf("%.80s at 2, 5 and 7: %d is %+v", c, i, r)
			}
		}
		do(t, d, plan.Change{Key: web, Before: rr})
	}
	for _, c := range []plan.Change{{}, {Key: web}, create(web, one), create(nil, one)} {
		if r := do(t, d, c)[0]; r.Err == nil || r.Unknown {
			t.Errorf("%#v: %+v", c, r)
		}
	}
}
