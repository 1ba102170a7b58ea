// Package file keeps a node in one JSON file: for trying things out, for CI, for tests. The node refuses what the kernel
// that the file describes would refuse (spec.Kernel), and needs neither that kernel nor root.
//
// A file may be written by hand; all it must have is {"format_version": 1}, and what it leaves out is as a fresh node
// has it. "connections" lets people try out draining: those of a destination go down evenly over its "drains_in" once
// its weight is 0. Reading never writes the file. Processes that change one file at the same time must agree on a lock
// of their own.
package file

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Driver is the node in one file. It holds nothing open, and for every call looks whether the file is still the same.
type Driver struct {
	path string

	mu sync.Mutex
	// last is what the file held when it was seen; its maps are never changed.
	last document
	seen fs.FileInfo
}

// Open checks the file. One that does not exist is an empty node with the defaults of Linux 6.1, and is made by the
// first Do; its directory must exist.
func Open(path string) (*Driver, error) {
	d := &Driver{path: path}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("open node file %s: %w", path, cause(err))
	}
	if _, err := d.document(); err != nil {
		return nil, err
	}
	return d, nil
}

// document is what the file holds now. The caller has the lock, unless nobody else has the driver yet.
func (d *Driver) document() (document, error) {
	now, err := os.Stat(d.path)
	if err == nil && d.seen != nil && os.SameFile(now, d.seen) && now.Size() == d.seen.Size() && now.ModTime().Equal(d.seen.ModTime()) {
		return d.last, nil
	}
	doc, err := read(d.path)
	d.last, d.seen = doc, now
	if err != nil {
		d.seen = nil
	}
	return doc, err
}

func (d *Driver) locked() (document, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.document()
}

// Close is there for the symmetry with other drivers.
func (d *Driver) Close() error { return nil }

// Host is the node that the file stands for: named as the file says, or else like the file.
func (d *Driver) Host(context.Context) (plan.Host, error) {
	doc, err := d.locked()
	if err != nil {
		return plan.Host{}, err
	}
	h := plan.Host{Name: doc.Node, Driver: "file", Kernel: doc.Kernel.Release, Boot: doc.BootID}
	if h.Name == "" {
		h.Name = named(d.path)
	}
	return h, nil
}

// Kernel is the one that the file describes, or for one that does not exist yet, that of a fresh node.
func (d *Driver) Kernel() (spec.Kernel, error) {
	doc, err := d.locked()
	return doc.Kernel, err
}

// Name is the name of the node in a file, whether or not there is such a file.
func Name(path string) string {
	if doc, err := read(path); err == nil && doc.Node != "" {
		return doc.Node
	}
	return named(path)
}

func named(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// Read is the state in the file.
func (d *Driver) Read(context.Context) (spec.State, error) {
	doc, err := d.locked()
	if err != nil {
		return spec.State{}, err
	}
	return doc.State.Clone(), nil
}

// Connections are the counts in the file; a destination that it has none for has 0. See the type load for those that drain.
func (d *Driver) Connections(_ context.Context, services []spec.ServiceKey) (map[spec.DestinationKey]spec.Connections, error) {
	doc, err := d.locked()
	if err != nil {
		return nil, err
	}
	asked := make(map[spec.ServiceKey]bool, len(services))
	for _, s := range services {
		asked[s] = true
	}
	now, out := time.Now(), map[spec.DestinationKey]spec.Connections{}
	for k := range doc.State.Destinations {
		if asked[k.Service] {
			out[k] = doc.Connections[k].at(now)
		}
	}
	return out, nil
}

// Announce does nothing: nobody hears a file.
func (*Driver) Announce(context.Context, []spec.AddressKey) error { return nil }

// Cannot is always nil: the file holds whatever its kernel does.
func (*Driver) Cannot(spec.Key, spec.Value) error { return nil }

// Do does the changes and writes the file once. When it cannot be written, every change of the batch has failed and
// the file is as it was.
func (d *Driver) Do(ctx context.Context, changes []plan.Change) []plan.Result {
	out := make([]plan.Result, len(changes))
	fail := func(err error) []plan.Result {
		for i := range out {
			if out[i].Err == nil {
				out[i].Err = err
			}
		}
		return out
	}
	if err := ctx.Err(); err != nil {
		return fail(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	doc, err := d.document()
	if err != nil {
		return fail(err)
	}
	n := spec.NewNode(doc.Kernel, doc.State)
	for i, c := range changes {
		out[i].Err = n.Do(c.Key, c.Before, c.After)
	}
	doc.State, doc.Connections = n.State(), maps.Clone(doc.Connections)
	doc.drain(time.Now())
	seen, err := doc.store(d.path)
	if err != nil {
		return fail(err)
	}
	d.last, d.seen = doc, seen
	return out
}
