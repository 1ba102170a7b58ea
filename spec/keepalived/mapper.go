package keepalived

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

const mostErrors = 10

// mapper goes through the statements in their order and then makes the state.
type mapper struct {
	state  spec.State
	vips   []VIP
	left   []Left
	errors []error

	groups   map[string]*group
	virtuals []*virtual
	globals  globals
	// instances are the names of the vrrp_instances so far.
	instances map[string]Place
	made      map[spec.ServiceKey]Place
}

func newMapper(left []Left) *mapper {
	return &mapper{left: left, groups: map[string]*group{}, instances: map[string]Place{}, made: map[spec.ServiceKey]Place{}}
}

// fail says that keepalived's table cannot be told.
func (m *mapper) fail(p Place, format string, args ...any) {
	if len(m.errors) < mostErrors {
		m.errors = append(m.errors, errorAt(p, format, args...))
	}
}

func (m *mapper) leave(p Place, format string, args ...any) {
	m.left = append(m.left, Left{p, strings.ReplaceAll(fmt.Sprintf(format, args...), marker, "$")})
}

// ignored says that keepalived reports a value and goes on without it.
func (m *mapper) ignored(s statement, why string) {
	m.leave(s.place, "%s: %s: keepalived ignores it", s.label(), why)
}

// args are the words behind the keyword of a statement that makes a difference to the table; false if there are fewer than
// least, or one is known only to a running keepalived. What stands behind the most that are read is left.
func (m *mapper) args(s statement, least, most int) ([]string, bool) {
	args := s.words[1:]
	if len(args) < least {
		m.fail(s.place, "%s needs a value, and keepalived does not start without it: write one", s.keyword())
		return nil, false
	}
	for _, word := range args {
		if at := strings.Index(word, marker); at >= 0 {
			n := nameLength(word[at+1:])
			m.fail(s.place, "$%s has a value only while keepalived runs: write the value itself", word[at+1:at+1+n])
			return nil, false
		}
	}
	if len(args) > most {
		m.leave(s.place, "%s: keepalived does not read %q", s.label(), strings.Join(args[most:], " "))
		args = args[:most]
	}
	return args, true
}

// leaf says that a statement has no block; else keepalived would read what is in it as if there were no braces, and take its
// end for the end of the block around it.
func (m *mapper) leaf(s statement) bool {
	if s.block == nil {
		return true
	}
	m.fail(s.place, "%s has no block, and keepalived takes its } for that of the block around it: remove the braces", s.keyword())
	return false
}

// braces says that a statement has a block.
func (m *mapper) braces(s statement) bool {
	if s.block != nil {
		return true
	}
	m.fail(s.place, "%s has no block: write { and } behind it", s.keyword())
	return false
}

// lines says that a statement has a block of plain lines.
func (m *mapper) lines(s statement) bool {
	if !m.braces(s) {
		return false
	}
	for _, line := range s.block {
		if line.block != nil {
			m.fail(line.place, "there are only lines in %s: remove the braces", s.keyword())
			return false
		}
	}
	return true
}

// unknown leaves a statement that keepalived does not know, either.
func (m *mapper) unknown(s statement, in string) {
	if slices.Contains(dpvs, s.keyword()) {
		m.leave(s.place, "%s belongs to DPVS: the kernel's IPVS has no such thing", s.label())
		return
	}
	m.leave(s.place, "the keyword %s is not known in %s", s.label(), in)
}

// dpvs are keywords of the keepalived that belongs to DPVS; never changed.
var dpvs = []string{
	"local_address_group", "deny_address_group", "allow_address_group", "tunnel_group", "laddr_group_name", "daddr_group_name",
	"waddr_group_name", "establish_timeout", "conn_timeout", "proxy_protocol", "bps", "limit_proportion", "src-range", "dst-range",
	"oif", "iif", "hash_target", "syn_proxy", "expire_quiescent_conn", "quic", "vip_bind_dev",
}

// summary collects the keywords of one block that are left out for the same reason.
type summary struct {
	place Place
	what  string
	words []string
	count map[string]int
}

func (s *summary) add(p Place, keyword string) {
	if s.count == nil {
		s.place, s.count = p, map[string]int{}
	}
	if s.count[keyword]++; s.count[keyword] == 1 {
		s.words = append(s.words, keyword)
	}
}

// leaveSummary writes one entry for all that was collected.
func (m *mapper) leaveSummary(of statement, s summary) {
	if s.count == nil {
		return
	}
	out := make([]string, len(s.words))
	for i, word := range s.words {
		if out[i] = word; s.count[word] > 1 {
			out[i] += fmt.Sprintf(" (%d)", s.count[word])
		}
	}
	m.leave(s.place, "%s: %s: %s", of.label(), s.what, strings.Join(out, ", "))
}
