package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

const scriptHead = `#!/bin/sh
# Written by lvsform %s: %s, %s.
#
# This is for an empty table: it stops at the first service that is there already. Where
# the table may go, and all its connections with it, "ipvsadm -C" empties it. To change a
# table that is in use, "lvsform plan --format ipvsadm" prints the commands from what is
# there to what should be, in an order that keeps services up.
set -eu
`

// exportScript is a script that fills an empty table.
func exportScript(d spec.Desired) ([]byte, error) {
	if err := sayable(d); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, scriptHead, clean(version), count(len(d.State.Services), "service"), count(len(d.State.Destinations), "server"))
	left := unfiltered{}
	for _, k := range inTurn(d.State) {
		c := plan.Change{Key: k, After: d.State.Get(k)}
		if k.Kind() != spec.KindDestination {
			b.WriteByte('\n')
		}
		if !k.Kind().Table() {
			comment(&b, "%s", nameOf(d, k))
			left.around(&b, c, nameOf(d, k))
			continue
		}
		if k.Kind() == spec.KindTimeouts {
			c.Before = spec.Timeouts{} // which a node always has
		}
		args, err := rules.Command(c)
		if err != nil {
			return nil, err
		}
		comment(&b, "%s", nameOf(d, k))
		shellLine(&b, ipvsadmWords(args))
	}
	return b.Bytes(), nil
}

// turn is the order of a script: what others need comes first, and what brings traffic last.
func turn(k spec.Key) int {
	kinds := []spec.Kind{
		spec.KindModule, spec.KindLink, spec.KindSysctl, spec.KindARPFilter, spec.KindNeighbour, spec.KindTimeouts, spec.KindMasqueradeRule,
		spec.KindService, spec.KindMarkRule, spec.KindAddress, spec.KindSyncDaemon,
	}
	if k.Kind() == spec.KindDestination {
		return slices.Index(kinds, spec.KindService)
	}
	return slices.Index(kinds, k.Kind())
}

// inTurn are the keys of all objects, each service followed by its servers.
func inTurn(s spec.State) []spec.Key {
	servers := s.Servers()
	var out []spec.Key
	for _, k := range s.Keys() {
		switch k := k.(type) {
		case spec.DestinationKey:
		case spec.ServiceKey:
			out = append(out, k)
			for _, d := range servers[k] {
				out = append(out, d)
			}
		default:
			out = append(out, k)
		}
	}
	slices.SortStableFunc(out, func(a, b spec.Key) int { return cmp.Compare(turn(a), turn(b)) })
	return out
}
