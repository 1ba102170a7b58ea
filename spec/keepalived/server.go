package keepalived

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// defaultPersistence is what keepalived takes where it needs persistence and is told no timeout.
const defaultPersistence = 360

// virtual is a virtual_server.
type virtual struct {
	statement
	// One of these three says what it is.
	group   string
	mark    uint32
	address netip.AddrPort

	family   spec.Family // 0 is open
	protocol spec.Protocol
	service  spec.Service
	method   *spec.Destination // its method and tunnel; nil if nothing was said
	weight   uint32
	inhibit  bool
	quorum   uint32
	// hysteresis is how much more than the quorum it takes to come up.
	hysteresis uint32
	servers    []*server
	sorry      *server
	// doubled says that the sorry server is one of the servers.
	doubled bool
	told    bool // of a service that is there already
}

// server is a real_server or sorry_server.
type server struct {
	statement
	address netip.AddrPort
	method  *spec.Destination // nil if nothing was said before it
	// weight is nil if it has none of its own, inhibit if it says nothing.
	weight       *uint32
	inhibit      *bool
	upper, lower uint32
	told         bool // of a server that is there already
	// ports are those that it has instead of its own, a few of them.
	ports []uint16
}

func (m *mapper) virtualServer(s statement) {
	m.globals.served = true
	args, ok := m.args(s, 1, 2)
	if !ok || !m.braces(s) {
		return
	}
	v := &virtual{statement: s, weight: 1, quorum: 1}
	if !m.identify(v, args) {
		return
	}
	health, notes := summary{what: "health checks"}, summary{what: "notification"}
	for _, c := range s.block {
		switch k := c.keyword(); {
		case k == "real_server":
			m.realServer(v, c, &health, &notes)
		case !m.leaf(c):
		case m.virtualAttribute(v, c):
			if known("quorum hysteresis inhibit_on_failure ha_suspend", k) {
				health.add(c.place, k)
			}
		case known("retry delay_before_retry warmup connect_timeout delay_loop virtualhost alpha omega", k):
			health.add(c.place, k)
		case known("quorum_up quorum_down smtp_alert snmp_name", k):
			notes.add(c.place, k)
		default:
			m.unknown(c, "virtual_server")
		}
	}
	m.leaveSummary(s, health)
	m.leaveSummary(s, notes)
	m.endVirtual(v)
	m.virtuals = append(m.virtuals, v)
}

// identify reads "IP [PORT]", "fwmark N" and "group NAME".
func (m *mapper) identify(v *virtual, args []string) bool {
	if args[0] != "group" && args[0] != "fwmark" {
		var ok bool
		v.address, ok = m.address(v.statement, args)
		v.family = spec.FamilyOf(v.address.Addr())
		return ok
	}
	if len(args) < 2 {
		m.fail(v.place, "virtual_server %s needs a value: write one", args[0])
		return false
	}
	if args[0] == "group" {
		v.group = args[1]
		return true
	}
	n, ok := m.number(v.statement, "the mark", args[1], 0, 1<<32-1, true)
	if ok && n == 0 {
		m.fail(v.place, "firewall mark 0 is no mark, and keepalived makes a service for no address of it: write 1 or more")
		return false
	}
	v.mark = uint32(n)
	return ok
}

