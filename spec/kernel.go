package spec

import (
	"net/netip"
	"slices"
	"syscall"
)

// Kernel describes the kernel that a simulated node stands for, as far as IPVS asks. The zero value is any kernel: what
// some kernel would do, it does.
type Kernel struct {
	// Release is the kernel's version, for people.
	Release string `json:"release,omitempty"`
	// Schedulers and Engines are the modules it has; nil is any.
	Schedulers []string `json:"schedulers,omitzero"`
	Engines    []string `json:"engines,omitzero"`
	// TicksPerSecond is CONFIG_HZ: it bounds the timeouts, and persistence timeouts wrap at 2^32 ticks. 0 is unknown:
	// the widest bound, and nothing wraps.
	TicksPerSecond uint32 `json:"ticks_per_second,omitempty"`
	// Modules are those that can be loaded beside the schedulers and engines; nil is any.
	Modules []string `json:"modules,omitzero"`
	// NoRules are the families of which nftables has no tables: "arp", "inet".
	NoRules []string `json:"no_rules,omitzero"`
	// Interfaces are what a node starts with; nil is unknown, and then every name is one.
	Interfaces []Interface `json:"interfaces,omitzero"`
}

// Interface is a network interface of a simulated node.
type Interface struct {
	Name string `json:"name"`
	// MTU is in bytes; 0 is 1500.
	MTU       int            `json:"mtu,omitempty"`
	Addresses []netip.Prefix `json:"addresses,omitempty"`
	// Down is the opposite of "ip link set NAME up".
	Down bool `json:"down,omitempty"`
}

// has says that there is a module of that name.
func has(all []string, name string) bool {
	return name != "" && (all == nil || slices.Contains(all, name))
}

// schedules says what the kernel does with a service's modules. The scheduler is looked for first.
func (k Kernel) schedules(s Service) syscall.Errno {
	if s.Scheduler != "none" && !has(k.Schedulers, s.Scheduler) || s.Engine != "" && !has(k.Engines, s.Engine) {
		return syscall.ENOENT
	}
	return 0
}

// longest is the longest timeout in seconds that the kernel takes: INT_MAX ticks, of which it has no fewer than 100 a second.
func (k Kernel) longest() uint32 {
	return 0x7fffffff / or(k.TicksPerSecond, 100)
}

// wrap is what a persistence timeout reads back as: the kernel keeps ticks in 32 bits.
func (k Kernel) wrap(seconds uint32) uint32 {
	if k.TicksPerSecond == 0 {
		return seconds
	}
	return seconds * k.TicksPerSecond / k.TicksPerSecond
}

func broadcast(p netip.Prefix) netip.Addr {
	b := p.Addr().As4()
	for i := p.Bits(); i < 32; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	return netip.AddrFrom4(b)
}

// start is the daemon as the kernel runs it on an interface: with the group, port, ttl and largest message that the request
// left open.
func (k Kernel) start(role Role, d SyncDaemon) SyncDaemon {
	d.Group, d.Port, d.TTL = or(d.Group, netip.AddrFrom4([4]byte{224, 0, 0, 81})), or(d.Port, 8848), or(d.TTL, 1)
	headers := 28
	if d.Group.Is6() {
		headers = 48
	}
	mtu, least := 1500, 1 // a master's, whatever the interface's MTU
	if role == Backup {
		mtu, least = min(max(k.mtu(d.Interface), 1500), 65535), 1024
	}
	if d.MaxLen == 0 {
		d.MaxLen = uint16(mtu - headers)
	} else {
		d.MaxLen = uint16(min(max(int(d.MaxLen), least), 65535-headers))
	}
	return d
}

func (k Kernel) mtu(name string) int {
	for _, i := range k.Interfaces {
		if i.Name == name {
			return i.MTU
		}
	}
	return 0
}

// seed gives a state that knows of no interfaces those that the kernel starts with.
func (k Kernel) seed(s *State) {
	if len(s.Links) > 0 {
		return
	}
	for _, i := range k.Interfaces {
		kind := "device"
		if i.Name == "lo" {
			kind = "loopback"
		}
		s.Set(LinkKey{i.Name}, Link{Type: kind, Up: !i.Down})
		for _, p := range i.Addresses {
			v := Address{Scope: "global"}
			if p.Addr().IsLoopback() {
				v.Scope = "host"
			}
			if v = (AddressKey{i.Name, p}).made(v); p == loopbackSix() {
				v.Origin = 1
			}
			s.Set(AddressKey{i.Name, p}, v)
		}
	}
}
