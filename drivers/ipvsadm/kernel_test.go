//go:build linux

package ipvsadm_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/ipvsadm"
	"github.com/lvsform/lvsform/drivers/netlink"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

func open(t testing.TB, o ipvsadm.Options) *ipvsadm.Driver {
	t.Helper()
	d, err := ipvsadm.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func openNetlink(t testing.TB, o netlink.Options) *netlink.Driver {
	t.Helper()
	d, err := netlink.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestKernelSuite(t *testing.T) {
	drivertest.Suite(t, func(t *testing.T) drivertest.Driver {
		drivertest.KernelNode(t)
		return open(t, ipvsadm.Options{})
	})
}

func read(t *testing.T, d drivertest.Driver) spec.State {
	t.Helper()
	s, err := d.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func same(t *testing.T, what string, want, got spec.State) {
	t.Helper()
	if diff := cmp.Diff(drivertest.TableLines(want), drivertest.TableLines(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// From one random state to the next, the same changes by either driver leave the same table, and both read it alike.
func TestKernelBothDriversLeaveTheSameTable(t *testing.T) {
	drivertest.KernelNode(t)
	other := drivertest.NewNetns(t)
	other.Run("ip", "link", "add", "eth0", "type", "dummy")
	other.Run("ip", "link", "set", "eth0", "up")
	other.Run("ip", "address", "add", "10.0.0.2/24", "dev", "eth0")
	other.Run("ip", "address", "add", "2001:db8::2/64", "dev", "eth0", "nodad")
	through, by := open(t, ipvsadm.Options{Namespace: other.Path()}), openNetlink(t, netlink.Options{})
	seenThere := openNetlink(t, netlink.Options{Namespace: other.Path()})
	r := rand.New(rand.NewPCG(11, 0))
	now := read(t, by)
	for range 15 {
		next := drivertest.Expressible(through, drivertest.RandomState(r))
		for _, batch := range plan.Diff(now, next, plan.Options{}).Batches() {
			for _, d := range []drivertest.Driver{by, through} {
				for i, result := range d.Do(t.Context(), batch.Changes()) {
					if result != (plan.Result{}) {
						t.Fatalf("%T: %s: %+v", d, batch[i], result)
					}
				}
			}
		}
		now = next
		same(t, "by netlink", now, read(t, by))
		same(t, "through ipvsadm", now, read(t, seenThere))
		same(t, "read by ipvsadm", now, read(t, through))
		if t.Failed() {
			return
		}
	}
}

// A marker is a line that ipvsadm complains about, goes on after, and that changes nothing, whatever the table holds.
func TestKernelMarkersChangeNothing(t *testing.T) {
	drivertest.KernelNode(t)
	d := openNetlink(t, netlink.Options{})
	for i, r := range d.Do(t.Context(), five()) {
		if r.Err != nil {
			t.Fatal(i, r.Err)
		}
	}
	before := read(t, d)
	cmd := exec.Command("ipvsadm", "-R")
	cmd.Stdin = strings.NewReader("-A --lvsform-0\n-D -t 192.0.2.99:80\n-A --lvsform-1\n-A --lvsform-2\n")
	var said strings.Builder
	cmd.Stderr = &said
	err := cmd.Run()
	want := "--lvsform-0: unknown option\nNo such service\n--lvsform-1: unknown option\n--lvsform-2: unknown option\n"
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 255 || said.String() != want {
		t.Errorf("%v: %q", err, said.String())
	}
	same(t, "table", before, read(t, d))
}

// What only netlink can write is read, or refused with the way out; never shown as something else.
func TestKernelWhatIpvsadmDoesNotShow(t *testing.T) {
	mark := spec.Mark(1<<32-1, spec.IPv4)
	tunnel := func(v spec.Tunnel) spec.Destination { return spec.Destination{Forward: spec.TunnelTo, Tunnel: v} }
	for _, c := range []struct {
		name    string
		changes []plan.Change
		says    string
	}{
		{"local", []plan.Change{create(mark, rr), create(serverOf(mark, 1), spec.Destination{Forward: spec.Local, Weight: 3})}, ""},
		{"another port", []plan.Change{create(mark, rr), create(web, rr), create(spec.DestinationKey{Service: web, Address: netip.MustParseAddrPort("10.0.0.11:8080")}, one)}, ""},
		{"heavy", []plan.Change{create(mark, rr), create(serverOf(mark, 1), spec.Destination{Weight: 1<<31 - 1, UpperThreshold: 1<<32 - 1})}, ""},
		{"checksum 3", []plan.Change{create(mark, rr), create(serverOf(mark, 1), tunnel(spec.Tunnel{Type: spec.GUE, Port: 1, Checksum: 3}))}, "use the driver netlink"},
		{"tunnel type 7", []plan.Change{create(mark, rr), create(serverOf(mark, 1), tunnel(spec.Tunnel{Type: 7}))}, "netlink"},
		{"bypass", []plan.Change{create(mark, rr), create(serverOf(mark, 1), spec.Destination{Forward: spec.Bypass})}, "netlink"},
		{"protocol 50", []plan.Change{create(spec.ServiceKey{Protocol: 50, Address: web.Address}, rr)}, "netlink"},
		{"flag 3 alone", []plan.Change{create(mark, spec.Service{Scheduler: "sh", Flags: spec.Flag3})}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			drivertest.KernelNode(t)
			by, through := openNetlink(t, netlink.Options{}), open(t, ipvsadm.Options{})
			for i, r := range by.Do(t.Context(), c.changes) {
				if r.Err != nil {
					t.Fatal(c.changes[i], r.Err)
				}
			}
			got, err := through.Read(t.Context())
			switch {
			case c.says == "" && err == nil:
				same(t, "read", read(t, by), got)
			case c.says == "" || err == nil || !strings.Contains(err.Error(), c.says):
				t.Errorf("%v, error %v, want %q", drivertest.TableLines(got), err, c.says)
			}
		})
	}
}

func TestKernelHostAndNamespace(t *testing.T) {
	drivertest.KernelNode(t)
	other := drivertest.NewNetns(t)
	here, there, by := open(t, ipvsadm.Options{}), open(t, ipvsadm.Options{Namespace: other.Path()}), openNetlink(t, netlink.Options{})
	got, err1 := here.Host(t.Context())
	far, err2 := there.Host(t.Context())
	want, err3 := by.Host(t.Context())
	want.Driver = "ipvsadm"
	if err := errors.Join(err1, err2, err3); err != nil || cmp.Diff(want, got) != "" || far.Namespace == got.Namespace {
		t.Errorf("%+v here, %+v there, want %+v; %v", got, far, want, err)
	}
	if r := there.Do(t.Context(), five()); r[4] != (plan.Result{}) {
		t.Errorf("%+v", r[4])
	}
	if out := drivertest.Run(t, "ipvsadm", "-Sn") + "there\n" + other.Run("ipvsadm", "-Sn"); strings.Count(out, "\n") != 6 || !strings.HasPrefix(out, "there\n") {
		t.Errorf("%s", out)
	}
}

func TestKernelUnprivileged(t *testing.T) {
	drivertest.Kernel(t)
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	// The thread is this test's alone, and ends with it. A program gets what root has unless it is told not to.
	d := open(t, ipvsadm.Options{})
	var none [2]unix.CapUserData
	for c := range 41 {
		_ = unix.Prctl(unix.PR_CAPBSET_DROP, uintptr(c), 0, 0, 0)
	}
	if err := unix.Capset(&header, &none[0]); err != nil {
		t.Fatal(err)
	}
	_, err := d.Read(context.Background())
	_, err2 := ipvsadm.Open(ipvsadm.Options{})
	for _, err := range []error{err, err2, d.Do(context.Background(), five())[0].Err} {
		if err == nil || !errors.Is(err, syscall.EPERM) || !strings.Contains(err.Error(), "CAP_NET_ADMIN in the initial user namespace") {
			t.Errorf("error %v", err)
		}
	}
	if os.Getuid() != 0 {
		t.Error("not root")
	}
}

// Beside a writer that moves a run of five servers along, a read shows the run of one moment, or says that nothing settles.
func TestKernelReadBesideAWriter(t *testing.T) {
	drivertest.KernelNode(t)
	d, writer := open(t, ipvsadm.Options{}), openNetlink(t, netlink.Options{})
	do := func(changes ...plan.Change) {
		for i, r := range writer.Do(context.Background(), changes) {
			if r.Err != nil {
				t.Error(changes[i], r.Err)
			}
		}
	}
	server := func(i int) plan.Change { return create(serverOf(web, i), one) }
	do(create(web, rr), server(0), server(1), server(2), server(3), server(4))
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for i := 0; i < 200; i++ {
			select {
			case <-stop:
				return
			case <-time.After(time.Duration(i%40) * time.Millisecond):
				do(server(i+5), server(i).Inverse())
			}
		}
	}()
	for range 15 {
		s, err := d.Read(t.Context())
		if err != nil && !strings.Contains(err.Error(), "no two of 10 reads agree: the table is being changed by somebody else") {
			t.Error(err)
		}
		if n := len(s.Destinations); err == nil && n != 5 && n != 6 {
			t.Errorf("%d servers: %v", n, drivertest.TableLines(s))
		}
		if _, err := d.Connections(t.Context(), []spec.ServiceKey{web}); err != nil && !strings.Contains(err.Error(), "reads agree") {
			t.Error(err)
		}
	}
	close(stop)
	<-stopped
	same(t, "when it has ended", read(t, writer), read(t, d))
}
