package file

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lvsform/lvsform/spec"
)

const formatVersion = 1

// document is what the file holds.
type document struct {
	FormatVersion int `json:"format_version"`
	// Node is the node's name; "" is the file's own name without its extension.
	Node string `json:"node,omitempty"`
	// BootID changes with every start of the node: whoever empties State by hand gives it another value.
	BootID string      `json:"boot_id,omitempty"`
	Kernel spec.Kernel `json:"kernel,omitzero"`
	// Patch is what the file has of State.
	Patch       patch `json:"state"`
	Connections loads `json:"connections,omitempty"`

	State spec.State `json:"-"`
}

// read reads and checks the file at path.
func read(path string) (document, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		doc := fresh()
		err := doc.check()
		return doc, err
	}
	if err != nil {
		return document{}, fmt.Errorf("read node file %s: %w", path, cause(err))
	}
	doc, err := parse(text)
	if err != nil {
		return document{}, fmt.Errorf("node file %s: %w", path, spec.JSONError(text, err))
	}
	return doc, nil
}

func parse(text []byte) (document, error) {
	var version struct {
		N       any             `json:"format_version"`
		Sysctls json.RawMessage `json:"sysctls"`
	}
	if err := json.Unmarshal(text, &version); err != nil {
		return document{}, err
	}
	switch {
	case version.N == nil:
		return document{}, fmt.Errorf(`it has no "format_version": %d, so it is no node file`, formatVersion)
	case version.N != float64(formatVersion):
		if _, other := version.N.(string); other {
			return document{}, fmt.Errorf("its format version is text, as in a snapshot: a node file has \"format_version\": %d, and --from takes a snapshot", formatVersion)
		}
		return document{}, fmt.Errorf("its format version is %v, and this version of lvsform reads %d", version.N, formatVersion)
	}
	if version.Sysctls != nil {
		return document{}, errors.New(`"sysctls" is part of the state now: "state": {"sysctl": {"sysctl net.ipv4.vs.conntrack": {"value": "1"}}}`)
	}
	doc := fresh() // what the file leaves out is as a fresh node has it
	if err := strict(text, &doc); err != nil {
		return document{}, err
	}
	err := doc.check()
	return doc, err
}

// strict accepts no name that it does not know: it would be a mistake that nobody hears of.
func strict(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// check refuses what no kernel can hold, and completes what every kernel has.
func (doc *document) check() error {
	doc.State = doc.Patch.on(doc.Kernel)
	doc.Patch = patch{}
	if err := holds(doc.Kernel, doc.State); err != nil {
		return err
	}
	for d := range doc.State.Destinations {
		if doc.State.Get(d.Service) == nil {
			return fmt.Errorf("its state has %s without the service", d)
		}
	}
	for d := range doc.Connections {
		if doc.State.Get(d) == nil {
			return fmt.Errorf("it has connections of %s without the destination", d)
		}
	}
	t := spec.TimeoutsKey{}
	doc.State.Set(t, spec.Settle(defaultTimeouts, doc.State.Timeouts[t]))
	return nil
}

// store replaces the file as a whole, or leaves it as it is.
func (doc document) store(path string) (fs.FileInfo, error) {
	doc.Patch = patchOf(doc.Kernel, doc.State)
	text, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, err
	}
	stored, err := replace(path, append(text, '\n'))
	if err != nil {
		return nil, fmt.Errorf("write node file %s, in which nothing has changed: %w", path, cause(err))
	}
	return stored, nil
}

func replace(path string, text []byte) (stored fs.FileInfo, err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // a rename would put the file in the place of the link
	}
	mode := fs.FileMode(0o644)
	if old, err := os.Stat(path); err == nil {
		mode = old.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(mode), f.Sync())
	stored, statErr := f.Stat()
	if err = errors.Join(err, statErr, f.Close()); err != nil {
		return nil, err
	}
	return stored, os.Rename(f.Name(), path)
}

// cause is the error without the name of the file: the caller's is the better one.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
