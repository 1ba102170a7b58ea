//go:build linux

package netlink

import (
	"context"
	"errors"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// A batch ends with whichever comes first. Its answers fit the receive buffer even if every request fails, and it
// keeps other users of generic netlink waiting for a few milliseconds.
const (
	maxBatchCost  = 128
	maxBatchBytes = 128 << 10
)

// A request that costs the kernel much more than others: 16 of them fill a batch.
const highCost = maxBatchCost / 16

// Do does the changes in order and has one result for each. It goes on after a change that fails. When the kernel's
// answer is lost the objects are read again, and only what is neither as before nor as it should be stays unknown.
func (d *Driver) Do(ctx context.Context, changes []plan.Change) []plan.Result {
	d.mu.Lock()
	defer d.mu.Unlock()
	results := make([]plan.Result, len(changes))
	if err := ctx.Err(); err != nil {
		fail(changes, results, err)
		return results
	}
	for from := 0; from < len(changes); {
		to, err := d.fill(changes, results, from)
		if err != nil {
			fail(changes[from:], results[from:], err)
			break
		}
		d.run(changes[from:to], results[from:to])
		from = to
	}
	return results
}

// fail gives the changes that have no result yet, and were not sent, an error.
func fail(changes []plan.Change, results []plan.Result, err error) {
	for i := range results {
		if results[i].Err == nil {
			results[i].Err = notDone(changes[i], err)
		}
	}
}

func notDone(c plan.Change, err error) error { return explain(c.String(), err) }

// fill encodes a batch that starts with changes[from], and says where it ends. Changes that are not worth sending
// have their result already.
func (d *Driver) fill(changes []plan.Change, results []plan.Result, from int) (to int, err error) {
	c, err := d.wideChannel()
	if err != nil {
		return from, err
	}
	c.enc.reset()
	d.sent, d.base = d.sent[:0], c.seq+1
	cost := 0
	for to = from; to < len(changes); to++ {
		x := changes[to]
		if err := refuse(x); err != nil {
			results[to].Err = err
			continue
		}
		cost += d.cost(x)
		if cost > maxBatchCost && len(d.sent) > 0 || len(c.enc.b) > maxBatchBytes {
			return to, nil
		}
		c.change(x)
		d.sent = append(d.sent, to-from)
	}
	return to, nil
}

// cost is what a change costs the kernel: mh builds its table anew whenever a destination changes, and a new scheduler
// waits for all CPUs.
func (d *Driver) cost(x plan.Change) int {
	switch k := x.Key.(type) {
	case spec.DestinationKey:
		if len(d.costly) > 0 && d.costly[k.Service] {
			return highCost
		}
	case spec.ServiceKey:
		before, _ := x.Before.(spec.Service)
		after, _ := x.After.(spec.Service)
		d.learn(k, after)
		if x.Before != nil && x.After != nil && before.Scheduler != after.Scheduler {
			return highCost
		}
	}
	return 1
}

// learn notes a service's scheduler, and remember those of a whole table.
func (d *Driver) learn(k spec.ServiceKey, s spec.Service) {
	if s.Scheduler == "mh" {
		d.costly[k] = true
	} else if len(d.costly) > 0 {
		delete(d.costly, k)
	}
}

func (d *Driver) remember(services map[spec.ServiceKey]spec.Service) {
	clear(d.costly)
	for k, s := range services {
		d.learn(k, s)
	}
}

// run sends the batch that fill encoded for these changes.
func (d *Driver) run(changes []plan.Change, results []plan.Result) {
	if len(d.sent) == 0 {
		return
	}
	c := d.wide
	c.enc.acknowledge(c.enc.start)
	if err := c.send(c.enc.b); err != nil {
		d.hangUp()
		fail(changes, results, err)
		return
	}
	reported := make([]bool, len(d.sent))
	if err := d.collect(changes, results, reported); err != nil {
		for n, i := range d.sent {
			if !reported[n] {
				results[i] = plan.Result{Err: err, Unknown: true}
			}
		}
		d.hangUp()
		d.settle(changes, results)
	}
}

// collect receives the answers to a batch until that to its last request. What is not reported has been done, unless
// collect fails.
func (d *Driver) collect(changes []plan.Change, results []plan.Result, reported []bool) (lost error) {
	for {
		// All answers are there when a send returns. What is not never comes: the kernel has none for a sync daemon that is
		// stopped before its thread has run.
		if err := d.wide.receive(d.wide.acks, false); err != nil {
			if errors.Is(err, errOverflow) && lost == nil {
				lost = err
				continue
			}
			return errors.Join(lost, err)
		}
		for _, datagram := range d.wide.acks.got {
			last, err := d.report(datagram, changes, results, reported)
			if err != nil && lost == nil {
				lost = err
			}
			if last {
				return lost
			}
		}
	}
}

// report handles one datagram of answers; last says that the one to the last request was in it.
func (d *Driver) report(datagram []byte, changes []plan.Change, results []plan.Result, reported []bool) (last bool, err error) {
	m := messages{rest: datagram}
	for m.next() {
		n := m.seq - d.base // both may have wrapped
		if m.kind != unix.NLMSG_ERROR || n >= uint32(len(d.sent)) {
			continue // what was left of an earlier request
		}
		e, ok := m.errno()
		if !ok {
			return last, errMalformed
		}
		reported[n] = true
		last = last || int(n) == len(d.sent)-1
		if e != 0 {
			i := d.sent[n]
			results[i].Err = &spec.Refusal{Op: changes[i].Action().String(), Key: changes[i].Key, Errno: e}
		}
	}
	if m.bad {
		return last, errMalformed
	}
	return last, nil
}
