package hclspec

import (
	"github.com/hashicorp/hcl/v2"
)

// checks evaluates the assertions, which warn. They are not placed: each is evaluated on the nodes that have all the services
// and pools that it refers to.
func (l *loader) checks() {
	l.each(checkKind, func(in instance) {
		b := l.open(in.block, checkKind, in.ctx)
		for assert := range b.children("assert") {
			l.assert(assert, in)
		}
	})
}

func (l *loader) assert(block *hcl.Block, in instance) {
	b := l.open(block, assertKind, in.ctx)
	if !l.hasAll(b) {
		return
	}
	l.judged[block.DefRange] = true
	holds, ok := b.condition()
	if !ok || holds {
		return
	}
	message, ok := b.errorMessage()
	if !ok {
		return
	}
	expr, _ := b.expression("condition")
	d := newDiagnostic(hcl.DiagWarning, "LVS207", expr.Range(), "Failed check", "%s: %s", in.addr, message)
	d.Expression, d.EvalContext = expr, l.contextFor(expr, in.ctx)
	l.diags = append(l.diags, d)
}

// hasAll says that the node has what the assertion refers to; without nodes it is all here.
func (l *loader) hasAll(b *body) bool {
	if l.nowhere == nil {
		return true
	}
	for name := range b.kind.attrs {
		expr, ok := b.expression(name)
		if !ok {
			continue
		}
		for _, t := range expr.Variables() {
			if len(t) < 2 || t.RootName() != "pool" && t.RootName() != "service" {
				continue
			}
			step, _ := t[1].(hcl.TraverseAttr)
			d := l.named[t.RootName()][step.Name]
			if d != nil && l.poolsOf[d.block] == nil && l.services[d.block] == nil {
				return false
			}
		}
	}
	return true
}

// unjudged warns of assertions that no node could evaluate.
func (l *loader) unjudged() {
	for _, block := range l.blocks["check"] {
		if _, forEach := l.peek(block).expression("for_each"); forEach {
			continue // it may have no instances
		}
		for assert := range l.open(block, checkKind, l.root).children("assert") {
			if !l.judged[assert.DefRange] {
				l.warnf("LVS212", assert.DefRange, "Check without a node", "No node has all the services and pools that this refers to, so that it is never evaluated: refer to those of one node.")
			}
		}
	}
}

func (b *body) condition() (holds, ok bool) {
	a, ok := b.get("condition")
	if !ok {
		return false, false
	}
	return a.boolean()
}

func (b *body) errorMessage() (string, bool) {
	a, ok := b.get("error_message")
	if !ok {
		return "", false
	}
	if a.sensitive {
		a.errorf("LVS031", "Sensitive error message", "")
		return "", false
	}
	return a.text()
}
