package hclspec

import (
	"net/netip"

	"github.com/hashicorp/hcl/v2"

	"github.com/lvsform/lvsform/spec"
)

// rest evaluates what else a node has.
func (l *loader) rest() {
	l.timeouts()
	l.each(syncDaemonKind, l.syncDaemon)
	l.each(sysctlKind, l.sysctls)
	l.sameSettings()
	l.each(moduleKind, l.module)
	l.each(linkKind, l.link)
	l.each(neighbourKind, l.neighbour)
	l.marks()
	l.fullNAT()
	l.realServers()
	for _, r := range l.real {
		l.derive(r)
	}
	l.quietLinks()
}

// each evaluates the blocks of a kind that are placed here.
func (l *loader) each(k *kind, evaluate func(instance)) {
	l.layer = k.name
	for _, block := range l.blocks[k.name] {
		for _, in := range l.instances(block, l.declared(block)) {
			evaluate(in)
		}
	}
}

// hostLife is the lifecycle of everything around the table.
var hostLife = &spec.Lifecycle{Drain: spec.DefaultDrain}

// object puts what a block of its own declares into the desired State.
func (l *loader) object(k spec.Key, v spec.Value, addr string, block *hcl.Block) {
	l.put(k, v, spec.Object{Name: addr}, origin{block: block}, false)
}

func (l *loader) timeouts() {
	l.layer = "timeouts"
	var first *hcl.Block
	for _, block := range l.blocks["timeouts"] {
		if !l.placement(block).has(l) {
			continue
		}
		if first != nil {
			l.clash("LVS007", block.DefRange, "Repeated block", "A node has one set of timeouts, and the first is at %s: put all of them there.", first.DefRange)
		} else {
			first = block
			l.setTimeouts(block)
		}
	}
}

func (l *loader) setTimeouts(block *hcl.Block) {
	b := l.open(block, timeoutsKind, l.root)
	seconds := func(name string) uint32 {
		a, ok := b.get(name)
		if !ok {
			return 0
		}
		n, _ := a.seconds(1, spec.MaxTimeout)
		return n
	}
	v := spec.Timeouts{TCP: seconds("tcp"), TCPFin: seconds("tcp_fin"), UDP: seconds("udp")}
	if !b.bad {
		l.object(spec.TimeoutsKey{}, v, "timeouts", block)
	}
}

func (l *loader) syncDaemon(in instance) {
	b := l.open(in.block, syncDaemonKind, in.ctx)
	var k spec.SyncDaemonKey
	if a, ok := b.get("state"); ok {
		word, _ := a.word([]string{"master", "backup"}, "sync daemon state")
		k.Role, _ = spec.ParseRole(word)
	}
	v := spec.SyncDaemon{SyncID: b.count("sync_id", 0, spec.MaxSyncID)}
	if a, ok := b.get("interface"); ok {
		v.Interface, _ = a.text()
	}
	if a, ok := b.get("max_len"); ok {
		n, _ := a.number(1, spec.MaxSyncLen)
		v.MaxLen = uint16(n)
	}
	if a, ok := b.get("group"); ok {
		v.Group = a.group()
	}
	if a, ok := b.get("port"); ok {
		v.Port = a.port()
	}
	if a, ok := b.get("ttl"); ok {
		n, _ := a.number(1, 255)
		v.TTL = uint8(n)
	}
	if b.bad {
		return
	}
	if first, ok := l.node.origins[k]; ok {
		l.clash("LVS029", in.block.DefRange, "Duplicate sync daemon", "A node runs one sync daemon in state %s, and the first is at %s.", k.Role, first.place(""))
		return
	}
	l.object(k, v, in.addr, in.block)
}

func (a value) group() netip.Addr {
	addr, ok := a.address()
	if ok && !addr.IsMulticast() {
		a.errorf("LVS134", "Group that is not multicast", "%s is not a multicast address: use one such as 224.0.0.81, or leave it out.", addr)
	}
	return addr
}
