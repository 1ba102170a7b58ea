package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coreos/go-systemd/v22/journal"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite expected output")

// world is an environment in which commands are run one after another.
type world struct {
	t   *testing.T
	dir string
	ctx context.Context
	// What a command finds; the zero value is a pipe on all sides.
	in          string
	reader      io.Reader // instead of in
	interactive bool
	terminal    bool // stdout is one
	variables   map[string]string
	files       map[string]string
	journal     []string
	width       int
	// kernel makes the node the running kernel's instead of one in a file.
	kernel bool
	// What the last command left.
	code     int
	out, err string
}

// newWorld is an empty directory with a node lb1.json in it, which is made by the first change.
func newWorld(t *testing.T) *world {
	return &world{t: t, dir: t.TempDir(), ctx: t.Context(), variables: map[string]string{}}
}

// node are the flags that name the node.
func (w *world) node() string {
	if w.kernel {
		return "--driver=netlink"
	}
	return "--driver=file:" + w.path("lb1.json")
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

// run runs a command and expects an exit code.
func (w *world) run(code int, args ...string) {
	w.t.Helper()
	if w.code = w.start(args...); w.code != code {
		w.t.Fatalf("lvsform %s: exit code %d, want %d\nstdout:\n%s\nstderr:\n%s", strings.Join(args, " "), w.code, code, w.out, w.err)
	}
}

func (w *world) start(args ...string) int {
	var out, err bytes.Buffer
	e := env{
		in: strings.NewReader(w.in), out: stream{Writer: &out, terminal: w.terminal}, err: stream{Writer: &err, terminal: w.interactive, width: w.width},
		inTerminal: w.interactive, getenv: func(name string) string { return w.variables[name] },
		readFile: w.readFile, glob: w.glob,
	}
	if w.reader != nil {
		e.in = w.reader
	}
	for name, value := range w.variables {
		e.environ = append(e.environ, name+"="+value)
	}
	if w.journal != nil {
		e.journal = func(text string, _ journal.Priority, fields map[string]string) error {
			w.journal = append(w.journal, fields["LVSFORM_EVENT"]+": "+text)
			return nil
		}
	}
	code := run(w.ctx, args, e)
	w.out, w.err = out.String(), err.String()
	return code
}

func (w *world) readFile(name string) ([]byte, error) {
	if w.files == nil {
		return os.ReadFile(name)
	}
	if text, ok := w.files[name]; ok {
		return []byte(text), nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (w *world) glob(pattern string) (names []string, err error) {
	if w.files == nil {
		return filepath.Glob(pattern)
	}
	for name := range w.files {
		if is, err := filepath.Match(pattern, name); is && err == nil {
			names = append(names, name)
		}
	}
	return names, nil
}

// write makes a file, and the directories that it needs.
func (w *world) write(name, text string) {
	w.t.Helper()
	path := w.path(name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) mkdir(name string) {
	w.t.Helper()
	if err := os.Mkdir(w.path(name), 0o755); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read(name string) string {
	w.t.Helper()
	text, err := os.ReadFile(w.path(name))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// says expects a piece of text on a stream.
func (w *world) says(stream, want string) {
	w.t.Helper()
	if !strings.Contains(stream, want) {
		w.t.Errorf("it says\n%s\nwithout %q", stream, want)
	}
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
