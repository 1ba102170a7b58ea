//go:build linux

package ipvsadm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/lvsform/lvsform/drivers/internal/netns"
)

// program is the ipvsadm of a network namespace.
type program struct {
	path     string
	space    *netns.Space
	patience time.Duration
}

const searchPath = "/usr/sbin:/usr/bin:/sbin:/bin"

// find looks in PATH, and where an ordinary user's PATH does not lead.
func find(name string) (string, error) {
	if name == "" {
		name = "ipvsadm"
	}
	path, err := exec.LookPath(name)
	for _, dir := range []string{"/usr/sbin", "/sbin"} {
		if err != nil && !strings.Contains(name, "/") {
			if there, wrong := exec.LookPath(filepath.Join(dir, name)); wrong == nil {
				path, err = there, nil
			}
		}
	}
	switch {
	case err == nil:
		return filepath.Abs(path)
	case errors.Is(err, fs.ErrPermission):
		return "", fmt.Errorf("the program %s is not executable", name)
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("the program %s is not there: install the package ipvsadm, or use the driver netlink, which needs no program", name)
	}
	return "", fmt.Errorf("the program %s: %w", name, err)
}

const (
	// How long the pipes may stay open after the program has ended: a child of it may hold them.
	waitForPipes = 2 * time.Second
	// More than this no listing has: 100 bytes for each of two million destinations.
	mostListed = 200 << 20
)

// hungError is why a program was killed that did not get on.
type hungError struct{ patience time.Duration }

func (e hungError) Error() string {
	return fmt.Sprintf("it did not get on for %s and was killed", e.patience)
}

// sink takes a piece of what a program prints, and says whether it shows that the program gets on.
type sink func(b []byte) (progress bool, err error)

// pipe is a sink that keeps a program alive, or ends it.
type pipe struct {
	sink  sink
	alive func()
	end   context.CancelCauseFunc
}

func (p pipe) Write(b []byte) (int, error) {
	progress, err := p.sink(b)
	if progress {
		p.alive()
	}
	if err != nil {
		p.end(err)
	}
	return len(b), err
}

// run runs the program in its namespace, in an environment without surprises, until it ends or hangs. It has a process
// group of its own: an interrupt that is typed does not reach it, and when it is killed, so are its children.
func (p *program) run(ctx context.Context, in string, out, said sink, args ...string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(p.patience, func() { cancel(hungError{p.patience}) })
	defer timer.Stop()
	alive := func() { timer.Reset(p.patience) }
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Env = []string{"LC_ALL=C", "PATH=" + searchPath}
	cmd.Dir = "/"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(in), pipe{out, alive, cancel}, pipe{said, alive, cancel}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	killAll := func() error {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != syscall.ESRCH {
			return err
		}
		return os.ErrProcessDone
	}
	cmd.Cancel, cmd.WaitDelay = killAll, waitForPipes
	if err := p.space.Do(cmd.Start); err != nil {
		return notStarted{err}
	}
	err := cmd.Wait()
	if errors.Is(err, exec.ErrWaitDelay) {
		_ = killAll() // what it left behind may still change the table
	}
	cause := context.Cause(ctx)
	if exit, ok := errors.AsType[*exec.ExitError](err); err == nil || cause == nil || ok && exit.Exited() {
		return err
	}
	return cause
}

// notStarted is why there was no process.
type notStarted struct{ error }

func (e notStarted) Unwrap() error { return e.error }

// output is what the program prints, so many bytes at most, when it has read in; and what it says on stderr.
func (p *program) output(ctx context.Context, in string, most int, args ...string) (out []byte, said string, err error) {
	var printed, told bytes.Buffer
	keep := func(b *bytes.Buffer, most int) sink {
		return func(piece []byte) (bool, error) {
			if b.Len()+len(piece) > most {
				return false, fmt.Errorf("it prints more than %d bytes", most)
			}
			b.Write(piece)
			return true, nil
		}
	}
	err = p.run(ctx, in, keep(&printed, most), keep(&told, mostWords), args...)
	return printed.Bytes(), strings.TrimSpace(told.String()), err
}

// explain words the end of a run that should have gone well, with what the program said.
func (p *program) explain(err error, said string, args ...string) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if no := initError(said); no != nil {
		err, said = no, ""
	}
	err = fmt.Errorf("%s %s: %w", p.path, strings.Join(args, " "), ending(err))
	if said != "" {
		err = fmt.Errorf("%w: %s", err, quote(said))
	}
	return err
}

// ending says how a process ended.
func ending(err error) error {
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return fmt.Errorf("it was ended by a signal (%s)", status.Signal())
	}
	return fmt.Errorf("it ended with status %d", exit.ExitCode())
}

// quote is a program's words as an error has them.
func quote(said string) string { return fmt.Sprintf("%.300q", strings.TrimSpace(said)) }
