package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// untouched is what a kernel's timeouts are before anybody sets them.
var untouched = spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300}

// importNode reads the node that the flags name.
func (p *program) importNode(ctx context.Context, where nodeFlags) (imported, error) {
	s, err := p.open(ctx, where)
	if err != nil {
		return imported{}, err
	}
	defer s.Close()
	in, err := s.inputs(ctx)
	if err != nil {
		return imported{}, err
	}
	from := "the live node " + describe(s.host)
	if s.snapshot != nil {
		from = s.snapshot.describe(where.from)
	}
	return importLive(from, in.Live, in.Others), nil
}

// describe is the node and how it was read.
func describe(h plan.Host) string {
	if h.Kernel == "" {
		return fmt.Sprintf("%s (driver %s)", h.Name, h.Driver)
	}
	return fmt.Sprintf("%s (driver %s, Linux %s)", h.Name, h.Driver, h.Kernel)
}

func (d *snapshot) describe(name string) string {
	return fmt.Sprintf("the snapshot %s of %s, taken at %s,", name, describe(d.Node), d.Timestamp.UTC().Format(time.RFC3339))
}

// importLive is the table of what is live, without what other instances declare and what nobody has set. Every node has
// interfaces, addresses and settings: whose they are nobody can see.
func importLive(from string, live spec.State, others plan.Others) imported {
	live = live.Table()
	found := imported{from: from, state: live.Clone()}
	for _, k := range live.Keys() {
		other, _ := others.Of(k)
		if d, ok := k.(spec.DestinationKey); ok {
			if other, _ := others.Of(d.Service); other != "" {
				found.state.Set(k, nil)
				found.left.Set(k, live.Get(k))
			}
			continue
		}
		if other != "" {
			found.state.Set(k, nil)
			found.left.Set(k, live.Get(k))
			found.notes = append(found.notes, remark{leftObject, fmt.Sprintf("%s. It belongs to instance %q.", k, other)})
		}
	}
	found.dropUntouched()
	return found
}

// dropUntouched leaves out timeouts that nobody has set.
func (found *imported) dropUntouched() {
	if found.state.Timeouts[spec.TimeoutsKey{}] == untouched {
		found.state.Set(spec.TimeoutsKey{}, nil)
	}
}

// importJSON reads a snapshot, or what "lvsform export --format json" wrote.
func importJSON(s source) (imported, error) {
	var head struct {
		FormatVersion any `json:"format_version"`
		Node, Objects json.RawMessage
		Steps         json.RawMessage
	}
	if trimmed := bytes.TrimSpace(s.text); trimmed[0] != '{' {
		return imported{}, hint(fmt.Errorf("%s: this is no JSON, and a snapshot is: it begins with %.20q", shown(s.name), trimmed), "leave --as out: what a file is follows from what is in it")
	}
	if err := json.Unmarshal(s.text, &head); err != nil {
		return imported{}, fmt.Errorf("%s: this begins as JSON, and cannot be read as such: %w", shown(s.name), spec.JSONError(s.text, err))
	}
	switch _, number := head.FormatVersion.(float64); {
	case head.Steps != nil:
		return imported{}, hint(fmt.Errorf("%s: this is a plan, and not a state", shown(s.name)), "\"lvsform show\" prints it")
	case number:
		err := fmt.Errorf("%s: this is a node in a file", shown(s.name))
		if s.name == standardInput {
			return imported{}, hint(err, "\"lvsform import --driver file:PATH\" reads it from the file")
		}
		return imported{}, hint(err, "\"lvsform import --driver file:%s\" reads it", shown(s.name))
	case head.Node == nil && head.Objects != nil:
		return importExport(s)
	}
	doc, err := readSnapshot(shown(s.name), s.text)
	if err != nil {
		return imported{}, err
	}
	return importLive(doc.describe(s.name), doc.State, doc.Others), nil
}

func importExport(s source) (imported, error) {
	var doc exported
	if err := decodeDocument("export", shown(s.name), s.text, &doc); err != nil {
		return imported{}, err
	}
	found := imported{from: "the export " + shown(s.name), state: doc.State.Table()}
	for _, k := range doc.State.Host().Keys() {
		found.left.Set(k, doc.State.Get(k))
		text := k.String() + ". It is not part of the table, which alone is imported."
		if name := doc.Objects[k.String()]; name != "" {
			text = name + ": " + text
		}
		found.notes = append(found.notes, remark{leftObject, text})
	}
	return found, nil
}
