//go:build linux

package host_test

import (
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/drivers/host"
)

func TestKernelHostSuite(t *testing.T) {
	drivertest.HostSuite(t, func(t *testing.T) drivertest.HostDriver {
		drivertest.KernelNode(t)
		d, err := host.Open(host.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return d
	})
}
