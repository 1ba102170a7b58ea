package hclspec_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
)

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// weights declares a variable and uses it as the weight of the only server.
const weights = `
variable "weight" {
  type    = number
  default = 1
}

variable "servers" {
  type = map(object({
    address = string
    weight  = optional(number, 100)
    note    = optional(string)
  }))
  default   = { rs1 = { address = "10.0.0.1" } }
  sensitive = true
}

pool "web" {
  forward = "direct"

  server "rs1" {
    address = var.servers.rs1.address
    weight  = var.weight * var.servers.rs1.weight
  }
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}
`

func TestVariables(t *testing.T) {
	files := map[string]string{
		"b.auto.lvsvars.hcl":  "weight = 4\n",
		"a.auto.lvsvars.json": `{"weight": 3}`,
		"c.lvsvars.hcl":       "weight = 6\n",
		"d.lvsvars.hcl":       "weight = 7\nwieght = 1\n",
	}
	env := []string{"PATH=/bin", "LVSFORM_VAR_weight=2", "LVSFORM_VAR_undeclared=1"}
	assign := func(text string) hclspec.VarFlag { return hclspec.VarFlag{Assign: text} }
	file := func(name string) hclspec.VarFlag { return hclspec.VarFlag{File: name} }
	for name, c := range map[string]struct {
		files  string
		env    []string
		flags  []hclspec.VarFlag
		weight uint32
		codes  []string
	}{
		"default":              {"", nil, nil, 100, nil},
		"environment":          {"", env, nil, 200, nil},
		"auto file":            {"a.auto.lvsvars.json", env, nil, 300, nil},
		"auto files by name":   {"a.auto.lvsvars.json b.auto.lvsvars.hcl", env, nil, 400, nil},
		"flag":                 {"a.auto.lvsvars.json", env, []hclspec.VarFlag{assign("weight=5")}, 500, nil},
		"file after flag":      {"c.lvsvars.hcl", env, []hclspec.VarFlag{assign("weight=5"), file("c.lvsvars.hcl")}, 600, nil},
		"flag after file":      {"c.lvsvars.hcl", env, []hclspec.VarFlag{file("c.lvsvars.hcl"), assign("weight=5")}, 500, nil},
		"undeclared in a file": {"d.lvsvars.hcl", nil, []hclspec.VarFlag{file("d.lvsvars.hcl")}, 700, []string{"LVS208"}},
		"undeclared flag":      {"", nil, []hclspec.VarFlag{assign("wieght=1")}, 100, []string{"LVS037"}},
		"an expression":        {"", nil, []hclspec.VarFlag{assign(`servers={ rs1 = { address = "10.0.0.1", weight = 9 } }`)}, 9, nil},
		"default by type":      {"", []string{`LVSFORM_VAR_servers={"rs1": {"address": "10.0.0.1"}}`}, nil, 100, nil},
		"unsuitable":           {"", nil, []hclspec.VarFlag{assign("weight=heavy")}, 0, []string{"LVS034"}},
	} {
		t.Run(name, func(t *testing.T) {
			all := map[string]string{"main.lvs.hcl": weights}
			for _, name := range strings.Fields(c.files) {
				all[name] = files[name]
			}
			got, diags := loadFrom(t, all, hclspec.Source{Environ: c.env, Vars: c.flags})
			if diff := cmp.Diff(c.codes, codes(diags)); diff != "" {
				t.Errorf("codes (-want +got):\n%s\n%v", diff, diags)
			}
			k, _ := spec.ParseKey("tcp 192.0.2.10:80 -> 10.0.0.1:80")
			if c.weight > 0 {
				if d, _ := got.Chosen.Desired.State.Get(k).(spec.Destination); d.Weight != c.weight {
					t.Errorf("weight %d, want %d", d.Weight, c.weight)
				}
			}
		})
	}
}

