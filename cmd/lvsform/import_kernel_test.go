//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
)

// onlyImports plans what was imported, and expects that it changes nothing, before it is applied and after.
func (w *world) onlyImports(driver string) {
	w.t.Helper()
	before := w.state()
	if !w.imports(driver, "--out", w.path("imported/main.lvs.hcl")) {
		return
	}
	code := w.start("plan", driver, "--detailed-exitcode", w.path("imported"))
	if code == exitChanges {
		w.says(w.out, "0 to add, 0 to change, 0 to destroy.")
	} else if code != exitDone {
		w.t.Fatalf("plan: exit code %d\n%s%s", code, w.out, w.err)
	}
	w.run(exitDone, "apply", driver, "--auto-approve", w.path("imported"))
	w.run(exitDone, "plan", driver, "--detailed-exitcode", w.path("imported"))
	if diff := cmp.Diff(text(before), text(w.state())); diff != "" {
		w.t.Errorf("an apply of what was imported changes the table (-before +after)\n%s", diff)
	}
}

// imports runs an import; false if nothing is left to be written.
func (w *world) imports(args ...string) bool {
	w.t.Helper()
	if code := w.start(append([]string{"import"}, args...)...); code == exitDone {
		return true
	}
	if !strings.Contains(w.err, "error: nothing can be imported from ") && !strings.Contains(w.err, "error: there is nothing to import from ") {
		w.t.Errorf("import %s: exit code %d\n%s", args, w.code, w.err)
	}
	return false
}

func TestKernelImportRandom(t *testing.T) {
	for _, driver := range []string{"netlink", "ipvsadm"} {
		for seed := range uint64(3) {
			r := rand.New(rand.NewPCG(seed, 1))
			t.Run(fmt.Sprint(driver, seed), func(t *testing.T) {
				w := newKernelWorld(t)
				w.mkdir("imported")
				w.become(sayableState(r))
				w.onlyImports("--driver=" + driver)
			})
		}
	}
}

// What nobody would ask for is left out, and the plan leaves it alone.
func TestKernelImportOdd(t *testing.T) {
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 2))
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newKernelWorld(t)
			w.mkdir("imported")
			state := drivertest.OddState(r)
			state.Set(spec.TimeoutsKey{}, untouched) // which odd ones a kernel takes depends on its clock
			for k, s := range state.Services {
				if s.Scheduler == "twos" { // which Linux 6.1 may lack
					s.Scheduler = "rr"
					state.Set(k, s)
				}
			}
			w.become(state)
			w.onlyImports("--driver=netlink")
		})
	}
}

func TestKernelImportOfHandMadeTables(t *testing.T) {
	for name, rules := range map[string]string{
		"web":    "-A -t 192.0.2.10:80 -s wlc\n-a -t 192.0.2.10:80 -r 10.0.0.11:80 -g -w 1 -x 100 -y 50\n-A -t 192.0.2.10:443 -s wlc -p\n-a -t 192.0.2.10:443 -r 10.0.0.11:443 -m",
		"marks":  "-A -f 7 -s sh -b sh-port,sh-fallback\n-a -f 7 -r 10.0.0.11 -g\n-A -f 7 -6 -s rr -p 60 -M 64\n-a -f 7 -6 -r [2001:db8:1::11]:80 -m -w 0\n-A -f 4294967295 -s rr",
		"mixed":  "-A -t [2001:db8::10]:80 -s rr\n-a -t [2001:db8::10]:80 -r 10.0.0.11:80 -i --tun-type gue --tun-port 6080 --tun-csum",
		"others": "--set 1000 0 0\n-A -u 192.0.2.53:53 -s rr -o\n-a -u 192.0.2.53:53 -r 10.0.0.53:53 -g\n--start-daemon backup --mcast-interface eth0 --syncid 3",
		"odd":    "-A -t 192.0.2.10:80 -s wlc\n-a -t 192.0.2.10:80 -r 10.0.0.11:80 -g -x 5 -y 1\n-A -t 192.0.2.10:81 -s rr -b flag-1",
	} {
		t.Run(name, func(t *testing.T) {
			w := newKernelWorld(t)
			w.mkdir("imported")
			restore(t, rules)
			w.onlyImports("--driver=netlink")
		})
	}
}

