//go:build linux

package file_test

import (
	"path/filepath"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

func TestSuite(t *testing.T) {
	drivertest.Suite(t, func(t *testing.T) drivertest.Driver {
		return open(t, filepath.Join(t.TempDir(), "node.json"))
	})
}

func TestHostSuite(t *testing.T) {
	drivertest.HostSuite(t, func(t *testing.T) drivertest.HostDriver {
		return open(t, write(t, `{"format_version": 1, "kernel": {"modules": ["dummy", "fou", "ip6_tunnel", "ip_gre", "ipip"], "interfaces": [
			{"name": "lo", "addresses": ["127.0.0.1/8", "::1/128"]}, {"name": "eth0", "addresses": ["10.0.0.2/24", "2001:db8::2/64"]}, {"name": "eth1", "down": true}
		]}}`))
	})
}
