package main

import (
	"errors"
	"os"
	"strings"

	"github.com/lvsform/lvsform/drivers/file"
	"github.com/lvsform/lvsform/spec/hclspec"
)

// load reads the configuration in the directory and tells of all that is wrong with it; warnings alone are no error. Which of
// its nodes is chosen, --node says, or else the name of the node that the flags lead to.
func (p *program) load(dir string, f configFlags, where nodeFlags) (*hclspec.Config, error) {
	src := p.source(dir, f, where)
	if err := forOne(src); err != nil {
		return nil, err
	}
	return p.loadFrom(src)
}

// forOne refuses what only a few commands can do.
func forOne(src hclspec.Source) error {
	if src.Node == hclspec.AllNodes {
		return errors.New("this is done for one node at a time: only plan takes --node all, and validate and nodes are about all of them")
	}
	return nil
}

// loadAll is load for every node.
func (p *program) loadAll(dir string, f configFlags) (*hclspec.Config, error) {
	f.node = hclspec.AllNodes
	return p.loadFrom(p.source(dir, f, nodeFlags{}))
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
func (p *program) loadToPlan(dir string, f configFlags, where nodeFlags) (*hclspec.Config, error) {
	src := p.source(dir, f, where)
	if err := forOne(src); err != nil {
		return nil, err
	}
	return p.loadQuietly(src)
}

// loadQuietly leaves the warnings to the plan.
func (p *program) loadQuietly(src hclspec.Source) (*hclspec.Config, error) {
	config, diags := hclspec.Load(src)
	if diags.HasErrors() {
		p.diagnostics(config.Files, diags)
		return nil, status(exitError)
	}
	return config, nil
}

func (p *program) source(dir string, f configFlags, where nodeFlags) hclspec.Source {
	src := hclspec.Source{Dir: dir, Vars: f.vars, Environ: p.environ, Version: version, Node: f.node}
	if src.Node == "" {
		src.Node = p.getenv("LVSFORM_NODE")
	}
	if src.Node == "" {
		src.Hostnames = p.hostnames(where)
	}
	return src
}

// hostnames are what the node is called that the flags lead to. A file or snapshot that cannot be read has the name of its
// path: it is an error where it is opened.
func (p *program) hostnames(where nodeFlags) []string {
	path, isFile := strings.CutPrefix(where.driver, "file:")
	switch {
	case where.from != "":
		if text, err := os.ReadFile(where.from); err == nil {
			if doc, err := readSnapshot(where.from, text); err == nil {
				return []string{doc.Node.Name}
			}
		}
		return []string{where.from}
	case isFile:
		return []string{file.Name(path)}
	}
	host, err := os.Hostname()
	if err != nil {
		return nil
	}
	return []string{host}
}

// directory is the one that a command was given, or the present one.
func directory(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}
