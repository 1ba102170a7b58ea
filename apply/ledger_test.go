package apply_test

import (
	"errors"
	"testing"
	"time"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/plan"
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
	if others, err := other.Others(); err != nil || others[service] != "default" {
		t.Fatal(others, err)
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
