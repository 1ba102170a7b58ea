package hclspec

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/lvsform/lvsform/spec"
)

// loader holds what one Load has found so far.
type loader struct {
	// spoilt is a block that means nothing because of an error; nil if there is none.
	spoilt *body
	src    Source
	config *Config
	diags  hcl.Diagnostics
	sums   map[string][]byte // what the digest is made of

	// layer is the kind of blocks that is being evaluated.
	layer string
	// root has the functions, and the values of the layers that are done.
	root *hcl.EvalContext
	// unread says that values of variables could not be read.
	unread bool
	// sensitive says that values may carry marks.
	sensitive bool

	blocks map[string][]*hcl.Block
	named  map[string]map[string]*declaration

	byBlock map[*hcl.Block]*declaration

	pools    map[string]*pool
	poolsOf  map[*hcl.Block][]*pool
	services map[*hcl.Block][]*service
	// late are the values of pools and services that something referred to.
	late map[string]cty.Value
}

// declaration is a block that others can refer to by name.
type declaration struct {
	block   *hcl.Block
	forEach bool
	// keys are the instances of a block with for_each.
	keys []string
}

func newLoader(src Source) *loader {
	if src.Dir == "" {
		src.Dir = "."
	}
	l := &loader{
		src:      src,
		sums:     map[string][]byte{},
		blocks:   map[string][]*hcl.Block{},
		named:    map[string]map[string]*declaration{},
		pools:    map[string]*pool{},
		poolsOf:  map[*hcl.Block][]*pool{},
		services: map[*hcl.Block][]*service{},
		late:     map[string]cty.Value{},
		byBlock:  map[*hcl.Block]*declaration{},
		config:   &Config{Files: map[string]*hcl.File{}, origins: map[spec.Key]origin{}, served: map[spec.ServiceKey]*pool{}},
	}
	l.config.Desired.Objects = map[spec.Key]spec.Object{}
	l.config.Desired.Blocks = map[string]*spec.Lifecycle{}
	l.root = &hcl.EvalContext{Variables: map[string]cty.Value{}, Functions: l.functions()}
	return l
}

// load goes through the layers. Later ones are evaluated even if an earlier one is wrong: what depends on the wrong part
// is unknown, and nothing is said about it twice.
func (l *loader) load() {
	if !l.read() {
		return
	}
	if hasSyntaxErrors(l.diags) {
		return // half a block would be full of errors that are none
	}
	if !l.settings() {
		return
	}
	l.declareAll()
	l.variables()
	l.locals()
	l.vips()
	l.evaluatePools()
	l.makeRoom()
	l.evaluateServices()
	l.rest()
	l.judge()
	l.checks()
	// A block that is left out must never look like one that nobody wrote: the node would lose what it declares.
	if l.spoilt != nil && !l.diags.HasErrors() {
		l.errorf("LVS098", l.spoilt.header, "Block left out", "Something about this block is wrong, and lvsform cannot say what: this is a mistake in lvsform.")
	}
}

// finish sorts what was said.
func (l *loader) finish() *Config {
	l.diags = sorted(l.diags)
	for _, d := range l.diags {
		if d.Severity == hcl.DiagWarning {
			l.config.Desired.Warnings = append(l.config.Desired.Warnings, d.Detail)
		}
	}
	l.config.Digest = l.digest()
	return l.config
}

// declareAll notes the names of all blocks, so that a reference can be told from a misspelt one.
func (l *loader) declareAll() {
	for _, k := range []*kind{variableKind, vipKind, poolKind, serviceKind, syncDaemonKind, checkKind} {
		for _, block := range l.blocks[k.name] {
			if d := l.declare(block.Labels[0], referName(k.name), block); d != nil {
				l.byBlock[block] = d
			}
		}
	}
}

// declare notes a name, which must be one that expressions can use, and not taken.
func (l *loader) declare(name, group string, block *hcl.Block) *declaration {
	if !l.validName(name, block) {
		return nil
	}
	if first, ok := l.named[group][name]; ok {
		l.errorf("LVS008", block.LabelRanges[0], "Duplicate name", "There is a %s %q already, at %s: give one of them another name.", block.Type, name, first.block.DefRange)
		return nil
	}
	if l.named[group] == nil {
		l.named[group] = map[string]*declaration{}
	}
	d := &declaration{block: block}
	l.named[group][name] = d
	return d
}

// names are the declared names that expressions can use after the word.
func (l *loader) names(group string) []string { return slices.Sorted(maps.Keys(l.named[group])) }

// referName is the first word of references to blocks of a type.
func referName(blockType string) string {
	if blockType == "variable" {
		return "var"
	}
	return blockType
}
