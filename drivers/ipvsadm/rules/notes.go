package rules

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// everything is the command whose output has all that ipvsadm shows of a table.
const everything = "(ipvsadm -Sn; ipvsadm -Ln; ipvsadm -Ln --thresholds; ipvsadm -Ln --timeout; ipvsadm -Ln --daemon)"

// lookedUp notes the names that were resolved.
func (p *parser) lookedUp() {
	about := func(at place, what string, found []string) {
		if at.line = 0; len(found) > 0 {
			p.note(at, "%s: %s", what, strings.Join(found, ", "))
		}
	}
	about(p.names.portsAt, "names taken from /etc/services", p.names.portsFound)
	about(p.names.hostsAt, "names of hosts that were looked up, and what they are now", p.names.hostsFound)
}

// untold notes what no text shows, and what was assumed instead. A script tells everything that it does: what it leaves
// out has ipvsadm's defaults.
func (p *parser) untold() {
	if at := p.dumped(); at.line != 0 {
		at.line = 0
		p.gaps(at)
	}
}

// dumped is where the first line of a dump or of a listing is, if it is not a script that is read.
func (p *parser) dumped() place {
	const never = isUpper | isLower // no dump has them
	script := func(c command) bool {
		return !c.bare || c.told&never != 0 || c.does != "add-service" && c.does != "add-server"
	}
	views := p.views
	if slices.ContainsFunc(p.commands, script) {
		if views[0].complete {
			return place{}
		}
		views = views[1:]
	}
	if len(views) == 0 {
		return place{}
	}
	return views[0].place
}

func (p *parser) gaps(at place) {
	var local, tunnel, threshold bool
	for _, f := range p.facts {
		if d, ok := f.value.(spec.Destination); ok {
			tunnel = tunnel || !f.knows("tunnel_type")
			threshold = threshold || !f.knows("upper_threshold")
			local = local || d.Forward == spec.Direct
		}
	}
	local = local && !slices.ContainsFunc(p.views, func(v *view) bool { return v.methods })
	var none []string
	for _, gap := range []struct {
		open bool
		what string
	}{
		{tunnel, "types of tunnels (read as ipip)"}, {threshold, "thresholds"}, {p.facts[spec.TimeoutsKey{}] == nil, "timeouts"},
		{p.facts[spec.SyncDaemonKey{Role: spec.Master}] == nil && p.facts[spec.SyncDaemonKey{Role: spec.Backup}] == nil, "sync daemons"},
	} {
		if gap.open {
			none = append(none, gap.what)
		}
	}
	what := "a dump"
	if len(p.views) > 1 || len(p.commands) == 0 {
		what = "this"
	}
	var says []string
	if n := len(none); n > 1 {
		says = append(says, "has no "+strings.Join(none[:n-1], ", ")+" and "+none[n-1])
	} else if n == 1 {
		says = append(says, "has no "+none[0])
	}
	if local {
		says = append(says, "shows local servers as direct ones")
	}
	switch {
	case len(says) == 0:
	case !local && len(none) == 1 && none[0] == "sync daemons":
		p.note(at, "no sync daemon is shown: none runs, if what ipvsadm -Ln --daemon prints is part of it")
	default:
		p.doubt(at, "%s %s: %s has all of it", what, strings.Join(says, ", and "), everything)
	}
}

// grouped are the notes in the order of their lines, those about a source as a whole behind the others. What is said of
// several lines is said once.
func (p *parser) grouped() []Note {
	lines := map[Note][]int{}
	var out []Note
	for _, n := range p.notes {
		line := n.Line
		n.Line = 0
		if lines[n] == nil {
			out = append(out, n)
		}
		lines[n] = append(lines[n], line)
	}
	for i, n := range out {
		all := lines[n]
		slices.Sort(all)
		all = slices.Compact(all)
		out[i].Line = all[0]
		out[i].Text += others(all[1:])
	}
	slices.SortStableFunc(out, func(a, b Note) int {
		last := func(n Note) int { return cmp.Or(n.Line, math.MaxInt) }
		return cmp.Or(cmp.Compare(p.order[a.Source], p.order[b.Source]), cmp.Compare(last(a), last(b)))
	})
	return out
}

// others are more lines that a note is about: " (and lines 7, 9 and 57 more)".
func others(lines []int) string {
	const most = 3
	var b strings.Builder
	for i, n := range lines {
		switch {
		case i == 0 && len(lines) == 1:
			fmt.Fprintf(&b, " (and line %d", n)
		case i == 0:
			fmt.Fprintf(&b, " (and lines %d", n)
		case i == most-1 && len(lines) > most:
			fmt.Fprintf(&b, " and %d more)", len(lines)-i)
			return b.String()
		case i == len(lines)-1:
			fmt.Fprintf(&b, " and %d", n)
		default:
			fmt.Fprintf(&b, ", %d", n)
		}
	}
	if b.Len() > 0 {
		b.WriteString(")")
	}
	return b.String()
}
