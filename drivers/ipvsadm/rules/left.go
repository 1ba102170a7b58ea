package rules

import (
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// reordered notes the services whose clients go to other servers if their servers are added in another order.
func (r *runner) reordered() {
	state := r.node.State()
	for k, s := range state.Services {
		if s.Scheduler != "sh" && s.Scheduler != "mh" || r.last[k].bare {
			continue
		}
		seen := map[spec.DestinationKey]bool{}
		var order []spec.DestinationKey // the last one first: a server that was deleted is where it was added again
		for _, d := range slices.Backward(r.servers[k]) {
			if _, ok := state.Destinations[d]; ok && !seen[d] {
				seen[d] = true
				order = append(order, d)
			}
		}
		if !slices.IsSortedFunc(order, func(a, b spec.DestinationKey) int { return spec.CompareKeys(b, a) }) {
			r.note(r.last[k].place, "%s maps clients by the order in which servers were added: here that is not the order of their addresses, in which lvsform adds them", s.Scheduler)
		}
	}
}

// view is what the commands leave.
func (r *runner) view() *view {
	aboutTable := func(c command) bool {
		return c.does == "clear" || c.key.Kind() == spec.KindService || c.key.Kind() == spec.KindDestination
	}
	v := &view{name: "the commands", place: r.commands[0].place, complete: slices.ContainsFunc(r.commands, aboutTable)}
	for k, value := range r.node.State().All() {
		c := r.last[k]
		if c == nil { // -C forgets, and leaves timeouts and daemons
			c = &r.commands[0]
		}
		f := fact{place: c.place, key: k, value: value, command: c}
		for i, a := range spec.Attributes(k.Kind()) {
			if f.tells(a.Name) {
				f.told |= 1 << i
			}
		}
		v.facts = append(v.facts, f)
	}
	slices.SortFunc(v.facts, func(a, b fact) int { return spec.CompareKeys(a.key, b.key) })
	return v
}

// tells says that the command, if it is a dump's, shows the attribute.
func (f *fact) tells(attribute string) bool {
	c := f.command
	switch v := f.value.(type) {
	case spec.Timeouts:
		return map[string]uint32{"tcp": v.TCP, "tcp_fin": v.TCPFin, "udp": v.UDP}[attribute] != 0
	case spec.SyncDaemon:
		switch attribute {
		case "max_len":
			return v.MaxLen != 0
		case "group":
			return v.Group.IsValid()
		case "port":
			return v.Port != 0
		case "ttl":
			return v.TTL != 0
		}
	case spec.Service:
		return v.Persistent || attribute != "persistence_timeout" && attribute != "persistence_netmask"
	case spec.Destination:
		switch attribute {
		case "tunnel_type", "tunnel_port", "tunnel_checksum":
			return !c.bare || v.Forward != spec.TunnelTo || c.told&isTunnelType != 0
		case "upper_threshold":
			return !c.bare || c.told&isUpper != 0
		case "lower_threshold":
			return !c.bare || c.told&isLower != 0
		}
	}
	return true
}
