package spec_test

import (
	"errors"
	"math/rand/v2"
	"net/netip"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
)

var (
	rr  = spec.Service{Scheduler: "rr"}
	one = spec.Destination{Weight: 1}
)

// linux is the kernel that the tables were observed on.
func linux() spec.Kernel {
	prefixes := func(texts ...string) (out []netip.Prefix) {
		for _, t := range texts {
			out = append(out, netip.MustParsePrefix(t))
		}
		return out
	}
	return spec.Kernel{
		Schedulers: []string{"rr", "wlc", "sh", "mh"}, Engines: []string{"sip"}, TicksPerSecond: 100,
		Interfaces: []spec.Interface{
			{Name: "lo", MTU: 65536, Addresses: prefixes("127.0.0.1/8", "::1/128")},
			{Name: "eth0", MTU: 1500, Addresses: prefixes("10.0.0.2/24", "2001:db8::2/64", "fe80::2/64")},
			{Name: "jumbo", MTU: 9000, Addresses: prefixes("10.1.0.2/31")},
			{Name: "small", MTU: 576},
			{Name: "down", MTU: 1500, Addresses: prefixes("10.2.0.2/24"), Down: true},
		},
	}
}

// row is one operation: created on a node with the service web and the destination rs1 of it, unless it is an update.
type row struct {
	name  string
	key   spec.Key
	value spec.Value
	errno syscall.Errno
	// live is what is there afterwards, if it is not value.
	live spec.Value
}

func run(t *testing.T, k spec.Kernel, update bool, rows []row) {
	for _, c := range rows {
		t.Run(c.name, func(t *testing.T) {
			n := spec.NewNode(k, spec.State{
				Services:     map[spec.ServiceKey]spec.Service{web: rr, web6: rr, mark: rr},
				Destinations: map[spec.DestinationKey]spec.Destination{at(web, "10.0.0.11:80"): one},
				Timeouts:     map[spec.TimeoutsKey]spec.Timeouts{{}: {TCP: 900, TCPFin: 120, UDP: 300}},
			})
			before := n.State().Clone()
			var first spec.Value
			if update {
				first = spec.Zero(c.key.Kind())
			}
			err := n.Do(c.key, first, c.value)
			if c.errno != 0 {
				if !errors.Is(err, c.errno) || !n.State().Equal(before) {
					t.Errorf("%v, want %s and nothing changed", err, spec.ErrnoName(c.errno))
				}
				return
			}
			want := c.live
			if want == nil {
				want = c.value
			}
			if got := n.State().Get(c.key); err != nil || got != want {
				t.Errorf("%v; live %s, want %s", err, spec.EncodeValue(got), spec.EncodeValue(want))
			}
		})
	}
}

