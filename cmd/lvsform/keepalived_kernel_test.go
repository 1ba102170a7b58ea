//go:build linux

package main

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/keepalived"
)

const keepalivedCases = "../../testdata/keepalived"

// What keepalived makes of a configuration is what lvsform makes of it.
func TestKernelKeepalived(t *testing.T) {
	entries, err := os.ReadDir(keepalivedCases)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		dir := filepath.Join(keepalivedCases, e.Name())
		if exists(filepath.Join(dir, "error.txt")) {
			continue // there is nothing to compare
		}
		t.Run(e.Name(), func(t *testing.T) { tryKeepalived(t, dir) })
	}
}

func tryKeepalived(t *testing.T, dir string) {
	w := newKernelWorld(t)
	path, err := filepath.Abs(filepath.Join(dir, "keepalived.conf"))
	if err != nil {
		t.Fatal(err)
	}
	id, _ := os.ReadFile(filepath.Join(dir, "id")) // most cases have none
	c, err := keepalived.Load(path, hostFiles{}, string(id))
	if err != nil {
		t.Fatal(err)
	}
	if len(spec.Validate(c.State)) > 0 {
		w.put(c.State) // what no configuration can declare
	} else {
		w.write("etc/.keep", "")
		w.run(exitDone, "import", "--keepalived-id", string(id), "--out", w.path("etc/lb.lvs.hcl"), path)
		w.run(exitDone, "apply", "--auto-approve", w.path("etc"))
	}
	ours := listings(t)
	other := drivertest.NewNetns(t)
	other.Do(func() {
		drivertest.Run(t, "ip", "link", "add", "eth0", "type", "dummy")
		drivertest.Run(t, "ip", "link", "set", "eth0", "up")
		serveChecks(t)
		log := runKeepalived(t, path, string(id))
		if diff := cmp.Diff(settled(t, ours), ours); diff != "" {
			said, _ := os.ReadFile(log)
			t.Errorf("the table (-keepalived +lvsform)\n%s\nkeepalived said\n%s", diff, said)
		}
	})
}

// settled is what ipvsadm shows of the namespace once it is as expected and has been so for a while, or some time has passed.
func settled(t *testing.T, want []string) []string {
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline) && !slices.Equal(listings(t), want); {
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(500 * time.Millisecond)
	return listings(t)
}

type hostFiles struct{}

func (hostFiles) ReadFile(name string) ([]byte, error)  { return os.ReadFile(name) }
func (hostFiles) Glob(pattern string) ([]string, error) { return filepath.Glob(pattern) }

// put makes the table of a fresh namespace; timeouts that are open are the kernel's.
func (w *world) put(s spec.State) {
	w.t.Helper()
	t := spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300}
	if asked, ok := s.Timeouts[spec.TimeoutsKey{}]; ok {
		t = spec.Settle(t, asked).(spec.Timeouts)
	}
	s = s.Clone()
	s.Set(spec.TimeoutsKey{}, t)
	w.become(s)
}

// listings is everything that ipvsadm shows of the namespace, in an order of its own.
func listings(t *testing.T) []string {
	var out []string
	for _, args := range [][]string{{"-Sn"}, {"-Ln", "--thresholds"}, {"-Ln", "--timeout"}, {"-Ln", "--daemon"}} {
		lines := strings.Split(drivertest.Run(t, "ipvsadm", args...), "\n")
		slices.Sort(lines)
		out = append(out, lines...)
	}
	return out
}

// serveChecks answers health checks.
func serveChecks(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:7780")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	t.Cleanup(func() { s.Close() })
	go s.Serve(l)
}

// runKeepalived starts keepalived without VRRP in the namespace of the calling goroutine. It ends with the test.
// What it says is in the file.
func runKeepalived(t *testing.T, path, id string) (log string) {
	t.Helper()
	dir := t.TempDir()
	said, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	if id == "" {
		id = "nobody"
	}
	cmd := exec.Command("keepalived", "-C", "-B", "-n", "-l", "-G", "-R", "-f", path, "-i", id,
		"-p", filepath.Join(dir, "main.pid"), "-c", filepath.Join(dir, "checkers.pid"))
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill() // its children end with it, and the table with the namespace
		cmd.Wait()
		said.Close()
	})
	return said.Name()
}
