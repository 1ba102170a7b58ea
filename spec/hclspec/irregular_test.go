package hclspec_test

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/spec/hclspec"
)

// What is no regular file is neither waited for nor left out, whatever it is called.
func TestOnlyRegularFilesAreRead(t *testing.T) {
	pipe := func(name string) error { return syscall.Mkfifo(name, 0o600) }
	for what, at := range map[string]struct {
		name string
		make func(string) error
	}{
		"a pipe":                     {"x.lvs.hcl", pipe},
		"a pipe for JSON":            {"x.lvs.json", pipe},
		"a pipe for variables":       {"x.auto.lvsvars.hcl", pipe},
		"a pipe that is a template":  {"template", pipe},
		"a socket":                   {"x.lvs.hcl", func(name string) error { _, err := net.Listen("unix", name); return err }},
		"a device":                   {"x.lvs.hcl", func(name string) error { return os.Symlink("/dev/zero", name) }},
		"a directory":                {"x.lvs.hcl", func(name string) error { return os.Mkdir(name, 0o755) }},
		"a link to a directory":      {"x.lvs.hcl", func(name string) error { return os.Symlink(".", name) }},
		"a pipe behind another link": {"x.lvs.hcl", func(name string) error { return errors.Join(pipe("pipe"), os.Symlink("pipe", name)) }},
	} {
		t.Run(what, func(t *testing.T) {
			t.Chdir(t.TempDir())
			text := "locals {\n  a = 1\n}\n"
			if at.name == "template" {
				text = "locals {\n  a = templatefile(\"template\", {})\n}\n"
			}
			if err := errors.Join(at.make(at.name), os.WriteFile("main.lvs.hcl", []byte(text), 0o644)); err != nil {
				t.Fatal(err)
			}
			c, diags := hclspec.Load(hclspec.Source{Dir: "."})
			var out bytes.Buffer
			if err := hclspec.WriteDiagnostics(&out, c.Files, diags, 200, false); err != nil {
				t.Fatal(err)
			}
			want := "read " + at.name + ": not a regular file"
			if strings.HasSuffix(what, "directory") {
				want = "read " + at.name + ": is a directory"
			}
			if len(diags) != 1 || !diags.HasErrors() || !strings.Contains(out.String(), want) {
				t.Errorf("it says\n%s\nwithout %q", out.String(), want)
			}
		})
	}
}

// What --var-file names is read, whatever it is: <(…) is a pipe.
func TestVariablesComeFromAPipe(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.lvs.hcl"), []byte("variable \"a\" {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	go os.WriteFile(pipe, []byte("a = 1\n"), 0)
	if _, diags := hclspec.Load(hclspec.Source{Dir: dir, Vars: []hclspec.VarFlag{{File: pipe}}}); diags.HasErrors() {
		t.Error(diags)
	}
}
