package plan

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lvsform/lvsform/spec"
)

// MarkdownOptions say how much of a plan goes into a comment.
type MarkdownOptions struct {
	// MaxBytes bounds the text: GitHub takes 65536 characters. Objects and warnings that do not fit are left out whole and
	// counted; what says how much changes is always there. 0 is 60000.
	MaxBytes int
}

const defaultMaxBytes = 60000

// WriteMarkdown prints the plan for a comment on a change request. Its first line is a marker with the node's name, by which
// an earlier comment is found and replaced. Whatever names and reasons hold, they stay text: no markup, no
// mention, no way out of the block they are in.
func (p *Plan) WriteMarkdown(w io.Writer, o MarkdownOptions) error {
	limit := o.MaxBytes
	if limit == 0 {
		limit = defaultMaxBytes
	}
	page := p.markdownHead()
	page += p.markdownWarnings(limit - len(page))
	page += p.markdownObjects(limit - len(page))
	_, err := io.WriteString(w, page)
	return err
}

// markdownHead is the marker, the title, what is destroyed, and the table.
func (p *Plan) markdownHead() string {
	var b strings.Builder
	s := p.Summary()
	fmt.Fprintf(&b, "<!-- lvsform:plan %s -->\n", marker(p.Host.Name))
	if p.Empty() {
		b.WriteString("### lvsform plan: no changes\n\n")
	} else {
		fmt.Fprintf(&b, "### lvsform plan: %s\n\n", s)
	}
	if s.Destroy > 0 {
		b.WriteString(p.markdownDestroy(s.Destroy))
	}
	b.WriteString("| node | import | add | change | destroy |\n|---|---|---|---|---|\n")
	fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", escapeMarkdown(p.Host.Name), s.Import, s.Add, s.Change, s.Destroy)
	return b.String()
}

// markdownDestroy says what destroying costs in connections.
func (p *Plan) markdownDestroy(destroyed int) string {
	text := fmt.Sprintf(":warning: **%s will be destroyed**", plural(destroyed, "object"))
	active, drain := p.atStake()
	if active > 0 {
		text += fmt.Sprintf(" with %s", plural(int(active), "active connection"))
	}
	if drain > 0 {
		text += fmt.Sprintf(" (drained for at most %s)", drain)
	}
	return text + ".\n\n"
}

// atStake is how many connections the destroyed destinations have, and the longest wait for them. A service's
// connections are those of its destinations: they count only where no destination is named.
func (p *Plan) atStake() (active uint64, drain time.Duration) {
	named := map[spec.ServiceKey]bool{}
	services := map[spec.ServiceKey]uint64{}
	for _, s := range p.Changes {
		if s.Action() != Delete {
			continue
		}
		n := uint64(p.Objects[s.Key].Connections.Active)
		switch k := s.Key.(type) {
		case spec.DestinationKey:
			active += n
			named[k.Service] = true
			drain = max(drain, s.Drain)
		case spec.ServiceKey:
			services[k] = n
		}
	}
	for k, n := range services {
		if !named[k] {
			active += n
		}
	}
	return active, drain
}

// markdownWarnings is a list of those warnings that fit in half of the room, so that objects are left some.
func (p *Plan) markdownWarnings(room int) string {
	var b strings.Builder
	left := 0
	for _, w := range p.warnings() {
		item := "- :warning: " + escapeMarkdown(strings.Join(strings.Fields(w), " ")) + "\n"
		if b.Len()+len(item) > room/2 {
			left++
			continue
		}
		b.WriteString(item)
	}
	if left > 0 {
		fmt.Fprintf(&b, "- :warning: %s left out.\n", plural(left, "more warning"))
	}
	if b.Len() == 0 {
		return ""
	}
	return "\n" + b.String()
}

// markdownObjects is the folded diff of those objects that fit into the room, from the first on.
func (p *Plan) markdownObjects(room int) string {
	var blocks []string
	size, fence, left := 0, 3, 0
	all := p.markdownBlocks()
	for i, block := range all {
		longer := max(fence, longestRun(block, '`')+1)
		if size+len(block)+2*longer+foldedBytes > room {
			left = len(all) - i
			break
		}
		fence, size = longer, size+len(block)
		blocks = append(blocks, block)
	}
	var b strings.Builder
	if len(blocks) > 0 {
		ticks := strings.Repeat("`", fence)
		fmt.Fprintf(&b, "\n<details><summary>%s</summary>\n\n%sdiff\n%s%s\n\n</details>\n",
			plural(len(blocks), "object"), ticks, strings.TrimSuffix(strings.Join(blocks, ""), "\n"), ticks)
	}
	if left > 0 {
		more := "more "
		if len(blocks) == 0 {
			more = ""
		}
		fmt.Fprintf(&b, "\n%s not shown: the plan is too long for a comment.\n", plural(left, more+"object"))
	}
	return b.String()
}

// foldedBytes is more than what stands around the blocks.
const foldedBytes = 200

// markdownBlocks are the objects as a diff that GitHub colours: the sign in the first column, and ! for an update.
func (p *Plan) markdownBlocks() []string {
	o := newObjects(p, &palette{}, false)
	var out []string
	add := func(lines ...line) {
		var b strings.Builder
		for _, l := range lines {
			b.WriteString(l.diff())
		}
		out = append(out, b.String()+"\n")
	}
	for _, k := range o.onlyAdopted() {
		add(o.imported(k)...)
	}
	for _, c := range p.shown() {
		add(o.block(c)...)
	}
	return out
}

func (l line) diff() string {
	switch l.sign {
	case 0:
		return strings.Repeat(" ", l.indent) + l.text + "\n"
	case Update:
		return "!" + strings.Repeat(" ", l.indent+1) + l.text + "\n"
	}
	return string(rune(l.sign)) + strings.Repeat(" ", l.indent+1) + l.text + "\n"
}