// restore gives rules to ipvsadm -R, which must not complain about any of them.
func restore(t *testing.T, rules string) {
	t.Helper()
	c := exec.Command("ipvsadm", "-R")
	c.Stdin = strings.NewReader(rules)
	if out, err := c.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("ipvsadm -R: %v: %s\n%s", err, out, rules)
	}
}

// shell runs a script, each command of which must succeed without a word.
func shell(t *testing.T, script string) {
	t.Helper()
	c := exec.Command("sh", "-e")
	c.Stdin = strings.NewReader(script)
	if out, err := c.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("sh: %v: %s\n%s", err, out, script)
	}
}

// seen is what ipvsadm sees, in one order.
func seen(t *testing.T) string {
	t.Helper()
	lines := strings.Split(drivertest.Run(t, "ipvsadm", "-Sn")+drivertest.Run(t, "ipvsadm", "-Ln", "--thresholds")+
		drivertest.Run(t, "ipvsadm", "-L", "--timeout")+drivertest.Run(t, "ipvsadm", "-L", "--daemon"), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// configure writes the configuration of a state that is the whole truth of a table.
func (w *world) configure(dir string, s spec.State) {
	w.t.Helper()
	text, err := hclspec.Format(hclspec.Document{State: s})
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(dir+"/main.lvs.hcl", string(text))
	w.write(dir+"/settings.lvs.hcl", "lvsform {\n  ownership {\n    unmanaged = \"destroy\"\n  }\n}\n")
}

// What is exported is what an apply makes, by ipvsadm's own hand.
func TestKernelExport(t *testing.T) {
	for seed := range uint64(4) {
		state := sayableState(rand.New(rand.NewPCG(seed, 3)))
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newKernelWorld(t)
			w.configure("etc", state)
			w.run(exitDone, "apply", "--auto-approve", w.path("etc"))
			want, wantTable := w.state(), seen(t)
			w.run(exitDone, "export", w.path("etc"))
			rules := w.out
			w.run(exitDone, "export", "--format=sh", w.path("etc"))
			script := w.out
			for name, fill := range map[string]func(){"ipvsadm": func() { restore(t, rules) }, "sh": func() { shell(t, script) }} {
				w := newKernelWorld(t)
				fill()
				if diff := cmp.Diff(text(want), text(w.state())); diff != "" {
					t.Errorf("%s (-apply +restored)\n%s", name, diff)
				}
				if diff := cmp.Diff(wantTable, seen(t)); diff != "" {
					t.Errorf("%s, by ipvsadm (-apply +restored)\n%s", name, diff)
				}
			}
		})
	}
}

// The commands of a plan do what an apply does, and those of its way back bring the table back.
func TestKernelPlanAsCommands(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 4))
		from, to := sayableState(r), sayableState(r)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newKernelWorld(t)
			w.configure("etc", to)
			w.become(from)
			before := seen(t)
			w.run(exitDone, "plan", "--format=ipvsadm", w.path("etc"))
			commands := w.out
			w.run(exitDone, "plan", "--format=ipvsadm", "--undo", w.path("etc"))
			undo := w.out
			shell(t, commands)
			byHand := text(w.state())
			shell(t, undo)
			if diff := cmp.Diff(before, seen(t)); diff != "" {
				t.Errorf("after the way back (-before +after)\n%s\n%s", diff, undo)
			}
			w = newKernelWorld(t)
			w.configure("etc", to)
			w.become(from)
			w.run(exitDone, "apply", "--auto-approve", "--no-drain", w.path("etc"))
			if diff := cmp.Diff(text(w.state()), byHand); diff != "" {
				t.Errorf("(-apply +commands)\n%s\n%s", diff, commands)
			}
		})
	}
}

// On a full disk nothing is left of what was to be written.
func TestKernelImportOnAFullDisk(t *testing.T) {
	w := newKernelWorld(t)
	w.mkdir("full")
	if err := syscall.Mount("none", w.path("full"), "tmpfs", 0, "size=4k"); err != nil {
		t.Fatal(err)
	}
	defer syscall.Unmount(w.path("full"), 0)
	w.write("dump", string(dumpOf(500)))
	w.run(exitError, "import", w.path("dump"), "--out", w.path("full/main.lvs.hcl"))
	w.says(w.err, "no space left on device")
	if left, err := filepath.Glob(w.path("full/*")); len(left) > 0 || err != nil {
		t.Errorf("%v is left: %v", left, err)
	}
}
