//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

// Each line of the table for ipvsadm is done for real: the old commands in one network namespace, the new way in another,
// and after each line both tables are the same. The programs in the other tables have no such commands, or cannot be had.
func TestKernelMigration(t *testing.T) {
	for _, driver := range []string{"netlink", "ipvsadm"} {
		t.Run(driver, func(t *testing.T) { tryMigration(t, "--driver="+driver) })
	}
}

func tryMigration(t *testing.T, driver string) {
	m := newMove(t, readGuide(t), newKernelWorld(t))
	m.driver = driver
	old := drivertest.NewNetns(t)
	old.Run("ip", "link", "add", "eth0", "type", "dummy")
	old.Run("ip", "link", "set", "eth0", "up")
	for _, row := range m.guide.tables["ipvsadm"] {
		commands := calls(row[0], "ipvsadm")
		if len(commands) == 0 {
			t.Fatalf("no command in %s", row[0])
		}
		for _, c := range commands {
			old.Run("bash", "-c", c[0])
		}
		var before [2]string
		old.Do(func() { before = [2]string{text(m.state()), sortedRules(t)} })
		m.row(t, row)
		if diff := cmp.Diff(before, [2]string{text(m.state()), sortedRules(t)}); diff != "" {
			t.Fatalf("%s (-ipvsadm +lvsform)\n%s", row[0], diff)
		}
	}
}

func savedRules(t *testing.T) string { return drivertest.Run(t, "ipvsadm", "-Sn") }

func sortedRules(t *testing.T) string {
	lines := strings.Split(savedRules(t), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
