package main

import (
	"github.com/hashicorp/hcl/v2"
)

// diagnostics tells of what is wrong with a configuration.
func (p *program) diagnostics(files map[string]*hcl.File, diags hcl.Diagnostics) {
	w := hcl.NewDiagnosticTextWriter(p.err, files, uint(p.err.width), p.env.color(p.err, p.color))
	_ = w.WriteDiagnostics(diags)
}
