package keepalived

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// setGranularity makes the service persistent if it is not, and gives it the family that the mask has.
func (m *mapper) setGranularity(v *virtual, s statement, text string) {
	f := v.family
	if f == 0 {
		if f = spec.IPv6; strings.Contains(text, ".") {
			f = spec.IPv4
		}
	}
	mask, ok := m.granularity(s, text, f)
	if !ok {
		return
	}
	v.service.Netmask, v.family = mask, f
	if v.service.Timeout == 0 {
		v.service.Timeout = defaultPersistence
	}
}

const (
	checks      = "HTTP_GET SSL_GET TCP_CHECK SMTP_CHECK DNS_CHECK MISC_CHECK PING_CHECK UDP_CHECK BFD_CHECK FILE_CHECK"
	checkBlocks = "url host"
)

func (m *mapper) realServer(v *virtual, s statement, health, notes *summary) {
	args, ok := m.args(s, 1, 2)
	if !ok || !m.braces(s) {
		return
	}
	r := &server{statement: s, method: v.method}
	if r.address, ok = m.address(s, args); !ok {
		return
	}
	for _, c := range s.block {
		switch k := c.keyword(); {
		case known(checks, k):
			m.check(c)
			health.add(c.place, k)
		case !m.leaf(c):
		case m.realAttribute(r, c):
			if k == "inhibit_on_failure" {
				health.add(c.place, k)
			}
		case known("alpha retry delay_before_retry warmup connect_timeout delay_loop virtualhost", k):
			health.add(c.place, k)
		case known("notify_up notify_down smtp_alert snmp_name", k):
			notes.add(c.place, k)
		default:
			m.unknown(c, "real_server")
		}
	}
	if m.fits(v, r) {
		v.servers = append(v.servers, r)
	}
}

// check says that a health check has only the blocks that keepalived knows.
func (m *mapper) check(s statement) {
	if !m.braces(s) {
		return
	}
	for _, c := range s.block {
		if !known(checkBlocks, c.keyword()) {
			m.leaf(c)
			continue
		}
		m.braces(c)
		for _, inner := range c.block {
			m.leaf(inner)
		}
	}
}

// realAttribute reads what has to do with the table; false if the statement is something else.
func (m *mapper) realAttribute(r *server, s statement) bool {
	switch s.keyword() {
	case "weight":
		var n uint32
		if m.uint32(&n, s, 0, spec.MaxWeight) {
			r.weight = &n
		}
	case "lvs_method":
		m.method(&r.method, s)
	case "uthreshold":
		m.uint32(&r.upper, s, 0, 1<<32-1)
	case "lthreshold":
		m.uint32(&r.lower, s, 0, 1<<32-1)
	case "inhibit_on_failure":
		args, ok := m.args(s, 0, 1)
		if !ok {
			return true
		}
		if on, ok := truth(args); ok {
			r.inhibit = &on
		} else {
			m.ignored(s, "it is neither on nor off")
		}
	default:
		return false
	}
	return true
}

// fits says that the server's family can be the virtual server's, which takes it over if it has none.
func (m *mapper) fits(v *virtual, r *server) bool {
	f := spec.FamilyOf(r.address.Addr())
	if r.method != nil && r.method.Forward == spec.TunnelTo {
		return true
	}
	if v.family == 0 {
		v.family = f
	}
	if v.family != f {
		m.ignored(r.statement, fmt.Sprintf("the virtual_server is %s, and it is not tunnelled", v.family))
	}
	return v.family == f
}

// method reads "NAT", "DR" or "TUN [type ipip|gue|gre] [port N] [nocsum|csum|remcsum]". A wrong option leaves the tunnel as
// it was and takes the method.
func (m *mapper) method(to **spec.Destination, s statement) {
	args, ok := m.args(s, 1, len(s.words))
	if !ok {
		return
	}
	d := spec.Destination{}
	if *to != nil {
		d = **to
	}
	switch args[0] {
	case "NAT":
		d.Forward = spec.Masquerade
	case "DR":
		d.Forward = spec.Direct
	case "TUN":
		d.Forward = spec.TunnelTo
	case "FNAT", "SNAT":
		m.fail(s.place, "%s belongs to DPVS: the kernel's IPVS has no such thing: write NAT, DR or TUN", s.label())
		return
	default:
		m.ignored(s, "it is not NAT, DR or TUN")
		return
	}
	if t, why := tunnel(args[1:]); why != "" {
		m.leave(Taken, s, "%s: keepalived ignores what stands behind %s", why, args[0])
	} else {
		d.Tunnel = t
	}
	*to = &d
}

// tunnel reads the options of a tunnel; why is not "" if they are wrong.
func tunnel(args []string) (t spec.Tunnel, why string) {
	for i := 0; i < len(args); i++ {
		switch word := args[i]; word {
		case "nocsum":
			t.Checksum = spec.ChecksumNone
		case "csum":
			t.Checksum = spec.ChecksumFull
		case "remcsum":
			t.Checksum = spec.ChecksumRemote
		case "type", "port":
			if i++; i == len(args) {
				return t, word + " has no value"
			}
			if why := tunnelOption(&t, word, args[i]); why != "" {
				return t, why
			}
		default:
			return t, fmt.Sprintf("value %d is no option of a tunnel", i+2)
		}
	}
	switch {
	case (t.Type == spec.GUE) != (t.Port != 0):
		why = "gue needs a port, and no other type has one"
	case t.Type == spec.IPIP && t.Checksum != 0:
		why = "ipip has no checksum"
	case t.Type == spec.GRE && t.Checksum == spec.ChecksumRemote:
		why = "gre has no remote checksum"
	}
	return t, why
}

func tunnelOption(t *spec.Tunnel, word, value string) (why string) {
	if word == "type" {
		kind, err := spec.ParseTunnelType(value)
		if err != nil || kind > spec.GRE {
			return "the type is none of a tunnel"
		}
		t.Type = kind
		return ""
	}
	port, err := strconv.ParseUint(value, 10, 16)
	if err != nil || port == 0 {
		return "the port is none"
	}
	t.Port = uint16(port)
	return ""
}

// sorryServer reads the server that takes over when too few others are up.
func (m *mapper) sorryServer(v *virtual, s statement) {
	args, ok := m.args(s, 1, 2)
	if !ok {
		return
	}
	r := &server{statement: s, method: v.method, inhibit: new(bool)}
	if r.address, ok = m.address(s, args); ok {
		v.sorry = r
	}
}

// sorryAttribute reads what is said about the sorry_server before it.
func (m *mapper) sorryAttribute(v *virtual, s statement) {
	switch {
	case v.sorry == nil:
		m.ignored(s, "there is no sorry_server before it")
	case s.keyword() == "sorry_server_lvs_method":
		m.method(&v.sorry.method, s)
	default:
		*v.sorry.inhibit = true
	}
}
