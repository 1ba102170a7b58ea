package rules

import (
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// untold notes what no text shows, and what was assumed instead. A script tells everything that it does: what it leaves
// out has ipvsadm's defaults.
func (p *parser) untold() {
	if len(p.views) == 0 {
		return
	}
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
	if slices.ContainsFunc(p.commands, script) {
		return place{}
	}
	return p.views[0].place
}

func (p *parser) gaps(at place) {
	var local, tunnel, threshold, engine bool
	for _, f := range p.facts {
		switch v := f.value.(type) {
		case spec.Destination:
			tunnel = tunnel || !f.knows("tunnel_type")
			threshold = threshold || !f.knows("upper_threshold")
			local = local || v.Forward == spec.Direct
		case spec.Service:
			engine = engine || !f.knows("persistence_engine")
		}
	}
	local = local && !slices.ContainsFunc(p.views, func(v *view) bool { return v.methods })
	if local {
		p.note(at, "a dump shows local servers as direct ones (-g), and so they are read: ipvsadm -Ln tells them apart")
	}
	if tunnel {
		p.note(at, "the types of tunnels are not shown and assumed to be ipip: ipvsadm -Sn, or ipvsadm -Ln --tun-info, shows them")
	}
	if threshold {
		p.note(at, "thresholds are not shown and assumed to be 0: ipvsadm -Ln --thresholds shows them")
	}
	if engine {
		p.note(at, "a listing shows no engine of a service that is not persistent: ipvsadm -Sn shows it")
	}
	if p.facts[spec.TimeoutsKey{}] == nil {
		p.note(at, "connection timeouts are not shown: ipvsadm -Ln --timeout shows them")
	}
	if p.facts[spec.SyncDaemonKey{Role: spec.Master}] == nil && p.facts[spec.SyncDaemonKey{Role: spec.Backup}] == nil {
		p.note(at, "no sync daemon is shown: ipvsadm -Ln --daemon shows those that run")
	}
}
