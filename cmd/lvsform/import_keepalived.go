package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	if info, err := os.Stat(name); err == nil && info.Mode()&(fs.ModeDevice|fs.ModeNamedPipe|fs.ModeSocket) != 0 {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("not a regular file")}
	}
	return readFile(name)
}

// Stat says what a file is: keepalived leaves out directories and executable files.
func (givenFile) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

// Glob is what a pattern of an include stands for.
func (givenFile) Glob(pattern string) ([]string, error) { return filepath.Glob(pattern) }

// importKeepalived reads a keepalived.conf and what it includes.
func importKeepalived(s source) (imported, error) {
	config, err := keepalived.Load(s.name, givenFile{s})
	if err != nil {
		return imported{}, err
	}
	found := imported{from: "keepalived's configuration in " + strings.Join(config.Files, ", "), state: config.State, notes: gathered(config.Left)}
	if config.State.Len() == 0 && len(config.VIPs) == 0 {
		why := append([]string{"there is no virtual server and no address in it"}, found.notes...)
		return imported{}, fmt.Errorf("%s: %s", s.name, strings.Join(why, "\n"))
	}
	for _, v := range config.VIPs {
		named := hclspec.NamedVIP{Name: v.Name, Comment: place(v.Place.File, v.Place.Line)}
		if v.Interface != "" {
			named.Comment += ", on " + v.Interface
		}
		for _, a := range v.Addresses {
			named.Addresses = append(named.Addresses, a.Addr())
		}
		found.vips = append(found.vips, named)
	}
	return found, nil
}

// gathered are notes for what is left, one for each thing that is said, with all of its places.
func gathered(left []keepalived.Left) (notes []string) {
	places := map[string][]keepalived.Place{}
	var order []string
	for _, l := range left {
		if places[l.Text] == nil {
			order = append(order, l.Text)
		}
		places[l.Text] = append(places[l.Text], l.Place)
	}
	for _, text := range order {
		notes = append(notes, fmt.Sprintf("Left out: %s (%s)", text, where(places[text])))
	}
	return notes
}

// mostPlaces are named one by one.
const mostPlaces = 8

// where are places in short: "a.conf:3, 7, 9, b.conf:4 and 5 more places".
func where(places []keepalived.Place) string {
	var b strings.Builder
	for i, p := range places {
		switch {
		case i == mostPlaces && len(places) > mostPlaces+1:
			fmt.Fprintf(&b, " and %d more places", len(places)-i)
			return b.String()
		case i > 0 && p.File == places[i-1].File:
			fmt.Fprintf(&b, ", %d", p.Line)
		case i > 0:
			b.WriteString(", ")
			fallthrough
		default:
			b.WriteString(place(p.File, p.Line))
		}
	}
	return b.String()
}