// virtualAttribute reads what has to do with the table; false if the statement is something else.
func (m *mapper) virtualAttribute(v *virtual, s statement) bool {
	switch s.keyword() {
	case "lb_algo", "lvs_sched":
		m.scheduler(v, s)
	case "lb_kind", "lvs_method":
		m.method(&v.method, s)
	case "hashed", "ops", "flag-1", "flag-2", "flag-3", "sh-port", "sh-fallback", "mh-port", "mh-fallback":
		m.flag(v, s)
	case "protocol":
		m.protocol(v, s)
	case "ip_family":
		m.family(v, s)
	case "persistence_timeout", "persistence_granularity", "persistence_engine":
		m.persistence(v, s)
	case "weight":
		m.uint32(&v.weight, s, 1, spec.MaxWeight)
	case "quorum":
		v.quorum = 1
		m.uint32(&v.quorum, s, 1, 1<<32-1)
	case "hysteresis":
		m.uint32(&v.hysteresis, s, 0, 1<<32-1)
	case "inhibit_on_failure":
		v.inhibit = true
	case "ha_suspend":
	case "sorry_server":
		m.sorryServer(v, s)
	case "sorry_server_inhibit", "sorry_server_lvs_method":
		m.sorryAttribute(v, s)
	default:
		return false
	}
	return true
}

// uint32 reads a number that keepalived takes leniently.
func (m *mapper) uint32(to *uint32, s statement, low, high uint64) bool {
	args, ok := m.args(s, 1, 1)
	if !ok {
		return false
	}
	n, ok := m.number(s, "it", args[0], low, high, true)
	if ok {
		*to = uint32(n)
	}
	return ok
}

func (m *mapper) scheduler(v *virtual, s statement) {
	args, ok := m.args(s, 1, 1)
	if !ok {
		return
	}
	if !slices.Contains(spec.Schedulers(), args[0]) {
		m.ignored(s, "it is no scheduler that keepalived knows")
		return
	}
	v.service.Scheduler = args[0]
}

// flag reads a flag of the scheduler. The named ones count only behind lb_algo.
func (m *mapper) flag(v *virtual, s statement) {
	if _, ok := m.args(s, 0, 0); !ok {
		return
	}
	sh, mh := v.service.Scheduler == "sh", v.service.Scheduler == "mh"
	switch k := s.keyword(); {
	case k == "ops":
		v.service.OnePacket = true
	case k == "flag-1", k == "sh-fallback" && sh, k == "mh-fallback" && mh:
		v.service.Flags |= spec.Flag1
	case k == "flag-2", k == "sh-port" && sh, k == "mh-port" && mh:
		v.service.Flags |= spec.Flag2
	case k == "flag-3":
		v.service.Flags |= spec.Flag3
	default:
		m.ignored(s, "it has no effect with the scheduler that stands before it")
	}
}

func (m *mapper) protocol(v *virtual, s statement) {
	args, ok := m.args(s, 1, 1)
	if !ok {
		return
	}
	switch strings.ToUpper(args[0]) {
	case "TCP":
		v.protocol = spec.TCP
	case "UDP":
		v.protocol = spec.UDP
	case "SCTP":
		v.protocol = spec.SCTP
	default:
		m.ignored(s, "it is not TCP, UDP or SCTP")
	}
}

func (m *mapper) family(v *virtual, s statement) {
	args, ok := m.args(s, 1, 1)
	if !ok {
		return
	}
	switch f, ok := familyOf(args[0]); {
	case !ok:
		m.ignored(s, "it is not inet or inet6")
	case v.family != 0 && v.family != f:
		m.ignored(s, fmt.Sprintf("the virtual_server is %s", v.family))
	default:
		v.family = f
	}
}

func (m *mapper) persistence(v *virtual, s statement) {
	least := 1
	if s.keyword() == "persistence_timeout" {
		least = 0
	}
	args, ok := m.args(s, least, 1)
	if !ok {
		return
	}
	switch {
	case s.keyword() == "persistence_engine":
		v.service.Engine = args[0]
		if len(args[0]) > 16 {
			m.leave(Taken, s, "keepalived cuts the name to 16 bytes")
			v.service.Engine = args[0][:16]
		}
	case s.keyword() == "persistence_granularity":
		m.setGranularity(v, s, args[0])
	case len(args) == 0:
		v.service.Timeout = defaultPersistence
	default:
		if n, ok := m.number(s, "it", args[0], 1, spec.MaxPersistenceTimeout, false); ok {
			v.service.Timeout = uint32(n)
		}
	}
}
