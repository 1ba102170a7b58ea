//go:build linux

// Package drivertest holds what proves a driver: the suite that every driver
// passes, and the way into the test machine, a real kernel with IPVS that
// "make test" boots (see the directory machine). Start with Kernel for a table of
// its own, with NewLab for real packets through it, and with NewSite for several machines that hear each other.
package drivertest

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Kernel puts the test in a new network namespace, and so gives it an IPVS table
// of its own. A test that calls it is named TestKernel…: those, and only those,
// run as root in the test machine; anywhere else they are skipped.
//
// The namespace belongs to the thread of the calling goroutine, which stays
// locked to it: call Kernel in each subtest, and reach the system from this
// goroutine or from programs it starts. /proc/net is the first thread's
// namespace; this one's is /proc/thread-self/net.
func Kernel(t testing.TB) {
	t.Helper()
	if os.Getenv("LVSFORM_IN_TEST_KERNEL") == "" {
		t.Skip("needs an IPVS kernel: run `make test`")
	}
	// Never unlocked: a thread in a namespace of its own must not serve other
	// goroutines. It ends with the test's.
	runtime.LockOSThread()
	if err := newNamespace(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("/proc/thread-self/net/ip_vs"); err != nil {
		t.Fatalf("the test kernel has no IPVS: %v", err)
	}
	if err := Estimate(false); err != nil {
		t.Fatal(err)
	}
}

// Estimate switches the estimators of the namespace's table on, which counters and rates come from. Kernel switches them
// off: in an emulated Linux 6.12 with many destinations their thread crashed now and then (ip_vs_estimation_kthread).
func Estimate(on bool) error {
	value := "0"
	if on {
		value = "1"
	}
	return os.WriteFile("/proc/sys/net/ipv4/vs/run_estimation", []byte(value), 0o644)
}

// CPU is what this process and the programs it has run have spent.
func CPU(t testing.TB) (sum time.Duration) {
	t.Helper()
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		if err := unix.Getrusage(who, &u); err != nil {
			t.Fatal(err)
		}
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return sum
}

// newNamespace moves the calling thread to a new network namespace.
func newNamespace() error {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return os.NewSyscallError("unshare", err)
	}
	return linkUp("lo")
}

// linkUp does what "ip link set NAME up" does, without the cost of a process.
func linkUp(name string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	defer unix.Close(fd)
	req, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	req.SetUint16(unix.IFF_UP)
	return os.NewSyscallError("ioctl SIOCSIFFLAGS", unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, req))
}

// Up waits until an interface sends packets whose other end has just come up: the kernel gets it ready when it finds the time.
func Up(t testing.TB, name string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !strings.Contains(Run(t, "ip", "link", "show", name), "state UP"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not come up", name)
		}
	}
}

// Run runs a program in the namespace of the calling goroutine and returns what
// it wrote on both its outputs. Anything but exit status 0 ends the test.
func Run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := Try(name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

// Try is Run for a program that may end with another status.
func Try(name string, args ...string) (string, error) {
	return tryInput("", name, args...)
}

func tryInput(stdin, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
