package plan

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// alike is how many consecutive steps that differ in their keys alone are written one by one. The blocks above
// name the objects of longer runs.
const alike = 10

// steps lists what runs, in order. It is shown when the order says more than the objects do.
func (t *text) steps() {
	if !t.options.Verbose && !t.plan.ordered() {
		return
	}
	batches := t.plan.Changes.Batches()
	heading := "Steps, in this order"
	if len(batches) > 1 {
		heading += ", each batch after the one before it is done"
	}
	t.printf("%s:\n\n", wrap(heading, "", t.options.Width-1))
	n := 1
	width := len(strconv.Itoa(len(t.plan.Changes)))
	for i, batch := range batches {
		if len(batches) > 1 {
			t.printf("  %s\n", t.paint(sgrBold, "batch "+strconv.Itoa(i+1)))
		}
		n = t.batch(batch, n, width)
	}
	t.printf("\n")
}

// ordered says that some object takes several steps or is waited for, or that an address comes or goes with other things.
func (p *Plan) ordered() bool {
	seen := make(map[spec.Key]bool, len(p.Changes))
	for i, s := range p.Changes {
		if s.Key.Kind() == spec.KindAddress && (i > 0 || len(p.Changes.Batch()) < len(p.Changes)) {
			return true
		}
		if seen[s.Key] || s.Drain > 0 || s.Announce.Count > 0 || s.holds() {
			return true
		}
		seen[s.Key] = true
	}
	return false
}

// batch prints steps from number n on and gives the next number.
func (t *text) batch(steps Changeset, n, width int) int {
	for len(steps) > 0 {
		first, run := steps[0], 1
		if !t.options.Verbose {
			run = steps.run()
		}
		if run > alike {
			t.step(fmt.Sprintf("%*d-%d. ", width, n, n+run-1), first.Action().String()+" "+several(run, first.Key.Kind()), first)
		} else {
			run = 1
			t.step(fmt.Sprintf("%*d. ", width, n), first.Change.String(), first)
		}
		steps, n = steps[run:], n+run
	}
	return n
}

// run is how many steps from the first on differ in their keys alone.
func (cs Changeset) run() int {
	first := cs[0]
	n := 1
	for n < len(cs) && cs[n].Action() == first.Action() && cs[n].Key.Kind() == first.Key.Kind() &&
		cs[n].Drain == first.Drain && cs[n].Announce == first.Announce && edits(cs[n].Change) == edits(first.Change) {
		n++
	}
	return n
}

// several is "12 destinations", in the words of people.
func several(n int, k spec.Kind) string {
	switch k {
	case spec.KindARPFilter:
		return plural(n, "ARP filter rule")
	case spec.KindAddress:
		return count(n, "address", "addresses")
	}
	return plural(n, strings.ReplaceAll(k.String(), "_", " "))
}

// step prints one step, or one for all like it.
func (t *text) step(number, what string, s Step) {
	words := "    " + number + what
	if e := edits(s.Change); e != "" {
		words += ": " + e
	}
	switch {
	case s.Drain > 0 && s.Key.Kind() == spec.KindAddress:
		words += fmt.Sprintf(", once its services that go have no active connections or after %s", s.Drain)
	case s.Drain > 0:
		words += fmt.Sprintf(", once it has no active connections or after %s", s.Drain)
	case s.Announce.Count > 0 && s.Action() == Create:
		words += ", then " + times(s.Announce)
	}
	t.printf("%s\n", wrap(words, strings.Repeat(" ", 4+len(number)), t.options.Width))
}

// edits are the attributes that an update changes: "weight 1 -> 0, forward "direct" -> "tunnel"".
func edits(c Change) string {
	if c.Action() != Update {
		return ""
	}
	if c.holds() {
		return "as it is, for the way back"
	}
	var out []string
	for _, a := range spec.Attributes(c.Key.Kind()) {
		if !a.Same(c.Before, c.After) {
			out = append(out, a.Name+" "+FormatValue(a, c.Before)+" -> "+FormatValue(a, c.After))
		}
	}
	return strings.Join(out, ", ")
}