func TestNodeServices(t *testing.T) {
	listen := func(p spec.Protocol, a string) spec.ServiceKey { return spec.Listener(p, netip.MustParseAddrPort(a)) }
	with := func(f func(*spec.Service)) spec.Service { s := rr; f(&s); return s }
	rows := []row{
		{"duplicate", web, rr, syscall.EEXIST, nil},
		{"duplicate that is wrong", web, spec.Service{Scheduler: "bogus"}, syscall.EEXIST, nil},
		{"other protocol", listen(spec.UDP, "192.0.2.10:80"), rr, 0, nil},
		{"port 0 without persistence", listen(spec.TCP, "192.0.2.10:0"), rr, 0, nil},
		{"mark of the other family", spec.Mark(21, spec.IPv6), rr, 0, nil},
		{"mark 0", spec.Mark(0, spec.IPv4), rr, syscall.EINVAL, nil},
		{"largest mark", spec.Mark(1<<32-1, spec.IPv4), rr, 0, nil},
		{"unknown scheduler", dns, spec.Service{Scheduler: "twos"}, syscall.ENOENT, nil},
		{"empty scheduler", dns, spec.Service{}, syscall.ENOENT, nil},
		{"wrong case", dns, spec.Service{Scheduler: "RR"}, syscall.ENOENT, nil},
		{"15 characters", dns, spec.Service{Scheduler: "fifteen-letters"}, syscall.ENOENT, nil},
		{"16 characters", dns, spec.Service{Scheduler: "sixteen--letters"}, syscall.EINVAL, nil},
		{"no scheduler", dns, spec.Service{Scheduler: "none"}, 0, nil},
		{"unknown engine", dns, with(func(s *spec.Service) { s.Engine = "bogus" }), syscall.ENOENT, nil},
		{"engine of 16 characters", dns, with(func(s *spec.Service) { s.Engine = "sixteen--letters" }), syscall.ENOENT, nil},
		{"engine of 17 characters", dns, with(func(s *spec.Service) { s.Engine = "seventeen-letters" }), syscall.EINVAL, nil},
		{"sip without persistence", dns, with(func(s *spec.Service) { s.Engine = "sip" }), 0, nil},
		{"sip on a mark", spec.Mark(1, spec.IPv4), with(func(s *spec.Service) { s.Engine = "sip" }), 0, nil},
		{"one packet of tcp", listen(spec.TCP, "192.0.2.10:81"), with(func(s *spec.Service) { s.OnePacket = true }), 0, nil},
		{"undefined flags", dns, with(func(s *spec.Service) { s.Flags = 0xfffffff8 }), 0, nil},
		{"persistent for 0 s", dns, with(func(s *spec.Service) { s.Persistent = true }), 0, nil},
		{"timeout without persistence", dns, with(func(s *spec.Service) { s.Timeout = 7 }), 0, nil},
		{"longest timeout", dns, with(func(s *spec.Service) { s.Timeout = 42949672 }), 0, nil},
		{"timeout that wraps", dns, with(func(s *spec.Service) { s.Timeout = 42949673 }), 0, rr},
		{"mask 0.0.0.0", dns, with(func(s *spec.Service) { s.Netmask = spec.MaskIPv4(0) }), 0, nil},
		{"mask with holes", dns, with(func(s *spec.Service) { s.Netmask = spec.MaskIPv4(0xff00ff00) }), 0, nil},
		{"IPv6 prefix for IPv4", dns, with(func(s *spec.Service) { s.Netmask = spec.PrefixIPv6(64) }), syscall.EINVAL, nil},
		{"IPv4 mask for IPv6", spec.Mark(1, spec.IPv6), with(func(s *spec.Service) { s.Netmask = spec.MaskIPv4(0) }), syscall.EINVAL, nil},
		{"IPv6 prefix", spec.Mark(1, spec.IPv6), with(func(s *spec.Service) { s.Netmask = spec.PrefixIPv6(1) }), 0, nil},
	}
	for _, p := range []spec.Protocol{0, 1, 33, 50, 51, 136, 255, 256, 300} {
		rows = append(rows, row{"protocol", listen(p, "192.0.2.10:80"), rr, 0, nil})
	}
	for _, a := range []string{
		"0.0.0.0:80", "127.0.0.1:80", "224.0.0.1:80", "255.255.255.255:80", "[::]:80", "[::1]:80", "[ff02::1]:80", "[fe80::1]:80", "[::ffff:192.0.2.10]:80",
	} {
		rows = append(rows, row{a, listen(spec.TCP, a), rr, 0, nil})
	}
	run(t, linux(), false, rows)
}

func TestNodeEditsServices(t *testing.T) {
	run(t, linux(), true, []row{
		{"edit a missing one", dns, rr, syscall.ESRCH, nil},
		{"edit a missing one wrongly", dns, spec.Service{Scheduler: "bogus"}, syscall.ESRCH, nil},
		{"edit everything", web, spec.Service{
			Scheduler: "sh", Flags: spec.Flag1, OnePacket: true, Persistent: true, Timeout: 1, Netmask: spec.MaskIPv4(0), Engine: "sip",
		}, 0, nil},
		{"edit to no scheduler", web, spec.Service{Scheduler: "none"}, 0, nil},
		{"edit to an unknown scheduler", web, spec.Service{Scheduler: "bogus"}, syscall.ENOENT, nil},
		{"edit to an unknown engine", web, spec.Service{Scheduler: "rr", Engine: "bogus"}, syscall.ENOENT, nil},
		{"delete", web, nil, 0, nil},
		{"delete a missing one", dns, nil, syscall.ESRCH, nil},
	})
}

