//go:build linux

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
)

// A kernel does and says what a node in a file does, and ipvsadm is the judge of the table.
func TestKernelIpvsctl(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`(?m)(^| on | node )` + regexp.QuoteMeta(host) + `([ ,:])`)
	kernel := regexp.MustCompile(`Linux [0-9][^ ,)]*`)
	driver := regexp.MustCompile(`\bdriver netlink\b`)
	touchesNode := regexp.MustCompile(`(?m)^\$ (ipvsadm|.*lvsform (apply|import|plan)) `)
	everyScenario(t, func(t *testing.T, dir, fixture string) {
		text, err := os.ReadFile(filepath.Join(dir, "run.txt"))
		if err != nil {
			t.Fatal(err)
		}
		if !touchesNode.Match(text) {
			return
		}
		s := newScenario(t, newKernelWorld(t), dir, fixture)
		s.judge = func(args []string) string { return drivertest.Run(t, args[0], args[1:]...) }
		s.seed("live.json")
		got := name.ReplaceAllString(s.play(string(text)), "${1}lb1$2")
		golden(t, filepath.Join(dir, "run.txt"), driver.ReplaceAllString(kernel.ReplaceAllString(got, "Linux 6.1.0"), "driver file"))
	})
}
