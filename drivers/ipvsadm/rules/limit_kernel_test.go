//go:build linux

package rules_test

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/spec"
)

var (
	web  = spec.Listener(spec.TCP, netip.MustParseAddrPort("192.0.2.10:80"))
	dns  = spec.Listener(spec.UDP, netip.MustParseAddrPort("192.0.2.10:53"))
	rs80 = spec.DestinationKey{Service: web, Address: netip.MustParseAddrPort("10.0.1.11:80")}
)

// What Cannot refuses, and the line that comes nearest to it. A kernel need not hold the object either.
var limits = []struct {
	key   spec.Key
	value spec.Value
	why   string
	line  string
}{
	{spec.Mark(0, spec.IPv4), spec.Service{Scheduler: "rr"}, "a firewall mark of 0", "-A -f 0 -s rr"},
	{spec.Listener(47, web.Address), spec.Service{Scheduler: "rr"}, "a protocol other than tcp, udp and sctp (protocol47)", "-A --xxx-service 192.0.2.10:80 -s rr"},
	{web, spec.Service{}, `the scheduler ""`, "-A -t 192.0.2.10:80"},
	{web, spec.Service{Scheduler: "sixteen--letters"}, `the scheduler "sixteen--letters"`, "-A -t 192.0.2.10:80 -s sixteen--letters"},
	{dns, spec.Service{Scheduler: "rr", Engine: "seventeen-letters"}, `the persistence engine "seventeen-letters"`, "-A -u 192.0.2.10:53 -s rr --pe seventeen-letters"},
	{web, spec.Service{Scheduler: "rr", Flags: 0x40}, "scheduler flags without a name (0x40)", "-A -t 192.0.2.10:80 -s rr -b 0x40"},
	{web, spec.Service{Scheduler: "sh", Flags: spec.Flag3}, "flag-3 of the scheduler sh", "-A -t 192.0.2.10:80 -s sh -b flag-3"},
	{web, spec.Service{Scheduler: "mh", Flags: spec.Flag2 | spec.Flag3}, "flag-3 of the scheduler mh", "-A -t 192.0.2.10:80 -s mh -b mh-port,flag-3"},
	{web, spec.Service{Scheduler: "rr", OnePacket: true}, "one-packet scheduling of tcp", "-A -t 192.0.2.10:80 -s rr -o"},
	{web, spec.Service{Scheduler: "rr", Persistent: true, Timeout: 60, Netmask: spec.PrefixIPv6(64)}, "a netmask of the other family", "-A -t 192.0.2.10:80 -s rr -p 60 -M 64"},
	{web, spec.Service{Scheduler: "rr", Timeout: 60}, "a persistence timeout without persistence", "-A -t 192.0.2.10:80 -s rr"},
	{web, spec.Service{Scheduler: "rr", Netmask: spec.MaskIPv4(0xffffff00)}, "a persistence netmask without persistence", "-A -t 192.0.2.10:80 -s rr -M 255.255.255.0"},
	{spec.Listener(spec.TCP, netip.MustParseAddrPort("192.0.2.10:0")), spec.Service{Scheduler: "rr"}, "port 0 without persistence", "-A -t 192.0.2.10:0 -s rr"},
	{web, spec.Service{Scheduler: "rr", Persistent: true}, "a persistence timeout of 0 seconds (1 to 2678400)", "-A -t 192.0.2.10:80 -s rr -p 0"},
	{web, spec.Service{Scheduler: "rr", Persistent: true, Timeout: 2678401}, "a persistence timeout of 2678401 seconds (1 to 2678400)", "-A -t 192.0.2.10:80 -s rr -p 2678401"},
	{rs80, spec.Destination{Forward: spec.Local, Weight: 1}, "the forwarding method local", "-a -t 192.0.2.10:80 -r 10.0.1.11:80 -g -w 1"},
	{rs80, spec.Destination{Forward: spec.Bypass, Weight: 1}, "the forwarding method bypass", "-a -t 192.0.2.10:80 -r 10.0.1.11:80 (null) -w 1"},
	{
		spec.DestinationKey{Service: web, Address: netip.MustParseAddrPort("[2001:db8:1::11]:80")}, spec.Destination{Weight: 1},
		"a real server of another family without a tunnel", "-a -t 192.0.2.10:80 -r [2001:db8:1::11]:80 -m -w 1",
	},
	{
		spec.DestinationKey{Service: web, Address: netip.MustParseAddrPort("10.0.1.11:8080")}, spec.Destination{Forward: spec.Direct, Weight: 1},
		"a port other than the service's with the forwarding method direct", "-a -t 192.0.2.10:80 -r 10.0.1.11:8080 -g -w 1",
	},
	{
		spec.DestinationKey{Service: web, Address: netip.MustParseAddrPort("10.0.1.11:0")}, spec.Destination{Forward: spec.TunnelTo, Weight: 1},
		"a port other than the service's with the forwarding method tunnel", "-a -t 192.0.2.10:80 -r 10.0.1.11:0 -i -w 1",
	},
	{rs80, spec.Destination{Weight: 1 << 31}, "a weight above 2147483647", "-a -t 192.0.2.10:80 -r 10.0.1.11:80 -m -w 2147483648"},
	{rs80, spec.Destination{Weight: 1, UpperThreshold: 1 << 31}, "a threshold above 2147483647", "-a -t 192.0.2.10:80 -r 10.0.1.11:80 -m -w 1 -x 2147483648"},
	{rs80, spec.Destination{Weight: 1, Tunnel: spec.Tunnel{Type: spec.GRE}}, "tunnel settings without a tunnel", "-a -t 192.0.2.10:80 -r 10.0.1.11:80 -m -w 1 --tun-type gre"},
	{rs80, tunnel(3, 0, 0), "the tunnel type type3", "-a -t 192.0.2.10:80 -r 10.0.1.11:80 -i -w 1 --tun-type type3"},
	{rs80, tunnel(spec.GUE, 6080, 3), "the tunnel checksum flags3", "-a -t 192.0.2.10:80 -r 10.0.1.11:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum --tun-remcsum"},
	{rs80, tunnel(spec.GUE, 0, 0), "a gue tunnel without a port", "-a -t 192.0.2.10:80 -r 10.0.1.11:80 -i -w 1 --tun-type gue"},
	{rs80, tunnel(spec.GRE, 6080, 0), "a port of a tunnel of type gre", "-a -t 192.0.2.10:80 -r 10.0.1.11:80 -i -w 1 --tun-type gre --tun-port 6080"},
	{rs80, tunnel(spec.IPIP, 0, spec.ChecksumFull), "the checksum full of a tunnel of type ipip", "-a -t 192.0.2.10:80 -r 10.0.1.11:80 -i -w 1 --tun-type ipip --tun-csum"},
	{rs80, tunnel(spec.GRE, 0, spec.ChecksumRemote), "the checksum remote of a tunnel of type gre", "-a -t 192.0.2.10:80 -r 10.0.1.11:80 -i -w 1 --tun-type gre --tun-remcsum"},
	{spec.TimeoutsKey{}, spec.Timeouts{TCP: 2678401, TCPFin: 120, UDP: 300}, "a timeout above 2678400 seconds (31 days)", "--set 2678401 120 300"},
	{master, daemon(func(d *spec.SyncDaemon) { d.SyncID = 256 }), "a sync id above 255", "--start-daemon master --mcast-interface eth0 --syncid 256"},
	{master, daemon(func(d *spec.SyncDaemon) { d.Interface = "sixteen--letters" }), `the interface "sixteen--letters"`, "--start-daemon master --mcast-interface sixteen--letters"},
	{master, daemon(func(d *spec.SyncDaemon) { d.Interface = "ipvsadm" }), `the interface "ipvsadm"`, "--start-daemon master --mcast-interface ipvsadm --syncid 1"},
	{master, daemon(func(d *spec.SyncDaemon) { d.MaxLen = 65508 }), "messages of more than 65507 bytes", "--start-daemon master --mcast-interface eth0 --syncid 1 --sync-maxlen 65508"},
	{master, daemon(func(d *spec.SyncDaemon) { d.Group = netip.MustParseAddr("192.0.2.1") }), "the group 192.0.2.1", "--start-daemon master --mcast-interface eth0 --syncid 1 --mcast-group 192.0.2.1"},
}

