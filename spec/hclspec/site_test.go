package hclspec_test

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
)

// told is everything that a configuration says of its nodes, one object in each line.
func told(c *hclspec.Config) string {
	var b strings.Builder
	for _, n := range c.Nodes {
		fmt.Fprintf(&b, "node %q match %q roles %q address %s\n", n.Name, n.Match, n.Roles, n.Address)
		for _, a := range slices.SortedFunc(keysOf(n.Desired.Elsewhere), netip.Addr.Compare) {
			fmt.Fprintf(&b, "  elsewhere %s: %s\n", a, n.Desired.Elsewhere[a])
		}
		for _, w := range n.Desired.Warnings {
			fmt.Fprintf(&b, "  warning %s\n", w)
		}
		for _, k := range n.Desired.State.Keys() {
			o := n.Desired.Objects[k]
			fmt.Fprintf(&b, "  %s = %s%s\n", o.Name, k, attributes(k, n.Desired.State.Get(k), o))
		}
	}
	return b.String()
}

func attributes(k spec.Key, v spec.Value, o spec.Object) (text string) {
	for _, a := range spec.Attributes(k.Kind()) {
		if got := fmt.Sprint(a.Of(v)); got != fmt.Sprint(a.Of(spec.Zero(k.Kind()))) {
			text += " " + a.Name + "=" + got
		}
	}
	if o.Announce != (spec.Announce{}) {
		text += fmt.Sprintf(" announce=%d/%s", o.Announce.Count, o.Announce.Interval)
	}
	if o.Side != "" {
		text += " " + string(o.Side)
	}
	for i, is := range []bool{o.Minimum, o.Lifecycle.PreventDestroy} {
		if is {
			text += []string{" minimum", " prevent_destroy"}[i]
		}
	}
	return text
}

