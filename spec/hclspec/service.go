package hclspec

import (
	"net/netip"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/lvsform/lvsform/spec"
)

// service is a service block that was evaluated.
type service struct {
	addr      string
	key       string
	block     *hcl.Block
	value     spec.Service
	masks     map[spec.Family]spec.Netmask
	life      *spec.Lifecycle
	pool      *pool
	listeners []listener
}

// listener is one kernel service.
type listener struct {
	key       spec.ServiceKey
	block     *hcl.Block
	onePacket bool
	// rules are what gives packets its mark.
	rules []markRule
}

// addresses are those that clients send to, as far as the listener says them.
func (in listener) addresses() (out []netip.Addr) {
	if !in.key.IsMark() {
		return []netip.Addr{in.key.Address.Addr()}
	}
	for _, r := range in.rules {
		out = append(out, r.key.Address)
	}
	return out
}

// serve evaluates the services of the node, with their pools.
func (l *loader) serve() {
	if l.complete {
		return
	}
	l.complete = true
	l.layer = "service"
	for _, block := range l.blocks["service"] {
		d := l.declared(block)
		for _, in := range l.instances(block, d) {
			s, ok := l.service(in)
			if ok {
				l.good = append(l.good, s)
			}
			l.services[block] = append(l.services[block], s)
			for _, in := range s.listeners {
				for _, addr := range in.addresses() {
					l.listens[addr] = true
				}
			}
		}
		if addr := block.Type + "." + block.Labels[0]; d.forEach && len(l.services[block]) > 0 {
			l.keepBlock(addr, block)
		}
	}
}

func (l *loader) service(in instance) (*service, bool) {
	b := l.open(in.block, serviceKind, in.ctx)
	s := &service{addr: in.addr, key: in.key, block: in.block, life: &spec.Lifecycle{Drain: spec.DefaultDrain}}
	if a, ok := b.get("scheduler"); ok {
		s.value.Scheduler, _ = a.word(spec.Schedulers(), "scheduler")
	}
	if s.value.Scheduler != "" {
		s.value.Flags = b.schedulerFlags(s.value.Scheduler)
	}
	b.persistence(s)
	b.lifecycle(s.life, ignoreInService)
	s.pool = l.poolOf(b)
	for block := range b.children("listen") {
		s.listeners = append(s.listeners, l.listen(block, b)...)
	}
	if s.pool != nil {
		l.used[s.pool.addr] = true
		s.life.Drain = s.pool.life.Drain
	}
	l.node.Desired.Blocks[s.addr] = s.life
	return s, !b.bad && s.pool != nil
}

// keepBlock notes the lifecycle of a block with for_each as such: it outlives its instances.
func (l *loader) keepBlock(addr string, block *hcl.Block) {
	life := &spec.Lifecycle{Drain: spec.DefaultDrain}
	for _, s := range l.services[block] {
		life.PreventDestroy = life.PreventDestroy || s.life.PreventDestroy
		life.Drain = max(life.Drain, s.life.Drain)
	}
	l.node.Desired.Blocks[addr] = life
}

func (b *body) schedulerFlags(scheduler string) (flags spec.SchedulerFlags) {
	a, ok := b.get("scheduler_flags")
	if !ok {
		return 0
	}
	elements, _ := a.elements()
	for _, e := range elements {
		name, ok := e.text()
		if !ok {
			continue
		}
		own := spec.FlagsOf(scheduler).Names(scheduler)
		f, err := spec.ParseSchedulerFlag(scheduler, name)
		if err == nil && f&spec.FlagsOf(scheduler) != 0 {
			flags |= f
			continue
		}
		if len(own) == 0 {
			e.errorf("LVS105", "Flag of another scheduler", "The scheduler %s has no flags: leave scheduler_flags out.", scheduler)
			continue
		}
		e.errorf("LVS105", "Unknown scheduler flag", "The scheduler %s has no flag %q: write %s.%s", scheduler, name, alternatives(own), didYouMean(name, own))
	}
	return flags
}

// defaultPersistence is ipvsadm's, in seconds.
const defaultPersistence = 360

// persistence: the block's presence is what makes a service persistent.
func (b *body) persistence(s *service) {
	c := b.child("persistence")
	if c == nil {
		return
	}
	s.value.Persistent, s.value.Timeout = true, defaultPersistence
	if a, ok := c.get("timeout"); ok {
		s.value.Timeout, _ = a.seconds(1, spec.MaxPersistenceTimeout)
	}
	s.masks = map[spec.Family]spec.Netmask{}
	if a, ok := c.get("netmask"); ok {
		s.masks[spec.IPv4] = a.netmask()
	}
	if a, ok := c.get("netmask6"); ok {
		n, _ := a.number(1, 128)
		s.masks[spec.IPv6] = spec.PrefixIPv6(uint8(n))
	}
	if a, ok := c.get("engine"); ok {
		s.value.Engine, _ = a.word(spec.Engines(), "persistence engine")
	}
}

// netmask reads an IPv4 mask: 24 or "255.255.255.0".
func (a value) netmask() spec.Netmask {
	var m spec.Netmask
	if text, ok := a.dotted(); ok {
		if err := m.UnmarshalText([]byte(text)); err != nil || !m.Fits(spec.IPv4) {
			a.errorf("LVS110", "Invalid netmask", "%q is not a netmask: write a length such as 24, or a mask such as \"255.255.255.0\".", text)
		}
		return m
	}
	n, _ := a.number(0, 32)
	return spec.MaskIPv4(uint32(uint64(0xffffffff) << (32 - n)))
}

// poolOf finds the pool that the service names, without making a value of all of its servers.
func (l *loader) poolOf(b *body) *pool {
	expr, ok := b.expression("pool")
	if !ok {
		return nil
	}
	addr, ok := l.poolAddress(b, expr)
	if !ok {
		b.spoil()
		return nil
	}
	p := l.pools[addr]
	if p == nil {
		b.spoil() // the pool is declared, and what is wrong with it was said
	}
	return p
}

// listen gives every address with every port of a listen block.
func (l *loader) listen(block *hcl.Block, parent *body) []listener {
	word := block.Labels[0]
	if word == "fwmark" {
		return l.listenMark(block, parent)
	}
	if !slices.Contains([]string{"tcp", "udp", "sctp"}, word) {
		protocols := []string{"tcp", "udp", "sctp", "fwmark"}
		parent.errorf("LVS016", block.LabelRanges[0], "Unknown protocol", "%q is not a protocol to listen for: write %s.%s", word, alternatives(protocols), didYouMean(word, protocols))
		return nil
	}
	return l.listenPorts(block, parent, word)
}
