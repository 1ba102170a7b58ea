//go:build linux

package ipvsadm_test

import (
	"os"
	"testing"

	"github.com/lvsform/lvsform/drivers/ipvsadm/fake"
)

// TestMain lets the test be the program ipvsadm.
func TestMain(m *testing.M) {
	if status, isProgram := fake.Main(); isProgram {
		os.Exit(status)
	}
	os.Exit(m.Run())
}
