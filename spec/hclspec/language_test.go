package hclspec_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
)

const pools = `
pool "web" {
  forward = "masquerade"

  server "rs1" {
    address  = "10.0.0.1"
    address6 = "2001:db8:1::1"
  }
}
`

func service(inside string) string {
	return pools + "service \"web\" {\n  scheduler = \"rr\"\n  pool = pool.web\n" + inside + "\n}\n"
}

func listen(addresses, ports string) string {
	return service("listen \"tcp\" {\n addresses = " + addresses + "\n ports = " + ports + "\n}")
}

// objects are the names and keys of all objects, one in each line.
func objects(c *hclspec.Config) string {
	var lines []string
	for k, o := range c.Chosen.Desired.Objects {
		lines = append(lines, o.Name+" = "+k.String())
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func mustLoad(t *testing.T, files map[string]string, src hclspec.Source) *hclspec.Config {
	t.Helper()
	c, diags := loadFrom(t, files, src)
	if diags.HasErrors() {
		var b bytes.Buffer
		_ = hclspec.WriteDiagnostics(&b, c.Files, diags, 0, false)
		t.Fatal(b.String())
	}
	for _, n := range c.Nodes {
		if len(n.Desired.Objects) != n.Desired.State.Len() {
			t.Errorf("%d objects of %d have a name", len(n.Desired.Objects), n.Desired.State.Len())
		}
		for k, o := range n.Desired.Objects {
			if r, ok := n.Range(k); !ok || r.Filename == "" || o.Name == "" || o.Lifecycle == nil || k.Kind() == spec.KindService && o.Pool == nil {
				t.Errorf("%s: range %v, lifecycle %v, pool %v", k, r, o.Lifecycle, o.Pool)
			}
		}
	}
	return c
}

func TestNames(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"plain": {listen(`["192.0.2.10"]`, `[80]`), `
service.web.tcp["192.0.2.10:80"] = tcp 192.0.2.10:80
service.web.tcp["192.0.2.10:80"].server["rs1"] = tcp 192.0.2.10:80 -> 10.0.0.1:80`},
		"every address with every port": {listen(`["192.0.2.10", "2001:db8::10"]`, `[80, "443", "8000-8001"]`), `
service.web.tcp["192.0.2.10:443"] = tcp 192.0.2.10:443
service.web.tcp["192.0.2.10:443"].server["rs1"] = tcp 192.0.2.10:443 -> 10.0.0.1:443
service.web.tcp["192.0.2.10:80"] = tcp 192.0.2.10:80
service.web.tcp["192.0.2.10:80"].server["rs1"] = tcp 192.0.2.10:80 -> 10.0.0.1:80
service.web.tcp["192.0.2.10:8000"] = tcp 192.0.2.10:8000
service.web.tcp["192.0.2.10:8000"].server["rs1"] = tcp 192.0.2.10:8000 -> 10.0.0.1:8000
service.web.tcp["192.0.2.10:8001"] = tcp 192.0.2.10:8001
service.web.tcp["192.0.2.10:8001"].server["rs1"] = tcp 192.0.2.10:8001 -> 10.0.0.1:8001
service.web.tcp["[2001:db8::10]:443"] = tcp [2001:db8::10]:443
service.web.tcp["[2001:db8::10]:443"].server["rs1"] = tcp [2001:db8::10]:443 -> [2001:db8:1::1]:443
service.web.tcp["[2001:db8::10]:80"] = tcp [2001:db8::10]:80
service.web.tcp["[2001:db8::10]:80"].server["rs1"] = tcp [2001:db8::10]:80 -> [2001:db8:1::1]:80
service.web.tcp["[2001:db8::10]:8000"] = tcp [2001:db8::10]:8000
service.web.tcp["[2001:db8::10]:8000"].server["rs1"] = tcp [2001:db8::10]:8000 -> [2001:db8:1::1]:8000
service.web.tcp["[2001:db8::10]:8001"] = tcp [2001:db8::10]:8001
service.web.tcp["[2001:db8::10]:8001"].server["rs1"] = tcp [2001:db8::10]:8001 -> [2001:db8:1::1]:8001`},
		"firewall mark": {service("listen \"fwmark\" {\n mark = 21\n family = \"ipv6\"\n}"), `
service.web.fwmark["21/ipv6"] = fwmark 21 ipv6
service.web.fwmark["21/ipv6"].server["rs1"] = fwmark 21 ipv6 -> [2001:db8:1::1]:0`},
		"any port": {service("listen \"udp\" {\n addresses = [\"192.0.2.10\"]\n ports = [\"any\"]\n}\npersistence {\n}"), `
service.web.udp["192.0.2.10:0"] = udp 192.0.2.10:0
service.web.udp["192.0.2.10:0"].server["rs1"] = udp 192.0.2.10:0 -> 10.0.0.1:0`},
		"for_each": {`
pool "app" {
  for_each = toset(["a"])
  forward  = "direct"

  server "rs-${each.key}" {
    address = "10.0.0.1"
  }
}

service "tenant" {
  for_each = { a = "192.0.2.20" }

  listen "tcp" {
    addresses = [each.value]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.app[each.key]
}

sync_daemon "s" {
  for_each  = { x = "master" }
  state     = each.value
  interface = "eth0"
}
timeouts {
  udp = 300
}`, `
service.tenant["a"].tcp["192.0.2.20:80"] = tcp 192.0.2.20:80
service.tenant["a"].tcp["192.0.2.20:80"].server["rs1"] = tcp 192.0.2.20:80 -> 10.0.0.1:80
sync_daemon.s["x"] = sync master
timeouts = timeouts`},
		"dynamic": {`
variable "servers" {
  default = { rs1 = 1, rs2 = 2 }
}

pool "web" {
  forward = "tunnel"

  dynamic "server" {
    for_each = var.servers
    iterator = s
    labels   = [s.key]

    content {
      address = "10.0.0.${s.value}"
      dynamic "tunnel" {
        for_each = s.value > 1 ? [7000] : []
        content {
          type = "gue"
          port = tunnel.value
        }
      }
    }
  }
}

service "web" {
  dynamic "listen" {
    for_each = { tcp = [80], udp = pool.web.servers[*].weight }
    labels   = [listen.key]

    content {
      addresses = ["192.0.2.10"]
      ports     = distinct(listen.value)
    }
  }

  scheduler = "rr"
  pool      = true ? pool.web : pool.web
}`, `
service.web.tcp["192.0.2.10:80"] = tcp 192.0.2.10:80
service.web.tcp["192.0.2.10:80"].server["rs1"] = tcp 192.0.2.10:80 -> 10.0.0.1:80
service.web.tcp["192.0.2.10:80"].server["rs2"] = tcp 192.0.2.10:80 -> 10.0.0.2:80
service.web.udp["192.0.2.10:1"] = udp 192.0.2.10:1
service.web.udp["192.0.2.10:1"].server["rs1"] = udp 192.0.2.10:1 -> 10.0.0.1:1
service.web.udp["192.0.2.10:1"].server["rs2"] = udp 192.0.2.10:1 -> 10.0.0.2:1`},
		"references": {`
locals {
  b = cidrhost(local.a, 10)
  a = "192.0.2.0/24"
}

vip "web" {
  addresses = ["${local.b}/32", "2001:DB8::10"]
}

vip "t" {
  for_each  = { x = 1 }
  addresses = [cidrhost(local.a, each.value)]
}
` + listen(`concat(vip.web.addresses, [vip.t["x"].ipv4])`, `[80]`) + `
service "two" {
  listen "tcp" {
    addresses = [vip.web.ipv6]
    ports     = [length(pool.web.servers)]
  }

  scheduler = "rr"
  pool      = pool["web"]
}`, `
service.two.tcp["[2001:db8::10]:1"] = tcp [2001:db8::10]:1
service.two.tcp["[2001:db8::10]:1"].server["rs1"] = tcp [2001:db8::10]:1 -> [2001:db8:1::1]:1
service.web.tcp["192.0.2.10:80"] = tcp 192.0.2.10:80
service.web.tcp["192.0.2.10:80"].server["rs1"] = tcp 192.0.2.10:80 -> 10.0.0.1:80
service.web.tcp["192.0.2.1:80"] = tcp 192.0.2.1:80
service.web.tcp["192.0.2.1:80"].server["rs1"] = tcp 192.0.2.1:80 -> 10.0.0.1:80
service.web.tcp["[2001:db8::10]:80"] = tcp [2001:db8::10]:80
service.web.tcp["[2001:db8::10]:80"].server["rs1"] = tcp [2001:db8::10]:80 -> [2001:db8:1::1]:80`},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.ReplaceAll(c.text, `"rs-${each.key}"`, `"rs1"`)
			got := objects(mustLoad(t, map[string]string{"main.lvs.hcl": text}, hclspec.Source{}))
			if diff := cmp.Diff(strings.TrimSpace(c.want), got); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
		})
	}
}

func TestJSONSyntax(t *testing.T) {
	c := mustLoad(t, map[string]string{"a.lvs.hcl": pools, "b.lvs.json": `{
  "//": "a comment",
  "locals": {"port": 80},
  "service": {
    "web": {
      "for_each": {"x": "192.0.2.10"},
      "listen": {"tcp": {"addresses": ["${each.value}"], "ports": ["${local.port}"]}},
      "scheduler": "rr",
      "persistence": {},
      "pool": "${pool.web}",
      "lifecycle": {"ignore_changes": ["scheduler"]}
    }
  }
}`}, hclspec.Source{})
	want := `service.web["x"].tcp["192.0.2.10:80"] = tcp 192.0.2.10:80
service.web["x"].tcp["192.0.2.10:80"].server["rs1"] = tcp 192.0.2.10:80 -> 10.0.0.1:80`
	if diff := cmp.Diff(want, objects(c)); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
}

func codes(diags hcl.Diagnostics) (out []string) {
	for _, d := range diags {
		out = append(out, hclspec.Code(d))
	}
	return out
}
