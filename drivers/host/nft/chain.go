//go:build linux

package nft

import (
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// tableName is our table's in each of the families.
const tableName = "lvsform"

// chain is one of our chains.
type chain int

const (
	prerouting chain = iota
	output
	postrouting
	arpInput
	arpOutput
	chains
)

// shape is what the kernel is told of a chain.
type shape struct {
	family   uint8
	name     string
	kind     string
	hook     uint32
	priority int32
	table    string
}

// Hooks of the family arp; unix has those of the others.
const (
	hookARPIn  = 0
	hookARPOut = 1
)

const (
	priorityMangle    = -150
	priorityFilter    = 0
	prioritySourceNAT = 100
)

func (c chain) shape() shape {
	return [chains]shape{
		prerouting:  {unix.NFPROTO_INET, "prerouting", "filter", unix.NF_INET_PRE_ROUTING, priorityMangle, tableName},
		output:      {unix.NFPROTO_INET, "output", "route", unix.NF_INET_LOCAL_OUT, priorityMangle, tableName},
		postrouting: {unix.NFPROTO_INET, "postrouting", "nat", unix.NF_INET_POST_ROUTING, prioritySourceNAT, tableName},
		arpInput:    {unix.NFPROTO_ARP, "input", "filter", hookARPIn, priorityFilter, tableName},
		arpOutput:   {unix.NFPROTO_ARP, "output", "filter", hookARPOut, priorityFilter, tableName},
	}[c]
}

// has says that rules of a kind of objects are in the chain.
func (c chain) has(k spec.Kind) bool {
	switch c {
	case prerouting, output:
		return k == spec.KindMarkRule
	case postrouting:
		return k == spec.KindMasqueradeRule
	}
	return k == spec.KindARPFilter
}

// String is as nft names the chain.
func (c chain) String() string {
	s := c.shape()
	return familyName(s.family) + " " + tableName + " " + s.name
}

// families are those of our tables.
func families() [2]uint8 { return [...]uint8{unix.NFPROTO_INET, unix.NFPROTO_ARP} }

func (s shape) newChain() request {
	hook := attr(unix.NFTA_CHAIN_HOOK, number(unix.NFTA_HOOK_HOOKNUM, s.hook), number(unix.NFTA_HOOK_PRIORITY, uint32(s.priority)))
	return about(unix.NFT_MSG_NEWCHAIN, unix.NLM_F_CREATE, s.family, text(unix.NFTA_CHAIN_TABLE, s.table),
		text(unix.NFTA_CHAIN_NAME, s.name), hook, text(unix.NFTA_CHAIN_TYPE, s.kind))
}

func (s shape) deleteChain() request {
	return about(unix.NFT_MSG_DELCHAIN, unix.NLM_F_NONREC, s.family, text(unix.NFTA_CHAIN_TABLE, s.table), text(unix.NFTA_CHAIN_NAME, s.name))
}

// newTable also wakes one that sleeps.
func newTable(family uint8) request {
	return about(unix.NFT_MSG_NEWTABLE, unix.NLM_F_CREATE, family, text(unix.NFTA_TABLE_NAME, tableName), number(unix.NFTA_TABLE_FLAGS, 0))
}

func deleteTable(family uint8) request {
	return about(unix.NFT_MSG_DELTABLE, unix.NLM_F_NONREC, family, text(unix.NFTA_TABLE_NAME, tableName))
}

// rule is one that is in a chain.
type rule struct {
	handle uint64
	// key is the object that the rule's comment names, nil for a rule of somebody else.
	key  spec.Key
	list []expression
}

func (s shape) rule(kind, flags uint16, attrs ...[]byte) request {
	head := [][]byte{text(unix.NFTA_RULE_TABLE, s.table), text(unix.NFTA_RULE_CHAIN, s.name)}
	return about(kind, flags, s.family, append(head, attrs...)...)
}

// addRule puts the rule before the first of others, or without them to the end.
func (s shape) addRule(k spec.Key, list []expression, others []rule) request {
	if len(others) == 0 {
		return s.rule(unix.NFT_MSG_NEWRULE, unix.NLM_F_CREATE|unix.NLM_F_APPEND, written(k, list)...)
	}
	return s.rule(unix.NFT_MSG_NEWRULE, unix.NLM_F_CREATE, append(written(k, list), number64(unix.NFTA_RULE_POSITION, others[0].handle))...)
}

func (s shape) replaceRule(k spec.Key, list []expression, handle uint64) request {
	return s.rule(unix.NFT_MSG_NEWRULE, unix.NLM_F_REPLACE, append(written(k, list), number64(unix.NFTA_RULE_HANDLE, handle))...)
}

func (s shape) deleteRule(handle uint64) request {
	return s.rule(unix.NFT_MSG_DELRULE, 0, number64(unix.NFTA_RULE_HANDLE, handle))
}

// written is the content of a rule.
func written(k spec.Key, list []expression) [][]byte {
	var encoded [][]byte
	for _, e := range list {
		encoded = append(encoded, e.encode())
	}
	return [][]byte{attr(unix.NFTA_RULE_EXPRESSIONS, encoded...), attr(unix.NFTA_RULE_USERDATA, comment(k))}
}

// A comment is a part of a rule's user data: its kind, its length, and a text with a zero at the end.
const commentPart = 0

func comment(k spec.Key) []byte {
	s := k.String()
	return append(append([]byte{commentPart, byte(len(s) + 1)}, s...), 0)
}

// commented is the object that a comment names in full, or nil.
func commented(userdata []byte) spec.Key {
	for len(userdata) >= 2 && int(userdata[1]) <= len(userdata)-2 {
		part := userdata[2 : 2+int(userdata[1])]
		if userdata[0] == commentPart {
			s := cString(part)
			k, err := spec.ParseKey(s)
			if err != nil || k.String() != s {
				return nil
			}
			return k
		}
		userdata = userdata[2+len(part):]
	}
	return nil
}
