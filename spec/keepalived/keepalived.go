// Package keepalived reads keepalived.conf and says what IPVS table, timeouts and sync daemons keepalived makes from it
// when every health check passes. Start with Load.
//
// The rules are those of keepalived 2.2.7, its silent ones too: what it ignores, corrects or completes is ignored,
// corrected or completed here. Whatever ends up neither in the State nor among the VIPs is named in Config.Left; what cannot
// be said for certain is an error with its place. The package needs the standard library and spec alone, and touches no file itself.
package keepalived

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"strconv"

	"github.com/lvsform/lvsform/spec"
)

// Config is what a configuration says.
type Config struct {
	// State may hold values that spec.Validate finds wrong: keepalived hands them to the kernel, too.
	State spec.State
	// VIPs are the addresses that keepalived puts on interfaces, with one entry for each block and interface.
	VIPs []VIP
	// Left is everything that was read and is not in State, or is there otherwise than it was written, in the order of the
	// files; health checks and the like have one entry for each block.
	Left []Left
	// Files are the names of all files that were read, in the order of reading, each once.
	Files []string
}

// VIP are addresses that one block puts on one interface.
type VIP struct {
	// Name is the vrrp_instance's, or "static". Addresses with an interface of their own have it behind the name: "web-eth1".
	Name      string
	Addresses []netip.Prefix
	// Interface is "" if the block names none.
	Interface string
	Place     Place
}

// Place is a line, counted from 1, in a file. What a sequence or a definition of several lines stands for is at the line
// that uses it.
type Place struct {
	File string
	Line int
}

// String is "keepalived.conf:12". A name that is not plain text is quoted.
func (p Place) String() string { return fileName(p.File) + ":" + strconv.Itoa(p.Line) }

// Error is a place where it cannot be said what keepalived makes, and what to do.
type Error struct {
	Place Place
	Text  string
}

// Error is "keepalived.conf:12: …".
func (e *Error) Error() string { return e.Place.String() + ": " + e.Text }

func errorAt(p Place, format string, args ...any) error {
	return &Error{p, fmt.Sprintf(format, args...)}
}

// Files is where configurations are read from. If it has a method Stat(name string) (fs.FileInfo, error) as well, it is
// asked before an included file is read: keepalived leaves out directories and executable files.
type Files interface {
	ReadFile(name string) ([]byte, error)
	// Glob is filepath.Glob.
	Glob(pattern string) ([]string, error)
}

type stater interface {
	Stat(name string) (fs.FileInfo, error)
}

// Load reads the file and what it includes. Lines behind "@id" are read if id is theirs; without an id they are not, as on
// a node that none of them is for. The error joins up to ten *Error; only a file that cannot be read at all gives another one.
func Load(path string, files Files, id string) (*Config, error) {
	r := newReader(files, id)
	if err := r.start(path); err != nil {
		return nil, err
	}
	blocks, err := r.blocks()
	if err != nil {
		return nil, err
	}
	m := newMapper(r.left)
	m.root(blocks)
	if len(m.errors) > 0 {
		return nil, errors.Join(m.errors...)
	}
	slices.SortStableFunc(m.left, func(a, b Left) int {
		return cmp.Or(cmp.Compare(r.known[a.Place.File], r.known[b.Place.File]), cmp.Compare(a.Place.Line, b.Place.Line))
	})
	return &Config{State: m.state, VIPs: m.vips, Left: m.left, Files: r.names}, nil
}
