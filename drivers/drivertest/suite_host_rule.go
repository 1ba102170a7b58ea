package drivertest

import (
	"net/netip"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/spec"
)

func filter(iface, a string) spec.ARPFilterKey {
	return spec.ARPFilterKey{Interface: iface, Address: netip.MustParseAddr(a)}
}

func marks(p spec.Protocol, a string, first, last uint16) spec.MarkRuleKey {
	return spec.MarkRuleKey{Protocol: p, Address: netip.MustParseAddr(a), First: first, Last: last}
}

func masquerades(k spec.ServiceKey, a string) spec.MasqueradeRuleKey {
	return spec.MasqueradeRuleKey{Destination: server(k, a)}
}

// rules makes a rule and others beside it, changes it and removes it; nothing more is done in a kernel that has no such rules.
func (n *around) rules(from, to spec.Value, keys ...spec.Key) {
	n.t.Helper()
	if !n.has(create(keys[0], from), syscall.EOPNOTSUPP) {
		return
	}
	n.broughtAlong("") // the modules for it
	n.check()
	for _, k := range keys[1:] {
		n.done(create(k, from))
		n.check()
	}
	for _, k := range keys {
		n.refused(create(k, to), syscall.EEXIST)
		n.done(update(k, from, to))
		n.check()
		n.done(update(k, to, to))
		n.check()
	}
	for _, k := range keys {
		n.done(remove(k, to))
		n.check()
		n.refused(remove(k, to), syscall.ENOENT)
		n.refused(update(k, to, from), syscall.ENOENT)
	}
	for _, k := range keys {
		n.done(create(k, to))
	}
	n.check()
	for _, k := range keys {
		n.done(update(k, to, from), remove(k, from), create(k, from), remove(k, from))
	}
	n.check()
}

func testARPFilters(_ *testing.T, n *around) {
	n.rules(spec.ARPFilter{}, spec.ARPFilter{Source: netip.MustParseAddr("10.0.0.2")},
		filter("eth0", "192.0.2.10"), filter("eth0", "192.0.2.11"), filter("eth1", "192.0.2.10"), filter("none-yet", "192.0.2.10"))
}

func testMarkRules(_ *testing.T, n *around) {
	n.rules(spec.MarkRule{Mark: 1}, spec.MarkRule{Mark: 0xffffffff},
		marks(spec.TCP, "192.0.2.10", 80, 80), marks(spec.UDP, "192.0.2.10", 80, 80), marks(spec.TCP, "192.0.2.10", 8000, 8010),
		marks(spec.TCP, "192.0.2.10", 0, 0), marks(spec.SCTP, "192.0.2.11", 1, 65535), marks(spec.TCP, "2001:db8::10", 80, 81), marks(spec.UDP, "2001:db8::10", 0, 0))
}

func testMasqueradeRules(_ *testing.T, n *around) {
	web, every, six := listener(spec.TCP, "192.0.2.10:80"), listener(spec.UDP, "192.0.2.10:0"), listener(spec.TCP, "[2001:db8::10]:80")
	n.rules(spec.MasqueradeRule{}, spec.MasqueradeRule{Source: netip.MustParseAddr("10.0.0.2")},
		masquerades(web, "10.0.0.11:8080"), masquerades(web, "10.0.0.12:8080"), masquerades(every, "10.0.0.11:0"), masquerades(spec.Mark(7, spec.IPv4), "10.0.0.11:0"))
	n.rules(spec.MasqueradeRule{}, spec.MasqueradeRule{Source: netip.MustParseAddr("2001:db8::2")},
		masquerades(six, "[2001:db8:1::11]:8080"), masquerades(spec.Mark(7, spec.IPv6), "[2001:db8:1::11]:0"))
}

func testRuleRefusals(_ *testing.T, n *around) {
	web, six := listener(spec.TCP, "192.0.2.10:80"), filter("eth0", "2001:db8::10")
	if !n.has(create(marks(spec.TCP, "192.0.2.10", 80, 80), spec.MarkRule{Mark: 1}), syscall.EOPNOTSUPP) {
		return
	}
	n.broughtAlong("")
	n.refuses(
		refusal{create(six, spec.ARPFilter{}), syscall.EOPNOTSUPP},
		refusal{update(six, spec.ARPFilter{}, spec.ARPFilter{}), syscall.ENOENT},
		refusal{create(filter("", "192.0.2.10"), spec.ARPFilter{}), syscall.EINVAL},
		refusal{create(filter("a b", "192.0.2.10"), spec.ARPFilter{}), syscall.EINVAL},
		refusal{create(filter("sixteen--letters", "192.0.2.10"), spec.ARPFilter{}), syscall.EINVAL},
		refusal{create(filter("eth0", "192.0.2.10"), spec.ARPFilter{Source: netip.MustParseAddr("2001:db8::2")}), syscall.EINVAL},
		refusal{create(marks(spec.TCP, "192.0.2.10", 81, 80), spec.MarkRule{Mark: 1}), syscall.EINVAL},
		refusal{create(marks(spec.TCP, "192.0.2.10", 0, 80), spec.MarkRule{Mark: 1}), syscall.EINVAL},
		refusal{create(marks(50, "192.0.2.10", 80, 80), spec.MarkRule{Mark: 1}), syscall.EINVAL},
		refusal{create(masquerades(web, "[2001:db8:1::11]:80"), spec.MasqueradeRule{}), syscall.EINVAL},
		refusal{create(masquerades(web, "10.0.0.11:80"), spec.MasqueradeRule{Source: netip.MustParseAddr("2001:db8::2")}), syscall.EINVAL},
		refusal{remove(masquerades(web, "10.0.0.11:80"), spec.MasqueradeRule{}), syscall.ENOENT},
	)
}
