package main

import (
	"errors"
	"os"

	"github.com/lvsform/lvsform/drivers/file"
	"github.com/lvsform/lvsform/spec/hclspec"
)

// load reads the configuration in the directory and tells of all that is wrong with it; warnings alone are no error. Which of
// its nodes is chosen, --node says, or else the name of the node that the flags lead to.
func (p *program) load(dir string, f configFlags, where nodeFlags) (*hclspec.Config, error) {
	src, err := p.sourceForOne(dir, f, where)
	if err != nil {
		return nil, err
	}
	return p.loadFrom(src)
}

// loadAll is load for every node.
func (p *program) loadAll(dir string, f configFlags) (*hclspec.Config, error) {
	f.node = hclspec.AllNodes
	return p.loadFrom(p.source(dir, f))
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
	src, err := p.sourceForOne(dir, f, where)
	if err != nil {
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

func (p *program) source(dir string, f configFlags) hclspec.Source {
	src := hclspec.Source{Dir: dir, Vars: f.vars, Environ: p.environ, Version: version, Node: f.node}
	if src.Node == "" {
		src.Node = p.getenv("LVSFORM_NODE")
	}
	return src
}

// sourceForOne is the source of one node's configuration: the one that is named, or that the flags lead to.
func (p *program) sourceForOne(dir string, f configFlags, where nodeFlags) (hclspec.Source, error) {
	src := p.source(dir, f)
	var err error
	switch src.Node {
	case hclspec.AllNodes:
		err = errors.New("this is done for one node at a time: only plan takes --node all, and validate and nodes are about all of them")
	case "":
		src.Hostnames, err = where.hostnames()
	}
	return src, err
}

// hostnames are what the node is called that the flags lead to. A node's file that cannot be read has the name of its path: it is
// an error where it is opened.
func (f *nodeFlags) hostnames() ([]string, error) {
	if f.from != "" {
		if err := f.fromAlone(); err != nil {
			return nil, err
		}
		doc, err := f.taken()
		if err != nil {
			return nil, err
		}
		return []string{doc.Node.Name}, nil
	}
	path, isFile, err := f.file()
	if err != nil {
		return nil, err
	}
	if isFile {
		return []string{file.Name(path)}, nil
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, nil
	}
	return []string{host}, nil
}

// directory is the one that a command was given, or the present one.
func directory(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}
