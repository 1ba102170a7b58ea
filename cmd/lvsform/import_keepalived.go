package main

import (
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/spec/hclspec"
	"github.com/lvsform/lvsform/spec/keepalived"
)

// givenFile is the file system with one file that was read already.
type givenFile struct{ source }

// ReadFile is the text of a file. keepalived includes no others than regular ones.
func (f givenFile) ReadFile(name string) ([]byte, error) {
	if name == f.name {
		return f.text, nil
	}
	if err := regular(name); err != nil {
		return nil, err
	}
	return readFile(name)
}

// Stat says what a file is: keepalived leaves out directories and executable files.
func (givenFile) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

// Glob is what a pattern of an include stands for.
func (givenFile) Glob(pattern string) ([]string, error) { return filepath.Glob(pattern) }

// importKeepalived reads a keepalived.conf and what it includes, as keepalived with that configuration id would.
func importKeepalived(s source, id string) (imported, error) {
	config, err := keepalived.Load(s.name, givenFile{s}, id)
	if err != nil {
		return imported{}, err
	}
	found := imported{from: "keepalived's configuration in " + listed(config.Files), state: config.State, notes: gathered(config.Left)}
	if id == "" && slices.ContainsFunc(config.Left, func(l keepalived.Left) bool { return strings.HasPrefix(l.Of, "@") }) {
		found.notes = append(found.notes, remark{taken, "Lines behind @ are for the node with that configuration id, which is its host name if keepalived is told no other: --keepalived-id says which one it is."})
	}
	sortRemarks(found.notes)
	if config.State.Len() == 0 && len(config.VIPs) == 0 {
		why := []string{"there is no virtual server and no address in it"}
		for _, n := range found.notes {
			why = append(why, n.String())
		}
		return imported{}, fmt.Errorf("%s: %s", shown(s.name), strings.Join(why, "\n"))
	}
	found.name(config.VIPs)
	return found, nil
}

// name takes over the addresses of blocks. One that two blocks have belongs to the first.
func (found *imported) name(vips []keepalived.VIP) {
	owner := map[netip.Addr]keepalived.VIP{}
	for _, v := range vips {
		named := hclspec.NamedVIP{Name: v.Name, Comment: v.Place.String()}
		if v.Interface != "" {
			named.Comment += ", on " + v.Interface
		}
		for _, a := range v.Addresses {
			first, there := owner[a.Addr()]
			switch {
			case !there:
				owner[a.Addr()] = v
				named.Addresses = append(named.Addresses, a.Addr())
				named.Prefixes = append(named.Prefixes, a)
			case first.Place != v.Place || first.Name != v.Name:
				text := fmt.Sprintf("%s of %s: the vip of %s has it already (%s)", a, v.Name, first.Name, where([]keepalived.Place{v.Place, first.Place}))
				found.notes = append(found.notes, remark{leftTable, text})
			}
		}
		if named.Addresses != nil {
			found.vips = append(found.vips, named)
		}
	}
}
