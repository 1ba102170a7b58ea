//go:build linux

package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"

	"github.com/lvsform/lvsform/drivers/internal/doubt"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// Do does the changes in order and has one result for each. It goes on after a change that fails. When the kernel's answer
// is lost the host is read again, and only what is neither as before nor as it should be stays unknown. The context is looked at
// before the first change only.
func (d *Driver) Do(ctx context.Context, changes []plan.Change) []plan.Result {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return all(changes, err)
	}
	ctx = context.WithoutCancel(ctx)
	var results []plan.Result
	for rest := changes; len(rest) > 0; {
		end := 1
		for end < len(rest) && isRule(rest[end]) == isRule(rest[0]) {
			end++
		}
		if isRule(rest[0]) {
			results = append(results, d.rules.Do(rest[:end])...)
		} else {
			results = append(results, d.doHost(ctx, rest[:end])...)
		}
		rest = rest[end:]
	}
	if slices.ContainsFunc(results, func(r plan.Result) bool { return r.Unknown }) {
		live, err := d.read(ctx)
		doubt.Settle(changes, results, live, err)
	}
	return results
}

func isRule(c plan.Change) bool {
	switch c.Key.Kind() {
	case spec.KindARPFilter, spec.KindMarkRule, spec.KindMasqueradeRule:
		return true
	}
	return false
}

func refusal(c plan.Change, e syscall.Errno) error {
	return &spec.Refusal{Op: c.Action().String(), Key: c.Key, Errno: e}
}

func (d *Driver) doHost(ctx context.Context, changes []plan.Change) []plan.Result {
	results := make([]plan.Result, len(changes))
	w := &worker{ctx: ctx}
	defer w.route.close()
	defer w.generic.close()
	err := d.within(ctx, func() error {
		for i, c := range changes {
			if k, ok := c.Key.(spec.LinkKey); ok {
				if _, isGUE := k.GUEPort(); isGUE {
					w.generic.dial(d.open, unix.NETLINK_GENERIC)
				}
			}
			w.route.dial(d.open, unix.NETLINK_ROUTE)
			results[i] = result(c, w.change(c))
		}
		return nil
	})
	if err != nil { // none was begun
		return all(changes, err)
	}
	return results
}

// all gives each change the same error.
func all(changes []plan.Change, err error) []plan.Result {
	results := make([]plan.Result, len(changes))
	for i, c := range changes {
		results[i] = result(c, err)
	}
	return results
}

// result makes of an errno a refusal, and of a lost answer an unknown result.
func result(c plan.Change, err error) plan.Result {
	var words explained
	switch errno, isErrno := err.(syscall.Errno); {
	case err == nil:
		return plan.Result{}
	case isErrno:
		return plan.Result{Err: refusal(c, errno)}
	case errors.As(err, &words) && errors.As(words.error, &errno):
		return plan.Result{Err: fmt.Errorf("%w: %s", refusal(c, errno), words.words)}
	}
	if l, ok := err.(lost); ok {
		return plan.Result{Err: l.error, Unknown: true}
	}
	return plan.Result{Err: fmt.Errorf("%s: %w", c, err)}
}

// worker has the connections of one Do.
type worker struct {
	ctx            context.Context
	route, generic conn
}

// change does one change: nil, the kernel's errno, lost, or another error, after which nothing has been done.
func (w *worker) change(c plan.Change) error {
	create, remove := c.Before == nil, c.After == nil
	switch k := c.Key.(type) {
	case spec.ModuleKey:
		if remove {
			return unix.EOPNOTSUPP
		}
		return load(w.ctx, k.Name)
	case spec.SysctlKey:
		if remove {
			return unix.EOPNOTSUPP
		}
		return setSysctl(k, c.After.(spec.Sysctl))
	case spec.LinkKey:
		return w.link(k, c)
	case spec.NeighbourKey:
		if remove {
			return w.route.removeNeighbour(k)
		}
		return w.route.putNeighbour(k, c.After.(spec.Neighbour), create)
	case spec.AddressKey:
		switch {
		case remove:
			return w.route.removeAddress(k, c.Before.(spec.Address))
		case create:
			return w.route.makeAddress(k, c.After.(spec.Address))
		}
		return w.route.setAddress(k, c.After.(spec.Address))
	}
	return unix.EOPNOTSUPP
}

func (w *worker) link(k spec.LinkKey, c plan.Change) error {
	after, _ := c.After.(spec.Link)
	_, isGUE := k.GUEPort()
	switch {
	case isGUE && c.After == nil:
		return w.generic.removeReceiver(wanted(k))
	case isGUE && c.Before != nil:
		return w.generic.setReceiver(wanted(k))
	case isGUE && after != spec.Link{Type: "gue", Up: true}:
		return unix.EINVAL
	case isGUE:
		return w.generic.makeReceiver(wanted(k))
	case c.After == nil:
		return w.route.removeLink(k)
	case c.Before == nil:
		return w.route.makeLink(k, after)
	}
	return w.route.setLink(k, after)
}
