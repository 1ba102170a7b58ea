//go:build linux

package ipvsadm_test

import (
	"context"
	"errors"
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

// script is a program that answers "--version" as ipvsadm does and for the rest is the shell's.
func script(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ipvsadm")
	text := "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)'; exit; fi\n" + body + "\n"
	fake.Script(t, path, text)
	return path
}

func TestProgramsThatCannotBeUsed(t *testing.T) {
	version := func(line string) string {
		path := script(t, "")
		fake.Script(t, path, "#!/bin/sh\n"+line+"\n")
		return path
	}
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Dir(plain)+":"+os.Getenv("PATH"))
	for _, c := range []struct{ program, says string }{
		{"plain", "the program " + plain + " is not executable"},
		{"/none/ipvsadm", "the program /none/ipvsadm is not there: install the package ipvsadm, or use the driver netlink, which needs no program"},
		{"ipvsadm-that-nobody-has", "the program ipvsadm-that-nobody-has is not there: install"},
		{plain, "the program " + plain + " is not executable"},
		{t.TempDir(), "is a directory"},
		{version("echo 'ipvsadm v1.29 2016/12/23 (compiled with popt and IPVS v1.2.1)'"), "is version 1.29, and 1.31 or newer is needed, which knows all tunnels: update it, or use the driver netlink"},
		{version("echo 'ipvsadm v1.4'"), "is version 1.4, and 1.31 or newer is needed"},
		{version("echo garbage"), `--version: it does not say which version of ipvsadm it is, but "garbage"`},
		{version("head -c 1000000 /dev/zero"), "--version: it prints more than 16384 bytes"},
		{version("yes"), "--version: it prints more than 16384 bytes"},
		{version("head -c 1000000 /dev/zero; exit 3"), "--version: it prints more than 16384 bytes"},
		{version("exit 1"), "--version: it ended with status 1"},
		{version("kill -SEGV $$"), "--version: it was ended by a signal (segmentation fault)"},
		{version("sleep 100"), "--version: it did not get on for 5s and was killed"},
		{version("sleep 100 & exit 1"), "--version: it ended with status 1"},
		{version(`echo "Can't initialize ipvs: Permission denied (you must be root)" >&2; exit 2`), "--version: not permitted: CAP_NET_ADMIN in the initial user namespace is needed"},
		{version(`echo "modprobe: FATAL: Module ip_vs not found." >&2; echo "Can't initialize ipvs: Protocol not available" >&2; exit 2`), "--version: this kernel has no IPVS: the module ip_vs is neither loaded nor found"},
		{version("exec /none/interpreter"), "status 127"},
	} {
		since := time.Now()
		d, err := ipvsadm.Open(ipvsadm.Options{Program: c.program, Patience: soon})
		if err == nil {
			d.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.says) || len(err.Error()) > 2000 {
			t.Errorf("%s: error %v, want %s", c.program, err, c.says)
		}
		if spent := time.Since(since); spent > time.Minute {
			t.Errorf("%s took %s", c.program, spent)
		}
	}
}

func TestTheVersionOfTheProgram(t *testing.T) {
	path := script(t, "")
	fake.Script(t, path, "#!/bin/sh\necho 'modprobe: noise' >&2; echo 'ipvsadm v2.0-rc1 (compiled)'\n")
	if _, v := open(t, ipvsadm.Options{Program: path}).Program(); v != "2.0-rc1" {
		t.Errorf("version %q", v)
	}
}

// The one in PATH is taken, in whatever directory the caller is, and nothing of the caller's environment reaches it.
func TestProgramIsFoundAndRunCleanly(t *testing.T) {
	path := script(t, "env >&2; pwd >&2; exit 1")
	t.Setenv("PATH", filepath.Dir(path))
	t.Setenv("LC_ALL", "de_DE.UTF-8")
	t.Setenv("SECRET", "secret")
	d := open(t, ipvsadm.Options{})
	if got, version := d.Program(); got != path || version != "1.31" {
		t.Errorf("%s, %s; want %s", got, version, path)
	}
	_, err := d.Read(t.Context())
	for _, want := range []string{"LC_ALL=C", "PATH=/usr/sbin:"} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("without %s: %v", want, err)
		}
	}
}