var master = spec.SyncDaemonKey{Role: spec.Master}

func daemon(edit func(*spec.SyncDaemon)) spec.SyncDaemon {
	d := spec.SyncDaemon{Interface: "eth0", SyncID: 1, MaxLen: 1472, Group: netip.MustParseAddr("224.0.0.81"), Port: 8848, TTL: 1}
	edit(&d)
	return d
}

func tunnel(kind spec.TunnelType, port uint16, c spec.Checksum) spec.Destination {
	return spec.Destination{Forward: spec.TunnelTo, Weight: 1, Tunnel: spec.Tunnel{Type: kind, Port: port, Checksum: c}}
}

func TestLimits(t *testing.T) {
	for _, c := range limits {
		var got *rules.LimitError
		if err := rules.Cannot(c.key, c.value); !errors.As(err, &got) {
			t.Errorf("%s %+v: %v", c.key, c.value, err)
		} else if want := (rules.LimitError{Key: c.key, Why: c.why}); *got != want {
			t.Errorf("want %v, got %v", &want, got)
		}
	}
}

// None of it can be both written by real ipvsadm, and shown so that it reads it again.
func TestKernelLimits(t *testing.T) {
	for _, c := range limits {
		t.Run(c.why, func(t *testing.T) {
			with := func(s spec.State) spec.State {
				s = s.Clone()
				if d, ok := c.key.(spec.DestinationKey); ok {
					s.Set(d.Service, spec.Service{Scheduler: "rr"})
				}
				s.Set(c.key, c.value)
				return s
			}
			d := openNode(t, c.line)
			want := with(read(t, d))
			if d, ok := c.key.(spec.DestinationKey); ok && d.Service == web {
				mustIpvsadm(t, "-A -t 192.0.2.10:80 -s rr", "-R")
			}
			_, err := ipvsadm(c.line, "-R")
			written := err == nil && read(t, d).Equal(want)

			e := openNode(t, c.line)
			shown := false
			if write(t, e, want) == nil && read(t, e).Equal(want) {
				if sources, err := show(); err == nil {
					got, err := rules.Parse(sources, rules.Resolver{})
					shown = err == nil && got.State.Equal(want)
					openNode(t, c.line)
					_, err = ipvsadm(string(sources[0].Text), "-R")
					shown = shown && err == nil
				}
			}
			if written && shown {
				t.Errorf("written %t, shown %t: %s", written, shown, c.line)
			}
		})
	}
}
