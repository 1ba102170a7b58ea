package apply

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// BusyError says that somebody else holds the lock of the node.
type BusyError struct {
	// Holder is what the holder wrote of itself.
	Holder string
}

// Error says who holds the lock.
func (e *BusyError) Error() string {
	return fmt.Sprintf("another lvsform is at work on this node (%s): wait for it, or give --lock-timeout", e.Holder)
}

// Lock takes the one lock of the network namespace whose directory is dir, waiting for at most so long. The kernel
// releases it when the process has ended, however it ends, and with it every program that it has started and that may still
// change the node. Somebody else's lock is a *BusyError.
func Lock(ctx context.Context, dir string, wait time.Duration, holder string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the directory of the lock: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening the lock: %w", err)
	}
	deadline := time.Now().Add(wait)
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			f.Close()
			return nil, fmt.Errorf("locking %s: %w", f.Name(), err)
		}
		if !time.Now().Before(deadline) {
			text, _ := io.ReadAll(io.LimitReader(f, 300))
			f.Close()
			return nil, &BusyError{strings.TrimSpace(string(text))}
		}
		if err := sleep(ctx, min(100*time.Millisecond, time.Until(deadline))); err != nil {
			f.Close()
			return nil, fmt.Errorf("interrupted while waiting for the lock: %w", err)
		}
	}
	// Programs inherit what has been duplicated, and nothing else.
	inherited, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("locking %s: %w", f.Name(), err)
	}
	// Who holds it is for people; the lock itself is the kernel's.
	_ = f.Truncate(0)
	_, _ = f.WriteAt([]byte(holder+"\n"), 0)
	return func() {
		_ = syscall.Flock(inherited, syscall.LOCK_UN)
		_ = syscall.Close(inherited)
		f.Close()
	}, nil
}
