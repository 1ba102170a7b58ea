package plan_test

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

func serviceKey(text string) spec.ServiceKey {
	k, err := spec.ParseServiceKey(text)
	if err != nil {
		panic(err)
	}
	return k
}

func server(service, address string) spec.DestinationKey {
	return spec.DestinationKey{Service: serviceKey(service), Address: netip.MustParseAddrPort(address)}
}

const (
	https = "tcp 192.0.2.10:443"
	dns   = "udp [2001:db8::53]:53"
	mark  = "fwmark 21 ipv4"
)

// site is a small live node: a web service with two real servers, and a name server with one.
func site() spec.State {
	var s spec.State
	s.Set(spec.TimeoutsKey{}, spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300})
	s.Set(serviceKey(https), spec.Service{Scheduler: "wlc"})
	s.Set(server(https, "10.0.0.11:443"), spec.Destination{Forward: spec.Direct, Weight: 1})
	s.Set(server(https, "10.0.0.12:443"), spec.Destination{Forward: spec.Direct, Weight: 3})
	s.Set(serviceKey(dns), spec.Service{Scheduler: "rr", OnePacket: true})
	s.Set(server(dns, "[2001:db8:1::5]:53"), spec.Destination{Forward: spec.Direct, Weight: 100})
	return s
}

// between is the plan from one state to another, as a configuration named web, dns and shop would have it.
func between(live, desired spec.State) *plan.Plan {
	p := &plan.Plan{
		Version: "0.1.0",
		Created: time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC),
		Host:    plan.Host{Name: "lb1", Driver: "netlink", Kernel: "6.12.0", Boot: "4e1bd3a2", Namespace: "4026531840"},
		Config:  "sha256:0123",
		Changes: plan.Diff(live, desired, plan.Options{
			Drain:    func(spec.DestinationKey) time.Duration { return 10 * time.Minute },
			Side:     sideOf,
			Announce: func(spec.AddressKey) spec.Announce { return spec.DefaultAnnounce },
		}),
		Objects: map[spec.Key]plan.Object{},
	}
	for _, c := range p.Changes {
		o := plan.Object{Name: nameOf(c.Key)}
		if k, ok := c.Key.(spec.AddressKey); ok {
			o.Side = sideOf(k)
		}
		p.Objects[c.Key] = o
	}
	return p
}

func nameOf(k spec.Key) string {
	switch k := k.(type) {
	case spec.ServiceKey:
		block := map[string]string{https: "web", dns: "dns", mark: "shop"}[k.String()]
		return "service." + block + "." + spec.ListenerName(k)
	case spec.DestinationKey:
		ip := k.Address.Addr().String()
		return nameOf(k.Service) + spec.ServerName("rs"+ip[len(ip)-1:])
	}
	if kind, rest, ok := strings.Cut(k.String(), " "); ok && !k.Kind().Table() {
		return kind + ".main[" + strconv.Quote(rest) + "]"
	}
	return k.Kind().String() + ".main"
}

// about changes what a plan says of one object.
func about(p *plan.Plan, k spec.Key, f func(*plan.Object)) {
	o := p.Objects[k]
	f(&o)
	p.Objects[k] = o
}

// samples are plans of every sort, by name. All of them are rendered and saved by the tests.
func samples() map[string]*plan.Plan {
	return map[string]*plan.Plan{
		"creates":    creates(),
		"updates":    updates(),
		"deletes":    deletes(),
		"adoptions":  adoptions(),
		"steps":      steps(),
		"many":       many(),
		"no-changes": between(site(), site()),
		"unmanaged":  unmanaged(),
		"warnings":   warnings(),
		"hostile":    hostile(),

		"director":    director(),
		"real-server": realServer(),
		"retired":     retired(),
	}
}

func creates() *plan.Plan {
	live := site()
	live.Set(serviceKey(dns), nil)
	live.Set(server(dns, "[2001:db8:1::5]:53"), nil)
	desired := site()
	desired.Set(serviceKey(mark), spec.Service{Scheduler: "mh", Flags: spec.Flag1 | spec.Flag2, Persistent: true, Timeout: 300,
		Netmask: spec.MaskIPv4(0xffffff00)})
	desired.Set(server(mark, "203.0.113.5:0"), spec.Destination{Forward: spec.TunnelTo, Weight: 100,
		Tunnel: spec.Tunnel{Type: spec.GUE, Port: 6080, Checksum: spec.ChecksumRemote}, UpperThreshold: 20000, LowerThreshold: 15000})
	desired.Set(server(https, "10.0.0.13:443"), spec.Destination{Forward: spec.Direct})
	return between(live, desired)
}