func TestNodeDestinations(t *testing.T) {
	rs1, rs2 := at(web, "10.0.0.11:80"), at(web, "10.0.0.12:80")
	tunnel := spec.Destination{Forward: spec.TunnelTo}
	rows := []row{
		{"largest weight", rs2, spec.Destination{Weight: 1<<31 - 1}, 0, nil},
		{"negative weight", rs2, spec.Destination{Weight: 1 << 31}, syscall.ERANGE, nil},
		{"lower above upper", rs2, spec.Destination{UpperThreshold: 1, LowerThreshold: 2}, syscall.ERANGE, nil},
		{"lower without upper", rs2, spec.Destination{LowerThreshold: 1}, syscall.ERANGE, nil},
		{"equal thresholds", rs2, spec.Destination{UpperThreshold: 1<<32 - 1, LowerThreshold: 1<<32 - 1}, 0, nil},
		{"duplicate", rs1, spec.Destination{Forward: spec.Direct}, syscall.EEXIST, nil},
		{"duplicate that is wrong", rs1, spec.Destination{Weight: 1 << 31}, syscall.ERANGE, nil},
		{"other port", at(web, "10.0.0.11:8080"), one, 0, nil},
		{"other port, direct", at(web, "10.0.0.11:8080"), spec.Destination{Forward: spec.Direct}, 0, nil},
		{"port 0", at(web, "10.0.0.11:0"), one, 0, nil},
		{"no service", at(dns, "10.0.0.11:53"), one, syscall.ESRCH, nil},
		{"no service for one that is wrong", at(dns, "0.0.0.0:53"), spec.Destination{Weight: 1 << 31}, syscall.ESRCH, nil},
		{"bypass", rs2, spec.Destination{Forward: spec.Bypass}, 0, nil},
		{"method 7", rs2, spec.Destination{Forward: 7}, 0, nil},
		{"bits above the method's", rs2, spec.Destination{Forward: 8 + spec.Direct}, 0, spec.Destination{Forward: spec.Direct}},
		{"other family, tunnelled", at(web, "[2001:db8:1::11]:80"), tunnel, 0, nil},
		{"other family in IPv6, tunnelled", at(web6, "10.0.0.11:80"), tunnel, 0, nil},
		{"other family of a mark, tunnelled", at(mark, "[2001:db8:1::11]:0"), tunnel, 0, nil},
		{"other family, direct", at(web, "[2001:db8:1::11]:80"), spec.Destination{Forward: spec.Direct}, syscall.EINVAL, nil},
		{"other family before weight", at(web, "[2001:db8:1::11]:80"), spec.Destination{Weight: 1 << 31}, syscall.EINVAL, nil},
		{"gue", rs2, spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: spec.GUE, Port: 6080}}, 0, nil},
		{"gue without port", rs2, spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: spec.GUE}}, syscall.EINVAL, nil},
		{"gue without port or tunnel", rs2, spec.Destination{Tunnel: spec.Tunnel{Type: spec.GUE}}, syscall.EINVAL, nil},
		{"tunnel of another method", rs2, spec.Destination{Tunnel: spec.Tunnel{Type: spec.GUE, Port: 6080}}, 0, spec.Destination{}},
		{"odd tunnel", rs2, spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: 255, Checksum: 65535}}, 0, nil},
	}
	run(t, linux(), false, rows)
}

