package hclspec

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
)

// read parses the files of the directory and sorts their blocks by type; ok is false if there is nothing to go on with.
func (l *loader) read() bool {
	names, ok := l.list()
	if !ok {
		return false
	}
	found := false
	for _, name := range names {
		if strings.HasSuffix(name, ".lvs.hcl") || strings.HasSuffix(name, ".lvs.json") {
			found = true
			if f := l.parse(l.join(name)); f != nil {
				l.collect(f)
			}
		}
	}
	if !found {
		l.errorf("LVS010", wholeFile(l.src.Dir), "No configuration", "There is no *.lvs.hcl and no *.lvs.json in %s: name a directory that has one.", l.src.Dir)
	}
	return found
}

func wholeFile(name string) hcl.Range {
	return hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
}

// list gives what is in the directory by name.
func (l *loader) list() ([]string, bool) {
	var entries []fs.DirEntry
	info, err := l.stat(l.src.Dir)
	if err == nil && !info.IsDir() {
		l.errorf("LVS010", wholeFile(l.src.Dir), "No directory", "A configuration is all files of one directory, and %s is a file: name its directory.", l.src.Dir)
		return nil, false
	}
	if l.src.FS != nil {
		entries, err = fs.ReadDir(l.src.FS, l.src.Dir)
	} else {
		entries, err = os.ReadDir(l.src.Dir)
	}
	if err != nil {
		l.errorf("LVS010", wholeFile(l.src.Dir), "Unreadable directory", "The configuration cannot be read: %s.", err)
		return nil, false
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, true
}

func (l *loader) stat(name string) (fs.FileInfo, error) {
	if l.src.FS != nil {
		return fs.Stat(l.src.FS, name)
	}
	return os.Stat(name)
}

// join makes a path that starts at the directory.
func (l *loader) join(name string) string {
	if l.src.FS != nil {
		return path.Join(l.src.Dir, name)
	}
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(l.src.Dir, name)
}

// content reads a file, which becomes part of the digest. Pipes, sockets and devices are errors if no flag names them.
func (l *loader) content(name string) (text []byte, err error) {
	info, err := l.stat(name)
	if err == nil && !info.IsDir() && !info.Mode().IsRegular() && !slices.Contains(l.src.Vars, VarFlag{File: name}) {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("not a regular file")}
	}
	if l.src.FS != nil {
		text, err = fs.ReadFile(l.src.FS, name)
	} else {
		text, err = os.ReadFile(name)
	}
	if err == nil {
		sum := sha256.Sum256(text)
		if short, err := filepath.Rel(l.src.Dir, name); err == nil {
			name = short // the digest is the same wherever the directory is
		}
		l.sums["file "+name] = sum[:]
	}
	return text, err
}

// parse gives nil if the file cannot be read, or is not HCL.
func (l *loader) parse(name string) *hcl.File {
	text, err := l.content(name)
	if err != nil {
		l.errorf("LVS010", wholeFile(name), "Unreadable file", "The file cannot be read: %s.", err)
		return nil
	}
	return l.parseText(name, text)
}

func (l *loader) parseText(name string, text []byte) *hcl.File {
	if !l.encoded(name, text) {
		return nil
	}
	parse := json.Parse
	if !strings.HasSuffix(name, ".json") {
		parse = func(text []byte, name string) (*hcl.File, hcl.Diagnostics) {
			return hclsyntax.ParseConfig(text, name, hcl.InitialPos)
		}
	}
	f, diags := parse(text, name)
	l.config.Files[name] = &hcl.File{Bytes: text}
	if f != nil {
		l.config.Files[name] = f
	}
	l.syntax(diags, name)
	if diags.HasErrors() {
		return nil
	}
	return f
}

// encoded is false for what is not text, which a parser would tell of each character.
func (l *loader) encoded(name string, text []byte) bool {
	if utf8.Valid(text) {
		return true
	}
	l.errorf("LVS001", wholeFile(name), "Invalid character encoding", "%s is not UTF-8 text: save it as such.", name)
	return false
}

// collect sorts the blocks of a file by type. Blocks of later versions are errors here.
func (l *loader) collect(f *hcl.File) {
	if f.Body == nil {
		return
	}
	b := l.open(&hcl.Block{Type: "configuration", Body: f.Body, DefRange: f.Body.MissingItemRange()}, fileKind, l.root)
	for name, k := range fileKind.blocks {
		if k.isLater() {
			continue
		}
		for block := range b.children(name) {
			l.blocks[name] = append(l.blocks[name], block)
		}
	}
}

// digest is the hash of everything in sums, in the order of the names.
func (l *loader) digest() string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(l.sums)) {
		fmt.Fprintf(h, "%q %x\n", name, l.sums[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}
