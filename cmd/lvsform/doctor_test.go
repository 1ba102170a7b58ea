package main

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/host"
	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
)

// marked is a listener for a firewall mark, and the beginning of one for TCP.
const marked = `
  listen "fwmark" {
    mark   = 7
    family = "ipv4"

    match {
      protocol  = "tcp"
      addresses = ["10.0.0.30"]
      ports     = [80, 443]
    }
  }

  listen "tcp" {`

// A node whose file is made by the first change is a fresh one, about which all is known.
func TestDoctorOfAFreshNode(t *testing.T) {
	w := newWorld(t)
	w.write("etc/main.lvs.hcl", web("mh", 2)+"link \"tunnel\" {\n  name = \"tunl0\"\n  kind = \"ipip\"\n}\n\nmodule \"tunnel\" {\n  name = \"ipip\"\n}\n")
	w.run(exitDone, "doctor", w.node(), w.path("etc"))
	want := `ok      the table of lb1 can be read: 0 services, 0 destinations
ok      expire_nodest_conn is 0: connections of a deleted server are dropped in silence until they time out
note    expire_quiescent_template is 0: persistent clients go on to a server that drains (weight 0) until their time is up
        -> sysctl -w net.ipv4.vs.expire_quiescent_template=1, if services are persistent
ok      ` + w.path("lb1.json") + `.run, where the lock and the ledger are, can be written to
ok      the kernel has the scheduler mh
ok      the kernel has the module ipip for link tunl0
ok      nftables has the family arp, for arp = "filter"
ok      nftables has the family inet, for firewall marks and FULLNAT
ok      a plan can be made
`
	if diff := cmp.Diff(want, w.out); diff != "" || exists(w.path("lb1.json")) {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDoctorOfAKernelWithoutRules(t *testing.T) {
	w := newWorld(t)
	w.write("lb1.json", `{"format_version": 1, "kernel": {"no_rules": ["inet"], "modules": ["nf_tables"]}}`)
	w.write("etc/main.lvs.hcl", strings.Replace(web("rr", 2), "\n  listen \"tcp\" {", marked, 1))
	w.run(exitError, "doctor", w.node(), w.path("etc"))
	w.says(w.out, "broken  nftables of this kernel cannot have the rules for firewall marks and FULLNAT: the family inet: it is in no_rules\n        -> a kernel with CONFIG_NF_TABLES_INET")
	w.run(exitDone, "doctor", w.node())
	w.says(w.out, "note    nftables of this kernel does not have the family inet")
}

func TestDoctorRefusals(t *testing.T) {
	w := newWorld(t)
	w.write("etc/main.lvs.hcl", "vip \"web\" {\n  addresses = [\"192.0.2.10\"]\n  interface = \"eth9\"\n}\n")
	w.run(exitError, "doctor", w.node(), w.path("etc"))
	w.says(w.out, `broken  no plan can be made: vip.web.address["192.0.2.10/32"] (address eth9 192.0.2.10/32): there is no interface eth9 here
        -> declare a link of that name, or name one that is there
`)
}

// A configuration may have no errors, and no node that is this one.
func TestDoctorOfAnotherMachine(t *testing.T) {
	w := newWorld(t)
	w.write("etc/main.lvs.hcl", twoNodes)
	for _, driver := range []string{"--driver=file:" + w.path("stranger.json"), "--node=lb9"} {
		w.run(exitError, "doctor", driver, w.path("etc"))
		w.says(w.out, "broken  the configuration cannot be read for this node, for the reasons above\n        -> lvsform validate "+w.path("etc")+"; or lvsform nodes "+w.path("etc")+" and --node,")
		w.says(w.err, "No such node")
	}
	w.run(exitDone, "doctor", "--driver=file:"+w.path("stranger.json"), "--node=lb1", w.path("etc"))
	w.says(w.out, "ok      a plan can be made\n")
}

func TestDoctorKnowsSinceWhen(t *testing.T) {
	to := func(tunnel spec.Tunnel) (s spec.State) {
		s.Set(spec.DestinationKey{Address: netip.MustParseAddrPort("10.0.0.11:80")}, spec.Destination{Forward: spec.TunnelTo, Tunnel: tunnel})
		return s
	}
	gue, gre, ipip, sum := spec.Tunnel{Type: spec.GUE}, spec.Tunnel{Type: spec.GRE}, spec.Tunnel{}, spec.Tunnel{Type: spec.GUE, Checksum: spec.ChecksumFull}
	for _, c := range []struct {
		release string
		tunnel  spec.Tunnel
		grade   string
	}{
		{"6.1.0-18-amd64", gue, "ok"}, {"5.2.0", gue, "ok"}, {"5.1", gue, "note"}, {"4.18.0-553.el8", gre, "note"}, {"5.2.21", gre, "note"}, {"5.3.1", gre, "ok"},
		{"5.2.0", sum, "note"}, {"5.3.0", sum, "ok"}, {"4.18.0", ipip, ""}, {"", gue, ""},
	} {
		found := tunnels(to(c.tunnel), c.release)
		if len(found) != 0 && found[0].grade != c.grade || len(found) == 0 && c.grade != "" {
			t.Errorf("%s: %+v", c.release, found)
		}
	}
}

func TestDoctorFallbacks(t *testing.T) {
	var desired, loaded, there, first0, first1, first2 spec.State
	tunl0, module := spec.LinkKey{Name: "tunl0"}, spec.ModuleKey{Name: "ipip"}
	desired.Set(tunl0, spec.Link{Type: "ipip", Up: true})
	loaded.Set(module, spec.Module{})
	there.Set(tunl0, spec.Link{Type: "ipip"})
	for value, s := range map[string]*spec.State{"0": &first0, "1": &first1, "2": &first2} {
		s.Set(fallback, spec.Sysctl{Value: value})
	}
	const path = "/proc/sys/net/core/fb_tunnels_only_for_init_net"
	for name, c := range map[string]struct {
		live   spec.State
		files  map[string]string
		broken bool
	}{
		"another namespace": {spec.State{}, map[string]string{path: "1\n"}, true}, "all namespaces": {spec.State{}, map[string]string{path: "0\n"}, false},
		"unknown": {spec.State{}, map[string]string{}, false}, "there": {there, map[string]string{path: "1\n"}, false},
		"a plan's affair": {loaded, map[string]string{path: "1\n"}, false},
		"the first":       {first1, nil, false}, "the first, none at all": {first2, nil, true}, "the first, all": {first0, nil, false},
	} {
		w := &world{files: c.files}
		found := (&program{env: env{readFile: w.readFile}}).fallbacks(desired, c.live)
		if (len(found) == 1) != c.broken || c.broken && !strings.Contains(found[0].text, "tunl0 will not come with the module ipip") {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestDoctorFollows(t *testing.T) {
	conntrack := func(value string) (s spec.State) {
		s.Set(spec.SysctlKey{Name: "net.ipv4.vs.conntrack"}, spec.Sysctl{Value: value})
		return s
	}
	ftp := func(port string, f spec.Forward) (s spec.State) {
		s.Set(spec.DestinationKey{Service: spec.Listener(spec.TCP, netip.MustParseAddrPort("192.0.2.1:"+port)), Address: netip.MustParseAddrPort("10.0.0.1:" + port)}, spec.Destination{Forward: f})
		return s
	}
	for _, c := range []struct {
		desired, live spec.State
		want          string
	}{
		{spec.State{}, conntrack("0"), ""}, {spec.State{}, conntrack("1"), "net.ipv4.vs.conntrack is 1"}, {conntrack("1"), conntrack("0"), "net.ipv4.vs.conntrack is to be 1"},
		{ftp("21", spec.Masquerade), conntrack("0"), "the kernel has it follow FTP that is masqueraded"},
		{ftp("21", spec.Direct), ftp("22", spec.Masquerade), ""}, {conntrack("0"), conntrack("1"), "net.ipv4.vs.conntrack is 1"},
	} {
		if got := follows(c.desired, c.live); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// An MTU that is the route's is not mended at the interface.
func TestDoctorNarrowRoute(t *testing.T) {
	var desired spec.State
	server := netip.MustParseAddr("10.0.0.11")
	desired.Set(spec.DestinationKey{Service: spec.Mark(7, spec.IPv4), Address: netip.AddrPortFrom(server, 0)}, spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: spec.GUE, Port: 6080}})
	found := room(desired, spec.State{}, map[netip.Addr]host.Way{server: {Interface: "eth1", MTU: 1400}}, map[string]int{"eth1": 9000})
	if len(found) != 1 || !strings.HasPrefix(found[0].text, "IPv4 packets of more than 1368 bytes do not fit into the gue tunnel to 10.0.0.11: the way through eth1 takes 1400, the tunnel 32 of them, and clients may send 1500") ||
		!strings.HasPrefix(found[0].remedy, "raise the MTU of the route, or of the path behind it, to 1532 (ip route get 10.0.0.11)") {
		t.Errorf("%+v", found)
	}
}

func TestDoctorAsksForWhatIsExclusive(t *testing.T) {
	w := newWorld(t)
	w.write("main.lvs.hcl", `
node "lb1" {}

node "rs1" {
  address = "10.0.0.11"
}

vip "web" {
  on        = [node.lb1]
  addresses = ["192.0.2.10", "2001:db8::10"]
  interface = "eth0"

  announce {
    count = 0
  }
}

vip "many" {
  on        = [node.lb1]
  addresses = ["192.0.2.11"]
  interface = "eth0"
  anycast   = true
}

vip "routed" {
  on        = [node.lb1]
  addresses = ["192.0.2.12"]
  interface = "lo"
}

`+strings.NewReplacer("service \"web\" {", "service \"web\" {\n  on = [node.lb1]\n", "[\"192.0.2.10\"]", "[\"192.0.2.10\", \"192.0.2.11\", \"192.0.2.12\"]").Replace(web("rr", 1))+`
real_server "web" {
  on        = [node.rs1]
  services  = [service.web]
  interface = "eth0"
}
`)
	for node, want := range map[string]string{"lb1": "address eth0 192.0.2.10/32, address eth0 2001:db8::10/128", "rs1": ""} {
		config, diags := hclspec.Load(hclspec.Source{Dir: w.dir, Node: node})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		if got := few(exclusive(config.Chosen.Desired)); got != want {
			t.Errorf("%s: %s, want %s", node, got, want)
		}
	}
}

func TestDoctorHeard(t *testing.T) {
	key := func(name, ip string) spec.AddressKey {
		return spec.AddressKey{Interface: name, Prefix: netip.MustParsePrefix(ip + "/32")}
	}
	free, taken, down := key("eth0", "192.0.2.10"), key("eth0", "192.0.2.11"), key("eth1", "192.0.2.12")
	var live spec.State
	live.Set(spec.LinkKey{Name: "eth1"}, spec.Link{Type: "device"})
	found := heard([]spec.AddressKey{free, taken, down, key("eth9", "192.0.2.13")},
		map[spec.AddressKey][]net.HardwareAddr{free: nil, taken: {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}}}, live)
	var got []string
	for _, f := range found {
		if f.grade != "ok" && f.remedy == "" {
			t.Errorf("%q has no remedy", f.text)
		}
		got = append(got, f.grade+" "+f.text)
	}
	want := []string{
		"note 192.0.2.11 is answered by 02:00:00:00:00:01, 02:00:00:00:00:02, on eth0: another machine has the address",
		"ok nobody else answers for 192.0.2.10", "note eth1 is down: nobody there could be asked about virtual addresses",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
