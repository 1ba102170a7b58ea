package spec_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/spec"
)

var (
	web  = spec.Listener(spec.TCP, netip.MustParseAddrPort("192.0.2.10:80"))
	web6 = spec.Listener(spec.TCP, netip.MustParseAddrPort("[2001:db8::10]:80"))
	dns  = spec.Listener(spec.UDP, netip.MustParseAddrPort("192.0.2.10:53"))
	mark = spec.Mark(21, spec.IPv4)
)

func at(k spec.ServiceKey, server string) spec.DestinationKey {
	return spec.DestinationKey{Service: k, Address: netip.MustParseAddrPort(server)}
}

func validateOne(k spec.Key, v spec.Value) []string {
	var s spec.State
	if d, ok := k.(spec.DestinationKey); ok {
		s.Set(d.Service, spec.Service{Scheduler: "rr", Persistent: true, Timeout: 360})
	}
	s.Set(k, v)
	var rules []string
	for _, p := range spec.Validate(s) {
		rules = append(rules, p.Rule)
	}
	return rules
}

// finding is an object, and the rules that it breaks.
type finding struct {
	key   spec.Key
	value spec.Value
	want  []string
}

func validated(t *testing.T, cases map[string]finding) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, validateOne(c.key, c.value)); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValidateServices(t *testing.T) {
	listener := func(text string) spec.ServiceKey { return spec.Listener(spec.TCP, netip.MustParseAddrPort(text)) }
	kept := spec.Service{Scheduler: "rr", Persistent: true, Timeout: 360}
	with := func(s spec.Service, f func(*spec.Service)) spec.Service { f(&s); return s }
	validated(t, map[string]finding{
		"plain":               {web, rr, nil},
		"any port":            {listener("192.0.2.10:0"), kept, nil},
		"mark":                {mark, with(rr, func(s *spec.Service) { s.OnePacket = true }), nil},
		"sip":                 {dns, with(kept, func(s *spec.Service) { s.Engine = "sip" }), nil},
		"mh flags":            {web, spec.Service{Scheduler: "mh", Flags: spec.Flag1 | spec.Flag2}, nil},
		"protocol":            {spec.Listener(47, web.Address), rr, []string{"LVS101"}},
		"no key":              {spec.ServiceKey{}, rr, []string{"LVS101", "LVS102", "LVS107"}},
		"multicast VIP":       {listener("224.0.0.1:80"), rr, []string{"LVS102"}},
		"broadcast VIP":       {listener("255.255.255.255:80"), rr, []string{"LVS102"}},
		"unspecified VIP":     {listener("[::]:80"), rr, []string{"LVS102"}},
		"mapped VIP":          {listener("[::ffff:192.0.2.1]:80"), rr, []string{"LVS102"}},
		"zone":                {listener("[fe80::1%eth0]:80"), rr, []string{"LVS102"}},
		"mark 0":              {spec.Mark(0, spec.IPv4), rr, []string{"LVS103"}},
		"mark family":         {spec.Mark(1, 7), rr, []string{"LVS103"}},
		"no scheduler":        {web, spec.Service{}, []string{"LVS104"}},
		"scheduler none":      {web, spec.Service{Scheduler: "none"}, []string{"LVS104"}},
		"flags":               {web, spec.Service{Scheduler: "rr", Flags: spec.Flag1}, []string{"LVS105"}},
		"third flag of sh":    {web, spec.Service{Scheduler: "sh", Flags: spec.Flag3}, []string{"LVS105"}},
		"one packet on TCP":   {web, with(rr, func(s *spec.Service) { s.OnePacket = true }), []string{"LVS106"}},
		"any, not persistent": {listener("192.0.2.10:0"), rr, []string{"LVS107"}},
		"timeout 0":           {web, with(kept, func(s *spec.Service) { s.Timeout = 0 }), []string{"LVS108"}},
		"timeout wraps":       {web, with(kept, func(s *spec.Service) { s.Timeout = 2678401 }), []string{"LVS108"}},
		"timeout alone":       {web, with(rr, func(s *spec.Service) { s.Timeout = 1 }), []string{"LVS109"}},
		"netmask alone":       {web, with(rr, func(s *spec.Service) { s.Netmask = spec.MaskIPv4(0xff000000) }), []string{"LVS109"}},
		"netmask family":      {web6, with(kept, func(s *spec.Service) { s.Netmask = spec.MaskIPv4(0xff000000) }), []string{"LVS110"}},
		"netmask with holes":  {web, with(kept, func(s *spec.Service) { s.Netmask = spec.MaskIPv4(0xff00ff00) }), []string{"LVS110"}},
		"sip on TCP":          {web, with(kept, func(s *spec.Service) { s.Engine = "sip" }), []string{"LVS111"}},
		"sip not persistent":  {dns, with(rr, func(s *spec.Service) { s.Engine = "sip" }), []string{"LVS111"}},
		"engine":              {dns, with(kept, func(s *spec.Service) { s.Engine = "ftp" }), []string{"LVS111"}},
	})
}

