//go:build linux

package nft

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// ruleset is what an object consists of: the expressions of its rule in each chain, or nil where it has none.
type ruleset [chains][]expression

// build makes the rules of an object. What no rule can say is EINVAL, or EOPNOTSUPP as with every kernel.
func build(k spec.Key, v spec.Value) (r ruleset, e unix.Errno) {
	switch k := k.(type) {
	case spec.MarkRuleKey:
		return markRules(k, v.(spec.MarkRule))
	case spec.MasqueradeRuleKey:
		return masqueradeRules(k.Destination, v.(spec.MasqueradeRule))
	case spec.ARPFilterKey:
		return arpRules(k, v.(spec.ARPFilter))
	}
	return r, unix.EOPNOTSUPP
}

func markRules(k spec.MarkRuleKey, v spec.MarkRule) (r ruleset, e unix.Errno) {
	if !plain(k.Address) || !known(k.Protocol) || k.First > k.Last || k.First == 0 && k.Last != 0 {
		return r, unix.EINVAL
	}
	list := append(to(k.Address), meta(unix.NFT_META_L4PROTO), is(byte(k.Protocol)))
	switch {
	case k.Last == 0:
	case k.First == k.Last:
		list = append(list, targetPort(), is(port(k.First)...))
	default:
		list = append(list, targetPort(), compare(unix.NFT_CMP_GTE, port(k.First)), compare(unix.NFT_CMP_LTE, port(k.Last)))
	}
	list = append(list, load(binary.NativeEndian.AppendUint32(nil, v.Mark)), setMeta(unix.NFT_META_MARK))
	r[prerouting], r[output] = list, list
	return r, 0
}

// masqueradeRules matches what the table has sent to the server: by then the packet has the server's address, and only the
// connection knows the service's.
func masqueradeRules(k spec.DestinationKey, v spec.MasqueradeRule) (r ruleset, e unix.Errno) {
	s := k.Service
	server := k.Address.Addr()
	if !plain(server) || k.Mixed() || !s.IsMark() && (!plain(s.Address.Addr()) || !known(s.Protocol)) ||
		v.Source.IsValid() && (!plain(v.Source) || v.Source.Is4() != server.Is4()) {
		return r, unix.EINVAL
	}
	list := to(server)
	if s.IsMark() {
		list = append([]expression{meta(unix.NFT_META_MARK), is(binary.NativeEndian.AppendUint32(nil, s.FWMark)...)}, list...)
	} else {
		list = append(list, meta(unix.NFT_META_L4PROTO), is(byte(s.Protocol)))
	}
	if p := k.Address.Port(); p != 0 {
		list = append(list, targetPort(), is(port(p)...))
	}
	if !s.IsMark() {
		list = append(list, originally(s.Address)...)
	}
	if v.Source.IsValid() {
		list = append(list, load(v.Source.AsSlice()), sourceNAT(uint32(nfFamily(server))))
	} else {
		list = append(list, masquerade())
	}
	r[postrouting] = list
	return r, 0
}

// originally matches connections to a service. The port stands behind all that says which protocol it is of: nft cannot read
// back what it lists of a rule with another order.
func originally(service netip.AddrPort) []expression {
	key := uint32(unix.NFT_CT_DST_IP)
	if service.Addr().Is6() {
		key = unix.NFT_CT_DST_IP6
	}
	out := []expression{original(key), is(service.Addr().AsSlice()...)}
	if p := service.Port(); p != 0 {
		out = append(out, original(unix.NFT_CT_PROTO_DST), is(port(p)...))
	}
	return out
}

// Offsets in an ARP packet for IPv4 over Ethernet.
const (
	arpOperation = 6
	arpSender    = 14
	arpTarget    = 24
)

