//go:build linux

package drivertest

import (
	"fmt"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// Netns is a network namespace beside the test's own. It ends with the test.
type Netns struct {
	t  testing.TB
	ns *os.File
}

// NewNetns returns a new namespace with its loopback up. Call Kernel first.
func NewNetns(t testing.TB) *Netns {
	t.Helper()
	type result struct {
		ns  *os.File
		err error
	}
	made := make(chan result)
	go func() {
		runtime.LockOSThread() // and never unlocked, see Kernel
		if err := newNamespace(); err != nil {
			made <- result{err: err}
			return
		}
		ns, err := os.Open("/proc/thread-self/ns/net")
		made <- result{ns, err}
	}()
	r := <-made
	if r.err != nil {
		t.Fatal(r.err)
	}
	t.Cleanup(func() { r.ns.Close() })
	return &Netns{t, r.ns}
}

// Do calls f with the calling goroutine in the namespace. Sockets that f opens
// stay in it; goroutines that f starts are not in it.
func (n *Netns) Do(f func()) {
	n.t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	old, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		n.t.Fatal(err)
	}
	defer old.Close()
	if err := enter(n.ns); err != nil {
		n.t.Fatal(err)
	}
	defer func() {
		if err := enter(old); err != nil {
			panic(err) // the thread would go on in the wrong namespace
		}
	}()
	f()
}

func enter(ns *os.File) error {
	return os.NewSyscallError("setns", unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET))
}

// Run is Run in the namespace.
func (n *Netns) Run(name string, args ...string) string {
	n.t.Helper()
	var out string
	n.Do(func() { out = Run(n.t, name, args...) })
	return out
}

// Path is a name of the namespace that programs can open:
// "ip link add … peer name eth0 netns PATH".
func (n *Netns) Path() string {
	return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), n.ns.Fd())
}
