//go:build linux

package main

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
)

// A table is a file of rules for ipvsadm -R. What ipvsadm then prints is imported, and the node has nothing to change; it is
// exported as it was printed, where "# differs" on top does not say why it cannot be, and nothing of it was left out.
func TestKernelTables(t *testing.T) {
	files, err := filepath.Glob("../../testdata/rules/*.rules")
	if err != nil || len(files) < 40 {
		t.Fatal(len(files), err)
	}
	tried, exported := 0, 0
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
			if tryTable(t, commands, !differs) {
				exported++
			}
			tried++
		})
	}
	if tried == len(files) && exported < 40 {
		t.Errorf("only %d of %d tables were exported as they were printed", exported, len(files))
	}
}

// tryTable says whether the table was exported as it was printed.
func tryTable(t *testing.T, commands string, lossless bool) bool {
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
		return false
	}
	w.write("all/main.lvs.hcl", w.out)
	if code := w.start("plan", "--detailed-exitcode", w.path("all")); code != exitDone {
		w.says(w.out, " to import, 0 to add, 0 to change, 0 to destroy.")
	}
	if dump == "" {
		return false // it has daemons alone, which a dump does not show
	}
	w.in = dump
	if !w.imports("-") || !lossless || strings.Contains(w.err, "Left out: ") {
		return false
	}
	w.write("dump/main.lvs.hcl", w.out)
	w.run(exitDone, "export", w.path("dump"))
	if diff := cmp.Diff(dump, w.out); diff != "" {
		t.Errorf("exported (-ipvsadm -Sn +export)\n%s", diff)
		return false
	}
	return true
}

// A dump says what the node itself says, also of servers with a port that ipvsadm would not give them.
func TestKernelImportOfADumpIsThatOfTheNode(t *testing.T) {
	web, other, sound := spec.Listener(spec.TCP, netip.MustParseAddrPort("192.0.2.10:80")), spec.Listener(spec.TCP, netip.MustParseAddrPort("192.0.2.10:81")),
		spec.Listener(spec.TCP, netip.MustParseAddrPort("192.0.2.10:443"))
	mark := spec.Mark(9, spec.IPv4)
	state := spec.State{}
	for _, k := range []spec.ServiceKey{web, other, sound, mark} {
		state.Set(k, spec.Service{Scheduler: "rr"})
	}
	server := func(k spec.ServiceKey, address string, f spec.Forward) {
		state.Set(spec.DestinationKey{Service: k, Address: netip.MustParseAddrPort(address)}, spec.Destination{Forward: f, Weight: 1})
	}
	server(web, "10.0.0.11:80", spec.Direct)
	server(web, "10.0.0.11:8080", spec.Direct)
	server(other, "10.0.0.11:8081", spec.TunnelTo)
	server(sound, "10.0.0.11:443", spec.Direct)
	server(mark, "10.0.0.11:80", spec.Direct)
	w := newKernelWorld(t)
	w.become(state)
	w.run(exitDone, "import", "--driver=netlink")
	w.says(w.err, "Imported 1 service, 1 server. Left out: 3 services, 4 servers.\n")
	live := said(w.out)
	for name, in := range map[string]string{"dump": savedRules(t), "dump and listing": savedRules(t) + drivertest.Run(t, "ipvsadm", "-Ln")} {
		w.in = in
		w.run(exitDone, "import", "-")
		if diff := cmp.Diff(live, said(w.out)); diff != "" {
			t.Errorf("%s (-node +import)\n%s", name, diff)
		}
	}
}

// said is an imported configuration, and what is said to be left out of it.
func said(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") || strings.HasPrefix(line, "# Left out: ") {
			lines = append(lines, line)
		}
	}
	return lines
}
