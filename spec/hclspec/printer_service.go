package hclspec

import (
	"math/bits"
	"strconv"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

func (p *printer) vip(v *writtenVIP) {
	p.gap()
	if v.comment != "" {
		p.comment(v.comment)
		p.began = false
	}
	p.block(`vip "`+v.name+`"`, func() {
		addresses := make([]string, len(v.addresses))
		for i, addr := range v.addresses {
			addresses[i] = quote(addr.String())
		}
		p.attrs("addresses", p.list(addresses, 1))
	})
}

func (p *printer) service(b *writtenService) {
	p.block(`service "`+b.name+`"`, func() {
		for _, l := range b.listens {
			p.listen(l, b.site)
		}
		p.attrs("scheduler", quote(b.value.Scheduler), "scheduler_flags", flags(b.value), "pool", "pool."+b.pool.name)
		if b.value.Persistent {
			p.block("persistence", func() { p.persistence(b.value) })
		}
	})
}

func (p *printer) listen(l writtenListen, at *site) {
	once, family := "", ""
	if l.once {
		once = "true"
	}
	if l.mark.MarkFamily == spec.IPv6 {
		family = quote("ipv6")
	}
	if at == nil {
		p.block(`listen "fwmark"`, func() {
			p.attrs("mark", strconv.FormatUint(uint64(l.mark.FWMark), 10), "family", family, "one_packet", once)
		})
		return
	}
	p.block(`listen "`+l.protocol.String()+`"`, func() {
		p.attrs("addresses", at.reference(at.vip.name, at.vip.addresses), "ports", p.list(portItems(l.ports), len(l.ports)), "one_packet", once)
	})
}

func flags(v spec.Service) string {
	names := v.Flags.Names(v.Scheduler)
	if len(names) == 0 {
		return ""
	}
	return `["` + strings.Join(names, `", "`) + `"]`
}

// persistence writes the timeout though it is the default if it would write nothing.
func (p *printer) persistence(v spec.Service) {
	mask, mask6, engine, timeout := "", "", "", seconds(v.Timeout, defaultPersistence)
	switch m := v.Netmask; {
	case m == spec.Netmask{}:
	case m.IPv6() < 128:
		mask6 = strconv.Itoa(int(m.IPv6()))
	default:
		mask = strconv.Itoa(bits.OnesCount32(m.IPv4()))
	}
	if v.Engine != "" {
		engine = quote(v.Engine)
	}
	if mask+mask6+engine == "" {
		timeout = seconds(v.Timeout, 0)
	}
	p.attrs("timeout", timeout, "netmask", mask, "netmask6", mask6, "engine", engine)
}

// portItems writes ascending ports, three or more in a row as a range.
func portItems(ports []uint16) (out []string) {
	for len(ports) > 0 {
		n := 1
		for n < len(ports) && ports[n] == ports[0]+uint16(n) && ports[0] != 0 {
			n++
		}
		switch first := strconv.Itoa(int(ports[0])); {
		case ports[0] == 0:
			out = append(out, `"any"`)
		case n >= 3:
			out = append(out, `"`+first+"-"+strconv.Itoa(int(ports[n-1]))+`"`)
		default:
			out, n = append(out, first), 1
		}
		ports = ports[n:]
	}
	return out
}
