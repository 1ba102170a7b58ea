package main

import (
	"errors"
	"os"
	"syscall"
	"testing"
)

// What is in the directory of the snapshots and is none is not taken for a snapshot that is missing.
func TestSnapshotsThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	w.write("etc/main.lvs.hcl", twoNodes)
	w.mkdir("snapshots")
	for _, node := range []string{"lb1.example.net", "lb2", "a", "b"} {
		w.run(exitDone, "snapshot", "--out", w.path("snapshots/"+node+".json"), "--driver=file:"+w.path(node+".json"))
	}
	whole := w.read("snapshots/b.json")
	path := w.path("snapshots/b.json")
	plan := func(code int) { w.run(code, "plan", "--node=all", "--from", w.path("snapshots"), w.path("etc")) }
	for what, c := range map[string]struct {
		make func() error
		says string
	}{
		"a directory":   {func() error { return os.Mkdir(path, 0o755) }, "reading the snapshot: read " + path + ": is a directory"},
		"a pipe":        {func() error { return syscall.Mkfifo(path, 0o600) }, "reading the snapshot: read " + path + ": not a regular file"},
		"a broken link": {func() error { return os.Symlink("none", path) }, "reading the snapshot: open " + path + ": no such file or directory"},
		"a link to itself, which root cannot read either": {func() error { return os.Symlink("b.json", path) }, "reading the snapshot: open " + path + ": too many levels of symbolic links"},
		"cut short": {func() error { return os.WriteFile(path, []byte(whole[:100]), 0o644) }, "the snapshot " + path + " cannot be used: "},
	} {
		if err := errors.Join(os.RemoveAll(path), c.make()); err != nil {
			t.Fatal(what, err)
		}
		plan(exitError)
		w.says(w.err, "error: "+c.says)
		w.says(w.err, "hint: --from names a directory with nothing in it but a snapshot of each node")
	}
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	w.write("snapshots/b.json", whole)
	w.write("snapshots/.git/config", "")
	w.write("snapshots/.b.json.swp", "")
	plan(exitDone)
}

// Plans, snapshots and dumps that are named may come through a pipe, as <(…) makes them.
func TestWhatIsNamedMayBeAPipe(t *testing.T) {
	w := applied(t)
	w.run(exitDone, "plan", w.node(), "--no-drain", "--out", w.path("plan"), w.path("next"))
	w.run(exitDone, "snapshot", w.node(), "--out", w.path("snapshot"))
	w.run(exitDone, "export", "--format=ipvsadm", "--out", w.path("dump"), w.path("first"))
	pipe := w.path("pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file string
		args []string
	}{
		{"plan", []string{"show", pipe}}, {"plan", []string{"apply", w.node(), pipe}}, {"snapshot", []string{"status", "--from", pipe}},
		{"snapshot", []string{"plan", "--from", pipe, w.path("next")}},
		{"snapshot", []string{"import", pipe}}, {"dump", []string{"import", pipe}},
	} {
		text := w.read(c.file)
		go os.WriteFile(pipe, []byte(text), 0)
		w.run(exitDone, c.args...)
	}
}
