//go:build linux

package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/ipvsadm/fake"
)

const throughIPVSAdm = "--driver=ipvsadm"

// newProgramWorld is a world whose node is changed through a program ipvsadm that is in PATH.
func newProgramWorld(t *testing.T) (*world, *fake.Program) {
	w, p := newWorld(t), fake.New(t)
	t.Setenv("PATH", filepath.Dir(p.Path))
	w.variables["LVSFORM_RUN_DIR"] = w.path("run")
	w.write("etc/main.lvs.hcl", web("wlc", 2))
	return w, p
}

// tableOf is what the program has, read without it.
func tableOf(t *testing.T, p *fake.Program) string {
	t.Helper()
	s, err := p.Table().Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return text(s)
}

func TestThroughTheProgram(t *testing.T) {
	w, p := newProgramWorld(t)
	etc, saved := w.path("etc"), w.path("saved.plan")
	before := tableOf(t, p)
	w.run(exitChanges, "plan", throughIPVSAdm, "--detailed-exitcode", "--out", saved, etc)
	w.run(exitDone, "apply", throughIPVSAdm, saved)
	w.says(tableOf(t, p), `"weight": 3`)
	w.run(exitDone, "plan", throughIPVSAdm, "--detailed-exitcode", etc)
	w.says(w.out, "No changes.")
	w.run(exitDone, "drift", throughIPVSAdm, etc)
	w.run(exitDone, "status", throughIPVSAdm, etc)
	w.says(w.out, "service.web")
	w.run(exitDone, "status", throughIPVSAdm, "--json")
	if strings.Contains(w.out, "counters") {
		t.Errorf("counters that ipvsadm does not give: %s", w.out)
	}
	w.start("doctor", throughIPVSAdm) // whether there is a kernel for it, is another matter
	w.says(w.out, "the program "+p.Path+" is ipvsadm 1.31\n")
	w.run(exitDone, "rollback", throughIPVSAdm, "--auto-approve", saved)
	if diff := cmp.Diff(before, tableOf(t, p)); diff != "" {
		t.Errorf("after the rollback (-want +got)\n%s", diff)
	}
}

// Whatever becomes of the program, the exit code says what became of the node, and the text which changes were done.
func TestTheProgramFails(t *testing.T) {
	again := fake.Fault{Exit: 1, Always: true}
	for name, c := range map[string]failing{
		"killed": {&fake.Fault{At: 2, Done: true, Kill: syscall.SIGKILL}, nil, exitRolledBack, []string{
			`service.web.tcp["192.0.2.10:80"].server["rs1"]: created.`,
			`10.0.0.12:80: it was not done: PROGRAM -R: it was ended by a signal (killed)`,
		}},
		"words and status 0": {&fake.Fault{At: 3, Done: true, Say: "phase of the moon\n"}, nil, exitRolledBack, []string{
			`10.0.0.12:80: it is done, and ipvsadm said "phase of the moon"`,
		}},
		"refused": {&fake.Fault{At: 3, Say: "Memory allocation problem\n"}, nil, exitRolledBack, []string{
			"create tcp 192.0.2.10:80 -> 10.0.0.12:80: the kernel is out of memory (ENOMEM)",
		}},
		"gives up at once": {&fake.Fault{At: 1, Exit: 2, Say: "nonsense\n", Always: true}, nil, exitError, []string{
			`create tcp 192.0.2.10:80: it was not done: ipvsadm says "nonsense"`, "Nothing was changed",
		}},
		"gone": {&fake.Fault{At: 2, Done: true, Kill: syscall.SIGKILL, Then: &again}, nil, exitNeither, []string{
			`service.web.tcp["192.0.2.10:80"]: created.`,
			"10.0.0.11:80: it is not known whether it was done: PROGRAM -R: it was ended by a signal (killed); reading it failed too: PROGRAM -R: it ended with status 1",
			"reading the node to undo: PROGRAM -R: it ended with status 1",
			`tcp 192.0.2.10:80 -> 10.0.0.11:80: should be absent, and may be forward "direct", weight 1`,
		}},
		"cannot list":   {nil, &again, exitError, []string{"reading the node: PROGRAM -R: it ended with status 1"}},
		"lists words":   {nil, &fake.Fault{Done: true, Say: "oops\n", Always: true}, exitError, []string{`it listed the table as if all were well, and said: "oops`}},
		"lists garbage": {nil, &fake.Fault{Done: true, Print: "garbage\n", Always: true}, exitError, []string{"lists what cannot be read; the driver netlink can read every table: listing:"}},
		"lists nothing": {nil, &fake.Fault{Always: true}, exitError, []string{"PROGRAM -R: it ended as if all were well, and its listings are not whole"}},
	} {
		t.Run(name, c.run)
	}
}

