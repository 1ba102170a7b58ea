package hclspec

import (
	"net/netip"

	"github.com/hashicorp/hcl/v2"

	"github.com/lvsform/lvsform/spec"
)

// rest evaluates what else a node has: timeouts and sync daemons.
func (l *loader) rest() {
	l.layer = "timeouts"
	for i, block := range l.blocks["timeouts"] {
		if i > 0 {
			l.errorf("LVS007", block.DefRange, "Repeated block", "A node has one set of timeouts, and the first is at %s: put all of them there.", l.blocks["timeouts"][0].DefRange)
		}
		l.timeouts(block)
	}
	l.layer = "sync_daemon"
	for _, block := range l.blocks["sync_daemon"] {
		d := l.declared(block)
		for _, in := range l.instances(block, d, syncDaemonKind) {
			l.syncDaemon(in)
		}
	}
}

// object puts what a block of its own declares into the desired State.
func (l *loader) object(k spec.Key, v spec.Value, addr string, block *hcl.Block) {
	l.config.Desired.State.Set(k, v)
	l.config.Desired.Objects[k] = spec.Object{Name: addr, Lifecycle: &spec.Lifecycle{Drain: spec.DefaultDrain}}
	l.config.origins[k] = origin{block: block}
}

func (l *loader) timeouts(block *hcl.Block) {
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
	if first, ok := l.config.origins[k]; ok {
		l.errorf("LVS029", in.block.DefRange, "Duplicate sync daemon", "A node runs one sync daemon in state %s, and the first is at %s.", k.Role, first.place(""))
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
