//go:build linux

package ipvsadm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"syscall"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/spec"
)

// How often something is listed that another writer keeps changing.
const readAttempts = 10

var errUnsettled = errors.New("the table is being changed by somebody else")

// No listing shows everything. All are given to one process: -R takes any command, and a process costs more than a
// listing.
// The titles of a table are in each of these twice.
const (
	stateListings = "-Sn\n" + // services and destinations, tunnels and their checksums
		"-Ln\n" + // local forwarding, which -Sn shows as direct
		"-Ln --thresholds\n" + // which neither shows
		"-Ln --timeout\n" +
		"-Ln --daemon\n"
	countListings = "-Ln\n" + // active and inactive connections
		"-Ln --persistent-conn\n" // and persistent ones
)

// Read is the node's whole state, as far as ipvsadm shows it: by -Sn, and by what shows the things that -Sn loses: -Ln for
// local forwarding, --thresholds, --timeout, --daemon. One "ipvsadm -R" prints them one after the other, each at a moment
// of its own. So they are read until two reads in a row agree; listings that contradict each other are no read at all.
//
// Nobody can read by ipvsadm: the netmask and timeout of a service that is not persistent; scheduler flags that have no
// name, and flag-3 of sh and mh; protocols other than tcp, udp and sctp; forwarding methods beyond masquerading, tunnel,
// direct and local; tunnel types beyond ipip, gue and gre. Some of these are left out; of others ipvsadm prints what nobody
// can read, or crashes (a tunnel with both checksums). Read then fails and says that the driver netlink can.
func (d *Driver) Read(ctx context.Context) (spec.State, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.read(ctx)
}

func (d *Driver) read(ctx context.Context) (spec.State, error) {
	var last *rules.Dump
	dump, err := d.settled(ctx, stateListings, func(now rules.Dump) bool {
		agreed := last != nil && last.State.Equal(now.State)
		last = &now
		return agreed
	})
	return dump.State, err
}

// Connections are the counts of every destination of the services; one that is gone has none. The two listings that they
// come from must name the same destinations.
func (d *Driver) Connections(ctx context.Context, services []spec.ServiceKey) (map[spec.DestinationKey]spec.Connections, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(services) == 0 {
		return nil, ctx.Err()
	}
	dump, err := d.settled(ctx, countListings, func(rules.Dump) bool { return true })
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

// settled lists until the listings agree with each other, and good with what they say.
func (d *Driver) settled(ctx context.Context, listings string, good func(rules.Dump) bool) (rules.Dump, error) {
	var why error
	for range readAttempts {
		dump, err := d.list(ctx, listings)
		switch {
		case errors.Is(err, errUnsettled):
			why = err
		case err != nil:
			return rules.Dump{}, err
		case good(dump):
			return dump, nil
		}
	}
	if why == nil {
		why = errUnsettled
	}
	return rules.Dump{}, fmt.Errorf("no two of %d reads agree: %w", readAttempts, why)
}

// list reads the listings as one. An error that is errUnsettled comes of what changed in between.
func (d *Driver) list(ctx context.Context, listings string) (dump rules.Dump, err error) {
	out, said, err := d.program.output(ctx, listings, mostListed, "-R")
	switch errno, known := errnoOf(said); {
	case err != nil && known && errno == syscall.ESRCH:
		return dump, fmt.Errorf("%w: a service went away while it was listed", errUnsettled)
	case err != nil:
		return dump, crashed(err, d.program.explain(err, said, "-R"))
	case said != "":
		return dump, d.program.explain(errors.New("it listed the table as if all were well, and said"), said, "-R")
	}
	dump, err = rules.Parse([]rules.Source{{Name: "listing", Text: out}}, rules.Resolver{})
	if conflict, ok := errors.AsType[*rules.ConflictError](err); ok {
		return dump, fmt.Errorf("%w: %w", errUnsettled, conflict)
	}
	if err != nil {
		return dump, fmt.Errorf("%s lists what cannot be read; the driver netlink can read every table: %w", d.program.path, err)
	}
	// A table that is empty, and a program that has nothing to say, differ in the titles.
	if bytes.Count(out, []byte("IP Virtual Server version")) != 2 {
		return dump, d.program.explain(errors.New("it ended as if all were well, and its listings are not whole"), "", "-R")
	}
	return dump, nil
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