func updates() *plan.Plan {
	desired := site()
	desired.Set(spec.TimeoutsKey{}, spec.Timeouts{TCP: 900, TCPFin: 60, UDP: 300})
	desired.Set(serviceKey(https), spec.Service{Scheduler: "sh", Flags: spec.Flag2, Persistent: true, Timeout: 300, Engine: "sip"})
	desired.Set(server(https, "10.0.0.12:443"), spec.Destination{Forward: spec.Direct, Weight: 5})
	live := site()
	live.Set(serviceKey(https), spec.Service{Scheduler: "wlc", Netmask: spec.MaskIPv4(0xffff0000)})
	p := between(live, desired)
	about(p, server(https, "10.0.0.12:443"), func(o *plan.Object) { o.Ignore = []string{"upper_threshold"} })
	return p
}

func deletes() *plan.Plan {
	desired := site()
	desired.Set(serviceKey(dns), nil)
	desired.Set(server(dns, "[2001:db8:1::5]:53"), nil)
	desired.Set(server(https, "10.0.0.12:443"), nil)
	p := between(site(), desired)
	about(p, server(https, "10.0.0.12:443"), func(o *plan.Object) {
		o.Reason = "not in the configuration"
		o.Connections = spec.Connections{Active: 12, Inactive: 40, Persistent: 3}
	})
	about(p, server(dns, "[2001:db8:1::5]:53"), func(o *plan.Object) { o.Connections = spec.Connections{Active: 1} })
	about(p, serviceKey(dns), func(o *plan.Object) { o.Connections = spec.Connections{Active: 1}; o.Protected = true })
	return p
}

func adoptions() *plan.Plan {
	desired := site()
	desired.Set(serviceKey(dns), spec.Service{Scheduler: "wrr", OnePacket: true})
	p := between(site(), desired)
	p.Adopted = []spec.Key{serviceKey(https), serviceKey(dns), spec.SyncDaemonKey{Role: spec.Backup}}
	for _, k := range p.Adopted {
		p.Objects[k] = plan.Object{Name: nameOf(k)}
	}
	p.Instance = "blue"
	return p
}

// steps needs two steps for a daemon, three for a server whose method changes, and waits.
func steps() *plan.Plan {
	live, desired := site(), site()
	live.Set(spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "eth0", SyncID: 7, MaxLen: 1472,
		Group: netip.MustParseAddr("224.0.0.81"), Port: 8848, TTL: 1})
	desired.Set(spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "eth1", SyncID: 7})
	desired.Set(server(https, "10.0.0.11:443"), spec.Destination{Forward: spec.TunnelTo, Weight: 2})
	p := between(live, desired)
	about(p, server(https, "10.0.0.11:443"), func(o *plan.Object) { o.Connections.Active = 1204 })
	return p
}

// many is a run of equal steps on either side of a wait.
func many() *plan.Plan {
	live, desired := site(), site()
	for i := range 12 {
		a := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 1, byte(100 + i)}), 443)
		desired.Set(spec.DestinationKey{Service: serviceKey(https), Address: a}, spec.Destination{Forward: spec.Direct, Weight: 1})
	}
	desired.Set(server(https, "10.0.0.12:443"), nil)
	return between(live, desired)
}

func unmanaged() *plan.Plan {
	p := between(site(), site())
	p.Unmanaged = []spec.Key{serviceKey(https), serviceKey(dns), serviceKey(mark), spec.SyncDaemonKey{Role: spec.Master}}
	for _, k := range p.Unmanaged {
		p.Objects[k] = plan.Object{Name: spec.LiveName(k), Connections: spec.Connections{Active: 2}}
	}
	p.Unchanged = 6
	return p
}

func warnings() *plan.Plan {
	desired := site()
	desired.Set(server(https, "10.0.0.12:443"), spec.Destination{Forward: spec.Direct, Weight: 5})
	p := between(site(), desired)
	p.Partial = true
	p.Unmanaged = []spec.Key{serviceKey(mark)}
	p.Objects[serviceKey(mark)] = plan.Object{Name: spec.LiveName(serviceKey(mark))}
	p.Warnings = []string{
		`service.web.tcp["192.0.2.10:443"]: while the scheduler changes from rr to wlc, for about 15 ms, the kernel may refuse a new connection.`,
		"check.capacity: the rest of the pool has to carry the load.\nIt has 3 servers; 4 are needed.\n",
	}
	return p
}

// hostile tries to write to the terminal, and into the page around it.
func hostile() *plan.Plan {
	desired := site()
	desired.Set(server(https, "10.0.0.11:443"), spec.Destination{Forward: spec.Direct, Weight: 5})
	desired.Set(server(https, "10.0.0.12:443"), nil)
	p := between(site(), desired)
	evil := "x\x1b[2J\r\n```\n</details>@ops \u202e\u0085|`|-->\x7f<script>"
	p.Host.Name, p.Instance = evil, evil
	about(p, server(https, "10.0.0.11:443"), func(o *plan.Object) { o.Name = "service." + evil })
	about(p, server(https, "10.0.0.12:443"), func(o *plan.Object) { o.Reason = evil + "`````" })
	p.Warnings = []string{evil, "**not** [a link](x) ![y](z) &amp; # _x_ https://example.net"}
	return p
}
