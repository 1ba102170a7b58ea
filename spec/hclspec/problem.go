package hclspec

import (
	"net/netip"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/lvsform/lvsform/spec"
)

// judge holds the desired State against the rules, and says what is allowed and still doubtful.
func (l *loader) judge() {
	for _, p := range spec.Validate(l.node.Desired.State) {
		l.errorf(p.Rule, l.node.origin(p.Key).place(wordFor(p)), p.Summary, "%s", p.Detail)
	}
	l.ignored()
}

// wordFor is what the language calls the attribute that a problem is about.
func wordFor(p spec.Problem) string {
	switch p.Rule {
	case "LVS102":
		return "addresses"
	case "LVS107":
		return "ports"
	case "LVS120", "LVS121":
		if spec.FamilyOf(p.Key.(spec.DestinationKey).Address.Addr()) == spec.IPv6 {
			return "address6"
		}
		return "address"
	case "LVS128":
		return "port"
	}
	if rest, ok := strings.CutPrefix(p.Attribute, "tunnel_"); ok {
		return "tunnel." + rest
	}
	if p.Attribute == "persistence_netmask" && p.Key.(spec.ServiceKey).Family() == spec.IPv6 {
		return "persistence.netmask6"
	}
	if rest, ok := strings.CutPrefix(p.Attribute, "persistence_"); ok {
		return "persistence." + rest
	}
	return p.Attribute
}

// ignored: what the configuration declares and says it never touches.
func (l *loader) ignored() {
	desired := &l.node.Desired
	o := desired.Ownership
	if len(o.IgnoreAddresses)+len(o.IgnoreMarks)+len(o.IgnoreInterfaces) == 0 {
		return
	}
	check := func(k spec.Key, v spec.Value) {
		if o.Ignores(k, v) {
			l.errorf("LVS028", l.node.origins[k].place(""), "Declared and ignored", "%s is declared here, and ownership.ignore says that it is never touched: remove it from one of the two.", k)
		}
	}
	for k, v := range desired.State.Services {
		check(k, v)
	}
	for k, v := range desired.State.SyncDaemons {
		check(k, v)
	}
	for k, v := range desired.State.Host().All() {
		check(k, v)
	}
}

// doubts are the warnings about blocks.
func (l *loader) doubts() {
	for _, block := range l.blocks["service"] {
		for _, s := range l.services[block] {
			l.serviceDoubts(s)
		}
	}
	for _, block := range l.blocks["pool"] {
		l.poolDoubts(block)
	}
	l.shadowed()
	l.settingDoubts()
	l.neighbourDoubts()
}

// neighbourDoubts warns of entries that are for other machines: those that send to the address.
func (l *loader) neighbourDoubts() {
	s := &l.node.Desired.State
	for k := range s.Neighbours {
		if _, own := s.Addresses[spec.AddressKey{Interface: k.Interface, Prefix: netip.PrefixFrom(k.Address, k.Address.BitLen())}]; own {
			l.warnf("LVS216", l.node.origins[k].place("address"), "Neighbour that is the node itself",
				"The node holds %s on %s itself: a neighbour entry for it belongs on the machines that send to it.", k.Address, k.Interface)
		}
	}
}

func (l *loader) serviceDoubts(s *service) {
	if len(s.listeners) == 0 {
		l.warnf("LVS203", s.block.DefRange, "Service without a listener", "%s listens nowhere: add a listen block with an address and a port.", s.addr)
	}
	if s.value.Scheduler == "sh" {
		l.sourceHash(s)
	}
	if s.value.Persistent && s.life.Drain > 0 && (s.pool.drains || l.setsSettings()) && !l.is("net.ipv4.vs.expire_quiescent_template", "1") {
		l.warnf("LVS205", origin{block: s.block}.place("persistence.timeout"), "Drain of persistent clients",
			"%s is persistent and %s drains its servers: clients keep going to a server that drains unless net.ipv4.vs.expire_quiescent_template is 1. "+
				"Declare it in a sysctl block.", s.addr, s.pool.addr)
	}
}

// sourceHash: the kernel fills 256 buckets in list order, so that large weights leave none for the servers after them.
func (l *loader) sourceHash(s *service) {
	sum := uint64(0)
	for _, server := range s.pool.servers {
		sum += uint64(server.dest.Weight)
	}
	if sum > 256 {
		l.warnf("LVS204", origin{block: s.block}.place("scheduler"), "Weights beyond the sh table",
			"The weights of %s add up to %d, and sh has 256 places, filled in order: servers at the end get no clients. Use smaller weights, or mh.", s.pool.addr, sum)
	}
}

func (l *loader) poolDoubts(block *hcl.Block) {
	limited := false
	for _, p := range l.poolsOf[block] {
		if len(p.servers) == 0 {
			l.warnf("LVS202", block.DefRange, "Empty pool", "%s has no servers: its services refuse every connection.", p.addr)
		}
		for _, s := range p.servers {
			if s.dest.UpperThreshold == 0 || limited {
				continue
			}
			limited = true // once for each block is enough
			l.warnf("LVS206", origin{block: s.block}.place("upper_threshold"), "Threshold on connections",
				"A threshold in %s counts ended connections too until they expire (about two minutes for TCP): allow for several times the connections that are open.", p.addr)
		}
	}
}
