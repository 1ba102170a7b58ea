//go:build linux

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/ipvsadm/fake"
)

// programs are the processes of the program that are alive.
func programs(t *testing.T, p *fake.Program) (n int) {
	t.Helper()
	found, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		// It is gone, or somebody else's, if it cannot be read; a zombie's is empty.
		if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte("LVSFORM_FAKE_IPVSADM="+filepath.Dir(p.Path)+"\x00")) {
			n++
		}
	}
	return n
}

// begun starts an apply of two servers, and waits until the program hangs in its second change.
func begun(t *testing.T, f fake.Fault) (*world, *fake.Program, *process) {
	t.Helper()
	w, p := newProgramWorld(t)
	f.At, f.Done = 2, true
	p.Break(f)
	apply := w.process("apply", throughIPVSAdm, "--auto-approve", w.path("etc"))
	apply.Env = append(apply.Env, "LVSFORM_RUN_DIR="+w.path("run"))
	apply.start()
	w.until("a server is there", func() bool { return strings.Contains(tableOf(t, p), "10.0.0.11") })
	return w, p, apply
}

func TestSecondInterruptEndsTheProgram(t *testing.T) {
	w, p, apply := begun(t, fake.Fault{Wait: time.Hour})
	for range 2 {
		if err := apply.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
	}
	apply.ends(exitNeither, "A second interrupt ends lvsform at once")
	w.until("the program has ended", func() bool { return programs(t, p) == 0 })
	w.run(exitChanges, "drift", throughIPVSAdm, w.path("etc"))
}

// Nobody hears a program whose lvsform was killed: it ends with its next word, and until then has the lock.
func TestKilledAmidTheProgram(t *testing.T) {
	w, p, apply := begun(t, fake.Fault{Wait: 2 * time.Second})
	if err := apply.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	apply.ends(-1, "")
	w.run(exitBusy, "apply", throughIPVSAdm, "--auto-approve", w.path("etc"))
	w.says(w.err, "another lvsform is at work on this node")
	w.until("the program has ended", func() bool { return programs(t, p) == 0 })
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
	w.until("the program hangs", func() bool { return programs(t, p) == 1 })
	time.Sleep(200 * time.Millisecond)
	if err := plan.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	plan.ends(exitError, "interrupted: nothing was changed")
	w.until("the program has ended", func() bool { return programs(t, p) == 0 })
}

// An interrupt in the only batch of a plan is heeded when that is done.
func TestInterruptInTheLastBatch(t *testing.T) {
	_, p, apply := begun(t, fake.Fault{Wait: time.Second})
	if err := apply.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	apply.ends(exitRolledBack, "the node is as it was before")
	if now := tableOf(t, p); strings.Contains(now, "10.0.0.1") {
		t.Errorf("the node is\n%s", now)
	}
}
