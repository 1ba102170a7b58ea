package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// ownedJSON is plan.Owned, as JSON.
type ownedJSON struct {
	Name     string          `json:"address"`
	Drain    string          `json:"drain,omitempty"`
	Announce *announceJSON   `json:"announce,omitempty"`
	Quiet    bool            `json:"quiet,omitempty"`
	Original json.RawMessage `json:"original,omitempty"`
	Ours     json.RawMessage `json:"ours,omitempty"`
}

type announceJSON struct {
	Count    int    `json:"count"`
	Interval string `json:"interval"`
}

func ownedDocument(o plan.Owned) ownedJSON {
	j := ownedJSON{Name: o.Name, Quiet: o.Quiet}
	if o.Drain != 0 {
		j.Drain = o.Drain.String()
	}
	if a := o.Announce; a != (spec.Announce{}) {
		j.Announce = &announceJSON{a.Count, a.Interval.String()}
	}
	if o.Original != nil {
		j.Original, j.Ours = spec.EncodeValue(o.Original), spec.EncodeValue(o.Ours)
	}
	return j
}

// owned is what the document says of an object of the kind.
func (j ownedJSON) owned(kind spec.Kind) (plan.Owned, error) {
	o := plan.Owned{Name: j.Name, Quiet: j.Quiet}
	var errs [4]error
	if j.Drain != "" {
		o.Drain, errs[0] = time.ParseDuration(j.Drain)
	}
	if a := j.Announce; a != nil {
		o.Announce.Count = a.Count
		o.Announce.Interval, errs[1] = time.ParseDuration(a.Interval)
	}
	if j.Original != nil {
		o.Original, errs[2] = spec.DecodeValue(kind, j.Original)
		o.Ours, errs[3] = spec.DecodeValue(kind, j.Ours)
	}
	return o, errors.Join(errs[:]...)
}

func (d *snapshot) owned() (plan.Ledger, map[spec.Key]string, error) {
	ledger, others := plan.Ledger{}, map[spec.Key]string{}
	for text, j := range d.Ledger {
		k, err := spec.ParseKey(text)
		if err != nil {
			return nil, nil, fmt.Errorf("the snapshot's ledger: %w", err)
		}
		if ledger[k], err = j.owned(k.Kind()); err != nil {
			return nil, nil, fmt.Errorf("the snapshot's ledger: %s: %w", text, err)
		}
	}
	for text, instance := range d.Others {
		k, err := spec.ParseKey(text)
		if err != nil {
			return nil, nil, fmt.Errorf("the snapshot's other instances: %w", err)
		}
		others[k] = instance
	}
	return ledger, others, nil
}
