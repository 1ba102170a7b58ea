//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

// A table is a file of rules for ipvsadm -R. What ipvsadm then prints is imported, and the node has nothing to change; it is
// exported as it was printed, where "# differs" on top does not say why it cannot be.
func TestKernelTables(t *testing.T) {
	files, err := filepath.Glob("../../testdata/rules/*.rules")
	if err != nil || len(files) < 40 {
		t.Fatal(len(files), err)
	}
	for _, path := range files {
		rules, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".rules"), func(t *testing.T) {
			why, commands, differs := strings.Cut(string(rules), "\n")
			if differs = differs && strings.HasPrefix(why, "# differs: "); !differs {
				commands = string(rules)
			}
			tryTable(t, commands, !differs)
		})
	}
}

func tryTable(t *testing.T, commands string, lossless bool) {
	w := newBareWorld(t)
	if strings.Contains(commands, "--start-daemon") {
		w = newKernelWorld(t)
		drivertest.Run(t, "ip", "address", "add", "2001:db8::2/64", "dev", "eth0", "nodad")
	}
	restore(t, commands)
	dump := drivertest.Run(t, "ipvsadm", "-Sn")
	listings := exec.Command("ipvsadm", "-R")
	listings.Stdin = strings.NewReader("-Ln\n-Ln --thresholds\n-Ln --tun-info\n-Ln --timeout\n-Ln --daemon\n")
	listed, err := listings.Output()
	if err != nil {
		t.Fatal(err)
	}
	w.in = dump + string(listed)
	if !w.imports("-") {
		return
	}
	w.write("all/main.lvs.hcl", w.out)
	if code := w.start("plan", "--detailed-exitcode", w.path("all")); code != exitDone {
		w.says(w.out, " to import, 0 to add, 0 to change, 0 to destroy.")
	}
	if dump == "" {
		return // it has daemons alone, which a dump does not show
	}
	w.in = dump
	if !w.imports("-") || !lossless || strings.Contains(w.err, "Left out: ") {
		return
	}
	w.write("dump/main.lvs.hcl", w.out)
	w.run(exitDone, "export", w.path("dump"))
	if diff := cmp.Diff(dump, w.out); diff != "" {
		t.Errorf("exported (-ipvsadm -Sn +export)\n%s", diff)
	}
}
