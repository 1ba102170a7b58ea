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
	"strconv"
	"strings"
	"unicode/utf8"

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
			if at := (*fs.PathError)(nil); errors.As(err, &at) {
				err = &fs.PathError{Op: at.Op, Path: shown(at.Path), Err: at.Err}
			}
			return nil, fmt.Errorf("reading what to import: %w", err)
		}
		if at := bytes.IndexByte(s.text, 0); at >= 0 {
			return nil, fmt.Errorf("%s:%d: this is binary data, and not text", shown(s.name), 1+bytes.Count(s.text[:at], []byte("\n")))
		}
		if s.as = kindOf(s.text); s.as != "keepalived" { // which takes the mark for part of its first word
			s.text = bytes.TrimPrefix(s.text, byteOrderMark)
		}
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

// byteOrderMark is what some editors begin UTF-8 with; never changed.
var byteOrderMark = []byte("\ufeff")

// keepalivedWord is how a line begins that only a keepalived.conf has; a condition or a sequence may stand before it.
var keepalivedWord = regexp.MustCompile(`(?m)^[ \t]*(@\S+[ \t]+)?(~(SEQ|LST)x?[ \t]*\([^)\n]*\)[ \t]*)?(global_defs|virtual_server|virtual_server_group|vrrp_instance|vrrp_script|vrrp_sync_group|` +
	`vrrp_track_process|vrrp_track_file|static_ipaddress|static_routes|static_rules|track_group|bfd_instance|garp_group|net_namespace|include[a-z]?)\b`)

// ipvsadmLine is what makes a text ipvsadm's, whatever is wrong with it.
var ipvsadmLine = regexp.MustCompile(`(?m)^[ \t]*(-[A-Za-z-]|-> |.*\bipvsadm\b|IP Virtual Server |Prot |(TCP|UDP|SCTP|FWM) |Timeout \(|(master|backup) sync daemon )`)

// kindOf tells by its text what a file is.
func kindOf(text []byte) string {
	text = bytes.TrimPrefix(text, byteOrderMark)
	switch trimmed := bytes.TrimSpace(text); {
	case len(trimmed) > 0 && trimmed[0] == '{':
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
			return imported{}, fmt.Errorf("%s is %s, and is read alone: only what ipvsadm writes and reads can be in several files", shown(files[i].name), sourceKinds[as])
		}
	}
	if f.keepalivedID != "" && files[0].as != "keepalived" {
		return imported{}, fmt.Errorf("--keepalived-id: this is about a keepalived.conf, and %s is %s", shown(files[0].name), sourceKinds[files[0].as])
	}
	empty := func(s source) bool { return len(bytes.TrimSpace(s.text)) == 0 }
	if !slices.ContainsFunc(files, func(s source) bool { return !empty(s) }) {
		return imported{}, fmt.Errorf("%s: the file is empty", names(files))
	}
	switch files[0].as {
	case "snapshot":
		return importJSON(files[0])
	case "keepalived":
		return importKeepalived(files[0], f.keepalivedID)
	}
	return importRules(ctx, files, f)
}

// sourceKinds are words for what a file can be.
var sourceKinds = map[string]string{"ipvsadm": "ipvsadm's", "keepalived": "a keepalived.conf", "snapshot": "JSON"}

func names(files []source) string {
	var out []string
	for _, s := range files {
		out = append(out, s.name)
	}
	return listed(out)
}

// mostNames are named one by one.
const mostNames = 8

// listed are names in a line.
func listed(names []string) string {
	var out []string
	for i, name := range names {
		if i == mostNames && len(names) > mostNames+1 {
			return fmt.Sprintf("%s and %d more files", strings.Join(out, ", "), len(names)-i)
		}
		out = append(out, shown(name))
	}
	return strings.Join(out, ", ")
}

// shown is the name of a file in messages: it may be anything but a line of its own.
func shown(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !strconv.IsPrint(r) || r == utf8.RuneError }) {
		return strconv.Quote(name)
	}
	return name
}

// importRules reads what ipvsadm writes and reads.
func importRules(ctx context.Context, files []source, f importFlags) (imported, error) {
	var sources []rules.Source
	for _, s := range files {
		sources = append(sources, rules.Source{Name: shown(s.name), Text: s.text})
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTime)
	defer cancel()
	dump, err := rules.Parse(sources, resolver(ctx, f.noResolve))
	if err != nil {
		if f.as == "" && !slices.ContainsFunc(files, func(s source) bool { return ipvsadmLine.Match(s.text) }) {
			err = hint(err, "this is read as ipvsadm's: if it is something else, --as keepalived or --as snapshot says so")
		}
		return imported{}, err
	}
	found := imported{from: "ipvsadm's rules in " + names(files), state: dump.State}
	for _, n := range dump.Notes {
		kind := taken
		if n.Doubt {
			kind = doubtful
		}
		found.notes = append(found.notes, remark{kind, n.String()})
	}
	if dump.TimeoutsListed {
		found.dropUntouched()
	}
	return found, nil
}
