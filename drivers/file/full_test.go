//go:build linux

package file_test

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

func TestKernelFullDisk(t *testing.T) {
	drivertest.Kernel(t)
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=16k"); err != nil {
		t.Fatal(err)
	}
	defer syscall.Unmount(dir, 0)
	d := open(t, filepath.Join(dir, "lb1.json"))
	do(t, d, plan.Change{Key: web, After: wlc})
	before := read(t, d)
	batch := []plan.Change{{Key: web, After: wlc}}
	for port := range uint16(200) {
		k := spec.DestinationKey{Service: web, Address: netip.AddrPortFrom(netip.MustParseAddr("10.0.0.11"), port)}
		batch = append(batch, plan.Change{Key: k, After: weight1})
	}
	for i, r := range d.Do(t.Context(), batch) {
		want := syscall.ENOSPC
		if i == 0 {
			want = syscall.EEXIST
		}
		if !errors.Is(r.Err, want) || r.Unknown {
			t.Fatalf("%s: %+v, want %v", batch[i], r, want)
		}
		if i == 1 {
			t.Log(r.Err)
		}
	}
	if !read(t, d).Equal(before) || !read(t, open(t, filepath.Join(dir, "lb1.json"))).Equal(before) {
		t.Error("the node has changed")
	}
	if left, err := os.ReadDir(dir); len(left) != 1 || err != nil {
		t.Errorf("beside the file: %v, %v", left, err)
	}
	do(t, d, batch[1])
}
