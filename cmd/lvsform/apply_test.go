package main

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lvsform/lvsform/apply"
)

// web is a configuration with one service, whose second server is left out if there is to be one only.
func web(scheduler string, servers int) string {
	second := "\n  server \"rs2\" {\n    address = \"10.0.0.12\"\n    weight  = 3\n  }\n"
	return `pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }
` + strings.Repeat(second, servers-1) + `}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "` + scheduler + `"
  pool      = pool.web
}
`
}

// applied is a world in which web was applied to a node whose second server has connections that never end.
func applied(t *testing.T) *world {
	w := newWorld(t)
	w.write("lb1.json", `{"format_version": 1, "state": {
		"service": {"tcp 192.0.2.10:80": {"scheduler": "wlc"}},
		"destination": {
			"tcp 192.0.2.10:80 -> 10.0.0.11:80": {"forward": "direct", "weight": 1},
			"tcp 192.0.2.10:80 -> 10.0.0.12:80": {"forward": "direct", "weight": 3}
		}
	}, "connections": {"tcp 192.0.2.10:80 -> 10.0.0.12:80": {"active": 7}}}`)
	w.write("first/main.lvs.hcl", web("wlc", 2))
	w.run(exitDone, "apply", w.node(), "--auto-approve", w.path("first"))
	w.says(w.out, "Apply complete! Resources: 1 imported, 0 added, 0 changed, 0 destroyed.")
	w.write("next/main.lvs.hcl", web("rr", 1))
	return w
}

func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := applied(t)
		before := w.state()
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(12*time.Second, func() { cancel(interrupted{"interrupt"}) })
		w.ctx = ctx
		w.run(exitRolledBack, "apply", w.node(), "--auto-approve", w.path("next"))
		w.says(w.err, "Interrupt received")
		if _, after, _ := strings.Cut(w.err, "Interrupt received"); !strings.Contains(after, "Undoing 2 steps, newest first.") {
			t.Errorf("it says\n%s\nwithout saying that it undoes after the interrupt", w.err)
		}
		w.says(w.err, `service.web.tcp["192.0.2.10:80"]: undone: updated, scheduler "rr" -> "wlc".`)
		w.says(w.err, "the node is as it was before")
		w.ctx = t.Context()
		if after := w.state(); !after.Equal(before) {
			t.Errorf("the node was\n%v\nand is\n%v", before, after)
		}
	})
}

func TestFailingChangeIsUndone(t *testing.T) {
	w := newWorld(t)
	w.write("lb1.json", `{"format_version": 1, "kernel": {"schedulers": ["rr"]}}`)
	w.write("main.lvs.hcl", web("rr", 1)+strings.NewReplacer(`"web"`, `"new"`, "pool.web", "pool.new", "192.0.2.10", "192.0.2.11").Replace(web("mh", 2)))
	before := w.state()
	w.run(exitRolledBack, "apply", w.node(), "--auto-approve", w.dir)
	w.says(w.err, `service.new.tcp["192.0.2.11:80"]: failed: create tcp 192.0.2.11:80: this kernel has no such scheduler or persistence engine (ENOENT)`)
	w.says(w.err, `service.web.tcp["192.0.2.10:80"]: undone: destroyed.`)
	if after := w.state(); !after.Equal(before) {
		t.Errorf("the node was\n%v\nand is\n%v", before, after)
	}
	w.run(exitChanges, "plan", w.node(), "--detailed-exitcode", w.dir)
}

func TestSomebodyElseWritesInBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := applied(t)
		time.AfterFunc(5*time.Second, func() {
			w.write("lb1.json", strings.Replace(w.read("lb1.json"), `"scheduler": "rr"`, `"scheduler": "sh"`, 1))
		})
		w.run(exitNeither, "apply", w.node(), "--auto-approve", w.path("next"))
		w.says(w.err, "somebody else changes it")
		w.says(w.err, `tcp 192.0.2.10:80: should be scheduler "rr", is scheduler "sh"`)
		w.says(w.err, "lvsform: hint: ")
	})
}

func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := applied(t)
		unlock, err := apply.Lock(t.Context(), w.path("lb1.json.run"), 0, "apply, process 1, since 12:00:00")
		if err != nil {
			t.Fatal(err)
		}
		w.run(exitBusy, "apply", w.node(), "--auto-approve", w.path("next"))
		w.says(w.err, "lvsform: error: another lvsform is at work on this node (apply, process 1, since 12:00:00)")
		w.run(exitBusy, "forget", w.node(), "service.web")
		w.run(exitChanges, "plan", w.node(), "--detailed-exitcode", "--out", w.path("saved"), w.path("next"))
		w.run(exitBusy, "rollback", w.node(), "--auto-approve", w.path("saved"))
		time.AfterFunc(20*time.Second, unlock)
		w.run(exitDone, "apply", w.node(), "--no-drain", "--auto-approve", "--lock-timeout=1m", w.path("next"))
	})
}

