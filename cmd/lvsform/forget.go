package main

import (
	"fmt"
	"slices"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"github.com/spf13/cobra"
)

const forgetLong = `Forget gives up objects: lvsform no longer takes them for its own, and destroys them no more
when they leave the configuration. The node is not changed. ADDR is an address such as
service.web, or a kernel identity such as "tcp 192.0.2.10:443". What the configuration still
declares is imported again by the next apply.`

func (p *program) forgetCommand() *cobra.Command {
	var where nodeFlags
	c := &cobra.Command{
		Use: "forget ADDR...", Short: "Stop taking objects for lvsform's own, without touching them", Long: forgetLong, Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.locked(c.Context(), where, "forget", func(s *session) error { return p.forget(s, args) })
		},
	}
	where.add(c)
	where.addLock(c)
	return c
}

func (p *program) forget(s *session, addresses []string) error {
	ledger, err := s.ledger.Load()
	if err != nil {
		return err
	}
	gone := map[spec.Key]string{}
	for _, address := range addresses {
		found := false
		for k, o := range ledger {
			if k.String() == address || plan.Within(o.Name, address) || plan.Within(spec.LiveName(k), address) {
				gone[k], found = o.Name, true
			}
		}
		if !found {
			return hint(fmt.Errorf("nothing of lvsform's is called %q", address), "\"lvsform status\" lists what there is")
		}
	}
	keys := make([]spec.Key, 0, len(gone))
	for k := range gone {
		keys = append(keys, k)
		delete(ledger, k)
	}
	if err := s.ledger.Save(ledger); err != nil {
		return err
	}
	slices.SortFunc(keys, spec.CompareKeys)
	for _, k := range keys {
		p.printf("%s (%s) is forgotten.\n", gone[k], k)
	}
	return nil
}
