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

func (m *mapper) leave(fate Fate, s statement, format string, args ...any) {
	m.left = append(m.left, Left{Place: s.place, Fate: fate, Of: s.label(), Text: fmt.Sprintf(format, args...)})
}

// ignored says that keepalived reports a value and goes on without it.
func (m *mapper) ignored(s statement, why string) {
	m.leave(Missing, s, "%s: keepalived ignores it", why)
}

// ignoredLine says the same of a line in a block that does not begin with what such lines begin with.
func (m *mapper) ignoredLine(block, line statement, why string) {
	m.left = append(m.left, Left{Place: line.place, Of: "a line in " + block.name(), Text: why + ": keepalived ignores it"})
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
			is := func(name string) bool { return strings.HasPrefix(word[at+1:], name) }
			name := runtimeNames[slices.IndexFunc(runtimeNames, is)]
			m.fail(s.place, "$%s has a value only while keepalived runs: write the value itself", name)
			return nil, false
		}
	}
	if len(args) > most {
		m.leave(Taken, s, "keepalived does not read what stands behind that")
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
	m.fail(s.place, "%s has no block, and keepalived takes its } for that of the block around it: remove the braces", s.name())
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
		m.leave(Missing, statement{words: s.words[:1], place: s.place}, "it belongs to DPVS: the kernel's IPVS has no such thing")
		return
	}
	text := "a line in " + in + " does not begin with a keyword"
	if keywordLike(s.keyword()) {
		text = "the keyword " + s.keyword() + " is not known in " + in
	}
	m.left = append(m.left, Left{Place: s.place, Text: text})
}

// dpvs are keywords of the keepalived that belongs to DPVS; never changed.
var dpvs = []string{
	"local_address_group", "deny_address_group", "allow_address_group", "tunnel_group", "laddr_group_name", "daddr_group_name",
	"waddr_group_name", "establish_timeout", "conn_timeout", "proxy_protocol", "bps", "limit_proportion", "src-range", "dst-range",
	"oif", "iif", "hash_target", "syn_proxy", "expire_quiescent_conn", "quic", "vip_bind_dev",
}

// summary collects the keywords of one block that are left out for the same reason.
type summary struct {
	what  string
	place Place // of the first
	words []string
}

func (s *summary) add(p Place, keyword string) {
	if s.words == nil {
		s.place = p
	}
	if !slices.Contains(s.words, keyword) {
		s.words = append(s.words, keyword)
	}
}

// leaveSummary writes one entry for all that was collected.
func (m *mapper) leaveSummary(of statement, s summary) {
	if s.words != nil {
		m.left = append(m.left, Left{s.place, Beside, of.label(), s.what, s.words})
	}
}