func TestApproval(t *testing.T) {
	const yes = "Do you want to perform these actions?"
	for _, c := range []struct {
		name        string
		interactive bool
		in          string
		args        []string
		code        int
		says        string
	}{
		{"nobody there", false, "yes\n", nil, exitError, "standard input is not a terminal"},
		{"yes", true, "yes\n", nil, exitDone, yes},
		{"no", true, "no\n", nil, exitError, "not approved: nothing was changed"},
		{"almost", true, "y\n", nil, exitError, "not approved: nothing was changed"},
		{"end of input", true, "", nil, exitError, "not approved: nothing was changed"},
		{"approved", false, "", []string{"--auto-approve"}, exitDone, "created."},
		{"json asks nobody", true, "yes\n", []string{"--json"}, exitError, "--json asks nobody"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.write("main.lvs.hcl", web("rr", 2))
			w.interactive, w.in = c.interactive, c.in
			w.run(c.code, append([]string{"apply", w.node(), w.dir}, c.args...)...)
			w.says(w.err, c.says)
			if there := exists(w.path("lb1.json")); there != (c.code == exitDone) {
				t.Errorf("the node was changed: %v", there)
			}
		})
	}
}

// keyboard is a reader that tells when somebody wants to read.
type keyboard struct {
	io.Reader
	tell func()
}

// Read reads.
func (k keyboard) Read(b []byte) (int, error) {
	k.tell()
	return k.Reader.Read(b)
}

func TestInterruptedWhileAsking(t *testing.T) {
	w := newWorld(t)
	w.write("main.lvs.hcl", web("rr", 2))
	r, pipe, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pipe.Close(); r.Close() })
	ctx, cancel := context.WithCancelCause(t.Context())
	w.ctx, w.interactive, w.reader = ctx, true, keyboard{r, func() { cancel(interrupted{"interrupt"}) }}
	w.run(exitError, "apply", w.node(), w.dir)
	w.says(w.err, "interrupted: nothing was changed")
}

func TestNothingToDoIsNotAskedAbout(t *testing.T) {
	w := applied(t)
	w.interactive = true
	w.run(exitDone, "apply", w.node(), w.path("first"))
	w.says(w.out, "No changes.")
	w.says(w.out, "Apply complete! Resources: 0 added, 0 changed, 0 destroyed.")
}

func TestAllow(t *testing.T) {
	w := applied(t)
	before := w.state()
	w.run(exitChanges, "plan", w.node(), "--detailed-exitcode", "--out", w.path("saved"), w.path("next"))
	const updated = "lvsform: error: service.web.tcp[\"192.0.2.10:80\"] (tcp 192.0.2.10:80) would be updated in-place, and that is not allowed\n"
	const destroyed = "lvsform: error: service.web.tcp[\"192.0.2.10:80\"].server[\"10.0.0.12:80\"] (tcp 192.0.2.10:80 -> 10.0.0.12:80) would be destroyed, and that is not allowed\n"
	const words = "write one or more of create, update and destroy, with commas between them\n"
	for _, c := range []struct{ allow, says, hint string }{
		{"create", updated + destroyed, "--allow create refuses"},
		{"create,update", destroyed, "--allow create,update refuses"},
		{"destroy,create", updated, "--allow create,destroy refuses"},
		{"everything", `invalid argument "everything" for "--allow" flag: ` + words, "--help"},
		{"", `invalid argument "" for "--allow" flag: ` + words, "--help"},
		{"create,", `invalid argument "create," for "--allow" flag: ` + words, "--help"},
	} {
		for _, args := range [][]string{
			{"apply", "--auto-approve", w.path("next")}, {"apply", w.path("saved")},
			{"plan", "--detailed-exitcode", "--out", w.path("refused"), w.path("next")},
		} {
			w.run(exitError, append(args, w.node(), "--allow", c.allow)...)
			w.says(w.err, c.says)
			w.says(w.err, c.hint)
		}
	}
	if after := w.state(); !after.Equal(before) || exists(w.path("refused")) {
		t.Error("something was changed or saved all the same")
	}
	w.run(exitChanges, "plan", w.node(), "--detailed-exitcode", "--allow=update", "--allow=destroy", w.path("next"))
	w.run(exitDone, "apply", w.node(), "--allow=update,destroy", w.path("saved"))
	w.run(exitError, "rollback", w.node(), "--auto-approve", "--allow=update", w.path("saved"))
	w.says(w.err, "would be created, and that is not allowed")
}

func TestManySteps(t *testing.T) {
	w := newWorld(t)
	w.write("main.lvs.hcl", strings.Replace(web("rr", 2), "[80]", `["8000-8099"]`, 1))
	w.run(exitDone, "apply", w.node(), "--auto-approve", w.dir)
	if w.err != "300 of 300 steps done.\n" {
		t.Errorf("it says\n%s", w.err)
	}
}

func TestDrainOnATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := applied(t)
		w.interactive, w.width = true, 80
		w.run(exitDone, "apply", w.node(), "--auto-approve", w.path("next"))
		w.says(w.err, "\r\x1b[KStill draining 1 server... [29s elapsed, 7 active connections]")
		w.says(w.err, "\r\x1b[Kservice.web")
	})
}
