package file_test

import (
	"context"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/drivers/file"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

var (
	_       apply.Driver = (*file.Driver)(nil)
	web                  = spec.Listener(spec.TCP, netip.MustParseAddrPort("192.0.2.10:80"))
	rs1                  = spec.DestinationKey{Service: web, Address: netip.MustParseAddrPort("10.0.0.11:80")}
	wlc                  = spec.Service{Scheduler: "wlc"}
	weight1              = spec.Destination{Weight: 1}
	weight0              = spec.Destination{}
)

func open(t *testing.T, path string) *file.Driver {
	t.Helper()
	d, err := file.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func write(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "lb1.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func do(t *testing.T, d *file.Driver, changes ...plan.Change) {
	t.Helper()
	for i, r := range d.Do(t.Context(), changes) {
		if r.Err != nil {
			t.Errorf("%s: %v", changes[i], r.Err)
		}
	}
}

func read(t *testing.T, d *file.Driver) spec.State {
	t.Helper()
	s, err := d.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFreshNode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lb1.json")
	d := open(t, path)
	before, err := d.Host(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := plan.Host{Name: "lb1", Driver: "file", Kernel: "6.1.0", Boot: "1"}
	if diff := cmp.Diff(want, before); diff != "" {
		t.Errorf("host (-want +got):\n%s", diff)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("reading has made the file")
	}
	do(t, d, plan.Change{Key: web, After: wlc}, plan.Change{Key: rs1, After: weight1})
	after, err := d.Host(t.Context())
	if diff := cmp.Diff(before, after); diff != "" || err != nil {
		t.Errorf("the first change made it another host: %v\n%s", err, diff)
	}
	s := read(t, open(t, path))
	if s.Get(rs1) != spec.Value(weight1) || s.Get(spec.TimeoutsKey{}) != spec.Value(spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300}) {
		t.Errorf("another process reads %v", s)
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", ``, "lb1.json: it is empty"},
		{"truncated", "{\n  \"format_version\": 1,\n", "lb1.json: it is cut short in line 2"},
		{"syntax", "{\n  \"format_version\": 1,\n  oops}", "lb1.json: it is not JSON: line 3, column 3: invalid character 'o'"},
		{"two documents", `{"format_version": 1} {}`, "lb1.json: it is not JSON: line 1, column 23: invalid character '{'"},
		{"no version", `{}`, `lb1.json: it has no "format_version": 1`},
		{"another version", `{"format_version": 2, "new": 1}`, "lb1.json: its format version is 2"},
		{"a snapshot", `{"format_version": "1.0"}`, `a node file has "format_version": 1, and --from takes a snapshot`},
		{"unknown name", `{"format_version": 1, "stat": {}}`, `unknown field "stat"`},
		{"unknown attribute", `{"format_version": 1, "state": {"service": {"tcp 192.0.2.1:80": {"wait": 1}}}}`, `no attribute "wait"`},
		{"unknown count", `{"format_version": 1, "connections": {"tcp 192.0.2.1:80 -> 10.0.0.1:80": {"activ": 1}}}`, `unknown field "activ"`},
		{"orphan", `{"format_version": 1, "state": {"destination": {"tcp 192.0.2.1:80 -> 10.0.0.1:80": {}}}}`, "without the service"},
		{"connections of nothing", `{"format_version": 1, "connections": {"tcp 192.0.2.1:80 -> 10.0.0.1:80": {}}}`, "without the destination"},
		{"connections of a service", `{"format_version": 1, "connections": {"tcp 192.0.2.1:80": {}}}`, "only destinations have connections"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, c.text)
			_, err := file.Open(path)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestMissingDirectory(t *testing.T) {
	_, err := file.Open(filepath.Join(t.TempDir(), "none", "lb1.json"))
	if err == nil || !strings.HasSuffix(err.Error(), "no such file or directory") {
		t.Errorf("error %v", err)
	}
}

// Root may write anywhere, so the directory is not made read-only but taken away.
func TestUnwritable(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "there")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	d := open(t, filepath.Join(dir, "lb1.json"))
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	for i, r := range d.Do(t.Context(), []plan.Change{{Key: web, After: wlc}, {Key: web, After: wlc}}) {
		if r.Err == nil || r.Unknown {
			t.Errorf("change %d: %+v", i, r)
		}
	}
}

func TestLeavesNothingBeside(t *testing.T) {
	path := write(t, `{"format_version": 1}`)
	link := filepath.Join(t.TempDir(), "link.json")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	do(t, open(t, link), plan.Change{Key: web, After: wlc})
	if read(t, open(t, path)).Get(web) == nil {
		t.Error("the link's target has not changed")
	}
	entries, _ := os.ReadDir(filepath.Dir(path))
	info, err := os.Stat(path)
	if len(entries) != 1 || err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("directory %v, file %v, %v", entries, info.Mode(), err)
	}
}

func TestDrain(t *testing.T) {
	path := write(t, `{"format_version": 1, "state": {
		"service": {"tcp 192.0.2.10:80": {"scheduler": "wlc"}},
		"destination": {"tcp 192.0.2.10:80 -> 10.0.0.11:80": {"weight": 1}}
	}, "connections": {"tcp 192.0.2.10:80 -> 10.0.0.11:80": {"active": 10, "inactive": 3, "drains_in": "20s"}}}`)
	synctest.Test(t, func(t *testing.T) {
		d := open(t, path)
		counts := func(want spec.Connections) {
			t.Helper()
			got, err := d.Connections(context.Background(), []spec.ServiceKey{web})
			if diff := cmp.Diff(map[spec.DestinationKey]spec.Connections{rs1: want}, got, cmp.Comparer(func(a, b spec.DestinationKey) bool { return a == b })); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		}
		counts(spec.Connections{Active: 10, Inactive: 3})
		do(t, d, plan.Change{Key: rs1, Before: weight1, After: weight0})
		time.Sleep(10 * time.Second)
		counts(spec.Connections{Active: 5, Inactive: 2})
		do(t, d, plan.Change{Key: rs1, Before: weight0, After: spec.Destination{UpperThreshold: 9}})
		time.Sleep(10 * time.Second)
		counts(spec.Connections{})
		do(t, d, plan.Change{Key: rs1, Before: weight0, After: weight1})
		counts(spec.Connections{Active: 10, Inactive: 3})
		do(t, d, plan.Change{Key: rs1, Before: weight1})
		do(t, d, plan.Change{Key: rs1, After: weight1})
		counts(spec.Connections{})
	})
}

func TestFileIsStable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lb1.json")
	d := open(t, path)
	do(t, d, plan.Change{Key: web, After: wlc}, plan.Change{Key: rs1, After: weight1})
	first, _ := os.ReadFile(path)
	d.Do(t.Context(), []plan.Change{{Key: web, After: wlc}})
	second, _ := os.ReadFile(path)
	if diff := cmp.Diff(string(first), string(second)); diff != "" || !json.Valid(first) {
		t.Errorf("a refused change rewrote the file (-first +second):\n%s", diff)
	}
}

func TestSeesOtherWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lb1.json")
	a, b := open(t, path), open(t, path)
	do(t, a, plan.Change{Key: web, After: wlc})
	do(t, b, plan.Change{Key: rs1, After: weight1})
	do(t, a, plan.Change{Key: rs1, Before: weight1, After: weight0})
	if got := read(t, b).Get(rs1); got != spec.Value(weight0) {
		t.Errorf("the other sees %v", got)
	}
	if err := os.WriteFile(path, []byte(`{"format_version": 1}`), 0o644); err != nil {
		t.Fatal(err)
	}
	fresh := open(t, filepath.Join(t.TempDir(), "fresh.json"))
	if got := read(t, a); !got.Equal(read(t, fresh)) {
		t.Errorf("a file emptied by hand is no fresh node, but %v", got)
	}
}

// What a caller does with a state that it has read is its own affair.
func TestStatesAreCopies(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "lb1.json"))
	do(t, d, plan.Change{Key: web, After: wlc})
	s := read(t, d)
	s.Set(web, nil)
	if read(t, d).Get(web) == nil {
		t.Error("the node has lost a service")
	}
}
