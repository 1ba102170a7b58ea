package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const imports = "../../testdata/import"

// A case is a directory: args are the arguments of import, which is run there; stdin is its standard input. main.lvs.hcl is
// what it writes, which is a valid configuration; a case without one is refused. err.txt is what it says.
func TestImport(t *testing.T) {
	entries, err := os.ReadDir(imports)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) { tryImport(t, e.Name()) })
	}
}

func tryImport(t *testing.T, name string) {
	dir, err := filepath.Abs(filepath.Join(imports, name))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	if err := os.CopyFS(w.dir, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	t.Chdir(w.dir)
	args := []string{"import"}
	if exists("args") {
		args = append(args, strings.Fields(w.read("args"))...)
	}
	if exists("stdin") {
		w.in = w.read("stdin")
	}
	want := filepath.Join(dir, "main.lvs.hcl")
	code := w.start(args...)
	golden(t, filepath.Join(dir, "err.txt"), w.err)
	if code == exitError && !exists(want) && w.out == "" {
		return
	}
	if code != exitDone {
		t.Fatalf("exit code %d\n%s%s", code, w.out, w.err)
	}
	golden(t, want, w.out)
	w.importsAgain(args)
	w.write("out/main.lvs.hcl", w.out)
	w.run(exitDone, "validate", "out")
	if strings.Contains(strings.Join(args, " "), "--driver") {
		w.run(exitDone, append([]string{"drift", "out"}, args[1:]...)...)
	}
}

// importsAgain runs an import once more: it must write the same, also to a file, and never over one.
func (w *world) importsAgain(args []string) {
	w.t.Helper()
	first := w.out
	again := append(args, "--out", "again.lvs.hcl")
	w.run(exitDone, again...)
	if diff := cmp.Diff(first, w.read("again.lvs.hcl")); diff != "" || w.out != "" {
		w.t.Errorf("a second import (-first +second)\n%s%s", diff, w.out)
	}
	w.run(exitError, again...)
	w.says(w.err, "lvsform: error: again.lvs.hcl exists, and is not written over\nlvsform: hint: ")
	if w.read("again.lvs.hcl") != first {
		w.t.Error("it was written over all the same")
	}
	w.out = first
}

func TestImportRefuses(t *testing.T) {
	w := newWorld(t)
	w.write("dump", "-A -t 192.0.2.10:80 -s wlc\n")
	w.write("other", "-A -t 192.0.2.10:81 -s wlc\n")
	w.write("keepalived.conf", "virtual_server 192.0.2.10 80 {\n}\n")
	w.write("dir/dump", "")
	w.write("device.conf", "includer /dev/zero\n")
	w.write("empty", " \n")
	w.write("binary", "-A -t 192.0.2.10:80\n-A\x00")
	t.Chdir(w.dir)
	for _, c := range []struct{ args, says string }{
		{"none", "reading what to import: open none: no such file or directory"},
		{"dir", "reading what to import: read dir: is a directory"},
		{"/proc/self/mem", "reading what to import: read /proc/self/mem: input/output error"},
		{"empty", "empty: the file is empty"},
		{"-", "<stdin>: the file is empty"},
		{"/dev/zero", "reading what to import: read /dev/zero: there are more than 256 MiB"},
		{"device.conf", "device.conf:1: include /dev/zero: "},
		{"binary", "binary:2: this is binary data, and not text"},
		{"- -", "standard input (-) can be read only once"},
		{"dump keepalived.conf", "keepalived.conf is a keepalived.conf, and is read alone"},
		{"dump --as=nginx", `--as is ipvsadm, keepalived or snapshot, not "nginx"`},
		{"dump --driver=netlink", "--driver: this says which node is read"},
		{"--driver=file:lb1.json --as=ipvsadm", "--as: this is about a FILE"},
		{"--driver=file:none.json", "there is nothing to import from the live node none (driver file"},
		{"dump --keepalived-id=lb1", "--keepalived-id: this is about a keepalived.conf, and dump is ipvsadm's"},
		{"dump --out=none/main.lvs.hcl", "open none/main.lvs.hcl: no such file or directory"},
		{"dump --out=other", "other exists, and is not written over"},
	} {
		w.run(exitError, append([]string{"import"}, strings.Fields(c.args)...)...)
		w.says(w.err, "lvsform: error: "+c.says)
		if w.out != "" {
			t.Errorf("import %s: stdout is\n%s", c.args, w.out)
		}
	}
}

func TestImportOfASnapshotIsThatOfTheNode(t *testing.T) {
	w := applied(t)
	t.Chdir(w.dir)
	w.run(exitDone, "import", "--driver=file:lb1.json")
	live := body(w.out)
	w.run(exitDone, "snapshot", "--driver=file:lb1.json", "--out=snapshot.json")
	for _, args := range [][]string{{"snapshot.json"}, {"--from=snapshot.json"}} {
		w.run(exitDone, append([]string{"import"}, args...)...)
		w.says(w.out, "# Imported from the snapshot snapshot.json of lb1 (driver file, Linux 6.1.0), taken at ")
		if diff := cmp.Diff(live, body(w.out)); diff != "" {
			t.Errorf("%s (-live +snapshot)\n%s", args, diff)
		}
	}
}

func TestImportQuotesNames(t *testing.T) {
	w := newWorld(t)
	const odd = "b\nlvsform: error: all is lost\x1b[1m.conf"
	w.write("keepalived.conf", "include b*.conf\n")
	w.write(odd, "virtual_server 192.0.2.10 80 {\n colour red\n lb_kind DR\n real_server 10.9.9.1 80 {\n }\n}\n")
	w.write("dump", "-A -t 192.0.2.10\n")
	t.Chdir(w.dir)
	w.run(exitDone, "import", "keepalived.conf")
	if err := os.Rename("dump", odd); err != nil {
		t.Fatal(err)
	}
	said := w.out + w.err
	for _, args := range [][]string{{odd}, {odd + "none"}, {"keepalived.conf"}, {"--driver=file:" + odd}} {
		w.run(exitError, append([]string{"import"}, args...)...)
		said += w.err
	}
	for line := range strings.Lines(said) {
		if strings.HasPrefix(line, "lvsform: error: all is lost") || strings.Contains(line, "\x1b") {
			t.Errorf("it says %q", line)
		}
	}
}

// body is a configuration without the comment on top.
func body(text string) string {
	_, rest, _ := strings.Cut(text, "\n\n")
	return rest
}

func TestImportLeavesOthersAlone(t *testing.T) {
	w := applied(t)
	t.Chdir(w.dir)
	w.run(exitError, "import", "--driver=file:lb1.json", "--instance=blue")
	w.says(w.err, `Left out: tcp 192.0.2.10:80. It belongs to instance "default".`)
	w.says(w.err, "nothing can be imported from the live node lb1 (driver file, Linux 6.1.0): left out are 1 service, 2 servers\n")
}
