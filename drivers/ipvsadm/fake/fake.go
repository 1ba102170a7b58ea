// Package fake is a program that behaves as ipvsadm 1.31 does, keeps its table in a file and refuses what a kernel
// refuses; and misbehaves as a test wants it to. The program is the test itself, started anew: see Main.
package fake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/file"
)

// Fault is what goes wrong with one change, or with the listings.
type Fault struct {
	// At is the number of the change or listing, from 1, among those of one process; 0 is every listing.
	At int
	// Done says that the change happens, or the table is listed, all the same.
	Done bool
	// Print is written to stdout, Say to stderr.
	Print, Say string
	// Wait is how long the program then sleeps, and Until a file that it then waits for.
	Wait  time.Duration
	Until string
	// Kill ends the program by a signal, Exit with a status; without either it goes on.
	Kill syscall.Signal
	Exit int
	// Then is what goes wrong with the listings from then on; it is for changes.
	Then *Fault
	// Always keeps the fault for the processes that follow; without it, it strikes once.
	Always bool
}

// Program is an ipvsadm that was made for a test.
type Program struct {
	// Path is where the program is.
	Path string
	dir  string
	t    testing.TB
}

// Upstream makes the program refuse weights that Debian's build of ipvsadm takes.
func (p *Program) Upstream() { p.write(upstream, "") }

const (
	upstream    = "upstream"
	changeFault = "change-fault.json"
	listFault   = "list-fault.json"
)

const (
	variable = "LVSFORM_FAKE_IPVSADM"
	ignored  = "LVSFORM_FAKE_IGNORES"
)

// New makes a program named ipvsadm, with an empty table. The package's TestMain must call Main.
func New(t testing.TB) *Program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &Program{dir: t.TempDir(), t: t}
	p.Path = filepath.Join(p.dir, "ipvsadm")
	p.write("node.json", `{"format_version": 1}`)
	// The Go runtime sets SIGPIPE aside before main; a program in C has it as it was given.
	const inherited = "while read -r k v; do case $k in SigIgn:) ignored=$v;; esac; done </proc/$$/status\n"
	// With coverage, a program that ends without a place for it complains on stderr; with the race detector, it sleeps first.
	Script(t, p.Path, fmt.Sprintf("#!/bin/sh\n%s%s=$ignored %s='%s' GORACE=atexit_sleep_ms=0 GOCOVERDIR='%s' exec '%s' \"$@\"\n",
		inherited, ignored, variable, p.dir, t.TempDir(), self))
	return p
}

// Script makes a program of a text. No process that another goroutine starts meanwhile has the file open for writing, which
// would keep it from being executed.
func Script(t testing.TB, path, text string) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func (p *Program) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// Break makes the next change go wrong that the fault is about.
func (p *Program) Break(f Fault) { p.fail(changeFault, f) }

// BreakListings makes the next listing of the table go wrong.
func (p *Program) BreakListings(f Fault) { p.fail(listFault, f) }

func (p *Program) fail(name string, f Fault) {
	p.t.Helper()
	if err := f.save(p.dir, name); err != nil {
		p.t.Fatal(err)
	}
}

func (f Fault) save(dir, name string) error {
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), text, 0o644)
}

// Struck says that what was to go wrong has begun to.
func (p *Program) Struck() bool {
	_, noChange := os.Stat(filepath.Join(p.dir, changeFault))
	_, noListing := os.Stat(filepath.Join(p.dir, listFault))
	return noChange != nil && noListing != nil
}

// Running is how many processes of the program are alive.
func (p *Program) Running() (n int) {
	p.t.Helper()
	found, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, path := range found {
		// It is gone, or somebody else's, if it cannot be read; a zombie's is empty.
		if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte(variable+"="+p.dir+"\x00")) {
			n++
		}
	}
	return n
}

// Table is the table, for a test that looks at it or fills it without the program.
func (p *Program) Table() *file.Driver {
	p.t.Helper()
	d, err := file.Open(filepath.Join(p.dir, "node.json"))
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}

// Main is for TestMain: if the process is the program and not the test, it does what the program does, and says so
// with the status to exit with.
func Main() (status int, isProgram bool) {
	dir := os.Getenv(variable)
	if dir == "" {
		return 0, false
	}
	if signals, err := strconv.ParseUint(os.Getenv(ignored), 16, 64); err == nil && signals>>(syscall.SIGPIPE-1)&1 == 1 {
		signal.Ignore(syscall.SIGPIPE)
	}
	m := machine{dir: dir}
	var err error
	if m.table, err = file.Open(filepath.Join(dir, "node.json")); err == nil {
		status, err = m.main(os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "fake ipvsadm:", err)
		return 3, true
	}
	return status, true
}
