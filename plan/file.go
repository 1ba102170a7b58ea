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
	var d document
	err = json.Unmarshal(text, &d)
	switch {
	case d.Steps == nil:
		return nil, errors.New("the file is JSON, but not a plan of lvsform: it has no steps")
	case !sealed(text):
		return nil, errors.New("the plan file was edited after it was made: its digest does not match; make a new plan")
	case err != nil:
		return nil, fmt.Errorf("the plan file is not a plan that lvsform wrote: %w", spec.JSONError(text, err))
	}
	p, shown, err := d.plan()
	if err != nil {
		return nil, fmt.Errorf("the plan file is not a plan that this lvsform can do: %w", err)
	}
	if err := d.contradiction(p, shown); err != nil {
		return nil, fmt.Errorf("the plan file contradicts itself: %w", err)
	}
	return p, nil
}

// readJSON is the one JSON value that the reader holds.
func readJSON(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if json.Valid(text) {
		return text, nil
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
	return nil, fmt.Errorf("the plan file is not JSON: something follows the plan at byte %d", dec.InputOffset())
}

// recognise tells a plan of this format from other JSON. It reads no further than to the two versions, which come first.
func recognise(text []byte) error {
	head := map[string]string{"format_version": "", "lvsform_version": ""}
	dec := json.NewDecoder(bytes.NewReader(text))
	_, err := dec.Token()
	for left := len(head); left > 0; {
		var name json.Token
		var value any
		if err == nil {
			name, err = dec.Token()
		}
		if err == nil {
			err = dec.Decode(&value)
		}
		if err != nil {
			return errors.New("the file is JSON, but not a plan of lvsform: it has no format_version and lvsform_version")
		}
		word, _ := name.(string)
		if _, ok := head[word]; ok {
			head[word], _ = value.(string)
			left--
		}
	}
	return readable(head["format_version"], head["lvsform_version"])
}

// readable says whether a plan of the format can be read here.
func readable(format, version string) error {
	major, _, _ := strings.Cut(format, ".")
	ours, _, _ := strings.Cut(formatVersion, ".")
	if major == ours {
		return nil
	}
	which := "another"
	if n, err := strconv.Atoi(major); err == nil && n > 1 {
		which = "a later"
	}
	return fmt.Errorf("the plan file has format %q and was made by %s version of lvsform (%s); this one reads format %s: make a new plan",
		format, which, printable(version), formatVersion)
}

// plan is what the document says, apart from what can be derived, and the changes that it shows, in its order.
func (d *document) plan() (*Plan, []Change, error) {
	p := &Plan{
		Version: d.Version, Created: d.Timestamp, Host: d.Node, Instance: d.Instance, Config: d.ConfigDigest,
		Unchanged: d.Unchanged, Partial: d.Partial, Warnings: d.Warnings,
		Changes: make(Changeset, len(d.Steps)),
		Objects: make(map[spec.Key]Object, len(d.ResourceChanges)+len(d.Unmanaged)),
	}
	values := decoded{}
	var err error
	for i, s := range d.Steps {
		if p.Changes[i], err = values.step(s); err != nil {
			return nil, nil, fmt.Errorf("step %d of %d: %w", i+1, len(d.Steps), err)
		}
	}
	shown := make([]Change, len(d.ResourceChanges))
	for i, r := range d.ResourceChanges {
		k, err := p.add(r.identity, r.detail)
		if err != nil {
			return nil, nil, err
		}
		if shown[i], err = values.change(k, r.Change.Before, r.Change.After); err != nil {
			return nil, nil, err
		}
		if r.Change.Importing != nil {
			p.Adopted = append(p.Adopted, k)
		}
	}
	for _, u := range d.Unmanaged {
		k, err := p.add(u.identity, u.detail)
		if err != nil {
			return nil, nil, err
		}
		p.Unmanaged = append(p.Unmanaged, k)
	}
	for _, text := range d.Left {
		k, err := parseKey(text)
		if err != nil {
			return nil, nil, fmt.Errorf("left: %w", err)
		}
		p.Left = append(p.Left, k)
	}
	slices.SortFunc(p.Adopted, spec.CompareKeys)
	p.Records = d.Ledger
	return p, shown, p.Records.isPlanned()
}

// isPlanned says what cannot be said of a node before the plan is done.
func (l Ledger) isPlanned() error {
	for k, o := range l {
		if !shareable(k) && (!ownable(k) || o.Original != nil || o.Ours != nil || o.Earlier != nil) {
			return fmt.Errorf("ledger: %s is not held by a ledger", k)
		}
	}
	return nil
}
