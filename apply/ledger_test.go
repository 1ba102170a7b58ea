package apply_test

import (
	"errors"
	"maps"
	"net/netip"
	"testing"
	"time"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

func TestLedgerOfAnotherBootIsEmpty(t *testing.T) {
	f := apply.LedgerFile{Dir: t.TempDir(), Boot: "one"}
	if err := f.Save(plan.Ledger{service: {Name: "service.web"}}); err != nil {
		t.Fatal(err)
	}
	f.Boot = "two"
	if l, err := f.Load(); err != nil || len(l) != 0 {
		t.Fatal(l, err)
	}
	f.Boot = "one"
	other := apply.LedgerFile{Dir: f.Dir, Boot: "one", Instance: "blue"}
	if others, err := other.Others(); err != nil || len(others["default"]) != 1 {
		t.Fatal(others, err)
	}
}

func TestLedgerKeepsEverything(t *testing.T) {
	f := apply.LedgerFile{Dir: t.TempDir(), Boot: "one"}
	vip := spec.AddressKey{Interface: "eth0", Prefix: netip.MustParsePrefix("192.0.2.10/32")}
	l := plan.Ledger{
		service:                               {Name: "service.web", Drain: time.Minute},
		vip:                                   {Name: "vip.web", Announce: spec.DefaultAnnounce, Side: spec.SideQuiet},
		spec.SysctlKey{Name: "net.ipv4.vs.x"}: {Name: "sysctl.x", Original: spec.Sysctl{Value: "0"}, Ours: spec.Sysctl{Value: "1"}, Earlier: spec.Sysctl{Value: "2"}},
		spec.LinkKey{Name: "tunl0"}:           {Original: spec.Link{Type: "ipip"}, Ours: spec.Link{Type: "ipip", Up: true}},
		spec.NeighbourKey{Interface: "eth0", Address: vip.Prefix.Addr()}: {Original: spec.Neighbour{MAC: "02:00:5e:00:53:01"}, Ours: spec.Neighbour{MAC: "02:00:5e:00:53:02"}},
	}
	if err := f.Save(l); err != nil {
		t.Fatal(err)
	}
	if again, err := f.Load(); err != nil || !maps.Equal(l, again) {
		t.Fatal(again, err)
	}
}

func TestLockIsBusy(t *testing.T) {
	dir := t.TempDir()
	unlock, err := apply.Lock(t.Context(), dir, 0, "pid 7, apply")
	if err != nil {
		t.Fatal(err)
	}
	var busy *apply.BusyError
	if _, err := apply.Lock(t.Context(), dir, 0, "second"); !errors.As(err, &busy) || busy.Holder != "pid 7, apply" {
		t.Fatal(err)
	}
	unlock()
	again, err := apply.Lock(t.Context(), dir, time.Second, "third")
	if err != nil {
		t.Fatal(err)
	}
	again()
}
