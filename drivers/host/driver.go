//go:build linux

// Package host reads and changes what is around the IPVS table of a running kernel: modules, links, settings,
// neighbours, addresses, and nftables rules.
//
// Start at Open. Everything goes by netlink and procfs, in the network namespace that the driver was opened for. Nothing is
// loaded or made by reading. To change something, CAP_NET_ADMIN is needed; to announce an address, CAP_NET_RAW; to load a
// module, CAP_SYS_MODULE.
package host

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/lvsform/lvsform/drivers/host/nft"
	"github.com/lvsform/lvsform/drivers/internal/netns"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"github.com/mdlayher/netlink"
)

// Options say which host. The zero value is the network namespace that the caller is in.
type Options struct {
	// Namespace is a network namespace: a path such as /run/netns/blue, or a name under /run/netns.
	Namespace string
}

// Driver is the host around one IPVS table. Its methods may be called by several goroutines; they take turns.
type Driver struct {
	mu    sync.Mutex
	space *netns.Space
	open  func(family int) (*netlink.Conn, error)
	// rules are the kinds that are rules of nftables.
	rules   rules
	sysctls map[spec.SysctlKey]bool
	names   map[spec.ModuleKey]bool
}

// rules is what the nftables part of the driver does. It is called in no particular namespace.
type rules interface {
	Read(s *spec.State) error
	Do(changes []plan.Change) []plan.Result
	Families() (map[string]error, error)
	SourceNAT() ([]string, error)
	Close() error
}

// Open finds the network namespace. The driver stays with it, wherever its callers are.
func Open(o Options) (*Driver, error) {
	space, err := netns.Open(o.Namespace)
	if err != nil {
		return nil, err
	}
	d := &Driver{space: space, open: openNetlink, sysctls: map[spec.SysctlKey]bool{}, names: map[spec.ModuleKey]bool{}}
	if d.rules, err = nft.Open(space); err != nil {
		return nil, errors.Join(err, space.Close())
	}
	return d, nil
}

// Close gives up the namespace. What is there stays as it is.
func (d *Driver) Close() (err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.space == nil {
		return nil
	}
	err = errors.Join(d.rules.Close(), d.space.Close())
	d.space = nil
	return err
}

// Watch makes Read show settings beside those that matter to every node.
func (d *Driver) Watch(names ...spec.SysctlKey) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, k := range names {
		d.sysctls[k] = true
	}
}

// WatchModules makes Read show modules beside those that matter to every node.
func (d *Driver) WatchModules(names ...spec.ModuleKey) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, k := range names {
		d.names[k] = true
	}
}

// Cannot is always nil: the kernel holds whatever a state does.
func (*Driver) Cannot(spec.Key, spec.Value) error { return nil }

// within calls f in the driver's namespace.
func (d *Driver) within(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.space == nil {
		return errors.New("the driver is closed")
	}
	return d.space.Do(f)
}

// Read is the part of the state around the table. Its lists are each of one moment, and not all of the same.
func (d *Driver) Read(ctx context.Context) (spec.State, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.read(ctx)
}

func (d *Driver) read(ctx context.Context) (s spec.State, err error) {
	err = d.within(ctx, func() error {
		for _, part := range []struct {
			what string
			read func(*spec.State) error
		}{
			{"modules", d.modules}, {"interfaces and their addresses", d.interfaces}, {"settings", d.settings}, {"GUE receivers", d.receivers},
		} {
			if err := part.read(&s); err != nil {
				return fmt.Errorf("read the %s: %w", part.what, err)
			}
		}
		return nil
	})
	if err == nil {
		err = d.rules.Read(&s)
	}
	if err != nil {
		return spec.State{}, err
	}
	return s, nil
}
