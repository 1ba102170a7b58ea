//go:build linux

package netlink

import (
	"net/netip"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
)

// Connections and counters are what real packets make them.
func TestKernelTraffic(t *testing.T) {
	lab := drivertest.NewLab(t, 2)
	lab.Serve(80)
	if err := drivertest.Estimate(true); err != nil {
		t.Fatal(err)
	}
	d, slow := openBoth(t)
	k := spec.Listener(spec.TCP, netip.AddrPortFrom(lab.VIP, 80))
	mustDo(t, d, create(k, spec.Service{Scheduler: "rr"}))
	for _, s := range lab.Servers {
		mustDo(t, d, create(spec.DestinationKey{Service: k, Address: netip.AddrPortFrom(s.Addr, 80)}, one))
	}
	var open []*drivertest.Session
	for range 4 {
		s, err := lab.Dial(80)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, s)
	}
	for _, x := range []*Driver{d, slow} {
		eachHas(t, x, k, spec.Connections{Active: 2})
	}
	for _, s := range open {
		s.Close()
	}
	for _, x := range []*Driver{d, slow} {
		eachHas(t, x, k, spec.Connections{Inactive: 2})
	}

	var got map[spec.Key]Counters
	var a, b Counters
	// The kernel sums up every two seconds, one object after the other.
	settled := func() bool { return got[k].Conns == 4 && a.InPkts+b.InPkts == got[k].InPkts }
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline) && !settled(); time.Sleep(100 * time.Millisecond) {
		var err error
		if got, err = d.Counters(t.Context()); err != nil {
			t.Fatal(err)
		}
		a, b = got[serverOn(k, "10.1.0.11:80")], got[serverOn(k, "10.1.0.12:80")]
	}
	if !settled() || a.Conns != 2 || b.Conns != 2 || a.OutBytes == 0 || got[k].InBytes < 40*got[k].InPkts {
		t.Errorf("counters %+v", got)
	}
}

// eachHas waits a moment, in which what has been closed ends, for both servers to have so many connections.
func eachHas(t *testing.T, d *Driver, k spec.ServiceKey, want spec.Connections) {
	t.Helper()
	var got map[spec.DestinationKey]spec.Connections
	for range 1000 {
		var err error
		if got, err = d.Connections(t.Context(), []spec.ServiceKey{k, listener("192.0.2.99:1")}); err != nil {
			t.Fatal(err)
		}
		if len(got) == 2 && got[serverOn(k, "10.1.0.11:80")] == want && got[serverOn(k, "10.1.0.12:80")] == want {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("connections %v, want %v each", got, want)
}
