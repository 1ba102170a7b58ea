//go:build linux

package netlink

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// namespace is a network namespace, kept alive by an open file.
type namespace struct {
	file  *os.File
	inode uint64
}

const presentNamespace = "/proc/thread-self/ns/net"

// openNamespace takes a path, a name as "ip netns" has it, or "" for the namespace of the calling thread.
func openNamespace(name string) (*namespace, error) {
	path := name
	switch {
	case name == "":
		path = presentNamespace
	case !strings.Contains(name, "/"):
		path = filepath.Join("/run/netns", name)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("network namespace: %w", err)
	}
	n := &namespace{file: f}
	var st unix.Stat_t
	if err = unix.Fstat(int(f.Fd()), &st); err == nil && name != "" {
		err = isNetworkNamespace(f)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("network namespace %s: %w", path, err)
	}
	n.inode = st.Ino
	return n, nil
}

func isNetworkNamespace(f *os.File) error {
	kind, err := unix.IoctlRetInt(int(f.Fd()), unix.NS_GET_NSTYPE)
	if err != nil || kind != unix.CLONE_NEWNET {
		return fmt.Errorf("it is not a network namespace")
	}
	return nil
}

// do calls f on a thread that is in the namespace. What f opens stays there.
func (n *namespace) do(f func() error) error {
	var st unix.Stat_t
	runtime.LockOSThread()
	err := unix.Stat(presentNamespace, &st)
	if err == nil && st.Ino == n.inode {
		defer runtime.UnlockOSThread()
		return f()
	}
	runtime.UnlockOSThread()
	done := make(chan error)
	go func() { done <- n.visit(f) }()
	return <-done
}

// visit runs on a goroutine of its own: if there is no way back, its thread ends with it.
func (n *namespace) visit(f func() error) error {
	runtime.LockOSThread()
	home, err := os.Open(presentNamespace)
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer home.Close()
	if err := unix.Setns(int(n.file.Fd()), unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("enter the network namespace %s: %w", n.file.Name(), err)
	}
	err = f()
	if unix.Setns(int(home.Fd()), unix.CLONE_NEWNET) == nil {
		runtime.UnlockOSThread()
	}
	return err
}

func (n *namespace) close() error { return n.file.Close() }
