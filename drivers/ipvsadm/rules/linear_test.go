//go:build linux

package rules_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"golang.org/x/sys/unix"
)

// spent is the processor time that f takes, however busy the machine is, without the collector's.
func spent(t *testing.T, f func()) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	now := func() time.Duration {
		var u unix.Rusage
		if err := unix.Getrusage(unix.RUSAGE_THREAD, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start := now()
	f()
	return now() - start
}

// Four times the text takes no more than some four times as long: searching from the beginning would take sixteen.
func TestLinear(t *testing.T) {
	cost := func(text string) time.Duration {
		return spent(t, func() { _, _ = rules.Parse([]rules.Source{{Name: "x", Text: []byte(text)}}, rules.Resolver{}) })
	}
	small, large := big(2_000), big(8_000)
	for name := range small {
		a, b := cost(small[name]), cost(large[name])
		for range 20 { // somebody else may have used the caches
			if b < 9*a+20*time.Millisecond {
				break
			}
			a, b = min(a, cost(small[name])), min(b, cost(large[name]))
		}
		if b >= 9*a+20*time.Millisecond {
			t.Errorf("%s: %s for 2000 lines, %s for 8000", name, a, b)
		}
	}
}
