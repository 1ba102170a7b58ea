//go:build !linux

// Package host reads and changes what is around the IPVS table of a running Linux kernel. Elsewhere there is none.
package host

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Options say which host.
type Options struct {
	// Namespace is a network namespace.
	Namespace string
}

// Driver is the host around one IPVS table. No value of it exists outside Linux.
type Driver struct{}

var errLinux = errors.New("IPVS is part of Linux: use the file driver here")

// Open fails.
func Open(Options) (*Driver, error) { return nil, errLinux }

// Close does nothing.
func (*Driver) Close() error { return nil }

// Watch does nothing.
func (*Driver) Watch(...spec.SysctlKey) {}

// WatchModules does nothing.
func (*Driver) WatchModules(...spec.ModuleKey) {}

// Cannot is always nil.
func (*Driver) Cannot(spec.Key, spec.Value) error { return nil }

// Read fails.
func (*Driver) Read(context.Context) (spec.State, error) { return spec.State{}, errLinux }

// Do fails every change.
func (*Driver) Do(_ context.Context, changes []plan.Change) []plan.Result {
	results := make([]plan.Result, len(changes))
	for i := range results {
		results[i].Err = errLinux
	}
	return results
}

// Announce fails.
func (*Driver) Announce(context.Context, []spec.AddressKey) error { return errLinux }

// Ways fails.
func (*Driver) Ways(context.Context, []netip.Addr) (map[netip.Addr]Way, map[string]int, error) {
	return nil, nil, errLinux
}

// Holders fails.
func (*Driver) Holders(context.Context, []spec.AddressKey, time.Duration) (map[spec.AddressKey][]net.HardwareAddr, error) {
	return nil, errLinux
}

// Families fails.
func (*Driver) Families(context.Context) (map[string]error, error) { return nil, errLinux }

// SourceNAT fails.
func (*Driver) SourceNAT(context.Context) ([]string, error) { return nil, errLinux }
