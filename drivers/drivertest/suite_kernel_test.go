//go:build linux

package drivertest_test

import (
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/netlink"
)

func TestKernelSuite(t *testing.T) {
	drivertest.Suite(t, func(t *testing.T) drivertest.Driver {
		drivertest.KernelNode(t)
		d, err := netlink.Open(netlink.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return d
	})
}
