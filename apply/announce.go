package apply

import (
	"context"
	"slices"
	"time"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// announce makes the addresses that the batch has brought up known to their neighbours, all at the same time, each as often as
// its step says. Whoever interrupts it ends the announcements and nothing else.
func (r *run) announce(ctx context.Context, batch plan.Changeset) error {
	due := map[spec.AddressKey]spec.Announce{}
	for _, s := range batch {
		if k, ok := s.Key.(spec.AddressKey); ok && s.Action() == plan.Create && s.Announce.Count > 0 {
			due[k] = s.Announce
		}
	}
	start := time.Now()
	for told := map[spec.AddressKey]int{}; len(due) > 0; {
		var now []spec.AddressKey
		next := time.Duration(-1)
		for k, a := range due {
			at := time.Duration(told[k]) * a.Interval
			if at <= time.Since(start) {
				now = append(now, k)
				at += a.Interval
			}
			if next < 0 || at < next {
				next = at
			}
		}
		slices.SortFunc(now, func(a, b spec.AddressKey) int { return spec.CompareKeys(a, b) })
		if err := r.tell(ctx, now, told); err != nil {
			return err
		}
		for k, a := range due {
			if told[k] >= a.Count {
				delete(due, k)
			}
		}
		if len(due) > 0 && sleep(ctx, next-time.Since(start)) != nil {
			return nil
		}
	}
	return nil
}

// tell announces addresses once.
func (r *run) tell(ctx context.Context, addresses []spec.AddressKey, told map[spec.AddressKey]int) error {
	if len(addresses) == 0 {
		return nil
	}
	if err := r.driver.Announce(context.WithoutCancel(ctx), addresses); err != nil {
		return err
	}
	for _, k := range addresses {
		told[k]++
		r.report(Event{Kind: EventAnnounce, Address: k, Steps: told[k]})
	}
	return nil
}
