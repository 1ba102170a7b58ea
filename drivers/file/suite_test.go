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
