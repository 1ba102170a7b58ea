package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a run of lvsform in a process of its own.
type process struct {
	*exec.Cmd
	w   *world
	err stderr
}

// stderr is what a process has said so far.
type stderr struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write writes.
func (s *stderr) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

// String is all of it.
func (s *stderr) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (w *world) process(args ...string) *process {
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	p := &process{Cmd: exec.CommandContext(w.ctx, self, args...), w: w}
	p.Env = append(os.Environ(), "BE_LVSFORM=1")
	p.Stderr = &p.err
	return p
}

func (p *process) start() {
	p.w.t.Helper()
	if err := p.Start(); err != nil {
		p.w.t.Fatal(err)
	}
}

// until waits for something to come true.
func (w *world) until(what string, f func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(time.Minute); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("it does not come true: %s", what)
		}
	}
}

// signal sends one.
func (p *process) signal(s os.Signal) {
	p.w.t.Helper()
	if err := p.Process.Signal(s); err != nil {
		p.w.t.Fatal(err)
	}
}

// interrupt sends one, and waits until it is heeded.
func (p *process) interrupt() {
	p.w.t.Helper()
	p.signal(os.Interrupt)
	p.w.until("the interrupt is heeded", func() bool { return strings.Contains(p.err.String(), "Interrupt received") })
}

func (p *process) ends(code int, says string) {
	p.w.t.Helper()
	var exit *exec.ExitError
	if err := p.Wait(); err != nil && !errors.As(err, &exit) {
		p.w.t.Fatal(err)
	}
	if got := p.ProcessState.ExitCode(); got != code || !strings.Contains(p.err.String(), says) {
		p.w.t.Errorf("exit code %d, want %d; stderr should have %q:\n%s", got, code, says, p.err.String())
	}
}

// drains waits until the node of applied drains its second server.
func (w *world) drains() {
	w.t.Helper()
	w.until("it drains", func() bool { return strings.Contains(w.read("lb1.json"), "draining_since") })
}

// drained ends the connections of that server.
func (w *world) drained() {
	w.t.Helper()
	w.write("without", strings.Replace(w.read("lb1.json"), `"active": 7`, `"active": 0`, 1))
	if err := os.Rename(w.path("without"), w.path("lb1.json")); err != nil {
		w.t.Fatal(err)
	}
}

func TestSignalWhileDraining(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		w := applied(t)
		before := w.state()
		p := w.process("apply", w.node(), "--auto-approve", w.path("next"))
		p.start()
		w.drains()
		p.signal(s)
		p.ends(exitRolledBack, "the node is as it was before")
		if after := w.state(); !after.Equal(before) {
			t.Errorf("%v: the node was\n%v\nand is\n%v", s, before, after)
		}
	}
}

// An interrupt that comes when everything is done does not say that nothing was changed.
func TestInterruptAfterTheEnd(t *testing.T) {
	var p progress
	if !p.begin() {
		t.Fatal("it does not begin")
	}
	p.end()
	if p.quit() {
		t.Error("nothing was changed, it says")
	}
}

// A reader that goes away, as in "lvsform apply | head", does not end an apply half-way.
func TestReaderGoesAway(t *testing.T) {
	for _, c := range []struct {
		name  string
		when  func(*world)
		after int
		ends  func(*process)
	}{
		{"before the plan is shown", func(*world) {}, exitChanges, func(p *process) { p.ends(exitError, "the plan cannot be shown, so it is not done") }},
		{"while it is done", (*world).drains, exitDone, func(p *process) {
			p.w.drained()
			p.ends(exitDone, "")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := applied(t)
			r, out, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			p := w.process("apply", w.node(), "--auto-approve", w.path("next"))
			p.Stdout = out
			if c.after == exitChanges {
				r.Close()
			}
			p.start()
			out.Close()
			c.when(w)
			r.Close()
			c.ends(p)
			w.run(c.after, "plan", w.node(), "--detailed-exitcode", w.path("next"))
		})
	}
}

func TestWhatIsOursCannotBeRecorded(t *testing.T) {
	w := applied(t)
	p := w.process("apply", w.node(), "--auto-approve", w.path("next"))
	p.start()
	w.drains()
	if err := errors.Join(os.Rename(w.path("lb1.json.run"), w.path("away")), os.WriteFile(w.path("lb1.json.run"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	w.drained()
	p.ends(exitNeither, "everything was done, and what belongs to lvsform now could not be recorded")
}
