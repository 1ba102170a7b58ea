package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"github.com/spf13/cobra"
)

const snapshotFormat = "1.0"

// snapshot is a node as it was once: enough to plan with, elsewhere.
type snapshot struct {
	FormatVersion string                      `json:"format_version"`
	Version       string                      `json:"lvsform_version"`
	Timestamp     time.Time                   `json:"timestamp"`
	Node          plan.Host                   `json:"node"`
	Instance      string                      `json:"instance"`
	State         spec.State                  `json:"state"`
	Counts        map[string]spec.Connections `json:"connections"`
	// Ledger is what the instance owns, Others what other instances do.
	Ledger plan.Ledger `json:"ledger"`
	Others plan.Others `json:"others"`
}

func (p *program) snapshotCommand() *cobra.Command {
	var f nodeFlags
	var out string
	c := &cobra.Command{
		Use: "snapshot", Short: "Write the node as JSON, for plans that are made elsewhere", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := p.open(c.Context(), f)
			if err != nil {
				return err
			}
			defer s.Close()
			doc, err := s.take(c.Context())
			if err != nil {
				return err
			}
			text, err := json.MarshalIndent(doc, "", "  ")
			if err != nil {
				return err
			}
			return p.save(out, append(text, '\n'))
		},
	}
	f.add(c)
	c.Flags().StringVar(&out, "out", "", "write to a `file` instead of standard output")
	return c
}

// take is the node as it is now.
func (s *session) take(ctx context.Context) (*snapshot, error) {
	in, err := s.inputs(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := s.connections(ctx, in.Live)
	if err != nil {
		return nil, err
	}
	doc := &snapshot{
		FormatVersion: snapshotFormat, Version: version, Timestamp: time.Now().UTC(), Node: s.host, Instance: s.instance,
		State: in.Live, Counts: map[string]spec.Connections{}, Ledger: in.Ledger, Others: in.Others,
	}
	for k, c := range counts {
		doc.Counts[k.String()] = c
	}
	return doc, nil
}

// openSnapshot is a session on a node that cannot be changed.
func openSnapshot(f nodeFlags) (*session, error) {
	doc, err := f.taken()
	if err != nil {
		return nil, err
	}
	if f.instance != doc.Instance {
		return nil, fmt.Errorf("the snapshot %s was taken with --instance %q: give the same one here", f.from, doc.Instance)
	}
	return &session{node: doc, host: doc.Node, instance: f.instance, snapshot: doc}, nil
}

func loadSnapshot(path string) (*snapshot, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the snapshot: %w", err)
	}
	return readSnapshot(path, text)
}

// readSnapshot is the snapshot that a text is.
func readSnapshot(name string, text []byte) (*snapshot, error) {
	doc := &snapshot{}
	if err := decodeDocument("snapshot", name, text, doc); err != nil {
		return nil, err
	}
	if doc.Node.Name == "" || doc.Node.Driver == "" {
		return nil, fmt.Errorf("the snapshot %s cannot be used: it does not say which node it is of", name)
	}
	return doc, nil
}

// decodeDocument reads a document of the format that snapshots and exports have.
func decodeDocument(what, name string, text []byte, doc any) error {
	var head struct {
		FormatVersion string `json:"format_version"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return fmt.Errorf("the %s %s cannot be used: %w", what, name, spec.JSONError(text, err))
	}
	if major, _, _ := strings.Cut(head.FormatVersion, "."); major != "1" {
		return fmt.Errorf("the %s %s cannot be used: its format is %q, and this lvsform reads %s", what, name, head.FormatVersion, snapshotFormat)
	}
	if err := json.Unmarshal(text, doc); err != nil {
		return fmt.Errorf("the %s %s cannot be used: %w", what, name, spec.JSONError(text, err))
	}
	return nil
}

// Host is the node that the snapshot is of.
func (d *snapshot) Host(context.Context) (plan.Host, error) { return d.Node, nil }

// Read is the state of that time.
func (d *snapshot) Read(context.Context) (spec.State, error) { return d.State, nil }

// Connections are those of that time.
func (d *snapshot) Connections(_ context.Context, services []spec.ServiceKey) (map[spec.DestinationKey]spec.Connections, error) {
	asked, out := map[spec.ServiceKey]bool{}, map[spec.DestinationKey]spec.Connections{}
	for _, s := range services {
		asked[s] = true
	}
	for text, c := range d.Counts {
		k, err := spec.ParseKey(text)
		if err != nil {
			return nil, fmt.Errorf("the snapshot's connections: %w", err)
		}
		if k, ok := k.(spec.DestinationKey); ok && asked[k.Service] {
			out[k] = c
		}
	}
	return out, nil
}

// Cannot is always nil: a plan from a snapshot is for a driver that is not known yet.
func (*snapshot) Cannot(spec.Key, spec.Value) error { return nil }

// Announce is for nodes that are there.
func (*snapshot) Announce(context.Context, []spec.AddressKey) error {
	return errors.New("a snapshot announces nothing")
}

// Do refuses: what was cannot be changed.
func (d *snapshot) Do(_ context.Context, changes []plan.Change) []plan.Result {
	out := make([]plan.Result, len(changes))
	for i := range out {
		out[i].Err = errors.New("a snapshot cannot be changed")
	}
	return out
}

// Close has nothing to do.
func (d *snapshot) Close() error { return nil }