func arpRules(k spec.ARPFilterKey, v spec.ARPFilter) (r ruleset, e unix.Errno) {
	switch {
	case !k.Address.Is4():
		return r, unix.EOPNOTSUPP
	case !(spec.LinkKey{Name: k.Interface}).IsInterface() || v.Source.IsValid() && !v.Source.Is4():
		return r, unix.EINVAL
	}
	const network = unix.NFT_PAYLOAD_NETWORK_HEADER
	r[arpInput] = []expression{
		meta(unix.NFT_META_IIFNAME), is(name(k.Interface)...),
		payload(network, arpOperation, 2), is(0, 1), // a request
		payload(network, arpTarget, 4), is(k.Address.AsSlice()...),
		drop(),
	}
	r[arpOutput] = []expression{
		meta(unix.NFT_META_OIFNAME), is(name(k.Interface)...),
		payload(network, arpSender, 4), is(k.Address.AsSlice()...),
	}
	if v.Source.IsValid() {
		r[arpOutput] = append(r[arpOutput], load(v.Source.AsSlice()), setPayload(network, arpSender, 4))
	} else {
		r[arpOutput] = append(r[arpOutput], drop())
	}
	return r, 0
}

// to matches packets to an address.
func to(a netip.Addr) []expression {
	offset, size := uint32(16), uint32(4)
	if a.Is6() {
		offset, size = 24, 16
	}
	return []expression{
		meta(unix.NFT_META_NFPROTO), is(nfFamily(a)),
		payload(unix.NFT_PAYLOAD_NETWORK_HEADER, offset, size), is(a.AsSlice()...),
	}
}

// targetPort is at one place in all three protocols.
func targetPort() expression { return payload(unix.NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2) }

func nfFamily(a netip.Addr) byte {
	if a.Is6() {
		return unix.NFPROTO_IPV6
	}
	return unix.NFPROTO_IPV4
}

func plain(a netip.Addr) bool { return a.IsValid() && a.Zone() == "" }

func known(p spec.Protocol) bool { return p == spec.TCP || p == spec.UDP || p == spec.SCTP }

// value is what the rules of an object make of it, or nil if they are not as we would write them for any value.
func value(k spec.Key, r ruleset) spec.Value {
	var v spec.Value
	switch k.(type) {
	case spec.MarkRuleKey:
		b := loaded(r[prerouting])
		if len(b) != 4 {
			return nil
		}
		v = spec.MarkRule{Mark: binary.NativeEndian.Uint32(b)}
	case spec.MasqueradeRuleKey:
		v = spec.MasqueradeRule{Source: addressOf(r[postrouting])}
	case spec.ARPFilterKey:
		v = spec.ARPFilter{Source: addressOf(r[arpOutput])}
	default:
		return nil
	}
	want, e := build(k, v)
	if e != 0 || !slices.EqualFunc(want[:], r[:], same) {
		return nil
	}
	return v
}

// compareRules is the order of rules in a chain. Of mark rules that match one packet the last counts: the range that is wider
// comes first. Of masquerade rules the first counts: firewall marks, which the table asks first, and ports before any port.
func compareRules(a, b spec.Key) int {
	switch a := a.(type) {
	case spec.MarkRuleKey:
		b := b.(spec.MarkRuleKey)
		return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), a.Address.Compare(b.Address), cmp.Compare(width(b), width(a)), spec.CompareKeys(a, b))
	case spec.MasqueradeRuleKey:
		x, y := a.Destination, b.(spec.MasqueradeRuleKey).Destination
		return cmp.Or(
			first(x.Service.IsMark(), y.Service.IsMark()), first(x.Service.Address.Port() != 0, y.Service.Address.Port() != 0),
			first(x.Address.Port() != 0, y.Address.Port() != 0), x.Compare(y),
		)
	}
	return spec.CompareKeys(a, b)
}

func width(k spec.MarkRuleKey) int {
	if k.Last == 0 {
		return 1 << 16
	}
	return int(k.Last) - int(k.First)
}

// first puts what is true in front.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
