package hclspec_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/lvsform/lvsform/spec/hclspec"
)

func TestDiagnosticsJSON(t *testing.T) {
	text := strings.Replace(weights, "10.0.0.1", "10.0.0.300", 1) + "\ncheck \"c\" {\n  assert {\n    condition     = false\n    error_message = \"a < b\"\n  }\n}\n"
	c, diags := load(t, map[string]string{"main.lvs.hcl": text})
	golden(t, "testdata/diagnostics.json", string(hclspec.DiagnosticsJSON(c.Files, diags)))
	want := `{
  "format_version": "1.0",
  "valid": true,
  "error_count": 0,
  "warning_count": 0,
  "diagnostics": []
}
`
	if diff := cmp.Diff(want, string(hclspec.DiagnosticsJSON(nil, nil))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func printed(c *hclspec.Config, diags hcl.Diagnostics) string {
	var b bytes.Buffer
	_ = hclspec.WriteDiagnostics(&b, c.Files, diags, 60, false)
	return b.String()
}

// TestLongFile: a diagnostic late in a file has its line, and a long value is told by its first line.
func TestLongFile(t *testing.T) {
	var b strings.Builder
	b.WriteString(strings.Repeat("# é\n", 50000) + "variable \"a\" {\n  type    = number\n  default = [\n")
	for i := range 100 {
		fmt.Fprintf(&b, "    %d,\n", i)
	}
	b.WriteString("  ]\n}\n")
	c, diags := load(t, map[string]string{"main.lvs.hcl": b.String()})
	want := `Error: Unsuitable value [LVS034]

  on main.lvs.hcl line 50003, in variable "a":
50003:   default = [

The value for var.a does not have the type that the variable
declares: number required, but have tuple.

`
	if diff := cmp.Diff(want, printed(c, diags)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNoDirectory(t *testing.T) {
	for _, c := range []struct{ dir, want string }{
		{"print_test.go", "Error: No directory [LVS010]\n\nA configuration is all files of one directory, and\nprint_test.go is a file: name its directory.\n\n"},
		{"none", "Error: Unreadable directory [LVS010]\n\nThe configuration cannot be read: open none: no such file or\ndirectory.\n\n"},
		{"", "Error: No configuration [LVS010]\n\nThere is no *.lvs.hcl and no *.lvs.json in .: name a\ndirectory that has one.\n\n"},
	} {
		config, diags := hclspec.Load(hclspec.Source{Dir: c.dir})
		if diff := cmp.Diff(c.want, printed(config, diags)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.dir, diff)
		}
	}
}

func TestFilesOfTheSystem(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "main.lvs.hcl"), weights)
	writeFile(t, filepath.Join(dir, ".hidden.lvs.hcl"), "not HCL")
	writeFile(t, filepath.Join(dir, "backup.lvs.hcl~"), "not HCL")
	c := mustLoadDir(t, dir)
	if _, ok := c.Files[filepath.Join(dir, "main.lvs.hcl")]; !ok || len(c.Files) != 1 {
		t.Errorf("files %v", c.Files)
	}
	same, _ := load(t, map[string]string{"main.lvs.hcl": weights})
	if c.Digest != same.Digest {
		t.Error("the digest depends on where the directory is")
	}
}

func mustLoadDir(t *testing.T, dir string) *hclspec.Config {
	t.Helper()
	c, diags := hclspec.Load(hclspec.Source{Dir: dir})
	if diags.HasErrors() {
		t.Fatal(printed(c, diags))
	}
	return c
}

func TestFmt(t *testing.T) {
	got, diags := hclspec.Fmt([]byte("vip \"a\" {\naddresses=[ \"192.0.2.1\" ]\n}\n"), "a.lvs.hcl")
	if want := "vip \"a\" {\n  addresses = [\"192.0.2.1\"]\n}\n"; string(got) != want || len(diags) > 0 {
		t.Errorf("%s %v", got, diags)
	}
	if _, diags := hclspec.Fmt([]byte("vip {"), "a.lvs.hcl"); !hasCode(diags, "LVS001") {
		t.Error(diags)
	}
	if got, diags := hclspec.Fmt([]byte(`{"vip" : {}}`), "a.lvs.json"); string(got) != `{"vip" : {}}` || len(diags) > 0 {
		t.Errorf("%s %v", got, diags)
	}
}
