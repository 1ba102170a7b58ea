package rules

import (
	"errors"
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// runner carries commands out on a table as a kernel does.
type runner struct {
	*parser
	node *spec.Node
	// servers has what was ever added to a service, so that nothing must be searched when it is deleted.
	servers map[spec.ServiceKey][]spec.DestinationKey
	// last is the command that last made, changed or deleted an object.
	last map[spec.Key]*command
}

// run carries the commands out. What they leave becomes the first view.
func (p *parser) run() {
	r := runner{parser: p, node: spec.NewNode(spec.Kernel{}, spec.State{})}
	r.clear()
	listed := slices.ContainsFunc(p.views, func(v *view) bool { return v.methods })
	for i := range p.commands {
		c := &p.commands[i]
		r.port(c, listed)
		r.fail(r.do(c))
		if r.full() {
			return
		}
	}
	if len(p.commands) > 0 {
		p.views = append([]*view{r.view()}, p.views...)
	}
}

// clear is -C: timeouts and sync daemons stay.
func (r *runner) clear() {
	s := r.node.State()
	r.node = spec.NewNode(spec.Kernel{}, spec.State{Timeouts: s.Timeouts, SyncDaemons: s.SyncDaemons})
	r.servers, r.last = map[spec.ServiceKey][]spec.DestinationKey{}, map[spec.Key]*command{}
}

// port: a dump prints the port that a direct server has, and a listing beside the dump shows the same one. A command
// gives it the service's port.
func (r *runner) port(c *command, listed bool) {
	if !c.printed.IsValid() {
		return
	}
	k := c.key.(spec.DestinationKey)
	if c.bare && listed {
		k.Address = c.printed
		c.key = k
		return
	}
	r.note(c.place, "%s gets port %d: a server that is not masqueraded has its service's port to ipvsadm", c.printed, k.Address.Port())
}

func (r *runner) do(c *command) error {
	if c.does == "clear" {
		r.clear()
		return nil
	}
	before := r.node.State().Get(c.key)
	if d, ok := c.key.(spec.DestinationKey); ok && r.node.State().Get(d.Service) == nil {
		return c.errorf("there is no service %s%s", d.Service, r.since(d.Service))
	}
	creates := c.does == "add-service" || c.does == "add-server" || c.does == "start-daemon"
	switch {
	case c.does == "set":
		before = spec.Timeouts{} // a node always has some
	case before != nil && creates:
		return r.twice(c)
	case before == nil && !creates:
		return c.errorf("there is no %s%s", c.key, r.since(c.key))
	case c.does == "zero":
		return nil
	}
	if k, ok := c.key.(spec.ServiceKey); ok && c.does == "delete-service" {
		r.empty(k)
	}
	if err := r.node.Do(c.key, before, c.value); err != nil {
		var no *spec.Refusal
		if errors.As(err, &no) {
			return c.errorf("%v", no)
		}
		return c.errorf("%v", err)
	}
	if k, ok := c.key.(spec.DestinationKey); ok && creates {
		r.servers[k.Service] = append(r.servers[k.Service], k)
	}
	r.last[c.key] = c
	return nil
}

// twice: a kernel that changes while it is dumped may show an object twice, and no moment had both.
func (r *runner) twice(c *command) error {
	text := c.key.String() + " exists already" + r.since(c.key)
	if c.bare {
		return &ConflictError{SyntaxError{c.source, c.line, c.column, text}, c.key}
	}
	return c.errorf("%s", text)
}

// empty deletes the servers of a service one by one.
func (r *runner) empty(k spec.ServiceKey) {
	for _, d := range r.servers[k] {
		if v := r.node.State().Get(d); v != nil {
			_ = r.node.Do(d, v, nil) // it is there
		}
	}
	delete(r.servers, k)
}

// since points to the command that the reader may have forgotten.
func (r *runner) since(k spec.Key) string {
	if c := r.last[k]; c != nil {
		return ": see " + c.place.String()
	}
	return ""
}

// view is what the commands leave.
func (r *runner) view() *view {
	v := &view{name: "the commands", place: r.commands[0].place, complete: true}
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
