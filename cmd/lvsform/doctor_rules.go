package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/drivers/host"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// purposes are what the families of nftables are for.
var purposes = map[string]string{"inet": "firewall marks and FULLNAT", "arp": "arp = \"filter\""}

// families looks whether nftables has those that the rules of the configuration are in, or, if there are none, which it has.
func families(ctx context.Context, s *session, desired spec.State) (found []finding) {
	needed := map[string]bool{}
	if len(desired.MarkRules)+len(desired.Masquerade) > 0 {
		needed["inet"] = true
	}
	if len(desired.ARPFilters) > 0 {
		needed["arp"] = true
	}
	says, err := asked(ctx, s)
	if err != nil {
		return []finding{note("sudo lvsform …", "which rules nftables can have is not known: %v", err)}
	}
	for _, family := range slices.Sorted(maps.Keys(purposes)) {
		why, told := says[family]
		switch {
		case told && why == nil:
			found = append(found, ok("nftables has the family %s, for %s", family, purposes[family]))
		case told && needed[family]:
			found = append(found, broken("a kernel with CONFIG_NF_TABLES_"+strings.ToUpper(family)+", such as linux-image-amd64 on Debian",
				"nftables of this kernel cannot have the rules for %s: the family %s: %v", purposes[family], family, why))
		case needed[family]:
			found = append(found, note("modprobe nf_tables, then lvsform doctor again",
				"whether nftables can have the rules for %s (the family %s) cannot be seen: nf_tables is not loaded, and doctor loads nothing", purposes[family], family))
		case told && desired.Len() == 0:
			found = append(found, note("nothing, unless it is to be used", "nftables of this kernel does not have the family %s, for %s: %v", family, purposes[family], why))
		}
	}
	return found
}

// asked is what the node says to each family.
func asked(ctx context.Context, s *session) (map[string]error, error) {
	if joined, isKernel := s.node.(*host.Node); isKernel {
		return joined.Around().Families(ctx)
	}
	says := map[string]error{"inet": nil, "arp": nil}
	k, err := s.kernel()
	for _, family := range k.NoRules {
		says[family] = fmt.Errorf("it is in no_rules")
	}
	return says, err
}

// translations looks for rules of others that change what connections of the table look like to servers. They touch packets of the
// table only where netfilter follows its connections.
func translations(ctx context.Context, d *host.Driver, desired, live spec.State) []finding {
	where, err := d.SourceNAT(ctx)
	if err != nil {
		return []finding{note("sudo lvsform …", "whether other rules change the source of packets is not known: %v", err)}
	}
	if len(where) == 0 {
		return nil
	}
	why := follows(desired, live)
	if why == "" {
		return []finding{ok("%s gives packets another source address, but not those that services send on: net.ipv4.vs.conntrack is 0", strings.Join(where, "; "))}
	}
	var looks []string
	for _, w := range where {
		if strings.HasSuffix(w, "-legacy") {
			looks = append(looks, w+" -t nat -S POSTROUTING")
		} else {
			looks = append(looks, "nft list chain "+w)
		}
	}
	return []finding{note(
		strings.Join(looks, "; ")+"; let it not match what goes to servers: \"ct original daddr VIP return\" in front of such a rule, or iptables -m conntrack --ctorigdst VIP -j RETURN",
		"%s gives packets another source address, and %s: if a rule matches what services send on, servers see this director instead of the clients",
		strings.Join(where, "; "), why)}
}

// follows says why netfilter follows connections of the table, now or once the configuration is applied; "": it does not.
func follows(desired, live spec.State) string {
	const name = "net.ipv4.vs.conntrack"
	key := spec.SysctlKey{Name: name}
	if live.Sysctls[key].Value == "1" {
		return name + " is 1"
	}
	if want, declared := desired.Sysctls[key]; declared && want.Value != "0" {
		return name + " is to be 1"
	}
	for _, s := range []spec.State{desired, live} {
		for k, d := range s.Destinations {
			if d.Forward == spec.Masquerade && k.Service.Address.Port() == 21 {
				return "the kernel has it follow FTP that is masqueraded"
			}
		}
	}
	return ""
}

// refusals are why no plan can be made.
func (s *session) refusals(ctx context.Context, in plan.Inputs) (found []finding) {
	_, err := s.make(ctx, in, "", policyFlags{})
	if err == nil {
		return []finding{ok("a plan can be made")}
	}
	for line := range strings.Lines(err.Error()) {
		// What to do stands behind the last colon.
		what, remedy := strings.TrimSpace(line), "lvsform plan says more"
		if i := strings.LastIndex(what, ": "); i > 0 {
			what, remedy = what[:i], what[i+2:]
		}
		found = append(found, broken(remedy, "no plan can be made: %s", what))
	}
	return found
}
