package apply_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// A damaged ledger is told in the words of its readers, with the place.
func TestDamagedLedger(t *testing.T) {
	f := apply.LedgerFile{Dir: t.TempDir(), Boot: "one"}
	path := filepath.Join(f.Dir, "ledger.json")
	err := f.Save(plan.Ledger{
		service:                             {Name: "service.web", Drain: time.Minute},
		spec.LinkKey{Name: "tunl0"}:         {Name: "link.x", Original: spec.Link{Type: "ipip"}, Ours: spec.Link{Type: "ipip", Up: true}},
		spec.SysctlKey{Name: "net.ipv4.vs"}: {Original: spec.Sysctl{Value: "0"}, Ours: spec.Sysctl{Value: "1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, says string }{
		{string(whole), "", "it is empty"},
		{string(whole), "{\n\x00", "it is not JSON: line 2, column 1: invalid character '\\x00'"},
		{string(whole[60:]), "", "it is cut short in line 4"},
		{`"boot_id": "one"`, `"boot_id": "one`, "it is not JSON: line 3, column 19: invalid character"},
		{`"objects": [`, `"objects": 7, "x": [`, "the list of objects in the ledger: it is a number, and must be a list"},
		{`"1.0"`, `1.0`, `"format_version" is a number, and must be text`},
		{`"1.0"`, `"2.0"`, `its format is "2.0", and this lvsform reads 1.0`},
		{`"key": "tcp `, `"key": "tpc `, `object 1 of 3 of the ledger: "tpc 192.0.2.10:80"`},
		{`"key": "tcp 192.0.2.10:80"`, `"key": 7`, `object 1 of 3 of the ledger: "key" is a number, and must be text`},
		{`"key": "tcp 192.0.2.10:80",`, ``, `object 1 of 3 of the ledger: it has no key`},
		{`"key": "link tunl0"`, `"key": "tcp 192.0.2.10:80"`, `object 2 of 3 of the ledger: tcp 192.0.2.10:80 is there twice`},
		{`"drain_seconds": 60`, `"drain_seconds": "60"`, `object 1 of 3 of the ledger: tcp 192.0.2.10:80: drain_seconds, interval_seconds: "60" is not a number of seconds`},
		{`"up": true`, `"up": "yes"`, `object 2 of 3 of the ledger: link tunl0: ours: attribute "up": it is text, and must be true or false`},
		{`"value": "1"`, `"value": 1`, `object 3 of 3 of the ledger: sysctl net.ipv4.vs: ours: attribute "value": it is a number, and must be text`},
		{`"address": "link.x"`, `"address": ["link.x"]`, `object 2 of 3 of the ledger: link tunl0: "address" is a list, and must be text`},
	} {
		text := strings.Replace(string(whole), c.old, c.new, 1)
		if text == string(whole) {
			t.Fatalf("no %q in\n%s", c.old, whole)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := f.Load()
		if err == nil || !strings.HasPrefix(err.Error(), "the ledger "+path+" cannot be used: ") || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), ": remove it, and ") {
			t.Errorf("%v, want one with %q", err, c.says)
		}
	}
}

// Nobody waits for a pipe that is called like a ledger of another instance.
func TestLedgerIsARegularFile(t *testing.T) {
	f := apply.LedgerFile{Dir: t.TempDir(), Boot: "one"}
	if err := syscall.Mkfifo(filepath.Join(f.Dir, "ledger-blue.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Others(); err == nil || !strings.HasSuffix(err.Error(), "ledger-blue.json: not a regular file") {
		t.Error(err)
	}
}
