package hclspec_test

import (
	"bytes"
	"path/filepath"
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

// TestNames: what each file of testdata/names declares, by name and key.
func TestNames(t *testing.T) {
	files, err := filepath.Glob("testdata/names/*.lvs.hcl")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(file, ".lvs.hcl")
		t.Run(filepath.Base(name), func(t *testing.T) {
			c := mustLoad(t, map[string]string{"main.lvs.hcl": readFile(t, file)}, hclspec.Source{})
			golden(t, name+".txt", objects(c)+"\n")
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
