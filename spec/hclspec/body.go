package hclspec

import (
	"iter"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/dynblock"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
)

// body is the inside of a block, checked against its kind. Native syntax is read where it stands: building HCL's
// BodyContent for every server of a large table would cost as much as parsing it.
type body struct {
	l    *loader
	kind *kind
	ctx  *hcl.EvalContext
	// header is where a missing attribute is reported.
	header hcl.Range
	// bad says that an error was reported in here, so that what was read is not complete.
	bad    bool
	parent *body

	native *hclsyntax.Body
	attrs  hcl.Attributes
	blocks hcl.Blocks
}

// open checks the block's inside against the kind.
func (l *loader) open(block *hcl.Block, k *kind, ctx *hcl.EvalContext) *body {
	b := &body{l: l, kind: k, ctx: ctx, header: block.DefRange}
	if native, ok := block.Body.(*hclsyntax.Body); ok && (k == fileKind || !hasDynamic(native)) {
		b.native = native
		b.checkNative()
	} else {
		b.expand(block.Body)
	}
	for name := range b.kind.requiredAttrs() {
		if _, ok := b.expression(name); !ok {
			b.errorf("LVS005", b.header, "Missing attribute", "The attribute %q is required in %s block.", name, withArticle(k.name))
		}
	}
	b.checkBlocks()
	return b
}

func hasDynamic(b *hclsyntax.Body) bool {
	return slices.ContainsFunc(b.Blocks, func(b *hclsyntax.Block) bool { return b.Type == "dynamic" })
}

func (b *body) errorf(code string, at hcl.Range, summary, detail string, args ...any) {
	b.spoil()
	b.l.errorf(code, at, summary, detail, args...)
}

func (b *body) spoil() {
	b.l.spoilt = b
	for ; b != nil; b = b.parent {
		b.bad = true
	}
}

func (b *body) checkNative() {
	for name, a := range b.native.Attributes {
		use, ok := b.kind.attrs[name]
		if !ok {
			b.unknownAttr(name, a.NameRange)
		} else if use == later {
			b.later("attribute", name, a.NameRange)
		}
	}
	for _, block := range b.native.Blocks {
		k, ok := b.kind.blocks[block.Type]
		switch labels := len(block.Labels); {
		case !ok:
			b.unknownBlock(block.Type, block.TypeRange)
		case k.label == "" && labels > 0:
			b.errorf("LVS006", block.LabelRanges[0], "Unexpected label", "A %s block has no label.", k.name)
		case k.label != "" && labels == 0:
			b.errorf("LVS006", block.TypeRange, "Missing label", "A %s block has its %s as a label: %s \"…\" { }.", k.name, k.label, k.name)
		case labels > 1:
			b.errorf("LVS006", block.LabelRanges[1], "Unexpected label", "A %s block has one label, its %s.", k.name, k.label)
		}
	}
}

// expand reads JSON, and bodies with dynamic blocks in them.
func (b *body) expand(inside hcl.Body) {
	native, ok := inside.(*hclsyntax.Body)
	if ok {
		inside = dynblock.Expand(inside, b.l.dynamicContext(native, b.ctx))
	} else if json.IsJSONBody(inside) && b.kind != fileKind {
		inside = dynblock.Expand(inside, b.ctx)
	}
	content, diags := inside.Content(b.kind.schema())
	if b.l.report(diags) {
		b.bad = true
	}
	b.attrs, b.blocks = content.Attributes, content.Blocks
	for name, a := range b.attrs {
		if b.kind.attrs[name] == later {
			b.later("attribute", name, a.NameRange)
		}
	}
}

func (b *body) unknownAttr(name string, at hcl.Range) {
	if k, ok := b.kind.blocks[name]; ok {
		b.errorf("LVS003", at, "Unknown attribute", "%s is a block: write %s { } without the equals sign.", name, k.name)
		return
	}
	b.errorf("LVS003", at, "Unknown attribute", "%s has no attribute %q.%s", b.kind.what(), name, didYouMean(name, b.kind.attrNames()))
}

func (b *body) unknownBlock(name string, at hcl.Range) {
	if _, ok := b.kind.attrs[name]; ok {
		b.errorf("LVS004", at, "Unknown block", "%s is an attribute: write %s = … with an equals sign.", name, name)
		return
	}
	b.errorf("LVS004", at, "Unknown block", "%s has no %q block.%s", b.kind.what(), name, didYouMean(name, b.kind.blockNames()))
}

func (b *body) later(what, name string, at hcl.Range) {
	b.l.errorf("LVS009", at, "Not in this version", "This version of lvsform cannot act on the %s %q yet: leave it out.", what, name)
}

// checkBlocks: what belongs to a later version, and what may stand once.
func (b *body) checkBlocks() {
	var seen map[string]hcl.Range
	check := func(name string, at hcl.Range) {
		k := b.kind.blocks[name]
		if k == nil || k.many && !k.isLater() {
			return
		}
		if k.isLater() {
			b.later("block", name, at)
			return
		}
		if first, ok := seen[name]; ok {
			b.errorf("LVS007", at, "Repeated block", "Only one %s block is allowed here; the first is at %s.", name, first)
		}
		if seen == nil {
			seen = map[string]hcl.Range{}
		}
		seen[name] = at
	}
	for _, block := range b.blocks {
		check(block.Type, block.TypeRange)
	}
	if b.native != nil {
		for _, block := range b.native.Blocks {
			check(block.Type, block.TypeRange)
		}
	}
}

// children yields the blocks of one type that have the label they should.
func (b *body) children(name string) iter.Seq[*hcl.Block] {
	labels := min(1, len(b.kind.blocks[name].label))
	return func(yield func(*hcl.Block) bool) {
		for _, block := range b.blocks {
			if block.Type == name && len(block.Labels) == labels && !yield(block) {
				return
			}
		}
		if b.native == nil {
			return
		}
		for _, block := range b.native.Blocks {
			if block.Type == name && len(block.Labels) == labels && !yield(block.AsHCLBlock()) {
				return
			}
		}
	}
}

// child opens the only block of the type, or gives nil. What is wrong in it is wrong in b.
func (b *body) child(name string) *body {
	for block := range b.children(name) {
		c := b.l.open(block, b.kind.blocks[name], b.ctx)
		b.bad = b.bad || c.bad
		c.parent = b
		return c
	}
	return nil
}

// expression is what the attribute is set to.
func (b *body) expression(name string) (hcl.Expression, bool) {
	if b.native != nil {
		if a := b.native.Attributes[name]; a != nil {
			return a.Expr, true
		}
		return nil, false
	}
	if a := b.attrs[name]; a != nil {
		return a.Expr, true
	}
	return nil, false
}
