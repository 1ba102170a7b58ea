package spec

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Problem is a rule that an object of a State breaks.
type Problem struct {
	Key Key
	// Attribute is the Attribute.Name that is wrong, or "" if the object as such is.
	Attribute string
	// Rule is the stable code of the rule. LVS150 and above are about several objects together; the others can be
	// judged from the object alone.
	Rule string
	// Summary is a noun phrase, Detail says what to write instead.
	Summary, Detail string
}

// Validate is every rule that the State breaks, by key and rule: what the kernel would refuse, and what it would take
// and then serve nobody with. It is linear in the number of objects, and a service or destination without problems costs
// no allocation.
func Validate(s State) []Problem {
	c := checker{state: s}
	for k, v := range s.Services {
		c.service(k, v)
	}
	for k, v := range s.Destinations {
		c.destination(k, v)
		c.together(k, v)
	}
	for k, v := range s.Timeouts {
		c.timeouts(k, v)
	}
	for k, v := range s.SyncDaemons {
		c.syncDaemon(k, v)
	}
	for k, v := range s.Sysctls {
		c.sysctl(k, v)
	}
	slices.SortFunc(c.problems, func(a, b Problem) int {
		return cmp.Or(CompareKeys(a.Key, b.Key), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Attribute, b.Attribute))
	})
	return c.problems
}

// Schedulers are the names that a desired service may use.
func Schedulers() []string { return slices.Clone(schedulers) }

var schedulers = []string{"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq", "fo", "ovf", "twos"}

// Engines are the persistence engines that a desired service may use.
func Engines() []string { return []string{"sip"} }

// FlagsOf are the flags that the scheduler reads.
func FlagsOf(scheduler string) SchedulerFlags {
	if scheduler == "sh" || scheduler == "mh" {
		return Flag1 | Flag2
	}
	return 0
}

// The bounds of numbers, where the type alone does not say them.
const (
	MaxWeight             = 1<<31 - 1
	MaxPersistenceTimeout = 31 * 24 * 60 * 60 // above, the kernel's clock ticks may wrap
	MaxTimeout            = MaxWeight / 1000  // what a kernel with 1000 ticks per second takes
	MaxSyncID             = 255
	MaxSyncLen            = 65507
)

type checker struct {
	state    State
	problems []Problem
}

func (c *checker) add(k Key, attribute, rule, summary, detail string, args ...any) {
	c.problems = append(c.problems, Problem{k, attribute, rule, summary, fmt.Sprintf(detail, args...)})
}

func (c *checker) service(k ServiceKey, s Service) {
	if k.IsMark() {
		c.mark(k)
	} else {
		c.listener(k)
	}
	c.scheduler(k, s)
	c.persistence(k, s)
	if s.OnePacket && !k.IsMark() && k.Protocol != UDP {
		c.add(k, "one_packet", "LVS106", "One-packet scheduling of a protocol with connections",
			"The kernel schedules single packets of UDP only: leave one_packet out for %s.", k.Protocol)
	}
	if !k.IsMark() && k.Address.Port() == 0 && !s.Persistent {
		c.add(k, "", "LVS107", "Any port without persistence",
			"The kernel serves all ports of an address only to persistent clients: add a persistence block, or list the ports.")
	}
}

func (c *checker) mark(k ServiceKey) {
	if k.FWMark == 0 {
		c.add(k, "", "LVS103", "Firewall mark 0", "A packet without a mark has mark 0: use a mark of 1 to 4294967295.")
	}
	if k.MarkFamily != IPv4 && k.MarkFamily != IPv6 || k.Protocol != 0 || k.Address != (netip.AddrPort{}) {
		c.add(k, "", "LVS103", "Invalid firewall mark service", "A firewall mark has the family ipv4 or ipv6, and no address of its own.")
	}
}

func (c *checker) listener(k ServiceKey) {
	if k.Protocol != TCP && k.Protocol != UDP && k.Protocol != SCTP || k.FWMark != 0 {
		c.add(k, "", "LVS101", "Unsupported protocol", "IPVS balances tcp, udp and sctp, not %s.", k.Protocol)
	}
	if why := refused(k.Address.Addr()); why != "" {
		c.add(k, "", "LVS102", "Unusable virtual address", "%s is %s: use the unicast address that clients connect to.", k.Address.Addr(), why)
	}
}

func (c *checker) scheduler(k ServiceKey, s Service) {
	if !slices.Contains(schedulers, s.Scheduler) {
		c.add(k, "scheduler", "LVS104", "Unknown scheduler", "There is no scheduler %q. The schedulers are %s.", s.Scheduler, strings.Join(schedulers, ", "))
		return
	}
	if odd := s.Flags &^ FlagsOf(s.Scheduler); odd != 0 {
		reads := "The scheduler reads no flags"
		if own := FlagsOf(s.Scheduler); own != 0 {
			reads = "The scheduler reads " + strings.Join(own.Names(s.Scheduler), " and ")
		}
		c.add(k, "scheduler_flags", "LVS105", "Flag of another scheduler", "%s is not a flag of %s. %s.",
			strings.Join(odd.Names(s.Scheduler), ", "), s.Scheduler, reads)
	}
}

func (c *checker) persistence(k ServiceKey, s Service) {
	switch {
	case !s.Persistent && (s.Timeout != 0 || s.Netmask != Netmask{}):
		c.add(k, "persistence_timeout", "LVS109", "Persistence settings without persistence",
			"A timeout and a netmask belong to a persistent service: make it persistent, or leave them out.")
	case s.Persistent && (s.Timeout < 1 || s.Timeout > MaxPersistenceTimeout):
		c.add(k, "persistence_timeout", "LVS108", "Persistence timeout out of range",
			"%d seconds cannot be kept by the kernel: use 1 to %d (31 days).", s.Timeout, MaxPersistenceTimeout)
	}
	if !s.Netmask.Fits(k.Family()) {
		c.add(k, "persistence_netmask", "LVS110", "Netmask of the other family", "The service is %s: use netmask for IPv4 and netmask6 for IPv6.", k.Family())
	} else if w := ^s.Netmask.IPv4(); w&(w+1) != 0 {
		c.add(k, "persistence_netmask", "LVS110", "Netmask with holes", "%s is not a prefix: use a length such as 24, or a mask such as 255.255.255.0.", s.Netmask)
	}
	switch {
	case s.Engine == "":
	case !slices.Contains(Engines(), s.Engine):
		c.add(k, "persistence_engine", "LVS111", "Unknown persistence engine", "There is no persistence engine %q: use sip, or leave it out.", s.Engine)
	case !s.Persistent || k.Protocol != UDP:
		c.add(k, "persistence_engine", "LVS111", "Persistence engine without effect",
			"The engine sip reads SIP calls over UDP: it needs persistence and UDP, and this is %s. Leave engine out.", k)
	}
}

// refused says why an address can be neither a virtual address nor a real server's, or "".
func refused(a netip.Addr) string {
	switch {
	case !a.IsValid():
		return "no address"
	case a.Zone() != "":
		return "an address with a zone, which IPVS has not"
	case a.Is4In6():
		return "an IPv4 address in IPv6 form"
	case a.IsUnspecified():
		return "the unspecified address"
	case a.IsMulticast():
		return "a multicast address"
	case a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "the broadcast address"
	}
	return ""
}
