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
	// cleared is where the table was last emptied.
	cleared place
	// reported are the services of which it was said that they are not there.
	reported map[spec.ServiceKey]bool
}

// run carries the commands out. What they leave becomes the first view.
func (p *parser) run() {
	if len(p.commands) == 0 {
		return
	}
	r := runner{parser: p, node: spec.NewNode(spec.Kernel{}, spec.State{}), reported: map[spec.ServiceKey]bool{}}
	r.oneSpace()
	r.clear()
	listed := slices.ContainsFunc(p.views, func(v *view) bool { return v.methods })
	for i := range p.commands {
		c := &p.commands[i]
		r.port(c, listed)
		r.fail(r.do(c))
	}
	r.reordered()
	p.views = append([]*view{r.view()}, p.views...)
}

// oneSpace refuses commands for several network namespaces: each has a table of its own.
func (r *runner) oneSpace() {
	first := &r.commands[0]
	name := func(c *command) string {
		if c.space == "" {
			return "no network namespace"
		}
		return "the network namespace " + quote(c.space)
	}
	if i := slices.IndexFunc(r.commands, func(c command) bool { return c.space != first.space }); i >= 0 {
		c := &r.commands[i]
		r.fail(c.errorf("this is for %s, and %s for %s: import each table on its own", name(c), first.place, name(first)))
	} else if first.space != "" {
		r.note(first.place, "this is the table of %s", name(first))
	}
}

// clear is -C: timeouts and sync daemons stay.
func (r *runner) clear() {
	s := r.node.State()
	r.node = spec.NewNode(spec.Kernel{}, spec.State{Timeouts: s.Timeouts, SyncDaemons: s.SyncDaemons})
	r.servers, r.last = map[spec.ServiceKey][]spec.DestinationKey{}, map[spec.Key]*command{}
}

// port: a dump has the port that a direct server has in the kernel, and a listing beside it shows the same one. A command
// gives the server its service's port.
func (r *runner) port(c *command, listed bool) {
	if !c.printed.IsValid() {
		return
	}
	if !c.saved && (!c.bare || !listed) {
		r.doubt(c.place, "a server that is not masqueraded gets its service's port from ipvsadm, and not the one that is given here")
		return
	}
	k := c.key.(spec.DestinationKey)
	k.Address = c.printed
	c.key = k
	if !listed {
		r.doubt(c.place, "a server that is not masqueraded has another port than its service. ipvsadm -S writes such a line for what a kernel holds, "+
			"and so it is read. If a person wrote it for ipvsadm -R, which gives the server its service's port: write that port")
	}
}

func (r *runner) do(c *command) error {
	if c.does == "clear" {
		r.clear()
		r.cleared = c.place
		return nil
	}
	before := r.node.State().Get(c.key)
	if d, ok := c.key.(spec.DestinationKey); ok && r.node.State().Get(d.Service) == nil {
		if r.reported[d.Service] {
			return nil
		}
		r.reported[d.Service] = true
		return c.errorf("there is no service %s%s", d.Service, r.absent(c, d.Service))
	}
	creates := c.does == "add-service" || c.does == "add-server" || c.does == "start-daemon"
	switch {
	case c.does == "set" && c.value == spec.Value(spec.Timeouts{}):
		r.note(c.place, "--set 0 0 0 sets nothing")
		return nil
	case c.does == "set":
		before = spec.Timeouts{} // a node always has some
	case before != nil && creates:
		return r.twice(c)
	case before == nil && !creates:
		return c.errorf("there is no %s%s", c.key, r.absent(c, c.key))
	case c.does == "zero":
		return nil
	}
	if k, ok := c.key.(spec.ServiceKey); ok && c.does == "delete-service" {
		r.empty(k)
	}
	if k, ok := c.key.(spec.ServiceKey); ok && creates {
		delete(r.reported, k)
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

// rewritten says that the server has another port than its line.
func (c *command) rewritten(k spec.DestinationKey) bool {
	return c != nil && c.printed.IsValid() && c.printed != k.Address
}

// twice: a kernel that changes while it is dumped may show an object twice, and no moment had both.
func (r *runner) twice(c *command) error {
	text := c.key.String() + " exists already" + r.since(c.key)
	if k, ok := c.key.(spec.DestinationKey); ok && (c.rewritten(k) || r.last[k].rewritten(k)) {
		text += ": ipvsadm gives a server that is not masqueraded its service's port"
	}
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

// absent says why an object is not there for a command.
func (r *runner) absent(c *command, k spec.Key) string {
	if r.last[k] != nil {
		return r.since(k)
	}
	text := ": the table is empty at the beginning"
	if r.cleared.line != 0 {
		text = ": the table is empty after " + r.cleared.String()
	}
	if c.value == nil && c.does != "zero" {
		text += ": leave the line out"
	}
	return text
}

// since points to the command that the reader may have forgotten.
func (r *runner) since(k spec.Key) string {
	if c := r.last[k]; c != nil {
		return ": see " + c.place.String()
	}
	return ""
}
