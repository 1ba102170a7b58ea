package hclspec_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/lvsform/lvsform/spec/hclspec"
)

func TestZZ(t *testing.T) {
	c, diags := hclspec.Load(hclspec.Source{Dir: os.Getenv("ZZ"), Node: os.Getenv("ZN")})
	var b bytes.Buffer
	_ = hclspec.WriteDiagnostics(&b, c.Files, diags, 100, false)
	fmt.Println(b.String())
	for _, n := range c.Nodes {
		fmt.Println("== node", n.Name, n.Match, n.Roles, n.Address, n.Evaluated, n.Desired.Elsewhere)
		var out []string
		for k, v := range n.Desired.State.All() {
			o := n.Desired.Objects[k]
			out = append(out, fmt.Sprintf("%s | %s = %v  %v q=%v m=%v", o.Name, k, v, o.Announce, o.Quiet, o.Minimum))
		}
		slices.Sort(out)
		for _, l := range out {
			fmt.Println("  ", l)
		}
	}
}
