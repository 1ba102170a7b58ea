package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/lvsform/lvsform/apply"
	"github.com/lvsform/lvsform/drivers/file"
	"github.com/lvsform/lvsform/drivers/host"
	"github.com/lvsform/lvsform/drivers/ipvsadm"
	"github.com/lvsform/lvsform/drivers/netlink"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// node is a driver that is open.
type node interface {
	apply.Driver
	Close() error
}

// session is one node, and what lvsform keeps about it.
type session struct {
	node
	host     plan.Host
	instance string
	// ledger is where the node's ledger is; snapshot, if set, holds it instead.
	ledger   apply.LedgerFile
	snapshot *snapshot
}

// open finds the node that the flags name.
func (p *program) open(ctx context.Context, f nodeFlags) (*session, error) {
	if err := apply.CheckInstance(f.instance); err != nil {
		return nil, err
	}
	if f.from != "" {
		if err := f.fromAlone(); err != nil {
			return nil, err
		}
		return openSnapshot(f)
	}
	s := &session{instance: f.instance}
	path, isFile, err := f.file()
	switch {
	case err != nil:
	case isFile:
		s.node, err = file.Open(path)
	case f.driver == "netlink":
		var d *netlink.Driver
		if d, err = netlink.Open(netlink.Options{Namespace: f.netns}); err != nil {
			err = hint(err, noKernel)
		} else {
			s.node, err = join(d, f)
		}
	default:
		s.node, err = p.openProgram(f)
	}
	if err != nil {
		return nil, err
	}
	if s.host, err = s.Host(ctx); err != nil {
		s.Close()
		return nil, fmt.Errorf("asking which node this is: %w", err)
	}
	dir := path + ".run"
	if !isFile {
		dir = filepath.Join(p.runDir(), dirName(s.host.Namespace))
	}
	s.ledger = apply.LedgerFile{Dir: dir, Instance: f.instance, Boot: s.host.Boot}
	return s, nil
}

// noKernel is for one that does not let its table be read.
const noKernel = "\"lvsform doctor\" says what is missing; --driver file:PATH needs no kernel"

// openProgram opens the driver that works through ipvsadm, which ends when lvsform is made to end at once.
func (p *program) openProgram(f nodeFlags) (node, error) {
	d, err := ipvsadm.Open(ipvsadm.Options{Namespace: f.netns})
	if errors.Is(err, syscall.ENOPROTOOPT) || errors.Is(err, syscall.EPERM) { // which are no fault of the program
		return nil, hint(err, noKernel)
	}
	if err != nil {
		return nil, hint(err, "\"lvsform doctor --driver ipvsadm\" says more; --driver netlink needs no program")
	}
	kill := d.Kill
	p.progress.child.Store(&kill)
	return join(d, f)
}

// join makes a node of a table and the host around it. The table is closed with it.
func join(table host.Table, f nodeFlags) (node, error) {
	d, err := host.Open(host.Options{Namespace: f.netns})
	if err != nil {
		return nil, errors.Join(err, table.Close())
	}
	return host.Join(table, d), nil
}

// program is the driver that works through ipvsadm, if the node has it.
func (s *session) program() (d *ipvsadm.Driver, ok bool) {
	if n, joined := s.node.(*host.Node); joined {
		d, ok = n.Unwrap().(*ipvsadm.Driver)
	}
	return d, ok
}

func (p *program) runDir() string {
	if dir := p.getenv("LVSFORM_RUN_DIR"); dir != "" {
		return dir
	}
	return "/run/lvsform"
}

// dirName is a name for the directory of a network namespace: "net:[4026531840]" becomes "net-4026531840".
func dirName(namespace string) string {
	words := strings.FieldsFunc(namespace, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if len(words) == 0 {
		return "default"
	}
	return strings.Join(words, "-")
}

// lock makes sure that nobody else changes the node.
func (s *session) lock(ctx context.Context, wait time.Duration, command string) (unlock func(), err error) {
	holder := fmt.Sprintf("%s, process %d, since %s", command, os.Getpid(), time.Now().Format("15:04:05"))
	return apply.Lock(ctx, s.ledger.Dir, wait, holder)
}

// owned is what is this instance's, and what is others'.
func (s *session) owned() (plan.Ledger, plan.Others, error) {
	if s.snapshot != nil {
		return s.snapshot.Ledger, s.snapshot.Others, nil
	}
	ours, err := s.ledger.Load()
	if err != nil {
		return nil, nil, err
	}
	others, err := s.ledger.Others()
	return ours, others, err
}

// inputs is what there is of the node to plan with.
func (s *session) inputs(ctx context.Context) (plan.Inputs, error) {
	in := plan.Inputs{Host: s.host}
	var err error
	if in.Ledger, in.Others, err = s.owned(); err != nil {
		return in, err
	}
	for _, others := range in.Others {
		s.watchOwned(others)
	}
	s.watchOwned(in.Ledger)
	if in.Live, err = s.Read(ctx); err != nil {
		err = fmt.Errorf("reading the node: %w", err)
		if errors.Is(err, syscall.EPERM) {
			err = hint(err, noKernel)
		}
	}
	return in, err
}

// connections are those of all destinations.
func (s *session) connections(ctx context.Context, live spec.State) (map[spec.DestinationKey]spec.Connections, error) {
	counts, err := s.Connections(ctx, slices.Collect(maps.Keys(live.Services)))
	if err != nil {
		return nil, fmt.Errorf("reading the connections: %w", err)
	}
	return counts, nil
}

// make works out the plan.
func (s *session) make(ctx context.Context, in plan.Inputs, config string, f policyFlags) (*plan.Plan, error) {
	in.Targets, in.Exclude, in.Destroy, in.NoDrain = f.targets, f.exclude, f.destroy, f.noDrain
	in.Absent, in.MaxDestroy, in.Compare = f.absent, f.maxDestroy.limit, f.compare
	made, err := plan.Make(in)
	if err != nil {
		return nil, err
	}
	if !f.compare {
		if err := apply.Possible(s, made, made.Changes); err != nil {
			return nil, err
		}
	}
	// Most plans touch little of what is there, and counting all of it takes as long as reading it.
	if busy := made.Busy(); len(busy) > 0 {
		counts, err := s.Connections(ctx, busy)
		if err != nil {
			return nil, fmt.Errorf("reading the connections: %w", err)
		}
		made.Count(counts)
	}
	made.Version, made.Created, made.Instance, made.Config = version, time.Now().UTC(), s.instance, config
	return made, nil
}
