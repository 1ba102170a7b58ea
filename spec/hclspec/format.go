package hclspec

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/lvsform/lvsform/spec"
)

// Document is a State to be written as configuration, and what a person should read beside it.
type Document struct {
	State spec.State
	// Header is the comment on top, one line each, without "#".
	Header []string
	// VIPs are names for addresses, written even if no service uses them. Addresses of services that are in none get a
	// name of their own.
	VIPs []NamedVIP
}

// NamedVIP names addresses that belong together. The name is made a valid and unique label. An address that an earlier
// NamedVIP has stays there. Addresses that are served differently, so that services could not refer to them as one vip, are
// written as several, whose names begin with this one.
type NamedVIP struct {
	Name      string
	Addresses []netip.Addr
	// Comment is written above the block.
	Comment string
	// Prefixes are addresses with the lengths of their networks. Those that are in a network stand behind the Comment.
	Prefixes []netip.Prefix
}

// Format writes the table of a State as the configuration that a careful person would write, in a stable order and without
// what is default: Load gives it back. Addresses that are served alike are one vip, its services with equal settings and
// equal servers one service block, and equal servers one pool. Names come from ports, and from addresses where those do not
// tell two blocks apart. What is around the IPVS table is left out. A State that Validate finds wrong cannot be written; the
// error names the object.
func Format(d Document) ([]byte, error) {
	d.State = d.State.Table()
	if problems := spec.Validate(d.State); len(problems) > 0 {
		p := problems[0]
		return nil, fmt.Errorf("%s cannot be written as configuration: %s: %s", p.Key, strings.ToLower(p.Summary[:1])+p.Summary[1:], p.Detail)
	}
	var p printer
	p.comment(d.Header...)
	vips, services := arrange(d)
	for _, v := range vips {
		p.vip(v)
	}
	for _, b := range services {
		if b.pool.user == b {
			p.pool(b.pool)
		}
		p.service(b)
	}
	for _, t := range d.State.Timeouts {
		p.timeouts(t)
	}
	for _, role := range []spec.Role{spec.Master, spec.Backup} {
		if daemon, ok := d.State.SyncDaemons[spec.SyncDaemonKey{Role: role}]; ok {
			p.syncDaemon(role, daemon)
		}
	}
	return p.text, nil
}

// Fmt gives the canonical layout of a file of the native syntax; JSON stays as it is. Nothing but space changes.
func Fmt(src []byte, filename string) ([]byte, hcl.Diagnostics) {
	if strings.HasSuffix(filename, ".json") {
		return src, nil
	}
	l := newLoader(Source{})
	if !l.encoded(filename, src) {
		return nil, l.diags
	}
	_, diags := hclsyntax.ParseConfig(src, filename, hcl.InitialPos)
	l.syntax(diags, filename)
	if diags.HasErrors() {
		return nil, sorted(l.diags)
	}
	return hclwrite.Format(src), nil
}
