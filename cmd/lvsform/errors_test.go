package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// noNode is the code of what is said on a machine that no node block is about.
const noNode = "LVS044"

// A configuration with an error is applied to no node that the error is about; one with warnings alone is applied.
func TestErrorsAreNeverApplied(t *testing.T) {
	root := filepath.Join("..", "..", "testdata", "errors")
	dirs, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		t.Run(dir.Name(), func(t *testing.T) {
			w := newWorld(t)
			t.Chdir(filepath.Join(root, dir.Name()))
			said, err := os.ReadFile("stderr")
			if err != nil {
				t.Fatal(err)
			}
			flags, _ := os.ReadFile("flags")
			args, hosts, _ := strings.Cut(strings.ReplaceAll(string(flags), "\n", " ")+" ", "hostname ")
			machines := []string{"lb1", "lb2", "web1"}
			if hosts != "" {
				machines = strings.Fields(strings.ReplaceAll(hosts, "hostname", ""))
			}
			if dir.Name() == "node-several" {
				return // one machine with several host names
			}
			refused, last := 0, ""
			for _, name := range machines {
				node := w.path(name + ".json")
				code := w.start(append(strings.Fields("apply --auto-approve --driver=file:"+node+" . "+args), "--lock-timeout=0s")...)
				if code == exitError && (strings.Contains(string(said), noNode) || !strings.Contains(w.err, noNode)) {
					refused, last = refused+1, w.err
				}
				if code != exitDone && (code != exitError || exists(node)) {
					t.Errorf("%s: exit code %d, and there is a node: %v\n%s", name, code, exists(node), w.err)
				}
			}
			if wrong := strings.HasPrefix(string(said), "Error:") || strings.Contains(string(said), "\nError:"); wrong != (refused > 0) {
				t.Errorf("refused on %d machines:\n%s", refused, last)
			}
		})
	}
}
