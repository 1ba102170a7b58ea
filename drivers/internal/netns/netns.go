//go:build linux

// Package netns is where the drivers of a kernel are: a network namespace, entered from wherever the callers are, and
// the identity of the machine, boot and namespace.
package netns

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// Space is a network namespace, kept alive by an open file.
type Space struct {
	file  *os.File
	inode uint64
}

const present = "/proc/thread-self/ns/net"

// Open takes a path, a name as "ip netns" has it, or "" for the namespace of the calling thread.
func Open(name string) (*Space, error) {
	path := name
	switch {
	case name == "":
		path = present
	case !strings.Contains(name, "/"):
		path = filepath.Join("/run/netns", name)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("network namespace: %w", err)
	}
	s := &Space{file: f}
	var st unix.Stat_t
	if err = unix.Fstat(int(f.Fd()), &st); err == nil && name != "" {
		err = isNamespace(f)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("network namespace %s: %w", path, err)
	}
	s.inode = st.Ino
	return s, nil
}

func isNamespace(f *os.File) error {
	kind, err := unix.IoctlRetInt(int(f.Fd()), unix.NS_GET_NSTYPE)
	if err != nil || kind != unix.CLONE_NEWNET {
		return fmt.Errorf("it is not a network namespace")
	}
	return nil
}

// Do calls f on a thread that is in the namespace. What f opens or starts stays there.
func (s *Space) Do(f func() error) error {
	var st unix.Stat_t
	runtime.LockOSThread()
	err := unix.Stat(present, &st)
	if err == nil && st.Ino == s.inode {
		defer runtime.UnlockOSThread()
		return f()
	}
	runtime.UnlockOSThread()
	done := make(chan error)
	go func() { done <- s.visit(f) }()
	return <-done
}

// visit runs on a goroutine of its own: if there is no way back, its thread ends with it.
func (s *Space) visit(f func() error) error {
	runtime.LockOSThread()
	home, err := os.Open(present)
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer home.Close()
	if err := unix.Setns(int(s.file.Fd()), unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("enter the network namespace %s: %w", s.file.Name(), err)
	}
	err = f()
	if unix.Setns(int(home.Fd()), unix.CLONE_NEWNET) == nil {
		runtime.UnlockOSThread()
	}
	return err
}

// Close gives up the namespace.
func (s *Space) Close() error { return s.file.Close() }
