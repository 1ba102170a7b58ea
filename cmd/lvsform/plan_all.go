package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec/hclspec"
)

// planAll plans every node of a configuration from the snapshots in the directory --from. With --out, which is a directory
// then, each plan is saved as the node's name with ".plan".
func (p *program) planAll(ctx context.Context, dir string, config configFlags, where nodeFlags, policy policyFlags, format formatFlags, out string) (changes bool, err error) {
	switch info, err := os.Stat(where.from); {
	case where.from != "" && err != nil:
		return false, fmt.Errorf("--from: %w", err)
	case err != nil || !info.IsDir():
		return false, errors.New("--node all plans nodes from their snapshots: --from names the directory with one of each")
	}
	if err := where.fromAlone(); err != nil {
		return false, err
	}
	desired, err := p.loadQuietly(p.source(dir, config))
	if err != nil {
		return false, err
	}
	snapshots, err := snapshotsOf(desired, where.from)
	if err != nil {
		return false, err
	}
	if out != "" {
		if err := os.MkdirAll(out, 0o755); err != nil {
			return false, fmt.Errorf("saving the plans: %w", err)
		}
	}
	plans, err := p.makeAll(ctx, desired, snapshots, where, policy)
	errs := []error{err}
	saved := false
	for _, n := range desired.Nodes {
		made := plans[n]
		if made == nil {
			continue
		}
		if err := p.showOne(n, made, policy, format); err != nil {
			errs = append(errs, fmt.Errorf("node %s: %w", n.Name, err))
			continue
		}
		changes = changes || !made.Empty()
		if out != "" {
			if err := savePlan(filepath.Join(out, fileName(n.Name)+".plan"), made); err != nil {
				return changes, err
			}
			saved = true
		}
	}
	if saved {
		p.sayf("Saved the plans to: %s", out)
	}
	return changes, errors.Join(errs...)
}

// makeAll plans each node from its snapshot. An address that no node has is an error, and then there is no plan.
func (p *program) makeAll(ctx context.Context, desired *hclspec.Config, snapshots map[*hclspec.Node]string, where nodeFlags, policy policyFlags) (map[*hclspec.Node]*plan.Plan, error) {
	plans, without := map[*hclspec.Node]*plan.Plan{}, map[string]int{}
	var errs []error
	for _, n := range desired.Nodes {
		where.from, policy.absent = snapshots[n], nil
		where.taken = func() (*snapshot, error) { return loadSnapshot(where.from) }
		made, err := p.makePlan(ctx, n.Desired, desired.Digest, where, policy)
		var unknown *plan.UnknownAddressError
		if errors.As(err, &unknown) {
			for _, address := range unknown.Addresses {
				without[address]++
			}
			policy.absent = unknown.Addresses
			made, err = p.makePlan(ctx, n.Desired, desired.Digest, where, policy)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("node %s: %w", n.Name, err))
			continue
		}
		plans[n] = made
	}
	var nowhere []string
	for _, address := range slices.Sorted(maps.Keys(without)) {
		if without[address] == len(desired.Nodes) {
			nowhere = append(nowhere, address)
		}
	}
	if len(nowhere) > 0 {
		return nil, errors.Join(append(errs, &plan.UnknownAddressError{Addresses: nowhere})...)
	}
	return plans, errors.Join(errs...)
}

// showOne shows the plan of a node below the node's name, and asks whether it is allowed.
func (p *program) showOne(n *hclspec.Node, made *plan.Plan, policy policyFlags, format formatFlags) error {
	switch format.format {
	case "text":
		fmt.Fprintf(p.out, "%s\n\n", p.paint(p.out, sgrBold, "Node "+clean(n.Name)))
	case "markdown":
		p.printf("## Node `%s`\n\n", clean(strings.ReplaceAll(n.Name, "`", "'")))
	}
	if err := p.show(made, format); err != nil {
		return err
	}
	if format.format == "text" || format.format == "markdown" {
		p.printf("\n")
	}
	return policy.allow.gate(made)
}

const onlySnapshots = "--from names a directory with nothing in it but a snapshot of each node: put this elsewhere, or take it anew with \"lvsform snapshot --out NODE.json\""

// snapshotsOf finds the snapshot of each node: the one that was taken on a machine with one of its names.
func snapshotsOf(desired *hclspec.Config, dir string) (map[*hclspec.Node]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("--from: %w", err)
	}
	found := map[*hclspec.Node]string{}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if err := regular(path); err != nil {
			return nil, hint(fmt.Errorf("reading the snapshot: %w", err), onlySnapshots)
		}
		doc, err := loadSnapshot(path)
		if err != nil {
			return nil, hint(err, onlySnapshots)
		}
		n, err := desired.Node("", doc.Node.Name)
		if err != nil {
			return nil, fmt.Errorf("the snapshot %s is of %s: %w", path, doc.Node.Name, err)
		}
		if other, twice := found[n]; twice {
			return nil, fmt.Errorf("%s and %s are both snapshots of node %s: keep one of them", other, path, n.Name)
		}
		found[n] = path
	}
	var missing []string
	for _, n := range desired.Nodes {
		if found[n] == "" {
			missing = append(missing, n.Name)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return nil, fmt.Errorf("there is no snapshot of %s in %s: take it there with \"lvsform snapshot --out NODE.json\"", strings.Join(missing, ", "), dir)
	}
	return found, nil
}

// fileName makes a name for a file of a node's: web["web1"] becomes web-web1.
func fileName(node string) string {
	return strings.Join(strings.FieldsFunc(node, func(r rune) bool { return strings.ContainsRune(`["]/ `, r) }), "-")
}
