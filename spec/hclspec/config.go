// Package hclspec is the language: it reads a directory of HCL files into the desired State of each node, with the source
// range of every object, and writes a State as canonical HCL.
//
// Load is the way in. The author's mistakes are diagnostics, all of them at once: each has a code (Code), a source
// range, and a sentence that says what to write instead. Blocks are evaluated in layers (variable, locals, role, node, vip,
// pool, service, the rest), and a layer's values are known to later layers only, so that cycles cannot be written. From vip
// on, blocks are evaluated once for each node that they are placed on.
package hclspec

import (
	"io/fs"
	"net/netip"

	"github.com/hashicorp/hcl/v2"

	"github.com/lvsform/lvsform/spec"
)

// Source is where a configuration comes from, and which of its nodes it is read for.
type Source struct {
	// Dir is the directory with the files, relative to the working directory, or to FS.
	Dir string
	// FS is where files are read; nil is the operating system.
	FS fs.FS
	// Vars are the values of --var and --var-file in the order in which they were given; later ones win.
	Vars []VarFlag
	// Environ is the environment in the form of os.Environ; only LVSFORM_VAR_name is looked at.
	Environ []string
	// Version is the version of lvsform, which required_version is compared with. "" and what is not a version
	// satisfy everything.
	Version string

	// Node is the name of the node to evaluate (see Config.Node), or AllNodes. If it is "", the node is found by Hostnames,
	// and without those all are evaluated.
	Node string
	// Hostnames are the names of this machine.
	Hostnames []string
}

// AllNodes is the Source.Node that evaluates every node. No node can have that name.
const AllNodes = "all"

// VarFlag is one --var or --var-file. Exactly one field is set.
type VarFlag struct {
	// Assign is the text of --var: "name=value".
	Assign string
	// File is the path of --var-file.
	File string
}

// Config is what a directory says. After errors it holds what could be read, which is good for messages only.
type Config struct {
	// Nodes are all nodes, in the order of the files. A configuration without node blocks is for the machine that it is read
	// on: one Node without a name. There is always one.
	Nodes []*Node
	// Chosen is the node that the Source asks for, and nil if it asks for all of several.
	Chosen *Node
	// Files are the sources by the names that ranges use, for printing diagnostics.
	Files map[string]*hcl.File
	// Digest is the SHA-256, in hexadecimal, of the names and contents of all files that were read and of the values
	// that variables were given otherwise.
	Digest string
}

// Node is one machine of a configuration.
type Node struct {
	// Name is lb1, or web["web1"] for an instance of a block with for_each; "" if the configuration declares no nodes.
	Name string
	// Match are the host names that the machine may have.
	Match []string
	// Roles are the names of its roles.
	Roles []string
	// Address is the node's own, if it is declared.
	Address netip.Addr
	// Evaluated says that Desired is there: the node was asked for.
	Evaluated bool
	Desired   spec.Desired

	block *hcl.Block
	// origins are the places of all objects but destinations, which are found through their service's pool.
	origins map[spec.Key]origin
	served  map[spec.ServiceKey]*pool
}

// Range is the place that declares the object: the listener, the server, the block.
func (n *Node) Range(k spec.Key) (r hcl.Range, ok bool) {
	o := n.origin(k)
	if o.block == nil {
		return hcl.Range{}, false
	}
	return o.place(""), true
}

// Load reads and evaluates a configuration. The Config is never nil. The diagnostics are in the order of the files;
// if one is an error, the Config must not be acted on.
func Load(src Source) (*Config, hcl.Diagnostics) {
	l := newLoader(src)
	l.load()
	return l.finish(), l.diags
}
