package main

import (
	"context"
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
	where            nodeFlags
	as, keepalivedID string
	out              string
	noResolve        bool
}

// imported is what a source says that a node should be.
type imported struct {
	// from names the source, as in "imported from …".
	from  string
	state spec.State
	vips  []hclspec.NamedVIP
	notes []remark
	// left are objects that are in the source and not in state.
	left spec.State
}

func (p *program) importCommand() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use: "import [FILE...|-]", Short: "Write a configuration for the live node, or for what ipvsadm or keepalived was told", Long: importLong,
		RunE: func(c *cobra.Command, args []string) error {
			if odd := given(c, "driver", "netns", "instance", "from"); len(args) > 0 && len(odd) > 0 {
				return fmt.Errorf("%s: this says which node is read, and with a FILE none is: leave out one of them", strings.Join(odd, ", "))
			}
			if odd := given(c, "as", "no-resolve", "keepalived-id"); len(args) == 0 && len(odd) > 0 {
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
	c.Flags().StringVar(&f.keepalivedID, "keepalived-id", "", "the `name` that keepalived runs with (its -i, or else the host name): lines behind @NAME are for it")
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
	unset := found.state.Timeouts[spec.TimeoutsKey{}] == spec.Timeouts{}
	if found.state = found.state.Clone(); unset {
		found.state.Set(spec.TimeoutsKey{}, nil) // it asks for nothing
	}
	sound, problems := spec.Sound(found.state)
	left := found.left
	found.state.Differences(sound, func(k spec.Key, v, _ spec.Value) { left.Set(k, v) })
	notes := append(found.notes, leftOut(found.state, problems)...)
	if len(left.Services) > 0 {
		stays := "What is left out stays as it is: lvsform does not touch services that no configuration declares."
		notes = append([]remark{{doubtful, stays}}, notes...)
	}
	sortRemarks(notes)
	if sound.Len() == 0 && len(found.vips) == 0 {
		p.warn(notes, "")
		if left.Len() > 0 {
			return fmt.Errorf("nothing can be imported from %s: left out are %s", found.from, contents(left, nil))
		}
		return fmt.Errorf("there is nothing to import from %s: no service, no sync daemon, and no timeouts but a kernel's own", found.from)
	}
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
	p.warn(notes, out)
	done := "Imported " + contents(sound, found.vips) + "."
	if left.Len() > 0 {
		done += " Left out: " + contents(left, nil) + "."
	}
	p.sayf("%s", done)
	return nil
}

func header(from string, notes []remark) []string {
	lines := []string{fmt.Sprintf("Imported from %s by lvsform %s.", from, version)}
	for _, n := range notes {
		lines = append(lines, "", n.String())
	}
	return lines
}

// contents are counts of what there is: "2 services, 3 servers".
func contents(s spec.State, vips []hclspec.NamedVIP) string {
	var parts []string
	for _, c := range []struct {
		n    int
		noun string
	}{{len(s.Services), "service"}, {len(s.Destinations), "server"}, {len(vips), "named VIP"}, {len(s.SyncDaemons), "sync daemon"}} {
		if c.n > 0 {
			parts = append(parts, count(c.n, c.noun))
		}
	}
	if len(s.Timeouts) > 0 {
		parts = append(parts, "timeouts")
	}
	if n := s.Host().Len(); n > 0 {
		parts = append(parts, count(n, "object")+" around the table")
	}
	return strings.Join(parts, ", ")
}
