package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
)

// standardInput is the name of standard input in messages.
const standardInput = "<stdin>"

// source is a file that is read.
type source struct {
	name string
	text []byte
	// as is what it is: ipvsadm, keepalived or snapshot.
	as string
}

// readSources reads all files.
func (p *program) readSources(args []string) (out []source, err error) {
	for _, arg := range args {
		s := source{name: arg}
		if arg == "-" {
			s.name = standardInput
			if slices.ContainsFunc(out, func(o source) bool { return o.name == s.name }) {
				return nil, errors.New("standard input (-) can be read only once")
			}
			s.text, err = readBounded(p.in)
		} else {
			s.text, err = readFile(arg)
		}
		if err != nil {
			return nil, fmt.Errorf("reading what to import: %w", err)
		}
		if at := bytes.IndexByte(s.text, 0); at >= 0 {
			return nil, fmt.Errorf("%s:%d: this is binary data, and not text", s.name, 1+bytes.Count(s.text[:at], []byte("\n")))
		}
		s.as = kindOf(s.text)
		out = append(out, s)
	}
	return out, nil
}

// mostBytes are hundreds of times what the largest tables take; a device may go on for ever.
const mostBytes = 1 << 28

func readBounded(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, mostBytes+1))
	if len(text) > mostBytes {
		return nil, fmt.Errorf("there are more than %d MiB", mostBytes>>20)
	}
	return text, err
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := readBounded(f)
	if err != nil && !errors.As(err, new(*fs.PathError)) {
		err = &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return text, err
}

// keepalivedWord is how a line begins that only a keepalived.conf has.
var keepalivedWord = regexp.MustCompile(`(?m)^[ \t]*(global_defs|virtual_server|virtual_server_group|vrrp_instance|vrrp_script|vrrp_sync_group|` +
	`vrrp_track_process|vrrp_track_file|static_ipaddress|static_routes|static_rules|track_group|bfd_instance|garp_group|include[a-z]?)\b`)

// kindOf tells by its text what a file is.
func kindOf(text []byte) string {
	switch trimmed := bytes.TrimSpace(text); {
	case len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '['):
		return "snapshot"
	case keepalivedWord.Match(text):
		return "keepalived"
	}
	return "ipvsadm"
}

// importFiles reads files that belong together.
func importFiles(ctx context.Context, files []source, f importFlags) (imported, error) {
	for i := range files {
		switch f.as {
		case "":
		case "ipvsadm", "keepalived", "snapshot":
			files[i].as = f.as
		default:
			return imported{}, fmt.Errorf("--as is ipvsadm, keepalived or snapshot, not %q", f.as)
		}
		if as := files[i].as; as != "ipvsadm" && len(files) > 1 {
			return imported{}, fmt.Errorf("%s is %s, and is read alone: only what ipvsadm writes and reads can be in several files", files[i].name, sourceKinds[as])
		}
	}
	empty := func(s source) bool { return len(bytes.TrimSpace(s.text)) == 0 }
	if !slices.ContainsFunc(files, func(s source) bool { return !empty(s) }) {
		return imported{}, fmt.Errorf("%s: the file is empty", names(files))
	}
	switch files[0].as {
	case "snapshot":
		return importJSON(files[0])
	case "keepalived":
		return importKeepalived(files[0])
	}
	return importRules(ctx, files, f.noResolve)
}

// sourceKinds are words for what a file can be.
var sourceKinds = map[string]string{"ipvsadm": "ipvsadm's", "keepalived": "a keepalived.conf", "snapshot": "JSON"}

func names(files []source) string {
	var out []string
	for _, s := range files {
		out = append(out, s.name)
	}
	return strings.Join(out, ", ")
}

// importRules reads what ipvsadm writes and reads.
func importRules(ctx context.Context, files []source, noResolve bool) (imported, error) {
	var sources []rules.Source
	for _, s := range files {
		sources = append(sources, rules.Source{Name: s.name, Text: s.text})
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTime)
	defer cancel()
	dump, err := rules.Parse(sources, resolver(ctx, noResolve))
	if err != nil {
		return imported{}, err
	}
	if dump.State.Len() == 0 {
		return imported{}, fmt.Errorf("%s: %w", names(files), errNothing)
	}
	found := imported{from: "ipvsadm's rules in " + names(files), state: dump.State}
	for _, n := range dump.Notes {
		found.notes = append(found.notes, place(n.Source, n.Line)+": "+n.Text)
	}
	return found, nil
}

// place is where something stands; line 0 is the whole file.
func place(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}
