package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/journal"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"github.com/spf13/cobra"
)

const driftLong = `Drift compares the node with the configuration and changes nothing. It exits with 2 if an
apply would create, change or destroy something, and with 0 if not: objects that an apply
would merely import are as they should be.

In a systemd unit, what differs also goes to the journal, one entry for each object.`

func (p *program) driftCommand() *cobra.Command {
	var (
		config  configFlags
		where   nodeFlags
		policy  policyFlags
		metrics string
		json    bool
	)
	c := &cobra.Command{
		Use: "drift [DIR]", Short: "Say whether the node is what the configuration says", Long: driftLong, Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			start := time.Now()
			policy.compare = true
			var made *plan.Plan
			desired, err := p.load(directory(args), config, where)
			if err == nil {
				made, err = p.makePlan(c.Context(), desired.Chosen.Desired, desired.Digest, where, policy)
			}
			if metrics != "" {
				if err := writeMetrics(metrics, check{made, err, start, time.Since(start)}); err != nil {
					return err
				}
			}
			if err != nil {
				return err
			}
			if json {
				err = p.show(made, formatFlags{format: "json"})
			} else {
				if p.journal == nil || !p.out.journal { // else all of it would be there twice
					p.drift(made)
				}
				err = p.log(made)
			}
			if err == nil && len(made.Changes) > 0 {
				err = status(exitChanges)
			}
			return err
		},
	}
	config.add(c)
	config.addNode(c)
	where.add(c)
	where.addFrom(c)
	policy.addChoice(c)
	c.Flags().StringVar(&metrics, "metrics-file", "", "write metrics for the textfile collector of node_exporter to a `file`")
	c.Flags().BoolVar(&json, "json", false, "print what an apply would do, as a plan in JSON")
	return c
}

// drift prints what differs, one line for each object.
func (p *program) drift(made *plan.Plan) {
	objects := made.Changes.Objects()
	for _, c := range objects {
		fmt.Fprintf(p.out, "%s %s\n", p.paint(p.out, colors[c.Action()], string(rune(c.Action()))), clean(made.Name(c.Key)+difference(made, c)))
	}
	if n := len(made.Unmanaged); n > 0 {
		p.printf("%s that no configuration declares.\n", count(n, "unmanaged object"))
	}
	if len(objects) == 0 {
		p.printf("No drift: %s the configuration.\n", made.Host.Name+" matches")
		return
	}
	s := made.Summary()
	p.printf("Drift: %s: %d missing, %d changed, %d not in the configuration.\n", made.Host.Name, s.Add, s.Change, s.Destroy)
}

var colors = map[plan.Action]string{plan.Create: sgrGreen, plan.Update: sgrYellow, plan.Delete: sgrRed}

// difference is what is wrong with an object: " (tcp 192.0.2.10:80) is missing".
func difference(made *plan.Plan, c plan.Change) string {
	text := " (" + c.Key.String() + ")"
	switch c.Action() {
	case plan.Create:
		return text + " is missing"
	case plan.Delete:
		reason := made.Objects[c.Key].Reason
		if reason == "" {
			reason = "too many"
		}
		return text + " is " + reason
	}
	return text + ": " + edits(c, "%s is %s and should be %s")
}

// edits are the attributes that an update changes, each in a format for its name and both values.
func edits(c plan.Change, format string) string {
	var parts []string
	for _, a := range spec.Attributes(c.Key.Kind()) {
		if !a.Same(c.Before, c.After) {
			parts = append(parts, fmt.Sprintf(format, a.Name, plan.FormatValue(a, c.Before), plan.FormatValue(a, c.After)))
		}
	}
	return strings.Join(parts, ", ")
}

// The identities of journal entries, which never change.
const (
	messageDrift   = "6d2a1d5c0c3f4ac2a0d6a8d8e1c5b7f3"
	messageNoDrift = "c1b83a6d52f34a6f9fd0f3a47f1f4a90"
)

// log tells the journal, if stderr is connected to it.
func (p *program) log(made *plan.Plan) error {
	if p.journal == nil {
		return nil
	}
	s := made.Summary()
	fields := func(event, id string) map[string]string {
		return map[string]string{
			"MESSAGE_ID": id, "SYSLOG_IDENTIFIER": "lvsform", "LVSFORM_EVENT": event, "LVSFORM_NODE": made.Host.Name,
			"LVSFORM_CONFIG_DIGEST": made.Config, "LVSFORM_ADD": fmt.Sprint(s.Add), "LVSFORM_CHANGE": fmt.Sprint(s.Change), "LVSFORM_DESTROY": fmt.Sprint(s.Destroy),
		}
	}
	if len(made.Changes) == 0 {
		return p.journal("no drift on "+made.Host.Name, journal.PriInfo, fields("no-drift", messageNoDrift))
	}
	for _, c := range made.Changes.Objects() {
		f := fields("drift", messageDrift)
		f["LVSFORM_ADDRESS"], f["LVSFORM_KEY"], f["LVSFORM_ACTION"] = made.Name(c.Key), c.Key.String(), c.Action().String()
		f["LVSFORM_BEFORE"], f["LVSFORM_AFTER"] = string(spec.EncodeValue(c.Before)), string(spec.EncodeValue(c.After))
		if err := p.journal("drift: "+made.Name(c.Key)+difference(made, c), journal.PriWarning, f); err != nil {
			return fmt.Errorf("writing to the journal: %w", err)
		}
	}
	return nil
}
