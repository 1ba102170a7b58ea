//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/ipvsadm/fake"
)

// opens waits until the process has opened a file.
func (p *process) opens(file *os.File) {
	p.w.t.Helper()
	want, err := file.Stat()
	if err != nil {
		p.w.t.Fatal(err)
	}
	p.w.until("it opens "+file.Name(), func() bool {
		files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", p.Process.Pid))
		return slices.ContainsFunc(files, func(path string) bool {
			got, err := os.Stat(path)
			return err == nil && os.SameFile(got, want)
		})
	})
}

func TestSignalBeforeAnythingWasChanged(t *testing.T) {
	w := applied(t)
	lock, err := os.Open(w.path("lb1.json.run/lock")) // which the process does not inherit, as it would from apply.Lock
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	p := w.process("apply", w.node(), "--auto-approve", "--lock-timeout=1h", w.path("next"))
	p.start()
	p.opens(lock)
	p.signal(os.Interrupt)
	p.ends(exitError, "interrupted: nothing was changed")
}

// begun starts an apply of two servers, and waits until the program hangs in its second change, which it does until there
// is a file go-on.
func begun(t *testing.T) (*world, *fake.Program, *process) {
	t.Helper()
	w, p := newProgramWorld(t)
	p.Break(fake.Fault{At: 2, Done: true, Until: w.path("go-on")})
	apply := w.process("apply", throughIPVSAdm, "--auto-approve", w.path("etc"))
	apply.Env = append(apply.Env, "LVSFORM_RUN_DIR="+w.path("run"))
	apply.start()
	w.until("a server is there", func() bool { return strings.Contains(tableOf(t, p), "10.0.0.11") })
	return w, p, apply
}

// ended waits until nothing is left of the program.
func ended(w *world, p *fake.Program) {
	w.t.Helper()
	w.until("the program has ended", func() bool { return p.Running() == 0 })
}

func TestSecondInterruptEndsTheProgram(t *testing.T) {
	w, p, apply := begun(t)
	apply.interrupt()
	apply.signal(os.Interrupt)
	apply.ends(exitNeither, "A second interrupt ends lvsform at once")
	ended(w, p)
	w.run(exitChanges, "drift", throughIPVSAdm, w.path("etc"))
}

// Nobody hears a program whose lvsform was killed: it ends with its next word, and until then has the lock.
func TestKilledAmidTheProgram(t *testing.T) {
	w, p, apply := begun(t)
	apply.signal(syscall.SIGKILL)
	apply.ends(-1, "")
	w.run(exitBusy, "apply", throughIPVSAdm, "--auto-approve", w.path("etc"))
	w.says(w.err, "another lvsform is at work on this node")
	w.write("go-on", "")
	ended(w, p)
	if now := tableOf(t, p); strings.Contains(now, "10.0.0.12") {
		t.Errorf("it went on:\n%s", now)
	}
	w.run(exitDone, "apply", throughIPVSAdm, "--auto-approve", "--lock-timeout=10s", w.path("etc"))
}

func TestInterruptLeavesNoProgramBehind(t *testing.T) {
	w, p := newProgramWorld(t)
	p.BreakListings(fake.Fault{Wait: time.Hour})
	plan := w.process("plan", throughIPVSAdm, w.path("etc"))
	plan.start()
	w.until("the program hangs", func() bool { return p.Struck() && p.Running() == 1 })
	plan.signal(os.Interrupt)
	plan.ends(exitError, "interrupted: nothing was changed")
	ended(w, p)
}

// An interrupt in the only batch of a plan is heeded when that is done.
func TestInterruptInTheLastBatch(t *testing.T) {
	w, p, apply := begun(t)
	apply.interrupt()
	w.write("go-on", "")
	apply.ends(exitRolledBack, "the node is as it was before")
	if now := tableOf(t, p); strings.Contains(now, "10.0.0.1") {
		t.Errorf("the node is\n%s", now)
	}
}
