//go:build linux

package drivertest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

func TestKernelNamespace(t *testing.T) {
	drivertest.Kernel(t)
	other := drivertest.NewNetns(t)
	drivertest.Run(t, "ipvsadm", "-A", "-t", "192.0.2.1:80", "-s", "mh")
	other.Run("ipvsadm", "-A", "-t", "192.0.2.2:80", "-s", "rr")

	if got, want := drivertest.Run(t, "ipvsadm", "-Sn"), "-A -t 192.0.2.1:80 -s mh\n"; got != want {
		t.Errorf("table of the test's namespace: %q, want %q", got, want)
	}
	if got, want := other.Run("ipvsadm", "-Sn"), "-A -t 192.0.2.2:80 -s rr\n"; got != want {
		t.Errorf("table of the other namespace: %q, want %q", got, want)
	}
}

func TestKernelTry(t *testing.T) {
	drivertest.Kernel(t)
	out, err := drivertest.Try("ipvsadm", "-D", "-t", "192.0.2.1:80")
	if err == nil || !strings.Contains(out, "No such service") {
		t.Errorf("ipvsadm -D of nothing: %v, %q", err, out)
	}
}

func TestKernelLab(t *testing.T) {
	lab := drivertest.NewLab(t, 2)
	lab.Serve(80)
	if _, err := lab.Dial(80); err == nil {
		t.Error("connected without a service")
	}
	drivertest.Run(t, "ipvsadm", "-A", "-t", "10.0.0.10:80", "-s", "rr")
	for _, s := range lab.Servers {
		drivertest.Run(t, "ipvsadm", "-a", "-t", "10.0.0.10:80", "-r", s.Addr.String(), "-m")
	}

	seen := map[string]int{}
	for range 4 {
		session, err := lab.Dial(80)
		if err != nil {
			t.Fatal(err)
		}
		if err := session.Ping(); err != nil {
			t.Error(err)
		}
		seen[session.Server]++
	}
	if got, want := fmt.Sprint(seen), "map[rs1:2 rs2:2]"; got != want {
		t.Errorf("connections by server: %s, want %s", got, want)
	}
	// The four are still open: what a drain waits for.
	if out := drivertest.Run(t, "ipvsadm", "-Ln"); strings.Count(out, " 1      2          0") != 2 {
		t.Errorf("want 2 active connections for each server:\n%s", out)
	}
}
