package hclspec

import (
	"iter"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// kind is what may stand in blocks of one type.
type kind struct {
	name   string
	label  string // what the label is; "" takes none
	many   bool   // may stand more than once where it is nested
	attrs  map[string]use
	blocks map[string]*kind
}

// use is how an attribute is used.
type use uint8

const (
	optional use = iota
	required
	later // belongs to a later version
)

// notYet is the kind of blocks that a later version acts on.
func notYet(name, label string) *kind { return &kind{name: name, label: label, many: true} }

func (k *kind) isLater() bool { return k.attrs == nil && k.blocks == nil }

// what is the kind at the beginning of a sentence.
func (k *kind) what() string {
	if k == fileKind {
		return "A configuration"
	}
	return "A" + withArticle(k.name)[1:] + " block"
}

func (k *kind) requiredAttrs() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name, use := range k.attrs {
			if use == required && !yield(name) {
				return
			}
		}
	}
}

func (k *kind) attrNames() []string  { return slices.Sorted(maps.Keys(k.attrs)) }
func (k *kind) blockNames() []string { return slices.Sorted(maps.Keys(k.blocks)) }

// schema is the kind as HCL knows it, for JSON and for dynamic blocks.
func (k *kind) schema() *hcl.BodySchema {
	s := &hcl.BodySchema{}
	for _, name := range k.attrNames() {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: name})
	}
	for _, name := range k.blockNames() {
		h := hcl.BlockHeaderSchema{Type: name}
		if label := k.blocks[name].label; label != "" {
			h.LabelNames = []string{label}
		}
		s.Blocks = append(s.Blocks, h)
	}
	return s
}

// The kinds are never changed.
var (
	lifecycleKind = &kind{name: "lifecycle", attrs: map[string]use{"ignore_changes": optional, "prevent_destroy": optional}}

	tunnelKind = &kind{name: "tunnel", attrs: map[string]use{"type": required, "port": optional, "checksum": optional}}

	serverKind = &kind{
		name: "server", label: "name", many: true,
		attrs: map[string]use{
			"address": optional, "address6": optional, "port": optional, "weight": optional, "upper_threshold": optional,
			"lower_threshold": optional, "maintenance": optional, "forward": optional,
		},
		blocks: map[string]*kind{"tunnel": tunnelKind},
	}

	poolKind = &kind{
		name: "pool", label: "name", many: true,
		attrs: map[string]use{"for_each": optional, "forward": required, "port": optional},
		blocks: map[string]*kind{
			"server": serverKind, "tunnel": tunnelKind, "lifecycle": lifecycleKind,
			"drain": {name: "drain", attrs: map[string]use{"timeout": required}},
		},
	}

	vipKind = &kind{
		name: "vip", label: "name", many: true,
		attrs:  map[string]use{"for_each": optional, "on": optional, "addresses": required, "interface": optional, "anycast": optional},
		blocks: map[string]*kind{"announce": {name: "announce", attrs: map[string]use{"count": optional, "interval": optional}}},
	}

	matchKind = &kind{name: "match", many: true, attrs: map[string]use{"protocol": required, "addresses": required, "ports": required}}

	// A listener's label says which of the two kinds after this one it is read with.
	listenKind     = &kind{name: "listen", label: "protocol", many: true, attrs: map[string]use{}}
	listenPortKind = &kind{name: "listen", label: "protocol", attrs: map[string]use{"addresses": required, "ports": required, "one_packet": optional}}
	listenMarkKind = &kind{
		name: "listen", label: "protocol", attrs: map[string]use{"mark": required, "family": optional, "one_packet": optional},
		blocks: map[string]*kind{"match": matchKind},
	}

	serviceKind = &kind{
		name: "service", label: "name", many: true,
		attrs: map[string]use{"for_each": optional, "scheduler": required, "scheduler_flags": optional, "pool": required, "on": optional},
		blocks: map[string]*kind{
			"listen": listenKind, "lifecycle": lifecycleKind,
			"persistence": {name: "persistence", attrs: map[string]use{"timeout": optional, "netmask": optional, "netmask6": optional, "engine": optional}},
		},
	}

	timeoutsKind = &kind{name: "timeouts", many: true, attrs: map[string]use{"tcp": optional, "tcp_fin": optional, "udp": optional, "on": optional}}

	syncDaemonKind = &kind{
		name: "sync_daemon", label: "name", many: true,
		attrs: map[string]use{
			"for_each": optional, "state": required, "interface": required, "sync_id": optional, "max_len": optional, "group": optional,
			"port": optional, "ttl": optional, "on": optional,
		},
	}

	realServerKind = &kind{
		name: "real_server", label: "name", many: true,
		attrs: map[string]use{"for_each": optional, "on": optional, "services": required, "interface": required, "arp": optional, "arp_interfaces": optional},
	}

	sysctlKind = &kind{name: "sysctl", label: "name", many: true, attrs: map[string]use{"for_each": optional, "on": optional, "values": required}}
	moduleKind = &kind{name: "module", label: "name", many: true, attrs: map[string]use{"for_each": optional, "on": optional, "name": required}}
	linkKind   = &kind{
		name: "link", label: "name", many: true,
		attrs: map[string]use{"for_each": optional, "on": optional, "kind": required, "name": optional, "port": optional, "up": optional},
	}
	neighbourKind = &kind{
		name: "neighbour", label: "name", many: true,
		attrs: map[string]use{"for_each": optional, "on": optional, "interface": required, "address": required, "mac": required},
	}

	roleKind = &kind{name: "role", label: "name", many: true, attrs: map[string]use{"for_each": optional}}
	nodeKind = &kind{
		name: "node", label: "name", many: true,
		attrs: map[string]use{"for_each": optional, "match": optional, "roles": optional, "address": optional, "vars": optional},
	}

	assertKind = &kind{name: "assert", many: true, attrs: map[string]use{"condition": required, "error_message": required}}
	checkKind  = &kind{name: "check", label: "name", many: true, attrs: map[string]use{"for_each": optional}, blocks: map[string]*kind{"assert": assertKind}}

	settingsKind = &kind{
		name: "lvsform", attrs: map[string]use{"required_version": optional, "max_destroy": optional},
		blocks: map[string]*kind{
			"confirm": notYet("confirm", ""),
			"ownership": {name: "ownership", attrs: map[string]use{"unmanaged": optional}, blocks: map[string]*kind{
				"ignore": {name: "ignore", attrs: map[string]use{"addresses": optional, "fwmarks": optional, "interfaces": optional}},
			}},
		},
	}

	variableKind = &kind{
		name: "variable", label: "name", many: true,
		attrs: map[string]use{"type": optional, "default": optional, "description": optional, "sensitive": optional},
		blocks: map[string]*kind{"validation": {
			name: "validation", many: true, attrs: map[string]use{"condition": required, "error_message": required},
		}},
	}

	localsKind = &kind{name: "locals", many: true, attrs: map[string]use{}}

	fileKind = &kind{name: "configuration", blocks: map[string]*kind{
		"lvsform": settingsKind, "variable": variableKind, "locals": localsKind, "vip": vipKind, "pool": poolKind, "service": serviceKind,
		"timeouts": timeoutsKind, "sync_daemon": syncDaemonKind, "check": checkKind,
		"role": roleKind, "node": nodeKind, "real_server": realServerKind, "sysctl": sysctlKind, "module": moduleKind, "link": linkKind, "neighbour": neighbourKind,
	}}
)
