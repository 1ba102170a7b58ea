//go:build linux

package ipvsadm_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/ipvsadm"
	"github.com/lvsform/lvsform/drivers/ipvsadm/fake"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// wrapped is a driver whose program is a script around the fake one, which it knows as $real; $once is a file's name.
func wrapped(t *testing.T, body string) (*fake.Program, *ipvsadm.Driver, string) {
	t.Helper()
	p, once := fake.New(t), filepath.Join(t.TempDir(), "once")
	path := script(t, "real='"+p.Path+"' once='"+once+"'\n"+body)
	return p, open(t, ipvsadm.Options{Program: path}), once
}

// The process that was started is killed, and the one that does the work is not: it must not go on when Do has returned.
func TestNothingIsLeftRunning(t *testing.T) {
	for name, body := range map[string]string{
		"killed wrapper": `[ -e "$once" ] && exec "$real" "$@"
: >"$once"
exec 3<&0
"$real" "$@" <&3 &
while [ ! -e "$once.now" ]; do sleep 0.01; done
kill -9 $$`,
		"deaf to its child": `[ -e "$once" ] && exec "$real" "$@"
: >"$once"
exec 3<&0
"$real" "$@" <&3 2>/dev/null &
while [ ! -e "$once.now" ]; do sleep 0.01; done
exit 1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, d, once := wrapped(t, body)
			p.Break(fake.Fault{At: 3, Done: true, Wait: time.Hour})
			changes := five()
			results := meanwhile(t.Context(), d, changes, func() {
				until(t, "the third change", p.Struck)
				fake.Script(t, once+".now", "")
			})
			if n := p.Running(); n != 0 {
				t.Errorf("%d processes are left", n)
			}
			truth(t, p, changes, results)
		})
	}
}

// What is said before the program begins is not about the table.
func TestChatterBeforeTheProgram(t *testing.T) {
	p, d, _ := wrapped(t, `echo "ERROR: ld.so: object 'x' from /etc/ld.so.preload cannot be preloaded: ignored." >&2; printf 'Warning: IPVS version mismatch' >&2; exec "$real" "$@"`)
	for i, r := range d.Do(t.Context(), five()) {
		if i > 0 && r != (plan.Result{}) {
			t.Errorf("%d: %+v", i, r)
		}
	}
	if got := drivertest.TableLines(read(t, d)); cmp.Diff(drivertest.TableLines(read(t, p.Table())), got) != "" || len(got) != 6 {
		t.Errorf("read %v", got)
	}
}

// many are services on so many ports.
func many(n int) (out []plan.Change) {
	for i := range n {
		out = append(out, create(spec.Listener(spec.TCP, netip.AddrPortFrom(web.Address.Addr(), uint16(i+1))), rr))
	}
	return out
}

// A dead lvsform leaves a program that has little to do.
func TestLittleIsAheadOfWhatWasAnswered(t *testing.T) {
	given := filepath.Join(t.TempDir(), "given")
	d := open(t, ipvsadm.Options{Program: script(t, "exec cat >>'"+given+"'")})
	changes := many(100)
	lines := func() int {
		text, _ := os.ReadFile(given)
		return strings.Count(string(text), "\n-A -t ")
	}
	results := meanwhile(t.Context(), d, changes, func() {
		until(t, "lines are given", func() bool { return lines() >= 16 })
		time.Sleep(100 * time.Millisecond)
		d.Kill()
	})
	if n := lines(); n != 16 {
		t.Errorf("%d lines are given", n)
	}
	for i, r := range results {
		if r.Unknown != (i < 16) || r.Err == nil {
			t.Errorf("%d: %+v", i, r)
		}
	}
	p, fakes := openFake(t, ipvsadm.Options{})
	p.Break(fake.Fault{At: 70, Kill: syscall.SIGKILL})
	for i, r := range fakes.Do(t.Context(), changes) {
		if (r.Err == nil) != (i < 69) || r.Unknown {
			t.Fatalf("%d: %+v", i, r)
		}
	}
}

func TestProgramThatGivesUpAtEveryLine(t *testing.T) {
	count := filepath.Join(t.TempDir(), "count")
	d := open(t, ipvsadm.Options{Program: script(t, "echo >>'"+count+"'; echo -- '--lvsform-0: unknown option' >&2; echo illegal >&2; exit 2")})
	results := d.Do(t.Context(), many(100))
	if text, err := os.ReadFile(count); err != nil || len(text) != 11 { // ten times, and to read
		t.Errorf("%d processes: %v", len(text), err)
	}
	for i, r := range results {
		if r.Err == nil || r.Unknown != (i < 10) || i >= 10 && !strings.HasSuffix(r.Err.Error(), "it was not done: ipvsadm gave up at 10 lines before it") {
			t.Errorf("%d: %+v", i, r)
		}
	}
}

// Each command about a sync daemon has a process of its own, and when no answer comes to a stop, what is behind it is done.
func TestSyncDaemonsHaveProcessesOfTheirOwn(t *testing.T) {
	p, d, log := wrapped(t, `[ "$1" = -R ] || exec "$real" "$@"
echo process >>"$once"
tee -a "$once" | "$real" "$@"`)
	master, lo := spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "lo", SyncID: 1}
	changes := []plan.Change{create(web, rr), create(master, lo), {Key: master, Before: lo}, create(serverOf(web, 1), one), create(serverOf(web, 2), one)}
	for i, r := range d.Do(t.Context(), changes) {
		if r != (plan.Result{}) {
			t.Errorf("%s: %+v", changes[i], r)
		}
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(text)) {
		if word, _, _ := strings.Cut(line, " "); !strings.Contains(line, "--lvsform-") {
			got = append(got, strings.TrimSpace(word))
		}
	}
	want := []string{"process", "-A", "process", "--start-daemon", "process", "--stop-daemon", "process", "-a", "-a"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	p.Break(fake.Fault{At: 1, Done: true, Wait: time.Hour})
	changes = []plan.Change{create(master, lo), many(1)[0]}
	if got := summary(p, d.Do(t.Context(), changes)); cmp.Diff([]string{"done", "done"}, got) != "" {
		t.Errorf("%v", got)
	}
}

// Whoever ends at once ends the program, too, and starts no other.
func TestKill(t *testing.T) {
	p, d := openFake(t, ipvsadm.Options{})
	p.Break(fake.Fault{At: 2, Done: true, Wait: time.Hour})
	changes := five()
	results := meanwhile(t.Context(), d, changes, func() {
		until(t, "the second change", func() bool { return read(t, p.Table()).Get(changes[1].Key) != nil })
		d.Kill()
	})
	for i, r := range results {
		if (r.Err == nil) != (i == 0) || r.Unknown != (i > 0) || i > 0 && !strings.Contains(r.Err.Error(), "it was ended by a signal (killed)") {
			t.Errorf("%s: %+v", changes[i], r)
		}
	}
	if now := drivertest.TableLines(read(t, p.Table())); len(now) != 3 { // the timeouts, the service, a server
		t.Errorf("%v", now)
	}
}