func TestRead(t *testing.T) {
	p, d := openFake(t, ipvsadm.Options{})
	impatient := open(t, ipvsadm.Options{Program: p.Path, Patience: soon})
	state := spec.State{Timeouts: map[spec.TimeoutsKey]spec.Timeouts{{}: {TCP: 900, TCPFin: 120, UDP: 300}}}
	for _, c := range append(five(), create(serverOf(web, 9), spec.Destination{Forward: spec.Local, Weight: 7, UpperThreshold: 10, LowerThreshold: 5})) {
		state.Set(c.Key, c.After)
		if r := p.Table().Do(t.Context(), []plan.Change{c}); r[0].Err != nil {
			t.Fatal(r[0].Err)
		}
	}
	// What two reads do not agree about is read again.
	p.BreakListings(fake.Fault{Say: "No such service\n", Exit: 1})
	got, err := d.Read(t.Context())
	if diff := cmp.Diff(drivertest.TableLines(state), drivertest.TableLines(got)); diff != "" || err != nil {
		t.Errorf("state (-want +got):\n%s%v", diff, err)
	}
	for name, c := range map[string]struct {
		fault fake.Fault
		says  string
	}{
		"killed":         {fake.Fault{Kill: syscall.SIGKILL}, "-R: it was ended by a signal (killed)"},
		"hangs":          {fake.Fault{Wait: time.Hour}, "-R: it did not get on for 5s and was killed"},
		"status":         {fake.Fault{Exit: 3}, "-R: it ended with status 3"},
		"half a line":    {fake.Fault{Done: true, Say: "trouble"}, `-R: it listed the table as if all were well, and said: "trouble`},
		"words":          {fake.Fault{Done: true, Say: "trouble\n"}, `-R: it listed the table as if all were well, and said: "trouble`},
		"garbage":        {fake.Fault{Done: true, Print: "\x00garbage\n"}, "lists what cannot be read; the driver netlink can read every table: listing:"},
		"nobody's words": {fake.Fault{Done: true, Print: "-a -t 192.0.2.10:80 -r 10.0.0.77:80 (null) -w 1\n"}, "the driver netlink can read every table: listing:"},
		"never agrees":   {fake.Fault{Say: "No such service\n", Exit: 1}, "no two of 10 reads agree: the table is being changed by somebody else: a service went away while it was listed"},
		"contradiction":  {fake.Fault{At: 2, Done: true, Print: "-D -t 192.0.2.10:80\n"}, "no two of 10 reads agree: the table is being changed by somebody else: listing:"},
	} {
		c.fault.Always = true
		p.BreakListings(c.fault)
		d := d
		if c.fault.Wait > 0 {
			d = impatient
		}
		if got, err := d.Read(t.Context()); err == nil || !strings.Contains(err.Error(), c.says) || got.Len() != 0 {
			t.Errorf("%s: %d objects, %v; want %s", name, got.Len(), err, c.says)
		}
	}
	crash := open(t, ipvsadm.Options{Program: script(t, "kill -SEGV $$")})
	const says = "-R: it was ended by a signal (segmentation fault): the table holds what ipvsadm cannot show: use the driver netlink"
	if _, err := crash.Read(t.Context()); err == nil || !strings.HasSuffix(err.Error(), says) {
		t.Errorf("crash: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	p.BreakListings(fake.Fault{Wait: time.Hour})
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err := d.Read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A program that does not read, says nothing, or never stops talking: what it did is looked up.
func TestStrangersInThePlaceOfTheProgram(t *testing.T) {
	for name, c := range map[string]struct{ body, says string }{
		"deaf":     {"exec <&-; exit 0", "it ended as if all were well, and has not executed everything"},
		"mute":     {"exec 2>/dev/null; cat >/dev/null; exit 0", "it did not get on for 2s and was killed"},
		"endless":  {"yes >&2", "it did not get on for 2s and was killed"},
		"flood":    {"yes", "it did not get on for 2s and was killed"},
		"lingers":  {"sleep 1000 & exit 4", "it ended with status 4"},
		"helpless": {"echo \"Can't initialize ipvs: Permission denied (you must be root)\" >&2; exit 2", "not permitted: CAP_NET_ADMIN"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := ipvsadm.Options{Program: script(t, c.body)}
			if strings.Contains(c.says, "for 2s") {
				o.Patience = 2 * time.Second
			}
			d := open(t, o)
			var changes []plan.Change
			for i := range 5000 { // more than a pipe holds
				changes = append(changes, create(serverOf(spec.Mark(uint32(i+1), spec.IPv4), 1), one))
			}
			for i, r := range d.Do(t.Context(), changes) {
				if r.Err == nil || !strings.Contains(r.Err.Error(), c.says) || r.Unknown != (name != "helpless" && i < 16) {
					t.Fatalf("%d: %+v", i, r)
				}
			}
		})
	}
}
