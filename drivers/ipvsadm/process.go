//go:build linux

package ipvsadm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// job is one run of the program.
type job struct {
	args []string
	// begin is called when the program runs, and writes to its stdin and closes it, at once or later; nil: there is nothing.
	begin func(in io.WriteCloser)
	// out and said are given what it prints on stdout and stderr; nil throws it away.
	out, said sink
	// patience is how long it may go without getting on.
	patience time.Duration
}

// sink takes a piece of what a program prints, and says whether it shows that the program gets on.
type sink func(b []byte) (progress bool, err error)

// keep is a sink into a buffer, for so many bytes at most.
func keep(b *bytes.Buffer, most int) sink {
	return func(piece []byte) (bool, error) {
		if b.Len()+len(piece) > most {
			return false, tooMuchError(most)
		}
		b.Write(piece)
		return true, nil
	}
}

// tooMuchError is why a program was ended that prints more bytes than that.
type tooMuchError int

func (e tooMuchError) Error() string { return fmt.Sprintf("it prints more than %d bytes", int(e)) }

// pipe is a sink that keeps a program alive, or ends it.
type pipe struct {
	sink  sink
	alive func()
	end   context.CancelCauseFunc
}

func (p pipe) Write(b []byte) (int, error) {
	if p.sink == nil {
		return len(b), nil
	}
	progress, err := p.sink(b)
	if progress {
		p.alive()
	}
	if err != nil {
		p.end(err)
	}
	return len(b), err
}

// hungError is why a program was killed that did not get on.
type hungError struct{ patience time.Duration }

func (e hungError) Error() string {
	return fmt.Sprintf("it did not get on for %s and was killed", e.patience)
}

// notStartedError is why there was no process.
type notStartedError struct{ error }

func (e notStartedError) Unwrap() error { return e.error }

// stillThereError says that a process is being killed and does not end, so that it may still change the table.
type stillThereError struct{ pid int }

func (e stillThereError) Error() string {
	return fmt.Sprintf("its process %d was killed and is still there", e.pid)
}

// run runs the program in its namespace, in an environment without surprises, until it ends or hangs. It has a process
// group of its own: an interrupt that is typed does not reach it. When it has ended, so has everything in the group.
func (p *program) run(ctx context.Context, j job) error {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(j.patience, func() { cancel(hungError{j.patience}) })
	defer timer.Stop()
	alive := func() { timer.Reset(j.patience) }
	cmd := exec.CommandContext(inner, p.path, j.args...)
	cmd.Env = []string{"LC_ALL=C", "PATH=" + searchPath}
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = pipe{j.out, alive, cancel}, pipe{j.said, alive, cancel}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel, cmd.WaitDelay = func() error { return killGroup(cmd.Process.Pid) }, waitForPipes
	in, err := cmd.StdinPipe()
	if err == nil {
		err = p.start(cmd)
	}
	if err != nil {
		return notStartedError{err}
	}
	if j.begin == nil {
		_ = in.Close()
	} else {
		j.begin(in)
	}
	p.finish(cmd.Process.Pid)
	err = cmd.Wait()
	if !gone(cmd.Process.Pid) {
		return stillThereError{cmd.Process.Pid}
	}
	// When its pipe is closed, it may end by itself before it is killed.
	if most, ok := errors.AsType[tooMuchError](context.Cause(inner)); ok {
		return most
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); err == nil || inner.Err() == nil || ok && exit.Exited() {
		return err
	}
	return context.Cause(inner)
}

// start starts the program, unless kill was called.
func (p *program) start(cmd *exec.Cmd) error {
	p.gate.Lock()
	defer p.gate.Unlock()
	if p.killed {
		return errors.New("lvsform is about to end")
	}
	err := p.space.Do(cmd.Start)
	if err == nil {
		p.group = cmd.Process.Pid
	}
	return err
}

// finish waits for the end of the process, and ends what it has left behind. Until it has been waited for, its number is nobody else's.
func (p *program) finish(pid int) {
	for unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
	p.gate.Lock()
	defer p.gate.Unlock()
	_ = killGroup(pid)
	p.group = 0
}

// kill ends the program that runs, and keeps others from being started.
func (p *program) kill() {
	p.gate.Lock()
	defer p.gate.Unlock()
	p.killed = true
	if p.group != 0 {
		_ = killGroup(p.group)
	}
}

func killGroup(pid int) error {
	if err := syscall.Kill(-pid, syscall.SIGKILL); err != syscall.ESRCH {
		return err
	}
	return os.ErrProcessDone
}

// gone waits until nothing of a process group is alive.
func gone(group int) bool {
	for deadline := time.Now().Add(waitForPipes); living(group); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// living looks for a process of the group that is not a zombie.
func living(group int) bool {
	if syscall.Kill(-group, 0) == syscall.ESRCH {
		return false
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		return true
	}
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		// What is before the last ")" is the program's name.
		fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
		if len(fields) > 2 && string(fields[2]) == strconv.Itoa(group) && !bytes.Contains([]byte("ZX"), fields[0]) {
			return true
		}
	}
	return false
}
