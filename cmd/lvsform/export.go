package main

import (
	"encoding/json"
	"fmt"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/spec"
	"github.com/spf13/cobra"
)

const exportLong = `Export prints what the configuration says that the node should be, for other programs:
the rules that ipvsadm -R reads, JSON, or a shell script. It looks at no node. The table of
each of them "lvsform import" reads back. Rules of ipvsadm are about the table alone: what
else the node should be is told on standard error. A script has commands for it where there
are some, and comments for the rest.`

func (p *program) exportCommand() *cobra.Command {
	var config configFlags
	var format, out string
	c := &cobra.Command{
		Use: "export [DIR]", Short: "Print what the node should be, for ipvsadm and other programs", Long: exportLong, Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			write, ok := exporters[format]
			if !ok {
				return fmt.Errorf("--format is ipvsadm, json or sh, not %q", format)
			}
			loaded, err := p.load(directory(args), config, nodeFlags{})
			if err != nil {
				return err
			}
			text, err := write(loaded.Chosen.Desired)
			if err != nil {
				return err
			}
			if format == "ipvsadm" {
				p.tellAround(loaded.Chosen.Desired)
			}
			if n := heavy(loaded.Chosen.Desired.State); n > 0 && format != "json" {
				p.tell(sgrYellow, "warning", heavyWeights(n))
			}
			return p.save(out, text)
		},
	}
	config.add(c)
	config.addNode(c)
	c.Flags().StringVar(&format, "format", "ipvsadm", "ipvsadm for rules that ipvsadm -R reads, json, or sh for a script")
	c.Flags().StringVar(&out, "out", "", "write to a `file`, over what is in it, instead of standard output")
	return c
}

// tellAround names what the node should be beside its table.
func (p *program) tellAround(d spec.Desired) {
	for _, k := range d.State.Host().Keys() {
		p.tell(sgrYellow, "warning", fmt.Sprintf("Left out: %s (%s). It is not part of the table, and ipvsadm has no words for it.", nameOf(d, k), k))
	}
}

var exporters = map[string]func(spec.Desired) ([]byte, error){
	"ipvsadm": exportRules, "json": exportJSON, "sh": exportScript,
}

// exported is a configuration's state, for other programs.
type exported struct {
	FormatVersion string     `json:"format_version"`
	Version       string     `json:"lvsform_version"`
	State         spec.State `json:"state"`
	// Objects are the addresses of the objects of State.
	Objects map[string]string `json:"objects"`
}

func exportJSON(d spec.Desired) ([]byte, error) {
	doc := exported{snapshotFormat, version, d.State, make(map[string]string, d.State.Len())}
	for k := range d.State.All() {
		doc.Objects[k.String()] = nameOf(d, k)
	}
	text, err := json.MarshalIndent(doc, "", "  ")
	return append(text, '\n'), err
}

func exportRules(d spec.Desired) ([]byte, error) {
	if err := sayable(d); err != nil {
		return nil, err
	}
	return rules.Save(d.State)
}

// sayable names the objects that ipvsadm cannot make.
func sayable(d spec.Desired) error {
	var no refusals
	for _, k := range d.State.Table().Keys() {
		no.add(nameOf(d, k), rules.Cannot(k, d.State.Get(k)))
	}
	return no.join()
}

// heavy counts the servers with a weight that not every ipvsadm takes.
func heavy(s spec.State) (n int) {
	for _, d := range s.Destinations {
		if rules.Heavy(d) {
			n++
		}
	}
	return n
}

func heavyWeights(n int) string {
	return fmt.Sprintf("%s with a weight above %d: Debian's build of ipvsadm takes it, others refuse it.", count(n, "server"), rules.CommonWeight)
}

func nameOf(d spec.Desired, k spec.Key) string {
	if o := d.Objects[k]; o.Name != "" {
		return o.Name
	}
	return spec.LiveName(k)
}
