//go:build linux

package nft

import (
	"fmt"
	"slices"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// batch becomes a transaction. It rests on a snapshot.
type batch struct {
	now snapshot
	// fresh are rules to insert, edits what happens to rules that are there.
	fresh [chains][]insertion
	edits []edit
	// removed counts the rules that go.
	removed [chains]int
	// adders are the changes that write to a family, removers those that only remove.
	adders, removers map[uint8][]int
}

type insertion struct {
	owner int
	key   spec.Key
	list  []expression
}

type edit struct {
	owner int
	request
}

func newBatch(now snapshot) *batch {
	return &batch{now: now, adders: map[uint8][]int{}, removers: map[uint8][]int{}}
}

// add takes in a change, or says why it cannot be done.
func (b *batch) add(owner int, c plan.Change) error {
	there, any := b.now.objects[c.Key]
	switch {
	case c.Action() == plan.Create && b.now.value(c.Key) != nil:
		return refusal(c, unix.EEXIST)
	case c.Action() != plan.Create && !any:
		return refusal(c, unix.ENOENT)
	case c.After == nil:
		b.remove(owner, there)
		return nil
	}
	want, e := build(c.Key, c.After)
	if e != 0 {
		return refusal(c, e)
	}
	for i, list := range want {
		if list != nil && b.now.chains[i].strange {
			return fmt.Errorf("%s: somebody has made the chain %s, and not as lvsform makes it: it must go first, with \"nft delete chain %[2]s\"", c, chain(i))
		}
	}
	b.write(owner, c.Key, want, there)
	return nil
}

func (b *batch) remove(owner int, there parts) {
	for i, rules := range there {
		b.drop(owner, chain(i), rules)
	}
}

func (b *batch) drop(owner int, c chain, rules []rule) {
	s := c.shape()
	for _, r := range rules {
		b.edits = append(b.edits, edit{owner, s.deleteRule(r.handle)})
		b.removers[s.family] = append(b.removers[s.family], owner)
	}
	b.removed[c] += len(rules)
}

// write makes one rule in each chain of what is there: nothing, what we want, or what is left of an object.
func (b *batch) write(owner int, k spec.Key, want ruleset, there parts) {
	for i, list := range want {
		if list == nil {
			continue
		}
		s := chain(i).shape()
		b.adders[s.family] = append(b.adders[s.family], owner)
		if len(there[i]) == 0 {
			b.fresh[i] = append(b.fresh[i], insertion{owner, k, list})
			continue
		}
		if first := there[i][0]; !same(first.list, list) {
			b.edits = append(b.edits, edit{owner, s.replaceRule(k, list, first.handle)})
		}
		b.drop(owner, chain(i), there[i][1:])
	}
}

// requests are the transaction, with the changes that each request is for. Rules are inserted before any that is there is
// touched, so that the places are there.
func (b *batch) requests() (out []request, owners [][]int) {
	put := func(r request, o ...int) { out, owners = append(out, r), append(owners, o) }
	for _, family := range families() {
		t, there := b.now.tables[family]
		if len(b.adders[family]) > 0 && (!there || t.asleep) {
			put(newTable(family), b.adders[family]...)
		}
	}
	for i, fresh := range b.fresh {
		if len(fresh) == 0 {
			continue
		}
		if !b.now.chains[i].there {
			put(chain(i).shape().newChain(), ownersOf(fresh)...)
		}
		slices.SortFunc(fresh, func(x, y insertion) int { return compareRules(x.key, y.key) })
		there := b.now.chains[i].rules
		for _, f := range fresh {
			there = from(there, f.key)
			put(chain(i).shape().addRule(f.key, f.list, there), f.owner)
		}
	}
	for _, e := range b.edits {
		put(e.request, e.owner)
	}
	for _, family := range families() {
		for _, r := range b.tidy(family) {
			put(r, b.removers[family]...)
		}
	}
	return out, owners
}

func ownersOf(fresh []insertion) (out []int) {
	for _, f := range fresh {
		out = append(out, f.owner)
	}
	return out
}

// from is what is left of rules from the first one that a new one comes before.
func from(rules []rule, k spec.Key) []rule {
	for i, r := range rules {
		if r.key != nil && compareRules(k, r.key) < 0 {
			return rules[i:]
		}
	}
	return nil
}

// tidy removes the chains of ours that have become empty, and the table if nothing else is in it.
func (b *batch) tidy(family uint8) (out []request) {
	if len(b.removers[family]) == 0 {
		return nil
	}
	use := b.now.tables[family].use
	for c := range chains {
		s, x := c.shape(), b.now.chains[c]
		switch {
		case s.family != family:
		case x.there && !x.strange && len(x.rules)+len(b.fresh[c]) == b.removed[c]:
			out = append(out, s.deleteChain())
			use--
		case !x.there && len(b.fresh[c]) > 0:
			use++
		}
	}
	if use == 0 {
		out = append(out, deleteTable(family))
	}
	return out
}
