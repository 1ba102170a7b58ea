package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// Decode reads a plan that WriteJSON or MarshalJSON wrote. The error says what is wrong with the file: cut short, not JSON, not
// a plan, of another format, edited, or at odds with itself; it does not name the file. Every object that the plan
// names gets its entry in Objects.
func Decode(r io.Reader) (*Plan, error) {
	text, err := readJSON(r)
	if err != nil {
		return nil, err
	}
	if err := recognise(text); err != nil {
		return nil, err
	}
	if !sealed(text) {
		return nil, errors.New("the plan file was edited after it was made: its digest does not match; make a new plan")
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("the plan file is not a plan that lvsform wrote: %w", err)
	}
	p, err := d.plan()
	if err != nil {
		return nil, fmt.Errorf("the plan file is not a plan that this lvsform can do: %w", err)
	}
	if err := d.contradiction(p); err != nil {
		return nil, fmt.Errorf("the plan file contradicts itself: %w", err)
	}
	return p, nil
}

// readJSON is the one JSON value that the reader holds.
func readJSON(r io.Reader) (json.RawMessage, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var raw json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(text))
	err = dec.Decode(&raw)
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
		return nil, errors.New("the plan file is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("the plan file is cut short at byte %d", len(text))
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("the plan file is not JSON: byte %d: %w", syntax.Offset, err)
	case err != nil:
		return nil, fmt.Errorf("the plan file is not JSON: %w", err)
	}
	end := int(dec.InputOffset())
	if rest := bytes.TrimLeft(text[end:], " \t\r\n"); len(rest) > 0 {
		return nil, fmt.Errorf("the plan file is not JSON: something follows the plan at byte %d", len(text)-len(rest))
	}
	return raw, nil
}

// recognise tells a plan of this format from other JSON, looking at no more than its first level.
func recognise(text []byte) error {
	var head struct {
		Format  *string         `json:"format_version"`
		Version *string         `json:"lvsform_version"`
		Steps   json.RawMessage `json:"steps"`
	}
	if err := json.Unmarshal(text, &head); err != nil || head.Format == nil || head.Version == nil {
		return errors.New("the file is JSON, but not a plan of lvsform: it has no format_version and lvsform_version")
	}
	major, _, _ := strings.Cut(*head.Format, ".")
	ours, _, _ := strings.Cut(formatVersion, ".")
	if major != ours {
		which := "another"
		if n, err := strconv.Atoi(major); err == nil && n > 1 {
			which = "a later"
		}
		return fmt.Errorf("the plan file has format %q and was made by %s version of lvsform (%s); this one reads format %s: make a new plan",
			*head.Format, which, printable(*head.Version), formatVersion)
	}
	if head.Steps == nil {
		return errors.New("the file is JSON, but not a plan of lvsform: it has no steps")
	}
	return nil
}

// plan is what the document says, apart from what can be derived.
func (d *document) plan() (*Plan, error) {
	p := &Plan{
		Version: d.Version, Created: d.Timestamp, Host: d.Node, Instance: d.Instance, Config: d.ConfigDigest,
		Unchanged: d.Unchanged, Partial: d.Partial, Warnings: d.Warnings,
		Objects: make(map[spec.Key]Object, len(d.ResourceChanges)+len(d.Unmanaged)),
	}
	for i, raw := range d.Steps {
		s, err := raw.step()
		if err != nil {
			return nil, fmt.Errorf("step %d of %d: %w", i+1, len(d.Steps), err)
		}
		p.Changes = append(p.Changes, s)
	}
	for _, c := range d.ResourceChanges {
		k, err := p.add(c.identity, c.detail)
		if err != nil {
			return nil, err
		}
		if c.Change.Importing != nil {
			p.Adopted = append(p.Adopted, k)
		}
	}
	for _, u := range d.Unmanaged {
		k, err := p.add(u.identity, u.detail)
		if err != nil {
			return nil, err
		}
		p.Unmanaged = append(p.Unmanaged, k)
	}
	slices.SortFunc(p.Adopted, spec.CompareKeys)
	return p, nil
}
