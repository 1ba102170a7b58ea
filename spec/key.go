package spec

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Key identifies one object of a node the way the kernel does, never by a label in a file.
// Its dynamic type is one of the key types of this package, all of them comparable.
type Key interface {
	Kind() Kind
	// String is the one spelling of the object in plans, logs, errors and JSON; ParseKey reads it back.
	String() string
	key()
}

// Kind says what sort of object a key names. The zero value names nothing.
type Kind uint8

// The kinds of objects a node is made of.
const (
	KindTimeouts Kind = iota + 1
	KindService
	KindDestination
	KindSyncDaemon
)

var kindNames = [...]string{KindTimeouts: "timeouts", KindService: "service", KindDestination: "destination", KindSyncDaemon: "sync_daemon"}

// String is the kind's name in JSON and messages: "service", "destination", "timeouts", "sync_daemon".
func (k Kind) String() string {
	if int(k) < len(kindNames) && k != 0 {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

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
func (ServiceKey) key()       {}

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
func (DestinationKey) key()       {}

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
func (TimeoutsKey) key()       {}

// String is "timeouts".
func (TimeoutsKey) String() string { return "timeouts" }

// Compare is 0: there is one such object.
func (TimeoutsKey) Compare(TimeoutsKey) int { return 0 }

// SyncDaemonKey identifies a connection synchronisation daemon by its role; a node runs at most one of each.
type SyncDaemonKey struct{ Role Role }

// Kind is KindSyncDaemon.
func (SyncDaemonKey) Kind() Kind { return KindSyncDaemon }
func (SyncDaemonKey) key()       {}

// String is "sync master" or "sync backup".
func (k SyncDaemonKey) String() string { return "sync " + k.Role.String() }

// Compare orders master before backup.
func (k SyncDaemonKey) Compare(o SyncDaemonKey) int { return cmp.Compare(k.Role, o.Role) }

// CompareKeys orders keys of any kinds: by kind, then as the kind orders them.
func CompareKeys(a, b Key) int {
	if a.Kind() != b.Kind() {
		return cmp.Compare(a.Kind(), b.Kind())
	}
	switch a := a.(type) {
	case ServiceKey:
		return a.Compare(b.(ServiceKey))
	case DestinationKey:
		return a.Compare(b.(DestinationKey))
	case SyncDaemonKey:
		return a.Compare(b.(SyncDaemonKey))
	}
	return 0
}

// ParseKey reads what a key's String wrote. The error quotes the text and names the forms that exist.
func ParseKey(text string) (Key, error) {
	switch {
	case text == "timeouts":
		return TimeoutsKey{}, nil
	case strings.HasPrefix(text, "sync "):
		r, err := ParseRole(text[len("sync "):])
		return SyncDaemonKey{r}, err
	}
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

// LiveName is the address of an object that no configuration names: live.tcp["192.0.2.10:443"].server["10.0.0.11:80"].
func LiveName(k Key) string {
	switch k := k.(type) {
	case ServiceKey:
		return "live." + ListenerName(k)
	case DestinationKey:
		return LiveName(k.Service) + ServerName(k.Address.String())
	case SyncDaemonKey:
		return "live.sync_daemon[" + strconv.Quote(k.Role.String()) + "]"
	}
	return "live." + k.Kind().String()
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
