//go:build linux

package ipvsadm_test

import (
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/ipvsadm"
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

func TestKernelSuite(t *testing.T) {
	drivertest.Suite(t, func(t *testing.T) drivertest.Driver {
		drivertest.KernelNode(t)
		return open(t, ipvsadm.Options{})
	})
}
