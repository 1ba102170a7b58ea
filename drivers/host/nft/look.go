//go:build linux

package nft

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// Families says of "inet" and "arp" what the kernel says to the tables and chains that our rules need there: nil is yes. It makes
// none, and loads no module: without nf_tables, which then cannot be asked, there is no entry.
func (r *Rules) Families() (says map[string]error, err error) {
	says = map[string]error{}
	err = r.inquire(func(s *socket) error {
		for _, family := range families() {
			requests := trial(family)
			refused, err := s.check(requests)
			var whole errBatch
			if errors.As(err, &whole) {
				refused, err = map[int]unix.Errno{0: whole.Errno}, nil
			}
			if err != nil {
				return err
			}
			says[familyName(family)] = nil
			for n := range requests {
				if e, no := refused[n]; no {
					says[familyName(family)] = e
					break
				}
			}
		}
		return nil
	})
	return says, err
}

// inquire calls f if nf_tables is there to be asked.
func (r *Rules) inquire(f func(*socket) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed && !r.has() {
		return nil
	}
	err := r.connect()
	if err == nil {
		if err = f(r.socket); err != nil {
			r.hangUp()
		}
	}
	switch {
	case errors.Is(err, unix.EOPNOTSUPP):
		return nil
	case errors.Is(err, unix.EPERM):
		return fmt.Errorf("ask nftables: not permitted: CAP_NET_ADMIN is needed (%w)", err)
	case err != nil:
		return fmt.Errorf("ask nftables: %w", err)
	}
	return nil
}

// trialName is that of a table that is never made.
const trialName = "lvsform-trial"

// trial are requests for what our rules of a family need of the kernel itself. The table sleeps, so that no chain of it would be
// at work even for a moment. What comes in modules of its own, translation and connections, is not asked for: that would load them.
func trial(family uint8) []request {
	out := []request{about(unix.NFT_MSG_NEWTABLE, unix.NLM_F_CREATE, family,
		text(unix.NFTA_TABLE_NAME, trialName), number(unix.NFTA_TABLE_FLAGS, unix.NFT_TABLE_F_DORMANT))}
	anywhere := netip.IPv4Unspecified()
	examples := map[spec.Key]spec.Value{spec.MarkRuleKey{Protocol: spec.TCP, Address: anywhere}: spec.MarkRule{Mark: 1},
		spec.ARPFilterKey{Interface: "lo", Address: anywhere}: spec.ARPFilter{Source: anywhere}}
	for k, v := range examples {
		r, _ := build(k, v) // which is none of those that cannot be built
		for c, list := range r {
			if s := chain(c).shape(); list != nil && s.family == family {
				s.table = trialName
				out = append(out, s.newChain(), s.addRule(k, list, nil))
			}
		}
	}
	return out
}

// check is a transaction without an end, which the kernel examines like any other and then takes back: so does "nft --check".
func (s *socket) check(requests []request) (map[int]unix.Errno, error) {
	around := request{kind: unix.NFNL_MSG_BATCH_BEGIN, resource: unix.NFNL_SUBSYS_NFTABLES}
	base := s.seq + 1
	if err := s.send(appendBatch(around.append(nil, base), base, requests)); err != nil {
		return nil, err
	}
	s.seq = base + uint32(len(requests))
	return s.outcome(base, len(requests))
}

// SourceNAT names the chains of others in which a rule gives packets another source address, as nft has them: "ip nat POSTROUTING".
func (r *Rules) SourceNAT() (where []string, err error) {
	err = r.inquire(func(s *socket) error {
		for attempt := range attempts {
			pause(attempt)
			before, err := s.generation()
			if err != nil {
				return err
			}
			if where, err = s.sourceNAT(); err != nil {
				return err
			}
			if after, err := s.generation(); err != nil || after == before {
				return err
			}
		}
		return errRestless
	})
	slices.Sort(where)
	return slices.Compact(where), err
}

func (s *socket) sourceNAT() (where []string, err error) {
	err = s.ask(about(unix.NFT_MSG_GETRULE, unix.NLM_F_DUMP, unix.NFPROTO_UNSPEC), func(a answer) error {
		fields, err := a.attributes()
		if err != nil || fields.text(unix.NFTA_RULE_TABLE) == tableName {
			return err
		}
		list, err := steps(fields[unix.NFTA_RULE_EXPRESSIONS])
		if slices.ContainsFunc(list, expression.changesSource) {
			where = append(where, familyName(a.body[0])+" "+fields.text(unix.NFTA_RULE_TABLE)+" "+fields.text(unix.NFTA_RULE_CHAIN))
		}
		return err
	})
	return where, err
}

// changesSource knows nftables' own ways, and what iptables-nft writes.
func (e expression) changesSource() bool {
	const targetName = 1 // NFTA_TARGET_NAME
	a, err := inside(e.data)
	switch {
	case e.name == "masq":
		return true
	case err != nil:
		return false
	case e.name == "nat":
		return a.number(unix.NFTA_NAT_TYPE) == unix.NFT_NAT_SNAT
	case e.name == "target":
		return slices.Contains([]string{"MASQUERADE", "SNAT", "NETMAP"}, a.text(targetName))
	}
	return false
}

func familyName(family uint8) string {
	switch family {
	case unix.NFPROTO_INET:
		return "inet"
	case unix.NFPROTO_ARP:
		return "arp"
	case unix.NFPROTO_IPV4:
		return "ip"
	case unix.NFPROTO_IPV6:
		return "ip6"
	}
	return fmt.Sprint("family ", family)
}
