package spec

import "net/netip"

// Value is the configuration of one object: everything a user can set and nothing the kernel counts.
// Its dynamic type is one of the value types of this package, all of them comparable, and belongs to the kind of its key.
type Value interface {
	Kind() Kind
	value()
}

// Service is the configuration of a virtual service.
type Service struct {
	// Scheduler is the kernel's name, at most 15 bytes. "none" is a live oddity: the kernel schedules nothing.
	Scheduler string
	// Flags are the scheduler's flags.
	Flags SchedulerFlags
	// OnePacket schedules every UDP packet on its own.
	OnePacket bool
	// Persistent sends a client to the same server for Timeout seconds.
	Persistent bool
	// Timeout is in seconds. The kernel keeps it, and the mask, for services that are not persistent too.
	Timeout uint32
	// Netmask groups clients; the zero value is the whole address.
	Netmask Netmask
	// Engine is the persistence engine ("sip"), or "".
	Engine string
}

// Kind is KindService.
func (Service) Kind() Kind { return KindService }
func (Service) value()     {}

// Schedules says that the service has a scheduler, without which the kernel refuses every new connection.
func (s Service) Schedules() bool { return s.Scheduler != "" && s.Scheduler != "none" }

// Destination is the configuration of a real server within a service.
type Destination struct {
	Forward Forward
	// Tunnel is zero for every method but TunnelTo: what the kernel keeps for the others has no effect.
	Tunnel Tunnel
	// Weight is at most 2147483647; 0 takes no new connections.
	Weight uint32
	// UpperThreshold and LowerThreshold bound the connections, active and ended together; 0 is off.
	UpperThreshold uint32
	LowerThreshold uint32
}

// Kind is KindDestination.
func (Destination) Kind() Kind { return KindDestination }
func (Destination) value()     {}

// Takes says that the scheduler may send new connections there.
func (d Destination) Takes() bool { return d.Weight > 0 && d.Forward < Bypass }

// Tunnel is the encapsulation of a destination. The zero value is plain ipip.
type Tunnel struct {
	Type TunnelType
	// Port is the UDP port of gue; 0 otherwise.
	Port uint16
	// Checksum belongs to gue and gre.
	Checksum Checksum
}

// Timeouts are the lifetimes of idle connections in seconds. In a desired State 0 leaves the live value; a live value is never 0.
type Timeouts struct{ TCP, TCPFin, UDP uint32 }

// Kind is KindTimeouts.
func (Timeouts) Kind() Kind { return KindTimeouts }
func (Timeouts) value()     {}

// SyncDaemon is the configuration of a connection synchronisation daemon. In a desired State a zero MaxLen, Group,
// Port or TTL leaves the choice to the kernel; a live daemon reports what the kernel chose.
type SyncDaemon struct {
	// Interface carries the multicast, at most 15 bytes.
	Interface string
	// SyncID is 0 to 255 on the wire; the kernel stores more.
	SyncID uint32
	// MaxLen is the largest payload of a sync message in bytes.
	MaxLen uint16
	Group  netip.Addr
	Port   uint16
	TTL    uint8
}

// Kind is KindSyncDaemon.
func (SyncDaemon) Kind() Kind { return KindSyncDaemon }
func (SyncDaemon) value()     {}

// Satisfies says that a live value is what was asked for: equal, except for what the request left to the kernel.
// A nil Value stands for an absent object.
func Satisfies(live, want Value) bool {
	return live == want || live != nil && want != nil && live == Settle(live, want)
}

// Settle completes a request from the live value: what a desired value leaves open is what is there. A sync daemon
// cannot be edited, so one that has to be started anew keeps its open attributes for the kernel to choose. An address that
// is there keeps what cannot be changed any more.
func Settle(live, want Value) Value {
	switch w := want.(type) {
	case Timeouts:
		l, ok := live.(Timeouts)
		if !ok {
			return want
		}
		return Timeouts{TCP: or(w.TCP, l.TCP), TCPFin: or(w.TCPFin, l.TCPFin), UDP: or(w.UDP, l.UDP)}
	case Address:
		if l, ok := live.(Address); ok { // what is settled when an address is made
			l.Deprecated = w.Deprecated
			return l
		}
	case SyncDaemon:
		l, ok := live.(SyncDaemon)
		if !ok {
			return want
		}
		full := w
		full.MaxLen, full.Group, full.Port, full.TTL = or(w.MaxLen, l.MaxLen), or(w.Group, l.Group), or(w.Port, l.Port), or(w.TTL, l.TTL)
		if full == l {
			return full
		}
	}
	return want
}

func or[T comparable](want, live T) T {
	var zero T
	if want == zero {
		return live
	}
	return want
}
