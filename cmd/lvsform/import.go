package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
	"github.com/spf13/cobra"
)

const importLong = `Import writes a configuration for what is there: the live node, if no FILE is given, or what
the files say. Those are what ipvsadm writes and reads (dumps of ipvsadm -S, listings of
ipvsadm -L, scripts of ipvsadm commands; several are read as one, so that listings add what
a dump does not hold), a snapshot, the JSON of an export, or a keepalived.conf. What a
file is follows from what is in it. "-" is standard input.

What the configuration language does not have is left out, and said in a comment on top
and on standard error.`

// importFlags say what is read and how.
type importFlags struct {
	where     nodeFlags
	as, out   string
	noResolve bool
}

// imported is what a source says that a node should be.
type imported struct {
	// from names the source, as in "imported from …".
	from  string
	state spec.State
	vips  []hclspec.NamedVIP
	// notes are what a person has to know of it: what is left out, assumed, or was looked up.
	notes []string
}

func (p *program) importCommand() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use: "import [FILE...|-]", Short: "Write a configuration for the live node, or for what ipvsadm or keepalived was told", Long: importLong,
		RunE: func(c *cobra.Command, args []string) error {
			if odd := given(c, "driver", "netns", "instance", "from"); len(args) > 0 && len(odd) > 0 {
				return fmt.Errorf("%s: this says which node is read, and with a FILE none is: leave out one of them", strings.Join(odd, ", "))
			}
			if odd := given(c, "as", "no-resolve"); len(args) == 0 && len(odd) > 0 {
				return fmt.Errorf("%s: this is about a FILE, and none is given", strings.Join(odd, ", "))
			}
			found, err := p.find(c.Context(), f, args)
			if err != nil {
				return err
			}
			return p.writeImported(found, f.out)
		},
	}
	f.where.add(c)
	f.where.addFrom(c)
	c.Flags().StringVar(&f.as, "as", "", "what a FILE is, whatever is in it: ipvsadm, keepalived or snapshot")
	c.Flags().BoolVar(&f.noResolve, "no-resolve", false, "refuse host names instead of looking them up")
	c.Flags().StringVar(&f.out, "out", "", "write to a `file`, which must not exist yet, instead of standard output")
	return c
}

// find reads the source.
func (p *program) find(ctx context.Context, f importFlags, args []string) (imported, error) {
	if len(args) == 0 {
		return p.importNode(ctx, f.where)
	}
	files, err := p.readSources(args)
	if err != nil {
		return imported{}, err
	}
	return importFiles(ctx, files, f)
}

// writeImported writes the configuration, and tells what a person has to know of it.
func (p *program) writeImported(found imported, out string) error {
	sound, problems := spec.Sound(found.state)
	notes := append(found.notes, leftOut(found.state, problems)...)
	text, err := hclspec.Format(hclspec.Document{State: sound, VIPs: found.vips, Header: header(found.from, notes)})
	if err != nil {
		return err
	}
	if out == "" {
		_, err = p.out.Write(text)
	} else {
		err = createFile(out, text)
	}
	if err != nil {
		return err
	}
	p.warn(notes)
	p.sayf("Imported %s.", contents(sound, found.vips))
	return nil
}

// mostWarnings are told one by one; the comment on top has all of them.
const mostWarnings = 50

func (p *program) warn(notes []string) {
	for i, n := range notes {
		if i == mostWarnings && len(notes) > mostWarnings+1 {
			p.tell(sgrYellow, "warning", fmt.Sprintf("and %d more, which are in the comment on top of the configuration", len(notes)-i))
			return
		}
		p.tell(sgrYellow, "warning", n)
	}
}

func header(from string, notes []string) []string {
	lines := []string{fmt.Sprintf("Imported from %s by lvsform %s.", from, version)}
	for _, n := range notes {
		lines = append(lines, "", n)
	}
	return lines
}

// contents are counts of what there is: "2 services, 3 servers".
func contents(s spec.State, vips []hclspec.NamedVIP) string {
	parts := []string{count(len(s.Services), "service"), count(len(s.Destinations), "server")}
	if len(vips) > 0 {
		parts = append(parts, count(len(vips), "named VIP"))
	}
	if len(s.SyncDaemons) > 0 {
		parts = append(parts, count(len(s.SyncDaemons), "sync daemon"))
	}
	if len(s.Timeouts) > 0 {
		parts = append(parts, "timeouts")
	}
	return strings.Join(parts, ", ")
}

// leftOut says which objects no configuration can declare, and why; of what is wrong with many servers of a service in one
// way, the first is named.
func leftOut(s spec.State, problems []spec.Problem) (notes []string) {
	type kind struct {
		object spec.Key
		rule   string
	}
	first, more := map[kind]spec.Problem{}, map[kind]int{}
	var order []kind
	for _, p := range problems {
		k := kind{p.Key, p.Rule}
		if d, ok := p.Key.(spec.DestinationKey); ok {
			k.object = d.Service
		}
		if _, ok := first[k]; !ok {
			first[k] = p
			order = append(order, k)
		}
		more[k]++
	}
	servers := s.Servers()
	for _, k := range order {
		p, what := first[k], k.object.String()
		if service, ok := k.object.(spec.ServiceKey); ok && len(servers[service]) > 0 {
			what += " with " + count(len(servers[service]), "server")
		}
		why := p.Summary
		if p.Key != k.object {
			why += " (" + p.Key.String() + ")"
		}
		if n := more[k] - 1; n > 0 {
			why += fmt.Sprintf(", and %d more like it", n)
		}
		notes = append(notes, fmt.Sprintf("Left out: %s. %s. %s", what, why, p.Detail))
	}
	return notes
}

// errNothing is why a file with nothing in it is not imported.
var errNothing = errors.New("there is no service, no timeout and no sync daemon in it")
