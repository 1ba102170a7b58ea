package hclspec_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/lvsform/lvsform/spec/hclspec"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata")

// TestErrors: each directory of testdata/errors is a wrong configuration, and stderr is what is said about it. A file
// named flags holds --var, --var-file and --node arguments and host names of the machine, one in each line.
func TestErrors(t *testing.T) {
	root := filepath.Join("..", "..", "testdata", "errors")
	dirs, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) < 60 {
		t.Errorf("%d cases", len(dirs))
	}
	for _, dir := range dirs {
		t.Run(dir.Name(), func(t *testing.T) {
			t.Chdir(filepath.Join(root, dir.Name()))
			c, diags := hclspec.Load(flags(t))
			var out bytes.Buffer
			if err := hclspec.WriteDiagnostics(&out, c.Files, diags, 100, false); err != nil {
				t.Fatal(err)
			}
			for _, d := range diags {
				if d.Subject == nil || hclspec.Code(d) == "" || d.Detail == "" || d.Summary == "" {
					t.Errorf("%v: code %q, subject %v", d, hclspec.Code(d), d.Subject)
				}
			}
			if *update {
				if err := os.WriteFile("stderr", out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, _ := os.ReadFile("stderr")
			if diff := cmp.Diff(string(want), out.String()); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
			if len(diags) == 0 {
				t.Error("nothing is wrong")
			}
		})
	}
}

func flags(t *testing.T) hclspec.Source {
	src := hclspec.Source{Dir: ".", Version: "0.1.0"}
	text, err := os.ReadFile("flags")
	if err != nil {
		return src
	}
	for line := range strings.Lines(string(text)) {
		name, val, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch name {
		case "--var":
			src.Vars = append(src.Vars, hclspec.VarFlag{Assign: val})
		case "--var-file":
			src.Vars = append(src.Vars, hclspec.VarFlag{File: val})
		case "--node":
			src.Node = val
		case "hostname":
			src.Hostnames = append(src.Hostnames, val)
		default:
			t.Fatalf("flag %q", line)
		}
	}
	return src
}

// TestCodes: every code that the source can give is documented, every documented one exists, and each has a case.
func TestCodes(t *testing.T) {
	code := regexp.MustCompile(`LVS\d{3}`)
	codesIn := func(pattern string) (out []string) {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, code.FindAllString(string(text), -1)...)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	without := func(all []string, known ...string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(c string) bool { return slices.Contains(known, c) })
	}
	source := append(codesIn("*.go"), codesIn("../*.go")...)
	slices.Sort(source)
	source = slices.Compact(source)
	documented := codesIn("../../docs/diagnostics.md")
	if diff := cmp.Diff(source, documented); diff != "" {
		t.Errorf("codes (-source +docs/diagnostics.md):\n%s", diff)
	}
	// Some rules of the model cannot be broken in the language, which has no words for it.
	silent := []string{
		"LVS098", // a mistake of lvsform itself
		"LVS101", "LVS104", "LVS108", "LVS109", "LVS121", "LVS122", "LVS125", "LVS126", "LVS130", "LVS132", "LVS133", "LVS135", "LVS150",
	}
	for _, c := range without(source, append(silent, codesIn("../../testdata/errors/*/stderr")...)...) {
		t.Errorf("no case in testdata/errors shows %s", c)
	}
}

func hasCode(diags hcl.Diagnostics, code string) bool {
	return slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool { return hclspec.Code(d) == code })
}
