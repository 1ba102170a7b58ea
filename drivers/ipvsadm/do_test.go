//go:build linux

package ipvsadm_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/ipvsadm"
	"github.com/lvsform/lvsform/drivers/ipvsadm/fake"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

var (
	web = spec.Listener(spec.TCP, netip.MustParseAddrPort("192.0.2.10:80"))
	rr  = spec.Service{Scheduler: "rr"}
	one = spec.Destination{Weight: 1, Forward: spec.Direct}
)

func create(k spec.Key, v spec.Value) plan.Change { return plan.Change{Key: k, After: v} }

func serverOf(k spec.ServiceKey, i int) spec.DestinationKey {
	return spec.DestinationKey{Service: k, Address: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(10 + i)}), 80)}
}

// five is a service with four destinations.
func five() []plan.Change {
	changes := []plan.Change{create(web, rr)}
	for i := range 4 {
		changes = append(changes, create(serverOf(web, i+1), one))
	}
	return changes
}

// A program that is not to hang has all the time that it wants; one that is, more than it needs to begin on a busy machine.
const soon = 5 * time.Second

func openFake(t *testing.T, o ipvsadm.Options) (*fake.Program, *ipvsadm.Driver) {
	t.Helper()
	p := fake.New(t)
	o.Program = p.Path
	return p, open(t, o)
}

// until waits for something to come true.
func until(t *testing.T, what string, f func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not come true: %s", what)
		}
	}
}

// meanwhile does the changes, and f while they are done.
func meanwhile(ctx context.Context, d *ipvsadm.Driver, changes []plan.Change, f func()) []plan.Result {
	results := make(chan []plan.Result, 1)
	go func() { results <- d.Do(ctx, changes) }()
	f()
	return <-results
}

// summary is one line for each result, with the program's path left out.
func summary(p *fake.Program, results []plan.Result) (out []string) {
	for _, r := range results {
		text := "done"
		if r.Err != nil {
			text = strings.ReplaceAll(r.Err.Error(), p.Path, "IPVSADM")
		}
		if r.Unknown {
			text = "unknown: " + text
		}
		out = append(out, text)
	}
	return out
}

// Whatever goes wrong with the third of five changes, every result says what is true.
func TestResultsSayWhatIsTrue(t *testing.T) {
	const (
		third = "create tcp 192.0.2.10:80 -> 10.0.0.12:80: "
		never = "create tcp 192.0.2.10:80 -> 10.0.0.%d:80: it was not done: IPVSADM -R: "
	)
	behind := func(third, why string) []string {
		return []string{"done", "done", third, fmt.Sprintf(never, 13) + why, fmt.Sprintf(never, 14) + why}
	}
	killed, hung := "it was ended by a signal (killed)", "it did not get on for 5s and was killed"
	quiet, status := "it ended with status 7", `it ended with status 7: "bad\nworse"`
	for name, c := range map[string]struct {
		fault fake.Fault
		want  []string
	}{
		"killed before":      {fake.Fault{Kill: syscall.SIGKILL}, behind(fmt.Sprintf(never, 12)+killed, killed)},
		"killed after":       {fake.Fault{Kill: syscall.SIGKILL, Done: true}, behind("done", killed)},
		"hangs before":       {fake.Fault{Wait: time.Hour}, behind(fmt.Sprintf(never, 12)+hung, hung)},
		"hangs after":        {fake.Fault{Wait: time.Hour, Done: true}, behind("done", hung)},
		"ends":               {fake.Fault{Exit: 7, Done: true}, behind("done", quiet)},
		"ends with words":    {fake.Fault{Exit: 7, Say: "bad\nworse\n"}, behind(fmt.Sprintf(never, 12)+status, status)},
		"gives up":           {fake.Fault{Exit: 2, Say: "illegal weight specified\n"}, []string{"done", "done", third + `it was not done: ipvsadm says "illegal weight specified"`, "done", "done"}},
		"knows no command":   {fake.Fault{Exit: 255, Say: "Try `ipvsadm -h' for help\n"}, []string{"done", "done", third + "it was not done: ipvsadm says \"Try `ipvsadm -h' for help\"", "done", "done"}},
		"refused":            {fake.Fault{Say: "Destination already exists\n"}, []string{"done", "done", third + "it exists already (EEXIST)", "done", "done"}},
		"refused by its way": {fake.Fault{Say: "Network is unreachable\n"}, []string{"done", "done", third + "the interface is down or has no address (ENETUNREACH)", "done", "done"}},
		"refused with noise": {fake.Fault{Say: "modprobe: noise\nMemory allocation problem\n"}, []string{"done", "done", third + "the kernel is out of memory (ENOMEM)", "done", "done"}},
		"unheard of, undone": {fake.Fault{Say: "Phase of the moon\n"}, []string{"done", "done", third + `it was not done: ipvsadm says "Phase of the moon"`, "done", "done"}},
		"unheard of, done":   {fake.Fault{Say: "Phase of the moon\n", Done: true}, []string{"done", "done", "unknown: " + third + `it is done, and ipvsadm said "Phase of the moon"`, "done", "done"}},
		"an answer that may be lost": {fake.Fault{Say: "Invalid operation.  Possibly wrong module version, address not unicast, ...\n", Done: true}, []string{"done", "done",
			"unknown: " + (&spec.Refusal{Op: "create", Key: serverOf(web, 2), Errno: syscall.EINVAL}).Error() + "; and yet it is done", "done", "done"}},
		"marker out of turn": {fake.Fault{Say: "--lvsform-9: unknown option\n"}, []string{"done", "done", third + `it was not done: ipvsadm says "--lvsform-9: unknown option"`, "done", "done"}},
		"binary":             {fake.Fault{Say: strings.Repeat("\x00\xff", 100000) + "\n", Exit: 2}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := ipvsadm.Options{}
			if c.fault.Wait > 0 {
				o.Patience = soon
			}
			p, d := openFake(t, o)
			c.fault.At = 3
			p.Break(c.fault)
			changes := five()
			results := d.Do(t.Context(), changes)
			if got := summary(p, results); c.want != nil && cmp.Diff(c.want, got) != "" {
				t.Errorf("results (-want +got):\n%s", cmp.Diff(c.want, got))
			}
			areTrue(t, p, changes, results)
			if again := d.Do(t.Context(), []plan.Change{create(serverOf(web, 99), one)}); again[0] != (plan.Result{}) {
				t.Errorf("the next batch: %+v", again[0])
			}
		})
	}
}

