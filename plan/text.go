package plan

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// TextOptions say how a plan is printed. The zero value is for a file or a pipe.
type TextOptions struct {
	Color bool
	// Width is where sentences are broken, in columns; 0 breaks none. Names and attributes are never broken.
	Width int
	// Verbose shows unchanged attributes, every step and every unmanaged object as well.
	Verbose bool
}

// WriteText prints the plan for a person, in OpenTofu's words, so that what reads those reads this: the objects that
// change, the steps if their order matters, what is left alone, warnings, and the summary line last.
func (p *Plan) WriteText(w io.Writer, o TextOptions) error {
	b := bufio.NewWriter(w)
	t := &text{Writer: b, palette: palette{o.Color}, options: o, plan: p}
	if !p.Empty() {
		t.legend()
		t.imports()
		t.blocks()
		t.steps()
	}
	t.unmanaged()
	t.warnings()
	t.summary()
	return b.Flush() // a bufio.Writer keeps its first error
}

type text struct {
	*bufio.Writer
	palette
	options TextOptions
	plan    *Plan
}

func (t *text) printf(format string, args ...any) { fmt.Fprintf(t, format, args...) }

// legend explains the symbols that occur.
func (t *text) legend() {
	s := t.plan.Summary()
	if s.Add+s.Change+s.Destroy > 0 {
		t.printf("Actions are indicated with the following symbols:\n")
	}
	for _, symbol := range []struct {
		count  int
		action Action
		words  string
	}{{s.Add, Create, "create"}, {s.Change, Update, "update in-place (current -> planned)"}, {s.Destroy, Delete, "destroy"}} {
		if symbol.count > 0 {
			t.printf("  %s %s\n", t.sign(symbol.action), symbol.words)
		}
	}
	if s.Add+s.Change+s.Destroy > 0 {
		t.printf("\n")
	}
	t.printf("lvsform will perform the following actions")
	if t.plan.Host.Name != "" {
		t.printf(" on %s", printable(t.plan.Host.Name))
	}
	if t.plan.Instance != "" {
		t.printf(" (instance %s)", printable(t.plan.Instance))
	}
	t.printf(":\n\n")
}

// imports lists what becomes lvsform's own; an object that changes too says so in its block.
func (t *text) imports() {
	o := newObjects(t.plan, &t.palette, false)
	keys := o.onlyAdopted()
	for _, k := range keys {
		t.lines(o.imported(k)...)
	}
	if len(keys) > 0 {
		t.printf("\n")
	}
}

func (t *text) blocks() {
	o := newObjects(t.plan, &t.palette, t.options.Verbose)
	for _, c := range t.plan.shown() {
		t.lines(o.block(c)...)
		t.printf("\n")
	}
}

func (t *text) lines(lines ...line) {
	for _, l := range lines {
		indent := strings.Repeat(" ", l.indent)
		if l.sign != 0 {
			t.printf("%s%s %s\n", indent, t.sign(l.sign), l.text)
			continue
		}
		text := l.text
		if strings.HasPrefix(text, "# (") {
			text = wrap(text, indent+"# ", t.options.Width-l.indent)
		}
		t.printf("%s%s\n", indent, text)
	}
}

// unmanaged says in one line that somebody else's objects were seen.
func (t *text) unmanaged() {
	if len(t.plan.Unmanaged) == 0 {
		return
	}
	counts := map[spec.Kind]int{}
	for _, k := range t.plan.Unmanaged {
		counts[k.Kind()]++
	}
	var parts []string
	for _, kind := range []struct {
		kind spec.Kind
		noun string
	}{{spec.KindService, "service"}, {spec.KindDestination, "destination"}, {spec.KindSyncDaemon, "sync daemon"}} {
		if n := counts[kind.kind]; n > 0 {
			parts = append(parts, plural(n, "unmanaged "+kind.noun))
		}
	}
	verb := "are"
	if len(t.plan.Unmanaged) == 1 {
		verb = "is"
	}
	stop := "."
	if t.options.Verbose {
		stop = ":"
	}
	t.sentence(strings.Join(parts, " and ")+" "+verb+" left alone"+stop, "")
	if t.options.Verbose {
		for _, k := range t.plan.Unmanaged {
			t.printf("  %s\n", k)
		}
	}
	t.printf("\n")
}

func (t *text) warnings() {
	for _, w := range t.plan.warnings() {
		first := "Warning: "
		for _, part := range strings.Split(strings.TrimSpace(w), "\n") {
			t.sentence(first+printable(strings.TrimSpace(part)), "Warning:")
			first = "  "
		}
		t.printf("\n")
	}
}

// warnings are the plan's, and what follows from it.
func (p *Plan) warnings() []string {
	if !p.Partial {
		return p.Warnings
	}
	return append([]string{"The plan is partial: targets or exclusions leave out objects that may differ, too."}, p.Warnings...)
}

// sentence prints wrapped text; if it begins with mark, that is highlighted.
func (t *text) sentence(words, mark string) {
	words = wrap(words, "  ", t.options.Width)
	if mark != "" && strings.HasPrefix(words, mark) {
		words = t.paint(sgrBold+";"+sgrYellow, mark) + words[len(mark):]
	}
	t.printf("%s\n", words)
}

func (t *text) summary() {
	if t.plan.Empty() {
		t.printf("%s The node matches the configuration.\n", t.paint(sgrBold+";"+sgrGreen, "No changes."))
		return
	}
	t.printf("%s %s.\n", t.paint(sgrBold, "Plan:"), t.plan.Summary())
}

// String is "1 to import, 2 to add, 0 to change, 3 to destroy"; imports are left out if there are none.
func (s Summary) String() string {
	text := fmt.Sprintf("%d to add, %d to change, %d to destroy", s.Add, s.Change, s.Destroy)
	if s.Import > 0 {
		text = fmt.Sprintf("%d to import, %s", s.Import, text)
	}
	return text
}
