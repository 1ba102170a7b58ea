//go:build linux

package ipvsadm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"syscall"
	"time"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/spec"
)

// How often something is listed that another writer keeps changing, and how much longer each time is waited before.
const (
	readAttempts = 10
	readPause    = 20 * time.Millisecond
)

var errUnsettled = errors.New("the table is being changed by somebody else")

// No listing shows everything. All are given to one process: -R takes any command, and a process costs more than a
// listing. The titles of a table are in each of these twice.
const (
	stateListings = "-Ln --timeout\n" + // the first: its line tells where a read begins
		"-Sn\n" + // services and destinations
		"-Ln --tun-info\n" + // local forwarding, which -Sn shows as direct, and unknown tunnels, which it shows as ipip
		"-Ln --thresholds\n" + // which neither shows
		"-Ln --daemon\n"
	countListings = "-Ln\n" + // active and inactive connections
		"-Ln --persistent-conn\n" // and persistent ones
)

// Read is the node's whole state, as far as ipvsadm shows it: by -Sn, and by what shows the things that -Sn loses: -Ln with
// --tun-info for local forwarding, with --thresholds, --timeout, --daemon. One "ipvsadm -R" prints them one after the other,
// each at a moment of its own. So it prints all of them twice, until both agree; listings that contradict each other are no
// read at all.
//
// ipvsadm shows nothing of these, and so they are not in the state: the netmask and timeout of a service that is not
// persistent, scheduler flags that have no name, flag-3 of sh and mh beside another flag. Of others it prints what nobody can
// read: protocols other than tcp, udp and sctp, forwarding methods beyond masquerading, tunnel, direct and local, tunnel types
// beyond ipip, gue and gre; and of a tunnel with both checksums it crashes. Read then fails and says that the driver netlink can.
func (d *Driver) Read(ctx context.Context) (spec.State, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.read(ctx)
}

func (d *Driver) read(ctx context.Context) (spec.State, error) {
	var state spec.State
	err := d.settled(ctx, stateListings+stateListings, func(out []byte) error {
		begin := bytes.LastIndex(out, []byte("Timeout (tcp"))
		if begin <= 0 {
			return d.notWhole()
		}
		first, second := out[:begin], out[begin:]
		dump, err := d.parse(second)
		if err != nil {
			return err
		}
		state = dump.State
		if bytes.Equal(first, second) {
			return nil
		}
		if dump, err = d.parse(first); err == nil && !dump.State.Equal(state) {
			return errUnsettled
		}
		return err
	})
	if err != nil {
		return spec.State{}, err
	}
	return state, nil
}

// Connections are the counts of every destination of the services; one that is gone has none. The two listings that they
// come from must name the same destinations.
func (d *Driver) Connections(ctx context.Context, services []spec.ServiceKey) (map[spec.DestinationKey]spec.Connections, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(services) == 0 {
		return nil, ctx.Err()
	}
	var dump rules.Dump
	err := d.settled(ctx, countListings, func(out []byte) (err error) {
		dump, err = d.parse(out)
		return err
	})
	if err != nil {
		return nil, err
	}
	asked := map[spec.ServiceKey]bool{}
	for _, k := range services {
		asked[k] = true
	}
	maps.DeleteFunc(dump.Connections, func(k spec.DestinationKey, _ spec.Connections) bool { return !asked[k.Service] })
	return dump.Connections, nil
}

// settled lists until use has nothing against what was listed.
func (d *Driver) settled(ctx context.Context, listings string, use func(out []byte) error) error {
	var err error
	for n := range readAttempts {
		if err := pause(ctx, time.Duration(n)*readPause); err != nil {
			return err
		}
		var out []byte
		if out, err = d.list(ctx, listings); err == nil {
			err = use(out)
		}
		if !errors.Is(err, errUnsettled) {
			return err
		}
	}
	return fmt.Errorf("no two of %d reads agree: %w", readAttempts, err)
}

// list is what the listings print. An error that is errUnsettled comes of what changed in between. What the program, its
// loader or whatever stands in its place says before it begins is not about the listings: a marker ends it.
func (d *Driver) list(ctx context.Context, listings string) ([]byte, error) {
	var out bytes.Buffer
	e := &ear{}
	begin := func(in io.WriteCloser) {
		_, _ = io.WriteString(in, marker(0)+listings)
		_ = in.Close()
	}
	err := d.program.run(ctx, job{args: []string{"-R"}, begin: begin, out: keep(&out, mostListed), said: e.hear, patience: d.program.patience})
	e.end()
	said := e.words()
	switch errno, known := errnoOf(said); {
	case err != nil && ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil && known && errno == syscall.ESRCH:
		return nil, fmt.Errorf("%w: a service went away while it was listed", errUnsettled)
	case err != nil:
		return nil, crashed(err, d.program.explain(err, said, "-R"))
	case said != "":
		return nil, d.program.explain(errors.New("it listed the table as if all were well, and said"), said, "-R")
	}
	return out.Bytes(), nil
}

// parse reads the listings as one.
func (d *Driver) parse(out []byte) (rules.Dump, error) {
	// A table that is empty, and a program that has nothing to say, differ in the titles.
	if bytes.Count(out, []byte("IP Virtual Server version")) != 2 {
		return rules.Dump{}, d.notWhole()
	}
	dump, err := rules.Parse([]rules.Source{{Name: "listing", Text: out}}, rules.Resolver{})
	if conflict, ok := errors.AsType[*rules.ConflictError](err); ok {
		return dump, fmt.Errorf("%w: %w", errUnsettled, conflict)
	}
	if err != nil {
		return dump, fmt.Errorf("%s lists what cannot be read; the driver netlink can read every table: %w", d.program.path, err)
	}
	return dump, nil
}

func (d *Driver) notWhole() error {
	return d.program.explain(errors.New("it ended as if all were well, and its listings are not whole"), "", "-R")
}

// crashed adds to an error what a program that crashes while it lists means.
func crashed(err, explained error) error {
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return explained
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && (status.Signal() == syscall.SIGSEGV || status.Signal() == syscall.SIGABRT) {
		return fmt.Errorf("%w: the table holds what ipvsadm cannot show: use the driver netlink", explained)
	}
	return explained
}
