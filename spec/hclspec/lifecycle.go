package hclspec

import (
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// What ignore_changes can name, and the attributes that each word stands for.
var (
	ignoreInPool = map[string][]string{
		"weight":          {"weight"},
		"upper_threshold": {"upper_threshold"},
		"lower_threshold": {"lower_threshold"},
		"forward":         {"forward"},
		"tunnel":          {"tunnel_type", "tunnel_port", "tunnel_checksum"},
		"servers":         {},
	}
	ignoreInService = map[string][]string{
		"scheduler":       {"scheduler"},
		"scheduler_flags": {"scheduler_flags"},
		"persistence":     {"persistent", "persistence_timeout", "persistence_netmask", "persistence_engine"},
		"one_packet":      {"one_packet"},
	}
)

func (p *pool) lifecycle(b *body) *spec.Lifecycle {
	life := &spec.Lifecycle{}
	life.Drain, p.drains = b.drain()
	words := b.lifecycle(life, ignoreInPool)
	life.IgnoreServers = slices.Contains(words, "servers")
	return life
}

// lifecycle reads the lifecycle block, and gives the words of ignore_changes.
func (b *body) lifecycle(life *spec.Lifecycle, known map[string][]string) (words []string) {
	c := b.child("lifecycle")
	if c == nil {
		return nil
	}
	if a, ok := c.get("prevent_destroy"); ok {
		life.PreventDestroy, _ = a.boolean()
	}
	a, ok := c.get("ignore_changes")
	if !ok {
		return nil
	}
	elements, _ := a.elements()
	for _, e := range elements {
		word, ok := e.word(sortedKeys(known), "attribute to ignore")
		if !ok || slices.Contains(words, word) {
			continue
		}
		words = append(words, word)
		life.Ignore = append(life.Ignore, known[word]...)
	}
	slices.Sort(life.Ignore)
	return words
}