// areTrue: what was created is there if the result says so, or does not know.
func areTrue(t *testing.T, p *fake.Program, changes []plan.Change, results []plan.Result) {
	t.Helper()
	live, err := p.Table().Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		there := live.Get(changes[i].Key) != nil
		if told := r.Err == nil || r.Unknown; told != there {
			t.Errorf("%s: there is %v, and the result is %.300v", changes[i], there, r.Err)
		}
	}
}

func TestRefusalsAreTheKernels(t *testing.T) {
	_, d := openFake(t, ipvsadm.Options{})
	changes := five()
	changes[2] = create(spec.Mark(7, spec.IPv6), spec.Service{Scheduler: "bogus"})
	changes[3].After = spec.Destination{Forward: spec.Local}
	for i, r := range d.Do(t.Context(), changes) {
		refusal, _ := errors.AsType[*spec.Refusal](r.Err)
		switch {
		case i == 2 && (refusal == nil || *refusal != spec.Refusal{Op: "create", Key: changes[2].Key, Errno: syscall.ENOENT}):
			t.Errorf("%+v", r)
		case i == 3 && (r.Err == nil || r.Err.Error() != d.Cannot(changes[3].Key, changes[3].After).Error()):
			t.Errorf("%+v", r)
		case i != 2 && i != 3 && r != plan.Result{}:
			t.Errorf("%s: %+v", changes[i], r)
		}
	}
}

// What was lost is read again. If that fails too, nothing is claimed.
func TestNothingIsClaimedThatIsNotKnown(t *testing.T) {
	p, d := openFake(t, ipvsadm.Options{})
	p.Break(fake.Fault{At: 3, Done: true, Kill: syscall.SIGKILL, Always: true})
	p.BreakListings(fake.Fault{Exit: 1, Always: true})
	results := d.Do(t.Context(), five())
	for i, r := range results {
		if r.Unknown != (i >= 2) || (r.Err == nil) != (i < 2) {
			t.Errorf("%d: %+v", i, r)
		}
	}
	want := "unknown: create tcp 192.0.2.10:80 -> 10.0.0.12:80: it is not known whether it was done: " +
		"IPVSADM -R: it was ended by a signal (killed); reading it failed too: IPVSADM -R: it ended with status 1"
	if got := summary(p, results)[2]; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A cancelled context stops a batch before its first change, and never within it.
func TestBatchIsNotInterrupted(t *testing.T) {
	p, d := openFake(t, ipvsadm.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	goOn := filepath.Join(t.TempDir(), "go-on")
	p.Break(fake.Fault{At: 2, Done: true, Until: goOn})
	results := meanwhile(ctx, d, five(), func() {
		until(t, "the second change", p.Struck)
		cancel()
		fake.Script(t, goOn, "")
	})
	if got := summary(p, results); cmp.Diff(slices.Repeat([]string{"done"}, 5), got) != "" {
		t.Errorf("%v", got)
	}
}
