package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/spec/keepalived"
)

// remark is something that a person has to know of an import.
type remark struct {
	kind remarkKind
	text string
}

// remarkKind is what a remark is about. What matters to the table comes first.
type remarkKind int

const (
	leftObject remarkKind = iota // an object that is left out
	leftTable                    // what else may be missing in the table
	doubtful                     // why the table may be another one
	taken                        // what was assumed, corrected or looked up
	leftBeside                   // what has no part in a table
)

// String is a sentence.
func (n remark) String() string {
	if n.kind == doubtful || n.kind == taken {
		return n.text
	}
	return "Left out: " + n.text
}

func sortRemarks(notes []remark) {
	slices.SortStableFunc(notes, func(a, b remark) int { return int(a.kind - b.kind) })
}

// mostWarnings are told one by one; the comment on top has all of them.
const mostWarnings = 50

// warn tells of notes; of those that do not matter to the table only if there is no file that has them on top.
func (p *program) warn(notes []remark, out string) {
	told := len(notes)
	if i := slices.IndexFunc(notes, func(n remark) bool { return n.kind >= taken }); out != "" && i >= 0 {
		told = i
	}
	if told > mostWarnings+1 {
		told = mostWarnings
	}
	for _, n := range notes[:told] {
		p.tell(sgrYellow, "warning", n.String())
	}
	switch more := len(notes) - told; {
	case more == 0:
	case out == "":
		p.tell(sgrYellow, "warning", fmt.Sprintf("and %d more, which are in the comment on top of the configuration", more))
	case more == 1:
		p.sayf("1 more note stands at the top of %s.", shown(out))
	default:
		p.sayf("%d more notes stand at the top of %s.", more, shown(out))
	}
}

// gathered are notes for what is left, one for each thing that is said, with all of its places.
func gathered(left []keepalived.Left) (notes []remark) {
	type kind struct {
		fate        keepalived.Fate
		noun, text  string
		hasKeywords bool
	}
	groups := map[kind]*gathering{}
	var order []*gathering
	for _, l := range left {
		k := kind{l.Fate, noun(l.Of), l.Text, l.Words != nil}
		g := groups[k]
		if g == nil {
			g = &gathering{left: l}
			g.left.Words = nil
			groups[k] = g
			order = append(order, g)
		}
		g.add(l)
	}
	for _, g := range order {
		kinds := map[keepalived.Fate]remarkKind{keepalived.Missing: leftTable, keepalived.Taken: taken, keepalived.Beside: leftBeside}
		notes = append(notes, remark{kinds[g.left.Fate], g.String()})
	}
	return notes
}

// gathering is what is said of several statements with the same keyword.
type gathering struct {
	left    keepalived.Left
	several bool
	places  []keepalived.Place
}

func (g *gathering) add(l keepalived.Left) {
	g.places = append(g.places, l.Place)
	g.several = g.several || l.Of != g.left.Of
	for _, word := range l.Words {
		if !slices.Contains(g.left.Words, word) {
			g.left.Words = append(g.left.Words, word)
		}
	}
}

// String is "health checks of 3 virtual servers: TCP_CHECK (keepalived.conf:5, 20, 35)".
func (g *gathering) String() string {
	l := g.left
	switch {
	case g.several && l.Words != nil:
		l.Of = count(len(g.places), strings.ReplaceAll(noun(l.Of), "_", " "))
	case g.several:
		l.Of = fmt.Sprintf("%s (%d times)", noun(l.Of), len(g.places))
	}
	return fmt.Sprintf("%s (%s)", l, where(g.places))
}

// noun is the keyword of a statement.
func noun(of string) string {
	if strings.HasPrefix(of, "a ") { // it is none
		return of
	}
	keyword, _, _ := strings.Cut(of, " ")
	return keyword
}

// mostPlaces are named one by one.
const mostPlaces = 8

// where are places in short: "a.conf:3, 7, 9, b.conf:4 and 5 more places".
func where(places []keepalived.Place) string {
	var b strings.Builder
	for i, p := range places {
		switch {
		case i == mostPlaces && len(places) > mostPlaces+1:
			fmt.Fprintf(&b, " and %d more places", len(places)-i)
			return b.String()
		case i > 0 && p.File == places[i-1].File:
			fmt.Fprintf(&b, ", %d", p.Line)
		case i > 0:
			b.WriteString(", ")
			fallthrough
		default:
			b.WriteString(p.String())
		}
	}
	return b.String()
}