func TestValidateDestinations(t *testing.T) {
	validated(t, map[string]finding{
		"direct":              {at(web, "10.0.0.1:80"), spec.Destination{Forward: spec.Direct, Weight: spec.MaxWeight}, nil},
		"mapped port":         {at(web, "10.0.0.1:8080"), spec.Destination{}, nil},
		"mapped mark":         {at(mark, "10.0.0.1:8080"), spec.Destination{}, nil},
		"tunnel to IPv6":      {at(web, "[2001:db8::1]:80"), spec.Destination{Forward: spec.TunnelTo}, nil},
		"gre with checksum":   {at(web, "10.0.0.1:80"), spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: spec.GRE, Checksum: spec.ChecksumFull}}, nil},
		"multicast server":    {at(web, "224.0.0.1:80"), spec.Destination{}, []string{"LVS120"}},
		"link-local server":   {at(web6, "[fe80::1]:80"), spec.Destination{}, []string{"LVS120"}},
		"other family":        {at(web, "[2001:db8::1]:80"), spec.Destination{}, []string{"LVS121"}},
		"bypass":              {at(web, "10.0.0.1:80"), spec.Destination{Forward: spec.Bypass}, []string{"LVS122"}},
		"tunnel type":         {at(web, "10.0.0.1:80"), spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: 9}}, []string{"LVS123"}},
		"checksum mode":       {at(web, "10.0.0.1:80"), spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Checksum: 3}}, []string{"LVS123"}},
		"ipip with checksum":  {at(web, "10.0.0.1:80"), spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Checksum: 1}}, []string{"LVS123"}},
		"gre with remote":     {at(web, "10.0.0.1:80"), spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: spec.GRE, Checksum: 2}}, []string{"LVS123"}},
		"ipip with port":      {at(web, "10.0.0.1:80"), spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Port: 1}}, []string{"LVS123"}},
		"gue without port":    {at(web, "10.0.0.1:80"), spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: spec.GUE}}, []string{"LVS124"}},
		"tunnel of direct":    {at(web, "10.0.0.1:80"), spec.Destination{Forward: spec.Direct, Tunnel: spec.Tunnel{Type: spec.GRE}}, []string{"LVS125"}},
		"weight":              {at(web, "10.0.0.1:80"), spec.Destination{Weight: 1 << 31}, []string{"LVS126"}},
		"thresholds":          {at(web, "10.0.0.1:80"), spec.Destination{LowerThreshold: 1}, []string{"LVS127"}},
		"server without port": {at(web, "10.0.0.1:0"), spec.Destination{}, []string{"LVS128"}},
		"direct, other port":  {at(web, "10.0.0.1:8080"), spec.Destination{Forward: spec.Direct}, []string{"LVS128"}},
		"direct, mark, port":  {at(mark, "10.0.0.1:80"), spec.Destination{Forward: spec.Direct}, []string{"LVS128"}},
	})
}

func TestValidateTimeoutsAndDaemons(t *testing.T) {
	validated(t, map[string]finding{
		"open timeouts":  {spec.TimeoutsKey{}, spec.Timeouts{}, nil},
		"timeouts":       {spec.TimeoutsKey{}, spec.Timeouts{TCP: 2147484, UDP: 2147483}, []string{"LVS130"}},
		"sync daemon":    {spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "bond0.7", SyncID: 255}, nil},
		"role":           {spec.SyncDaemonKey{}, spec.SyncDaemon{Interface: "eth0"}, []string{"LVS135"}},
		"interface":      {spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "a/b"}, []string{"LVS131"}},
		"long interface": {spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "abcdefghijklmnop"}, []string{"LVS131"}},
		"sync id":        {spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "eth0", SyncID: 256}, []string{"LVS132"}},
		"max len":        {spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "eth0", MaxLen: 65508}, []string{"LVS133"}},
		"group":          {spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "eth0", Group: netip.MustParseAddr("192.0.2.1")}, []string{"LVS134"}},
	})
}

func TestValidateTogether(t *testing.T) {
	var s spec.State
	s.Set(at(web, "10.0.0.1:80"), spec.Destination{})
	s.Set(dns, spec.Service{Scheduler: "rr", OnePacket: true})
	s.Set(at(dns, "10.0.0.1:53"), spec.Destination{})
	s.Set(at(dns, "[2001:db8::1]:53"), spec.Destination{Forward: spec.TunnelTo})
	s.Set(spec.SyncDaemonKey{Role: spec.Backup}, spec.SyncDaemon{Interface: "eth0"})
	var got []string
	for _, p := range spec.Validate(s) {
		got = append(got, p.Rule+" "+p.Key.String())
	}
	want := []string{"LVS150 tcp 192.0.2.10:80 -> 10.0.0.1:80", "LVS151 udp 192.0.2.10:53 -> 10.0.0.1:53", "LVS152 udp 192.0.2.10:53 -> [2001:db8::1]:53"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestValidateAllocates(t *testing.T) {
	var s spec.State
	s.Set(web, spec.Service{Scheduler: "rr"})
	for i := range 100 {
		a := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i + 1)}), 80)
		s.Set(spec.DestinationKey{Service: web, Address: a}, spec.Destination{})
	}
	if n := testing.AllocsPerRun(10, func() { spec.Validate(s) }); n > 4 {
		t.Errorf("a valid state costs %v allocations", n)
	}
}
