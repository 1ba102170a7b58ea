package hclspec_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
)

func TestValues(t *testing.T) {
	c := mustLoad(t, map[string]string{"main.lvs.hcl": readFile(t, "testdata/values.lvs.hcl")}, hclspec.Source{Version: "0.3.1-dev"})
	got, err := c.Chosen.Desired.State.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/values.json", strings.ReplaceAll(string(got), "},", "},\n")+"\n")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		writeFile(t, name, got)
	}
	if diff := cmp.Diff(readFile(t, name), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestLifecycles(t *testing.T) {
	c := mustLoad(t, map[string]string{"main.lvs.hcl": readFile(t, "testdata/values.lvs.hcl")}, hclspec.Source{Version: "0.3.1-dev"})
	d := c.Chosen.Desired
	pool := &spec.Lifecycle{Ignore: []string{"tunnel_checksum", "tunnel_port", "tunnel_type", "weight"}, IgnoreServers: true, PreventDestroy: true, Drain: 600e9}
	service := &spec.Lifecycle{Ignore: []string{"one_packet", "persistence_engine", "persistence_netmask", "persistence_timeout", "persistent"}, Drain: 600e9}
	web, _ := spec.ParseKey("tcp 192.0.2.10:80")
	rs2, _ := spec.ParseKey("tcp 192.0.2.10:80 -> 10.0.0.12:80")
	for _, c := range []struct {
		name string
		want *spec.Lifecycle
		got  *spec.Lifecycle
	}{
		{"service", service, d.Objects[web].Lifecycle}, {"its servers", pool, d.Objects[web].Pool}, {"destination", pool, d.Objects[rs2].Lifecycle},
		{"block", service, d.Blocks["service.web"]}, {"other block", &spec.Lifecycle{Drain: spec.DefaultDrain}, d.Blocks["service.dns"]},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	if o := d.Objects[rs2]; !o.Maintenance {
		t.Errorf("%+v is in maintenance", o)
	}
	want := spec.Ownership{Unmanaged: spec.UnmanagedIgnore, IgnoreMarks: []spec.MarkRange{{First: 900, Last: 999}, {First: 7, Last: 7}}, IgnoreInterfaces: []string{"eth7"}}
	if len(d.Ownership.IgnoreAddresses) != 2 || d.Ownership.IgnoreAddresses[1].String() != "2001:db8:ffff::1/128" {
		t.Errorf("addresses %v", d.Ownership.IgnoreAddresses)
	}
	d.Ownership.IgnoreAddresses = nil
	if diff := cmp.Diff(want, d.Ownership); diff != "" {
		t.Errorf("ownership (-want +got):\n%s", diff)
	}
	if *d.MaxDestroy != (spec.Limit{N: 50, Percent: true}) {
		t.Errorf("max_destroy %+v", d.MaxDestroy)
	}
}

func TestRequiredVersion(t *testing.T) {
	for constraint, satisfied := range map[string]bool{
		"0.3.1": true, "= 0.3": false, "!= 0.3.1": false, "!= 0.4": true, "> 0.3": true, "> 0.3.1": false, ">= 0.3.1": true, "< 0.3.1": false,
		"<= 0.3.1": true, "~> 0.3.0": true, "~> 0.2.9": false, "~> 0.2": true, "~> 1.0": false, ">= 0.1, < 0.3": false, ">= 0.1, < 1": true,
	} {
		text := "lvsform {\n  required_version = \"" + constraint + "\"\n}\n"
		for version, want := range map[string]bool{"0.3.1": satisfied, "v0.3.1-rc1": satisfied, "": true, "8ccb2b5-dirty": true, "1234567": true} {
			_, diags := loadFrom(t, map[string]string{"main.lvs.hcl": text}, hclspec.Source{Version: version})
			if got := !hasCode(diags, "LVS041"); got != want {
				t.Errorf("%q satisfies %q: %v", version, constraint, got)
			}
		}
	}
}