func TestNodeAddressesOfDestinations(t *testing.T) {
	var rows []row
	for _, a := range []string{
		"10.0.0.0:80", "240.0.0.1:80", "169.254.1.1:80", "127.0.0.1:80", "127.0.0.0:80", "10.0.0.2:80", "192.0.2.10:80", "203.0.113.1:80", "0.0.0.5:80",
		"10.1.0.3:80", "10.2.0.255:80", // no broadcast address: of a /31, of an interface that is down
	} {
		rows = append(rows, row{a, at(web, a), one, 0, nil})
	}
	for _, a := range []string{"0.0.0.0:80", "224.0.0.1:80", "255.255.255.255:80", "10.0.0.255:80", "127.255.255.255:80"} {
		rows = append(rows, row{a, at(web, a), one, syscall.EINVAL, nil})
	}
	for _, a := range []string{"[::1]:80", "[fec0::1]:80", "[fd00::1]:80", "[4000::1]:80", "[fe80::2]:80", "[2001:db8::]:80", "[::192.0.2.1]:80"} {
		rows = append(rows, row{a, at(web6, a), one, 0, nil})
	}
	for _, a := range []string{"[::]:80", "[ff02::1]:80", "[::ffff:10.0.0.11]:80", "[fe80::9]:80"} {
		rows = append(rows, row{a, at(web6, a), one, syscall.EINVAL, nil})
	}
	run(t, linux(), false, rows)
}

func TestNodeEditsDestinations(t *testing.T) {
	rs1, rs2 := at(web, "10.0.0.11:80"), at(web, "10.0.0.12:80")
	run(t, linux(), true, []row{
		{"edit a missing one", rs2, one, syscall.ENOENT, nil},
		{"edit a missing one wrongly", rs2, spec.Destination{Weight: 1 << 31}, syscall.ERANGE, nil},
		{"edit one that cannot be", at(web, "0.0.0.0:80"), one, syscall.ENOENT, nil},
		{"edit without service", at(dns, "10.0.0.11:80"), one, syscall.ESRCH, nil},
		{"edit everything", rs1, spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: spec.GRE, Checksum: spec.ChecksumFull}, UpperThreshold: 2, LowerThreshold: 1}, 0, nil},
		{"edit the method away", rs1, spec.Destination{Forward: spec.Direct, Tunnel: spec.Tunnel{Type: spec.GRE}}, 0, spec.Destination{Forward: spec.Direct}},
		{"edit wrongly", rs1, spec.Destination{LowerThreshold: 1}, syscall.ERANGE, nil},
		{"delete", rs1, nil, 0, nil},
		{"delete a missing one", rs2, nil, syscall.ENOENT, nil},
		{"delete without service", at(dns, "10.0.0.11:80"), nil, syscall.ESRCH, nil},
		{"delete of another family", at(web, "[2001:db8:1::11]:80"), nil, syscall.ENOENT, nil},
	})
}

func TestNodeTimeouts(t *testing.T) {
	for hz, most := range map[uint32]uint32{100: 21474836, 250: 8589934, 1000: 2147483, 0: 21474836} {
		k := linux()
		k.TicksPerSecond = hz
		run(t, k, true, []row{
			{"nothing", spec.TimeoutsKey{}, spec.Timeouts{}, 0, spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300}},
			{"one", spec.TimeoutsKey{}, spec.Timeouts{UDP: 1}, 0, spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 1}},
			{"longest", spec.TimeoutsKey{}, spec.Timeouts{TCP: most, TCPFin: most, UDP: most}, 0, nil},
			{"too long", spec.TimeoutsKey{}, spec.Timeouts{TCPFin: most + 1}, syscall.EINVAL, nil},
			{"much too long", spec.TimeoutsKey{}, spec.Timeouts{TCP: 1, UDP: 1<<32 - 1}, syscall.EINVAL, nil},
			{"delete", spec.TimeoutsKey{}, nil, syscall.EOPNOTSUPP, nil},
		})
		run(t, k, false, []row{{"create", spec.TimeoutsKey{}, spec.Timeouts{TCP: 1}, syscall.EEXIST, nil}})
	}
}

// What a kernel refuses changes nothing, and what it does leaves nothing without its service.
func FuzzNode(f *testing.F) {
	for seed := range uint64(30) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		n := spec.NewNode(linux(), spec.State{})
		for range 200 {
			before := n.State().Clone()
			c := drivertest.RandomChange(r, before)
			err := n.Do(c.Key, c.Before, c.After)
			if err != nil && !n.State().Equal(before) {
				t.Fatalf("seed %d: %v, and yet the node changed", seed, err)
			}
			for k := range n.State().Destinations {
				if n.State().Get(k.Service) == nil {
					t.Fatalf("seed %d: %s has left %s without its service", seed, c, k)
				}
			}
		}
	})
}