// failing is what the program does when it is to change something, or to list, and what becomes of an apply.
type failing struct {
	change, list *fake.Fault
	code         int
	says         []string
}

func (c failing) run(t *testing.T) {
	w, p := newProgramWorld(t)
	before := tableOf(t, p)
	if c.change != nil {
		p.Break(*c.change)
	}
	if c.list != nil {
		p.BreakListings(*c.list)
	}
	w.run(c.code, "apply", throughIPVSAdm, "--auto-approve", w.path("etc"))
	said := strings.ReplaceAll(w.out+w.err, p.Path, "PROGRAM")
	for _, want := range c.says {
		w.says(said, want)
	}
	if diff := cmp.Diff(before, tableOf(t, p)); diff != "" && c.code != exitNeither {
		t.Errorf("the node (-before +after)\n%s", diff)
	}
}

func TestTheProgramIsTooOld(t *testing.T) {
	w, p := newProgramWorld(t)
	old := "#!/bin/sh\necho 'ipvsadm v1.29 2016/12/23 (compiled with popt and IPVS v1.2.1)'\n"
	fake.Script(t, p.Path, old)
	w.run(exitError, "apply", throughIPVSAdm, "--auto-approve", w.path("etc"))
	w.says(w.err, p.Path+" is version 1.29, and 1.31 or newer is needed")
	w.says(w.err, "lvsform: hint: \"lvsform doctor --driver ipvsadm\" says more; --driver netlink needs no program\n")
}

// What is missing is not always the program.
func TestTheProgramHasNoKernel(t *testing.T) {
	w, p := newProgramWorld(t)
	for _, said := range []string{"Protocol not available", "Permission denied (you must be root)"} {
		fake.Script(t, p.Path, "#!/bin/sh\necho \"Can't initialize ipvs: "+said+"\" >&2\nexit 2\n")
		w.run(exitError, "import", throughIPVSAdm)
		w.says(w.err, "lvsform: hint: \"lvsform doctor\" says what is missing; --driver file:PATH needs no kernel\n")
	}
}

// What ipvsadm cannot express is refused before the first change, all of it at once, with the driver that can.
func TestTheProgramCannotExpress(t *testing.T) {
	w, p := newProgramWorld(t)
	w.write("etc/main.lvs.hcl", strings.NewReplacer(`"direct"`, `"local"`).Replace(web("wlc", 2)))
	before := tableOf(t, p)
	for _, command := range [][]string{{"plan"}, {"apply", "--auto-approve"}} {
		w.run(exitError, append(command, throughIPVSAdm, w.path("etc"))...)
		w.says(w.err, `error: service.web.tcp["192.0.2.10:80"].server["rs1"]: tcp 192.0.2.10:80 -> 10.0.0.11:80: ipvsadm cannot express the forwarding method local: use the driver netlink`+"\n")
		w.says(w.err, `error: service.web.tcp["192.0.2.10:80"].server["rs2"]: tcp 192.0.2.10:80 -> 10.0.0.12:80: ipvsadm cannot express the forwarding method local: use the driver netlink`+"\n")
	}
	w.run(exitChanges, "drift", throughIPVSAdm, w.path("etc"))
	if diff := cmp.Diff(before, tableOf(t, p)); diff != "" {
		t.Errorf("the node (-before +after)\n%s", diff)
	}
}
