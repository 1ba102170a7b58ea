package hclspec

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/lvsform/lvsform/spec"
)

// loader evaluates blocks. The first one reads what all nodes share; then each node has one of its own (see site), and so
// have the blocks that are placed nowhere.
type loader struct {
	*shared
	// node is whose loader it is; nil for the first one, and for blocks that are placed nowhere.
	node *Node
	// spoilt is a block that means nothing because of an error; nil if there is none.
	spoilt *body
	diags  hcl.Diagnostics

	// layer is the kind of blocks that is being evaluated.
	layer string
	// root has the functions, and the values of the layers that are done.
	root *hcl.EvalContext
	// keys are the instances of the blocks with for_each.
	keys map[*declaration][]string

	vipsAt map[string]cty.Value // by address: vip.web, vip.tenant["acme"]
	held   []held
	holds  map[netip.Addr]bool // of held
	// derived are the objects that no block declares as such.
	derived map[spec.Key]bool
	real    []*realServer
	realSet bool

	pools    map[string]*pool
	poolsOf  map[*hcl.Block][]*pool
	services map[*hcl.Block][]*service
	// late are the values of pools and services that something referred to.
	late map[string]cty.Value
	// complete says that the services were evaluated, and good are those that nothing is wrong with.
	complete bool
	good     []*service
	// listens are the addresses of all services.
	listens map[netip.Addr]bool
}

// shared is what all loaders of one configuration have together.
type shared struct {
	src    Source
	config *Config
	sums   map[string][]byte // what the digest is made of

	// unread says that values of variables could not be read.
	unread bool
	// sensitive says that values may carry marks.
	sensitive bool

	blocks map[string][]*hcl.Block
	named  map[string]map[string]*declaration

	byBlock map[*hcl.Block]*declaration

	// common is what Desired begins with on every node.
	common spec.Desired
	byRole map[string][]string
	sites  []*loader
	known  map[netip.Addr]*loader // the nodes by their own addresses
	// nowhere is the loader of the blocks that are placed on no node; nil if there are no nodes.
	nowhere *loader
	placed  map[*hcl.Block]*placement
	served  map[*hcl.Block][]*loader // see serving
	// apart are vips that differ between the nodes that have them.
	apart map[string]bool
	used  map[string]bool // pools by address
	// judged are the assertions that some node has evaluated.
	judged map[hcl.Range]bool
}

// declaration is a block that others can refer to by name.
type declaration struct {
	block   *hcl.Block
	forEach bool
}

func newLoader(src Source) *loader {
	if src.Dir == "" {
		src.Dir = "."
	}
	l := &loader{
		shared: &shared{
			src:     src,
			sums:    map[string][]byte{},
			blocks:  map[string][]*hcl.Block{},
			named:   map[string]map[string]*declaration{},
			byBlock: map[*hcl.Block]*declaration{},
			config:  &Config{Files: map[string]*hcl.File{}},
			byRole:  map[string][]string{},
			known:   map[netip.Addr]*loader{},
			placed:  map[*hcl.Block]*placement{},
			served:  map[*hcl.Block][]*loader{},
			apart:   map[string]bool{},
			used:    map[string]bool{},
			judged:  map[hcl.Range]bool{},
		},
		keys: map[*declaration][]string{},
	}
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
	l.roles()
	l.machines()
	l.openSites()
	l.allVIPs()
	asked := l.choose()
	for _, s := range asked {
		s.finishNode()
	}
	if len(asked) == len(l.sites) {
		l.unplaced()
	}
	l.acrossNodes(asked)
	l.gather()
}

// finishNode is everything after the vips, on one node.
func (l *loader) finishNode() {
	l.serve()
	l.table()
	l.rest()
	l.judge()
	l.checks()
	l.node.Evaluated = true
}

// gather takes what was said of the nodes. A block that is left out must never look like one that nobody wrote: the node would
// lose what it declares.
func (l *loader) gather() {
	all := slices.Clone(l.diags)
	for _, s := range l.sites {
		s.node.Desired.Warnings = details(sorted(slices.Concat(l.diags, s.diags)))
		all = append(all, s.diags...)
		if l.spoilt == nil {
			l.spoilt = s.spoilt
		}
	}
	if l.nowhere != nil {
		all = append(all, l.nowhere.diags...)
	}
	l.diags = all
	if l.spoilt != nil && !l.diags.HasErrors() {
		l.errorf("LVS098", l.spoilt.header, "Block left out", "Something about this block is wrong, and lvsform cannot say what: this is a mistake in lvsform.")
	}
}

// details are what the warnings say.
func details(diags hcl.Diagnostics) (out []string) {
	for _, d := range diags {
		if d.Severity == hcl.DiagWarning {
			out = append(out, d.Detail)
		}
	}
	return out
}

// finish sorts what was said.
func (l *loader) finish() *Config {
	l.diags = sorted(l.diags)
	if c := l.config; len(c.Nodes) == 0 {
		c.Nodes = []*Node{{Desired: l.common}}
		c.Chosen = c.Nodes[0]
	}
	l.config.Digest = l.digest()
	return l.config
}

// declareAll notes the names of all blocks, so that a reference can be told from a misspelt one.
func (l *loader) declareAll() {
	for _, k := range []*kind{
		variableKind, roleKind, nodeKind, vipKind, poolKind, serviceKind, realServerKind, sysctlKind, moduleKind, linkKind, neighbourKind,
		syncDaemonKind, checkKind,
	} {
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
	_, forEach := l.peek(block).expression("for_each")
	d := &declaration{block: block, forEach: forEach}
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
