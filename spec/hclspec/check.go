package hclspec

import (
	"github.com/hashicorp/hcl/v2"
)

// checks evaluates the assertions, which warn.
func (l *loader) checks() {
	l.layer = "check"
	for _, block := range l.blocks["check"] {
		d := l.declared(block)
		for _, in := range l.instances(block, d) {
			b := l.open(in.block, checkKind, in.ctx)
			for assert := range b.children("assert") {
				l.assert(assert, in)
			}
		}
	}
}

func (l *loader) assert(block *hcl.Block, in instance) {
	b := l.open(block, assertKind, in.ctx)
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
