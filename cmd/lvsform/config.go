package main

import (
	"os"
	"strings"

	"github.com/lvsform/lvsform/spec/hclspec"
)

// load reads the configuration in the directory and tells of all that is wrong with it; warnings alone are no error.
func (p *program) load(dir string, f configFlags) (*hclspec.Config, error) {
	return p.loadFrom(f.source(dir, p.environ))
}

// loadAll is load for every node.
func (p *program) loadAll(dir string, f configFlags) (*hclspec.Config, error) {
	src := f.source(dir, p.environ)
	src.Node = hclspec.AllNodes
	return p.loadFrom(src)
}

func (p *program) loadFrom(src hclspec.Source) (*hclspec.Config, error) {
	config, diags := hclspec.Load(src)
	if len(diags) > 0 {
		p.diagnostics(config.Files, diags)
	}
	if diags.HasErrors() {
		return nil, status(exitError)
	}
	return config, nil
}

// loadToPlan is load for a plan, which has the warnings in it.
func (p *program) loadToPlan(dir string, f configFlags) (*hclspec.Config, error) {
	config, diags := hclspec.Load(f.source(dir, p.environ))
	if diags.HasErrors() {
		p.diagnostics(config.Files, diags)
		return nil, status(exitError)
	}
	return config, nil
}

func (f configFlags) source(dir string, environ []string) hclspec.Source {
	src := hclspec.Source{Dir: dir, Vars: f.vars, Environ: environ, Version: version}
	for _, e := range environ {
		if name, ok := strings.CutPrefix(e, "LVSFORM_NODE="); ok {
			src.Node = name
		}
	}
	if host, err := os.Hostname(); err == nil {
		src.Hostnames = []string{host}
	}
	return src
}

// directory is the one that a command was given, or the present one.
func directory(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}
