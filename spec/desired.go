package spec

import (
	"net/netip"
	"slices"
	"strconv"
	"time"
)

// Desired is what a configuration says of one node: the State, and beside it what is never compared with the kernel:
// names, lifecycles and ownership.
type Desired struct {
	State State
	// Objects has an entry for every object of State that a block declares.
	Objects map[Key]Object
	// Blocks are the lifecycles of the blocks that declare services, by address ("service.web"), so that what a
	// block no longer lists is known to have been its own.
	Blocks    map[string]*Lifecycle
	Ownership Ownership
	// Elsewhere are virtual addresses that other nodes of the configuration hold, and which.
	Elsewhere map[netip.Addr]string
	// MaxDestroy bounds what one apply may destroy; nil is no bound.
	MaxDestroy *Limit
	// Warnings are what the configuration was warned about, one sentence each, failed checks included.
	Warnings []string
}

// Object is what the configuration says of one object beside its value.
type Object struct {
	// Name is the object's address: service.web.tcp["192.0.2.10:443"].server["rs1"].
	Name string
	// Lifecycle is the block's; never nil. Objects of one block share it.
	Lifecycle *Lifecycle
	// Pool is, for a service, the lifecycle of its destinations, declared or not; nil for other kinds.
	Pool *Lifecycle
	// Maintenance makes a destination's weight 0 whatever Ignore says.
	Maintenance bool
	// Announce is how an address is made known to its neighbours once it is up; the zero value is not at all.
	Announce Announce
	// Side is what an address is for.
	Side Side
	// Minimum says that a setting is derived: a live value that keeps an address as quiet as the declared one stays.
	Minimum bool
}

// Announce is how often an address is announced, and how long it is between two times. Neighbours do not listen to a second
// announcement within a second.
type Announce struct {
	Count    int
	Interval time.Duration
}

// DefaultAnnounce is that of a virtual address whose configuration does not say otherwise.
var DefaultAnnounce = Announce{Count: 3, Interval: 1100 * time.Millisecond}

// Lifecycle is how objects of one block are treated.
type Lifecycle struct {
	// Ignore names the attributes (Attribute.Name) that are left as they are live.
	Ignore []string
	// IgnoreServers leaves destinations that only the node has, and does not miss those that only the configuration has
	// once the service exists.
	IgnoreServers bool
	// PreventDestroy makes a plan that would destroy one of the objects an error.
	PreventDestroy bool
	// Drain is how long a destination that goes may keep its connections. 0 deletes at once.
	Drain time.Duration
}

// DefaultDrain is the drain time of a destination whose pool says nothing, or that no pool names any more.
const DefaultDrain = 30 * time.Second

// Unmanaged is what happens to objects that are live, not declared, and not lvsform's own.
type Unmanaged string

// The three ways; the zero value means UnmanagedReport.
const (
	UnmanagedReport  Unmanaged = "report"
	UnmanagedIgnore  Unmanaged = "ignore"
	UnmanagedDestroy Unmanaged = "destroy"
)

// Ownership says whose the objects of a node are.
type Ownership struct {
	Unmanaged Unmanaged
	// Objects that match one of these are never reported and never touched.
	IgnoreAddresses  []netip.Prefix
	IgnoreMarks      []MarkRange
	IgnoreInterfaces []string
}

// MarkRange is a range of firewall marks, both ends included.
type MarkRange struct{ First, Last uint32 }

// Ignores says that an object is never touched: a service by its address or mark, a destination by its service, objects of
// the host by their interface, address or mark.
func (o Ownership) Ignores(k Key, v Value) bool {
	switch k := k.(type) {
	case DestinationKey:
		return o.Ignores(k.Service, nil)
	case MasqueradeRuleKey:
		return o.Ignores(k.Destination.Service, nil)
	case ServiceKey:
		return k.IsMark() && o.ignoresMark(k.FWMark) || o.ignoresAddress(k.Address.Addr())
	case MarkRuleKey:
		r, ok := v.(MarkRule)
		return ok && o.ignoresMark(r.Mark) || o.ignoresAddress(k.Address)
	case SyncDaemonKey:
		d, ok := v.(SyncDaemon)
		return ok && slices.Contains(o.IgnoreInterfaces, d.Interface)
	case LinkKey:
		return slices.Contains(o.IgnoreInterfaces, k.Name)
	case AddressKey:
		return slices.Contains(o.IgnoreInterfaces, k.Interface) || o.ignoresAddress(k.Prefix.Addr())
	case NeighbourKey:
		return slices.Contains(o.IgnoreInterfaces, k.Interface) || o.ignoresAddress(k.Address)
	case ARPFilterKey:
		return slices.Contains(o.IgnoreInterfaces, k.Interface) || o.ignoresAddress(k.Address)
	}
	return false
}

func (o Ownership) ignoresMark(mark uint32) bool {
	return slices.ContainsFunc(o.IgnoreMarks, func(r MarkRange) bool { return r.First <= mark && mark <= r.Last })
}

func (o Ownership) ignoresAddress(a netip.Addr) bool {
	return slices.ContainsFunc(o.IgnoreAddresses, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Limit is a number, or a percentage, of objects.
type Limit struct {
	N       int
	Percent bool
}

// Allows says whether count of total objects may be destroyed.
func (l Limit) Allows(count, total int) bool {
	if l.Percent {
		return count*100 <= l.N*total
	}
	return count <= l.N
}

// Connections are the connections of one destination, as the kernel counts them.
type Connections struct {
	Active     uint32 `json:"active"`
	Inactive   uint32 `json:"inactive"`
	Persistent uint32 `json:"persistent"`
}

// String is "5" or "50%".
func (l Limit) String() string {
	if l.Percent {
		return strconv.Itoa(l.N) + "%"
	}
	return strconv.Itoa(l.N)
}
