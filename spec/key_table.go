package spec

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// ServiceKey identifies a virtual service: protocol, address and port, or a firewall mark and its family.
// Exactly one of the two halves is set; Listener and Mark make them.
type ServiceKey struct {
	Protocol Protocol
	Address  netip.AddrPort
	FWMark   uint32
	// MarkFamily is set for a firewall mark only: the address carries the family of other services.
	MarkFamily Family
}

// Listener is the key of the service on one address; port 0 takes every port.
func Listener(p Protocol, a netip.AddrPort) ServiceKey { return ServiceKey{Protocol: p, Address: a} }

// Mark is the key of the service for packets of one family that carry a firewall mark.
func Mark(mark uint32, f Family) ServiceKey { return ServiceKey{FWMark: mark, MarkFamily: f} }

// IsMark says that the service is found by firewall mark and not by address.
func (k ServiceKey) IsMark() bool { return k.MarkFamily != 0 }

// Family is the address family of the service's packets.
func (k ServiceKey) Family() Family {
	if k.IsMark() {
		return k.MarkFamily
	}
	return FamilyOf(k.Address.Addr())
}

// Kind is KindService.
func (ServiceKey) Kind() Kind { return KindService }

func (k ServiceKey) compare(o Key) int { return k.Compare(o.(ServiceKey)) }

// String is "tcp 192.0.2.10:443", "udp [2001:db8::1]:53" or "fwmark 21 ipv4".
func (k ServiceKey) String() string {
	if k.IsMark() {
		return "fwmark " + strconv.FormatUint(uint64(k.FWMark), 10) + " " + k.MarkFamily.String()
	}
	return k.Protocol.String() + " " + k.Address.String()
}

// Compare orders services by protocol, address and port; firewall marks come last, by mark and family.
func (k ServiceKey) Compare(o ServiceKey) int {
	return cmp.Or(
		cmp.Compare(btoi(k.IsMark()), btoi(o.IsMark())),
		cmp.Compare(k.Protocol, o.Protocol),
		k.Address.Compare(o.Address),
		cmp.Compare(k.FWMark, o.FWMark),
		cmp.Compare(k.MarkFamily, o.MarkFamily),
	)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// DestinationKey identifies a real server of a service by its address and port; port 0 keeps the packet's.
type DestinationKey struct {
	Service ServiceKey
	Address netip.AddrPort
}

// Kind is KindDestination.
func (DestinationKey) Kind() Kind { return KindDestination }

func (k DestinationKey) compare(o Key) int { return k.Compare(o.(DestinationKey)) }

// String is "tcp 192.0.2.10:443 -> 10.0.0.11:443".
func (k DestinationKey) String() string { return k.Service.String() + " -> " + k.Address.String() }

// Compare orders destinations by service, address and port.
func (k DestinationKey) Compare(o DestinationKey) int {
	return cmp.Or(k.Service.Compare(o.Service), k.Address.Compare(o.Address))
}

// Mixed says that the destination's family is not its service's, which only a tunnel can carry.
func (k DestinationKey) Mixed() bool { return FamilyOf(k.Address.Addr()) != k.Service.Family() }

// TimeoutsKey names the one set of connection timeouts of a network namespace.
type TimeoutsKey struct{}

// Kind is KindTimeouts.
func (TimeoutsKey) Kind() Kind { return KindTimeouts }

func (k TimeoutsKey) compare(o Key) int { return k.Compare(o.(TimeoutsKey)) }

// String is "timeouts".
func (TimeoutsKey) String() string { return "timeouts" }

// Compare is 0: there is one such object.
func (TimeoutsKey) Compare(TimeoutsKey) int { return 0 }

// SyncDaemonKey identifies a connection synchronisation daemon by its role; a node runs at most one of each.
type SyncDaemonKey struct{ Role Role }

// Kind is KindSyncDaemon.
func (SyncDaemonKey) Kind() Kind { return KindSyncDaemon }

func (k SyncDaemonKey) compare(o Key) int { return k.Compare(o.(SyncDaemonKey)) }

// String is "sync master" or "sync backup".
func (k SyncDaemonKey) String() string { return "sync " + k.Role.String() }

// Compare orders master before backup.
func (k SyncDaemonKey) Compare(o SyncDaemonKey) int { return cmp.Compare(k.Role, o.Role) }

// parseTableKey reads the key of a service or of a destination.
func parseTableKey(text string) (Key, error) {
	service, server, isDestination := strings.Cut(text, " -> ")
	k, err := ParseServiceKey(service)
	if err != nil || !isDestination {
		return k, err
	}
	a, err := parseAddrPort(server)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	return DestinationKey{k, a}, nil
}

// ParseServiceKey reads "tcp 192.0.2.10:443" or "fwmark 21 ipv4".
func ParseServiceKey(text string) (ServiceKey, error) {
	word, rest, _ := strings.Cut(text, " ")
	if word == "fwmark" {
		mark, family, _ := strings.Cut(rest, " ")
		n, err := strconv.ParseUint(mark, 10, 32)
		if err != nil {
			return ServiceKey{}, fmt.Errorf("%q: %q is not a firewall mark (0 to 4294967295)", text, mark)
		}
		f, err := ParseFamily(family)
		return Mark(uint32(n), f), err
	}
	p, err := ParseProtocol(word)
	if err != nil {
		return ServiceKey{}, fmt.Errorf("%q: %w", text, err)
	}
	a, err := parseAddrPort(rest)
	if err != nil {
		return ServiceKey{}, fmt.Errorf("%q: %w", text, err)
	}
	return Listener(p, a), nil
}

// The kernel stores no zone, so a zone would make two spellings of one object.
func parseAddrPort(text string) (netip.AddrPort, error) {
	a, err := netip.ParseAddrPort(text)
	if err != nil || a.Addr().Zone() != "" {
		return netip.AddrPort{}, fmt.Errorf("%q is not an address and port such as 192.0.2.1:80 or [2001:db8::1]:80", text)
	}
	return a, nil
}

// ListenerName is the part of an object's address that names a kernel service: tcp["192.0.2.10:443"], fwmark["21/ipv4"].
func ListenerName(k ServiceKey) string {
	if k.IsMark() {
		return `fwmark["` + strconv.FormatUint(uint64(k.FWMark), 10) + "/" + k.MarkFamily.String() + `"]`
	}
	return k.Protocol.String() + `["` + k.Address.String() + `"]`
}

// ServerName is the part of an object's address that names a destination: .server["rs1"].
func ServerName(label string) string { return ".server[" + strconv.Quote(label) + "]" }
