package spec

import "fmt"

// Kind says what sort of object a key names. The zero value names nothing.
type Kind uint8

// The kinds of objects a node is made of: those of the IPVS table first, then those of the host around it.
const (
	KindTimeouts Kind = iota + 1
	KindService
	KindDestination
	KindSyncDaemon
	KindModule
	KindLink
	KindSysctl
	KindNeighbour
	KindARPFilter
	KindAddress
	KindMarkRule
	KindMasqueradeRule
)

var kindNames = [...]string{
	KindTimeouts: "timeouts", KindService: "service", KindDestination: "destination", KindSyncDaemon: "sync_daemon",
	KindModule: "module", KindLink: "link", KindSysctl: "sysctl", KindNeighbour: "neighbour", KindARPFilter: "arp_filter",
	KindAddress: "address", KindMarkRule: "mark_rule", KindMasqueradeRule: "masquerade_rule",
}

// Kinds are all kinds, in the order of CompareKeys.
func Kinds() []Kind {
	all := make([]Kind, 0, len(kindNames)-1)
	for k := range kindNames[1:] {
		all = append(all, Kind(k+1))
	}
	return all
}

// String is the kind's name in JSON and messages: "service", "sync_daemon", "mark_rule".
func (k Kind) String() string {
	if int(k) < len(kindNames) && k != 0 {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Table says that objects of the kind belong to the IPVS table; the others belong to the host around it.
func (k Kind) Table() bool { return k <= KindSyncDaemon }