func keysOf[K comparable, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// TestSite: testdata/site.txt is what testdata/site.lvs.hcl says of each node.
func TestSite(t *testing.T) {
	text := readFile(t, "testdata/site.lvs.hcl")
	c := mustLoad(t, map[string]string{"main.lvs.hcl": text}, hclspec.Source{})
	got := told(c)
	if *update {
		if err := os.WriteFile("testdata/site.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(readFile(t, "testdata/site.txt"), got); diff != "" {
		t.Errorf("nodes (-want +got):\n%s", diff)
	}
	for _, n := range c.Nodes {
		alone := mustLoad(t, map[string]string{"main.lvs.hcl": text}, hclspec.Source{Node: n.Name})
		if alone.Chosen.Name != n.Name || !alone.Chosen.Desired.State.Equal(n.Desired.State) {
			t.Errorf("%s alone:\n%s", n.Name, diffStates(n.Desired.State, alone.Chosen.Desired.State))
		}
		if diff := cmp.Diff(n.Desired.Objects, alone.Chosen.Desired.Objects); diff != "" {
			t.Errorf("objects of %s alone (-want +got):\n%s", n.Name, diff)
		}
	}
}

func TestChooseNode(t *testing.T) {
	c := mustLoad(t, map[string]string{"main.lvs.hcl": readFile(t, "testdata/site.lvs.hcl")}, hclspec.Source{})
	if c.Chosen != nil {
		t.Errorf("%s was chosen of all", c.Chosen.Name)
	}
	for _, x := range []struct {
		name, host, want string
	}{
		{"lb1", "", "lb1"}, {"node.lb1", "", "lb1"}, {"LB1.Example.net", "", "lb1"}, {`real["gre"]`, "", `real["gre"]`}, {`node.real["gre"]`, "", `real["gre"]`},
		{"rs-gre", "", `real["gre"]`}, {"", "lb1", "lb1"}, {"", "lb2.example.org", "lb2"}, {"", "RS-six", `real["six"]`}, {"lb2", "lb1", "lb2"},
		{"real", "", ""}, {"", "", ""}, {"", "gre", ""}, {"lb3", "", ""},
	} {
		n, err := c.Node(x.name, x.host)
		got := ""
		if n != nil {
			got = n.Name
		}
		if got != x.want || (err == nil) != (x.want != "") {
			t.Errorf("node %q, host %q: %q, %v, want %q", x.name, x.host, got, err, x.want)
		}
	}
}

// Only what is asked for is evaluated, and what it depends on.
func TestNodesThatAreNotAskedFor(t *testing.T) {
	text := readFile(t, "testdata/site.lvs.hcl")
	broken := text + "\nmodule \"broken\" {\n  on   = [node.lb2]\n  name = target.vars.nothing\n}\n"
	for node, wrong := range map[string]bool{"lb1": false, "lb2": true, "rs-gre": false, hclspec.AllNodes: true} {
		c, diags := loadFrom(t, map[string]string{"main.lvs.hcl": broken}, hclspec.Source{Node: node})
		if diags.HasErrors() != wrong {
			t.Errorf("%s: %v", node, diags)
		}
		evaluated := 0
		for _, n := range c.Nodes {
			if n.Evaluated {
				evaluated++
			}
		}
		if want := map[bool]int{true: 8, false: 1}[node == hclspec.AllNodes]; evaluated != want {
			t.Errorf("%s: %d nodes were evaluated", node, evaluated)
		}
	}
}

func TestSameDiagnosticOnce(t *testing.T) {
	_, diags := load(t, map[string]string{"main.lvs.hcl": readFile(t, "testdata/site.lvs.hcl") + "\nmodule \"broken\" {\n  on = [role.director]\n  name = \"a/b\"\n}\n"})
	n := 0
	for _, d := range diags {
		if hclspec.Code(d) == "LVS060" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d times: %v", n, diags)
	}
}

func TestNodesInJSON(t *testing.T) {
	c := mustLoad(t, map[string]string{
		"nodes.lvs.json": `{
  "role": {"director": {}},
  "node": {"lb1": {"match": ["lb1"], "roles": ["${role.director}"], "vars": {"port": 80}}, "web": {"for_each": {"a": "10.0.0.1"}, "address": "${each.value}"}},
  "vip": {"web": {"on": ["${role.director}"], "addresses": ["192.0.2.10"], "interface": "eth0", "announce": {"count": 1}}},
  "pool": {"web": {"forward": "tunnel", "server": {"a": {"address": "${node.web[\"a\"].address}"}}}},
  "service": {"web": {
    "on": ["${node.lb1}"], "scheduler": "rr", "pool": "${pool.web}",
    "listen": {"tcp": {"addresses": "${vip.web.addresses}", "ports": ["${target.vars.port}"]}, "fwmark": {"mark": 1, "match": [{"protocol": "tcp", "addresses": "${vip.web.addresses}", "ports": [443]}]}}
  }},
  "real_server": {"web": {"on": ["${node.web}"], "services": ["${service.web}"], "interface": "lo"}},
  "sysctl": {"x": {"on": ["${node.lb1}"], "values": {"net.ipv4.ip_forward": true}}}
}`}, hclspec.Source{})
	want := `node "lb1" match ["lb1"] roles ["director"] address invalid IP
  service.web.tcp["192.0.2.10:80"] = tcp 192.0.2.10:80 scheduler=rr
  service.web.fwmark["1/ipv4"] = fwmark 1 ipv4 scheduler=rr
  service.web.tcp["192.0.2.10:80"].server["a"] = tcp 192.0.2.10:80 -> 10.0.0.1:80 forward=tunnel weight=1
  service.web.fwmark["1/ipv4"].server["a"] = fwmark 1 ipv4 -> 10.0.0.1:0 forward=tunnel weight=1
  sysctl.x["net.ipv4.ip_forward"] = sysctl net.ipv4.ip_forward value=1
  vip.web.address["192.0.2.10/32"] = address eth0 192.0.2.10/32 label=eth0 scope=global origin=108 announce=1/1.1s director
  service.web.fwmark["1/ipv4"].match["tcp 192.0.2.10:443"] = mark_rule tcp 192.0.2.10:443 mark=1
node "web[\"a\"]" match ["a"] roles [] address 10.0.0.1
  elsewhere 192.0.2.10: lb1
  real_server.web.module["ipip"] = module ipip
  real_server.web.link["tunl0"] = link tunl0 type=ipip up=true
  real_server.web.sysctl["net.ipv4.conf.all.arp_announce"] = sysctl net.ipv4.conf.all.arp_announce value=2 minimum
  real_server.web.sysctl["net.ipv4.conf.all.arp_ignore"] = sysctl net.ipv4.conf.all.arp_ignore value=1 minimum
  real_server.web.sysctl["net.ipv4.conf.all.rp_filter"] = sysctl net.ipv4.conf.all.rp_filter value=0
  real_server.web.sysctl["net.ipv4.conf.tunl0.rp_filter"] = sysctl net.ipv4.conf.tunl0.rp_filter value=0
  real_server.web.address["192.0.2.10/32"] = address lo 192.0.2.10/32 label=lo scope=global origin=108 quiet_real_server
`
	if diff := cmp.Diff(want, told(c)); diff != "" {
		t.Errorf("nodes (-want +got):\n%s", diff)
	}
}
