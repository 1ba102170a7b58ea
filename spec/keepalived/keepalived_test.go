package keepalived_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/keepalived"
)

var update = flag.Bool("update", false, "rewrite expected output")

const cases = "../../testdata/keepalived"

// dir is the files of a directory of the system.
type dir string

func (d dir) ReadFile(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(d), name))
}
func (d dir) Stat(name string) (fs.FileInfo, error) { return os.Stat(filepath.Join(string(d), name)) }

func (d dir) Glob(pattern string) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(string(d), pattern))
	for i, name := range names {
		names[i], _ = filepath.Rel(string(d), name)
	}
	return names, err
}

// memory is files by name.
type memory map[string]string

func (m memory) ReadFile(name string) ([]byte, error) {
	if text, ok := m[name]; ok {
		return []byte(text), nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (m memory) Glob(pattern string) (out []string, err error) {
	for name := range m {
		ok, err := filepath.Match(pattern, name)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// A case is a directory with keepalived.conf and what it includes: want.json is the state and left.txt the addresses and
// what is left out; error.txt is what is said of a configuration that is refused, and whose name begins with error-. The file id
// holds the configuration id. Secrets in it have "s3cret" in them, and are not told.
func TestCases(t *testing.T) {
	entries, err := os.ReadDir(cases)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			at := filepath.Join(cases, e.Name())
			id, _ := os.ReadFile(filepath.Join(at, "id"))
			c, err := keepalived.Load("keepalived.conf", dir(at), string(id))
			if refused := strings.HasPrefix(e.Name(), "error-"); refused != (err != nil) {
				t.Fatalf("refused: %t, want %t: %v", err != nil, refused, err)
			}
			if err != nil {
				golden(t, filepath.Join(at, "error.txt"), err.Error()+"\n")
				return
			}
			state, err := json.MarshalIndent(c.State, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join(at, "want.json"), string(state)+"\n")
			golden(t, filepath.Join(at, "left.txt"), text(c))
		})
	}
}

// Passwords stand in these files, and so may what does not belong there. Wherever a line with one is put, and whichever line
// one is added to, it is not told.
func TestSecretsAreNotTold(t *testing.T) {
	names, err := filepath.Glob(cases + "/*/*.conf")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		whole, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(whole) > 10000 {
			continue // there is more of the same in it
		}
		lines := strings.Split(string(whole), "\n")
		for i, line := range lines {
			for _, secret := range []string{"auth_pass s3cret", "root:$6$s3cret:1::::", `"s3cret word"`, "auth_pass s3cret {", "@s3cret!", "~SEQ(s3cret"} {
				untold(t, slices.Concat(lines[:i], []string{secret}, lines[i:]))
			}
			if brace := strings.TrimSuffix(line, "{"); !strings.Contains(line, "include") {
				untold(t, slices.Concat(lines[:i], []string{brace + " auth_pass s3cret" + line[len(brace):]}, lines[i+1:]))
			}
		}
	}
}

func untold(t *testing.T, lines []string) {
	t.Helper()
	whole := strings.Join(lines, "\n")
	c, err := keepalived.Load("keepalived.conf", memory{"keepalived.conf": whole}, "")
	told := fmt.Sprint(err)
	if err == nil {
		told = text(c)
	}
	if strings.Contains(told, "s3cret") {
		t.Errorf("%s\nof\n%s", told, whole)
	}
}

func text(c *keepalived.Config) string {
	var b strings.Builder
	for _, v := range c.VIPs {
		fmt.Fprintf(&b, "%s: VIP %s on %s: %v\n", v.Place, v.Name, v.Interface, v.Addresses)
	}
	for _, l := range c.Left {
		fmt.Fprintf(&b, "%s: %s: %s\n", l.Place, map[keepalived.Fate]string{keepalived.Missing: "missing", keepalived.Taken: "taken", keepalived.Beside: "beside"}[l.Fate], l)
	}
	return b.String()
}

// golden compares with a file, or writes it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestMissingFile(t *testing.T) {
	if _, err := keepalived.Load("keepalived.conf", memory{}, ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestFilesInTheOrderOfReading(t *testing.T) {
	files := memory{
		"etc/keepalived.conf": "include conf.d/*.conf\ninclude last\n",
		"etc/conf.d/b.conf":   "include ../last\n",
		"etc/conf.d/a.conf":   "",
		"etc/conf.d/.c.conf":  "",
		"etc/last":            "",
	}
	c, err := keepalived.Load("etc/keepalived.conf", files, "")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"etc/keepalived.conf", "etc/conf.d/a.conf", "etc/conf.d/b.conf", "etc/last"}
	if diff := cmp.Diff(want, c.Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// Whatever is written there: no panic, no hang, and an error says where it is.
func FuzzLoad(f *testing.F) {
	names, err := filepath.Glob(cases + "/*/*.conf")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), "$A=1\n")
	}
	f.Fuzz(func(t *testing.T, main, other string) {
		files := memory{"keepalived.conf": main, "other.conf": other}
		c, err := keepalived.Load("keepalived.conf", files, "")
		if err != nil {
			if located := new(keepalived.Error); !errors.As(err, &located) || located.Place.Line < 1 || files[located.Place.File] == "" {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		for _, l := range c.Left {
			if l.Place.Line < 1 || l.Text == "" || l.Fate > keepalived.Beside {
				t.Fatalf("left without a place: %v", l)
			}
		}
		for k := range c.State.Destinations {
			if _, ok := c.State.Services[k.Service]; !ok {
				t.Fatalf("%s has no service", k)
			}
		}
		again, err := keepalived.Load("keepalived.conf", files, "")
		if err != nil || !again.State.Equal(c.State) {
			t.Fatalf("read again: %v", err)
		}
		spec.Validate(c.State)
	})
}

func BenchmarkLoad(b *testing.B) {
	var conf strings.Builder
	for s := range 5000 {
		fmt.Fprintf(&conf, "virtual_server 10.%d.%d.1 80 {\n  protocol TCP\n  lb_algo wlc\n  lb_kind DR\n", s/256, s%256)
		for r := range 10 {
			fmt.Fprintf(&conf, "  real_server 10.%d.%d.%d 80 { # rack %d\n    weight 5\n    TCP_CHECK {\n      connect_timeout 3\n    }\n  }\n", 64+s/256, s%256, r+1, r)
		}
		conf.WriteString("}\n")
	}
	files := memory{"keepalived.conf": conf.String()}
	b.SetBytes(int64(conf.Len()))
	for b.Loop() {
		c, err := keepalived.Load("keepalived.conf", files, "")
		if err != nil || len(c.State.Destinations) != 50000 {
			b.Fatal(len(c.State.Destinations), err)
		}
	}
}