func TestDigest(t *testing.T) {
	text := weights + "\nlocals {\n  note = file(\"note.txt\")\n}\n"
	digest := func(weight, note, auto string, flags ...hclspec.VarFlag) string {
		files := map[string]string{"main.lvs.hcl": strings.Replace(text, "= 1\n", "= "+weight+"\n", 1), "note.txt": note, "README.md": auto + note}
		if auto != "" {
			files["x.auto.lvsvars.hcl"] = auto
		}
		c, diags := loadFrom(t, files, hclspec.Source{Vars: flags, Environ: []string{"HOME=" + note}})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		return c.Digest
	}
	base := digest("1", "n", "")
	if again := digest("1", "n", ""); again != base || len(base) != 64 {
		t.Errorf("%s and %s", base, again)
	}
	seen := map[string]string{base: "base"}
	for name, d := range map[string]string{
		"another default": digest("2", "n", ""), "another file": digest("1", "m", ""), "auto": digest("1", "n", "weight = 1\n"),
		"flag": digest("1", "n", "", hclspec.VarFlag{Assign: "weight=1"}),
	} {
		if other, ok := seen[d]; ok {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[d] = name
	}
}

func TestChecksAndWarnings(t *testing.T) {
	c, diags := load(t, map[string]string{"main.lvs.hcl": weights + `
check "capacity" {
  assert {
    condition     = length(pool.web.servers) >= 2 && alltrue([for s in service.web.listeners : startswith(s, "tcp")])
    error_message = "Only ${length(pool.web.servers)} server."
  }

  assert {
    condition     = true
    error_message = "Never said."
  }
}
`})
	if diff := cmp.Diff([]string{"LVS207"}, codes(diags)); diff != "" || diags.HasErrors() {
		t.Errorf("codes (-want +got):\n%s\n%v", diff, diags)
	}
	if diff := cmp.Diff([]string{"check.capacity: Only 1 server."}, c.Chosen.Desired.Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestFunctions(t *testing.T) {
	files := map[string]string{"t.tmpl": "%{ for a in list ~}\n${upper(a)};%{ endfor }", "n.txt": "port"}
	for expr, want := range map[string]string{
		`cidrhost("192.0.2.0/24", 10)`:                     `"192.0.2.10"`,
		`cidrhost("192.0.2.0/24", -2)`:                     `"192.0.2.254"`,
		`cidrhost("2001:db8::/32", pow(2, 40))`:            `"2001:db8::100:0:0"`,
		`cidrnetmask("192.0.2.0/26")`:                      `"255.255.255.192"`,
		`cidrsubnet("10.0.0.0/8", 8, 3)`:                   `"10.3.0.0/16"`,
		`join(" ", cidrsubnets("10.0.0.0/8", 8, 4, 8))`:    `"10.0.0.0/16 10.16.0.0/12 10.32.0.0/16"`,
		`cidrcontains("10.0.0.0/8", "10.2.0.0/16")`:        `true`,
		`cidrcontains("10.0.0.0/8", "11.0.0.1")`:           `false`,
		`can(cidrhost("192.0.2.0/30", 4))`:                 `false`,
		`can(cidrhost("192.0.2.0/30", 1e999999999))`:       `false`,
		`can(cidrsubnet("10.0.0.0/31", 2, 0))`:             `false`,
		`try(vip.none.ipv4, "x")`:                          `"x"`,
		`jsondecode("[1]")[0]`:                             `1`,
		`csvdecode("a,b\n1,2")[0].b`:                       `"2"`,
		`base64decode(base64encode("é"))`:                  `"é"`,
		`templatefile("t.tmpl", { list = ["a", "b"] })`:    `"A;B;"`,
		`can(templatefile("t.tmpl", {}))`:                  `false`,
		`file("n.txt")`:                                    `"port"`,
		`can(file("none.txt"))`:                            `false`,
		`length("abc") + length({ a = 1 }) + length([1])`:  `5`,
		`one([]) == null && one(["x"]) == "x"`:             `true`,
		`index(["a", "b"], "b") + sum([1, 2])`:             `4`,
		`anytrue([false]) || alltrue([])`:                  `true`,
		`nonsensitive("x")`:                                `"x"`,
		`endswith("abc", "bc") && startswith("abc", "ab")`: `true`,
		`tostring(8080)`:                                   `"8080"`,
		`lookup({ a = 1 }, "b", 2)`:                        `2`,
	} {
		all := map[string]string{"main.lvs.hcl": weights + "\ncheck \"f\" {\n  assert {\n    condition     = (" + expr + ") != " + want + "\n    error_message = \"equal\"\n  }\n}\n"}
		for name, text := range files {
			all[name] = text
		}
		c, diags := load(t, all)
		if diags.HasErrors() || len(c.Chosen.Desired.Warnings) != 1 {
			t.Errorf("%s is not %s: %v", expr, want, diags)
		}
	}
	for _, name := range []string{"timestamp()", "uuid()", `env("HOME")`, "bcrypt(1)"} {
		if _, diags := load(t, map[string]string{"main.lvs.hcl": "locals {\n  a = " + name + "\n}\n"}); !hasCode(diags, "LVS002") {
			t.Errorf("%s is a function", name)
		}
	}
}
