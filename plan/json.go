package plan

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/lvsform/lvsform/spec"
)

// formatVersion is the version of a plan as JSON. What reads 1.0 may ignore what 1.1 adds; 2.0 it must refuse.
const formatVersion = "1.0"

// document is a plan as JSON. Keys that OpenTofu's `show -json` has mean here what they mean there. What can be
// derived from the steps is written for other programs, and has to agree with them when it is read.
type document struct {
	FormatVersion   string           `json:"format_version"`
	Version         string           `json:"lvsform_version"`
	Timestamp       time.Time        `json:"timestamp"`
	Node            Host             `json:"node"`
	Instance        string           `json:"instance"`
	ConfigDigest    string           `json:"config_digest"`
	ResourceChanges []resourceChange `json:"resource_changes"`
	Steps           stepsJSON        `json:"steps"`
	Unmanaged       []unmanagedJSON  `json:"unmanaged"`
	Ledger          Ledger           `json:"ledger"`
	Left            []string         `json:"left,omitempty"`
	Unchanged       int              `json:"unchanged"`
	Partial         bool             `json:"partial"`
	Warnings        []string         `json:"warnings"`
	ChangeSummary   Summary          `json:"change_summary"`
	// Complete says that the node will match the configuration when the plan has been done.
	Complete bool `json:"complete"`
	// Errored is for programs that read OpenTofu's plans: a plan with errors is never written.
	Errored bool `json:"errored"`
}

// resourceChange is one object that changes, is adopted, or is named by steps that leave it as it is.
type resourceChange struct {
	identity
	Change changeJSON `json:"change"`
	detail
}

type unmanagedJSON struct {
	identity
	detail
}

type identity struct {
	Address string `json:"address"`
	Type    string `json:"type"`
	// Name is the kernel's identity of the object, by which it is found again.
	Name string `json:"name"`
}

// detail is what Object holds beside the name.
type detail struct {
	Reason      string            `json:"action_reason,omitempty"`
	Connections *spec.Connections `json:"connections,omitempty"`
	Ignore      []string          `json:"ignore_changes,omitempty"`
	Protected   bool              `json:"protected,omitempty"`
	Side        spec.Side         `json:"side,omitempty"`
}

type changeJSON struct {
	Actions   []string        `json:"actions"`
	Before    json.RawMessage `json:"before"`
	After     json.RawMessage `json:"after"`
	Importing *importingJSON  `json:"importing,omitempty"`
}

type importingJSON struct {
	ID string `json:"id"`
}

type stepsJSON []stepJSON

type stepJSON struct {
	Key    string          `json:"key"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
	Drain  seconds         `json:"drain_seconds,omitempty"`
	// Announce is what follows once the address is up; on a step that takes it down, once that is undone.
	Announce *announceJSON `json:"announce,omitempty"`
}

// encoded are values as JSON: large plans hold few different ones.
type encoded map[spec.Value]json.RawMessage

func (e encoded) value(v spec.Value) json.RawMessage {
	raw, ok := e[v]
	if !ok {
		raw = spec.EncodeValue(v)
		e[v] = raw
	}
	return raw
}

func (p *Plan) document() document {
	values := encoded{}
	return document{
		FormatVersion:   formatVersion,
		Version:         p.Version,
		Timestamp:       p.Created.UTC().Round(0),
		Node:            p.Host,
		Instance:        p.Instance,
		ConfigDigest:    p.Config,
		ResourceChanges: p.resourceChanges(values),
		Steps:           p.Changes.document(values),
		Unmanaged:       p.unmanagedDocument(),
		Ledger:          p.Records,
		Left:            p.leftDocument(),
		Unchanged:       p.Unchanged,
		Partial:         p.Partial,
		Warnings:        append([]string{}, p.Warnings...),
		ChangeSummary:   p.Summary(),
		Complete:        !p.Partial,
	}
}

func (cs Changeset) document(values encoded) stepsJSON {
	out := make(stepsJSON, len(cs))
	for i, s := range cs {
		out[i] = stepJSON{s.Key.String(), values.value(s.Before), values.value(s.After), seconds(s.Drain), announced(s.Announce)}
	}
	return out
}

// resourceChanges are the objects of all steps and adoptions, each once, in the order in which plans show them.
func (p *Plan) resourceChanges(values encoded) []resourceChange {
	changes := p.involved()
	adopted := make(map[spec.Key]bool, len(p.Adopted))
	for _, k := range p.Adopted {
		adopted[k] = true
	}
	keys := make([]spec.Key, 0, len(changes))
	for k := range changes {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compareShown)
	out := make([]resourceChange, len(keys))
	for i, k := range keys {
		out[i] = resourceChange{p.identity(k), changes[k].document(values, adopted[k]), p.detail(k)}
	}
	return out
}

// involved are the objects of all steps and adoptions, those included that end as they began.
func (p *Plan) involved() map[spec.Key]Change {
	changes := make(map[spec.Key]Change, len(p.Changes)+len(p.Adopted))
	for _, k := range p.Adopted {
		changes[k] = Change{Key: k}
	}
	for _, c := range p.Changes.spans() {
		changes[c.Key] = c
	}
	return changes
}

func (c Change) document(values encoded, adopted bool) changeJSON {
	out := changeJSON{Actions: []string{c.verb()}, Before: values.value(c.Before), After: values.value(c.After)}
	if adopted {
		out.Importing = &importingJSON{c.Key.String()}
	}
	return out
}

// verb is OpenTofu's word for what becomes of the object.
func (c Change) verb() string {
	if c.Before == c.After {
		return "no-op"
	}
	return c.Action().String()
}

func (p *Plan) unmanagedDocument() []unmanagedJSON {
	out := make([]unmanagedJSON, len(p.Unmanaged))
	for i, k := range p.Unmanaged {
		out[i] = unmanagedJSON{p.identity(k), p.detail(k)}
	}
	return out
}

func (p *Plan) leftDocument() (out []string) {
	for _, k := range p.Left {
		out = append(out, k.String())
	}
	return out
}
