package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/drivers/netlink"
	"github.com/lvsform/lvsform/spec"
)

// hidden compares what ipvsadm shows with the kernel's own answer.
func hidden(ctx context.Context, where nodeFlags, shown spec.State) finding {
	const what = "scheduler flags without a name, sh and mh flag-3 beside others, the netmask of what is not persistent"
	d, err := netlink.Open(netlink.Options{Namespace: where.netns})
	if err == nil {
		defer d.Close()
		var live spec.State
		if live, err = d.Read(ctx); err == nil {
			return differences(shown, live)
		}
	}
	return note("--driver netlink, if it works here", "whether ipvsadm shows the table as it is cannot be seen without it (%v): it does not show %s", err, what)
}

// differences are the objects that ipvsadm does not show as they are.
func differences(shown, live spec.State) finding {
	const most = 10
	var keys []spec.Key
	shown.Differences(live, func(k spec.Key, _, _ spec.Value) { keys = append(keys, k) })
	slices.SortFunc(keys, spec.CompareKeys)
	var names []string
	for _, k := range keys {
		names = append(names, k.String())
	}
	if len(names) == 0 {
		return ok("ipvsadm shows the table as it is")
	}
	if more := len(names) - most; more > 0 {
		names = append(names[:most], fmt.Sprintf("%d more", more))
	}
	return note("--driver netlink, for all that changes these services and servers: an edit through ipvsadm removes what it does not show",
		"ipvsadm does not show these as they are, unless somebody is changing them: %s", strings.Join(names, "; "))
}
