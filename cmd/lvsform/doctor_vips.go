package main

import (
	"context"
	"maps"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/lvsform/lvsform/drivers/host"
	"github.com/lvsform/lvsform/spec"
)

// answering is how long others have to say that an address is theirs.
const answering = time.Second

// holders asks the neighbours who has the virtual addresses.
func holders(ctx context.Context, d *host.Driver, desired spec.Desired, live spec.State) []finding {
	keys := exclusive(desired)
	if len(keys) == 0 {
		return nil
	}
	answers, err := d.Holders(ctx, keys, answering)
	if err != nil {
		return []finding{note("sudo lvsform …, or AmbientCapabilities=CAP_NET_RAW in a systemd unit", "whether others have the virtual addresses is not known: %v", err)}
	}
	return heard(keys, answers, live)
}

// exclusive are the addresses that only this node may answer for. Those of real servers are a director's, and what several nodes hold
// on purpose is not asked for by ARP: as on lo, nothing is announced there.
func exclusive(desired spec.Desired) (keys []spec.AddressKey) {
	for k := range desired.State.Addresses {
		if o := desired.Objects[k]; o.Side == spec.SideDirector && o.Announce != (spec.Announce{}) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b spec.AddressKey) int { return spec.CompareKeys(a, b) })
	return keys
}

// heard is what the answers mean.
func heard(keys []spec.AddressKey, answers map[spec.AddressKey][]net.HardwareAddr, live spec.State) (found []finding) {
	free, down := map[netip.Addr]bool{}, map[string]bool{}
	for _, k := range keys {
		macs, asked := answers[k]
		ip := k.Prefix.Addr()
		switch {
		case !asked:
			if l, there := live.Links[spec.LinkKey{Name: k.Interface}]; there && !l.Up {
				down[k.Interface] = true
			}
		case len(macs) == 0:
			free[ip] = true
		case live.Get(k) != nil:
			found = append(found, broken("find it (ip neigh, or the MAC table of the switch), and there: ip address del "+k.Prefix.String()+" dev INTERFACE; a real server keeps it quiet with a real_server block",
				"%s is answered by %s as well, on %s: two machines have the address, and clients reach one or the other", ip, few(macs), k.Interface))
		default:
			found = append(found, note("before the apply, take it away there, or right after it, if that is the director that gives it up: ip address del "+k.Prefix.String()+" dev INTERFACE; a real server keeps it quiet with a real_server block",
				"%s is answered by %s, on %s: another machine has the address", ip, few(macs), k.Interface))
		}
	}
	if len(free) > 0 {
		found = append(found, ok("nobody else answers for %s", few(sortedAddresses(free))))
	}
	for _, name := range slices.Sorted(maps.Keys(down)) {
		found = append(found, note("ip link set "+name+" up", "%s is down: nobody there could be asked about virtual addresses", name))
	}
	return found
}
