//go:build linux

package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec/keepalived"
)

// The addresses of VRRP that are left out because of their family are those that keepalived itself ignores.
func TestKernelKeepalivedFamilies(t *testing.T) {
	newKernelWorld(t)
	drivertest.Run(t, "ip", "link", "add", "eth1", "type", "dummy")
	path, err := filepath.Abs(filepath.Join(keepalivedCases, "vrrp-families", "keepalived.conf"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := keepalived.Load(path, hostFiles{}, "")
	if err != nil {
		t.Fatal(err)
	}
	var ours, theirs []string
	for _, l := range c.Left {
		if strings.Contains(l.Text, " as the instance is: ") {
			ours = append(ours, strconv.Itoa(l.Place.Line))
		}
	}
	said, _ := exec.Command("keepalived", "--config-test", "--use-file", path).CombinedOutput() // it has more against the file
	for _, m := range regexp.MustCompile(`Line (\d+)\).*address family must match`).FindAllSubmatch(said, -1) {
		theirs = append(theirs, string(m[1]))
	}
	if diff := cmp.Diff(theirs, ours); diff != "" || len(ours) == 0 {
		t.Errorf("lines (-keepalived +lvsform)\n%s\n%s", diff, said)
	}
}
