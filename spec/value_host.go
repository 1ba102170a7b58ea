package spec

import "net/netip"

// Module is a kernel module that is loaded, or built in. There is nothing to set: it is never unloaded.
type Module struct{}

// Kind is KindModule.
func (Module) Kind() Kind { return KindModule }
func (Module) value()     {}

// Link is a network interface, or what receives GUE packets on a UDP port (see GUEReceiver).
type Link struct {
	// Type is the kernel's name of the interface's driver: "dummy", "ipip", "gre", "ip6tnl"; "device" for one without, such as a
	// network card, "loopback" for lo, and "gue" for a receiver. It cannot be changed.
	Type string
	// Up is "ip link set NAME up"; a receiver always is.
	Up bool
}

// Kind is KindLink.
func (Link) Kind() Kind { return KindLink }
func (Link) value()     {}

// Sysctl is the value of a kernel setting: words separated by single blanks, whatever the kernel puts between them.
type Sysctl struct{ Value string }

// Kind is KindSysctl.
func (Sysctl) Kind() Kind { return KindSysctl }
func (Sysctl) value()     {}

// Neighbour is a permanent entry of the neighbour table.
type Neighbour struct {
	// MAC is the hardware address in lower case: "02:00:5e:00:53:01".
	MAC string
}

// Kind is KindNeighbour.
func (Neighbour) Kind() Kind { return KindNeighbour }
func (Neighbour) value()     {}

// ARPFilter drops requests for an address that arrive at an interface, and changes what is sent from it.
type ARPFilter struct {
	// Source is the address that ARP leaves with instead; the zero value drops it.
	Source netip.Addr
}

// Kind is KindARPFilter.
func (ARPFilter) Kind() Kind { return KindARPFilter }
func (ARPFilter) value()     {}

// Address is the configuration of an address of an interface. All but Deprecated is settled when it is made.
type Address struct {
	// Label is the IPv4 label, as ifconfig shows it; "" for IPv6. The kernel's own choice is the interface's name.
	Label string
	// Scope is "global", "site", "link", "host", "nowhere", or a number from 0 to 255.
	Scope string
	// NoPrefixRoute makes no route to the prefix; NoDAD (IPv6) does not look for others that have the address.
	NoPrefixRoute bool
	NoDAD         bool
	// Deprecated is a preferred lifetime of 0: the kernel does not choose the address as a source.
	Deprecated bool
	// Dynamic is a limited lifetime: something else, such as DHCP, renews it.
	Dynamic bool
	// Origin is what the kernel calls the protocol of the address: 0 is not said, 1 to 3 are the kernel's own, OriginLVSForm is
	// what lvsform makes. Kernels before 5.18 have none.
	Origin uint8
}

// OriginLVSForm marks the addresses that lvsform has made ("ip -d address" shows "proto 0x6c"), for people: the ledger alone
// says whose they are.
const OriginLVSForm = 0x6c

// Automatic says that the kernel gives an interface the address by itself when it comes up, and takes it away when it goes down:
// the link-local one by the hardware address, and on sit and gre those by the IPv4 addresses of the node.
func (k AddressKey) Automatic(v Address, on Link) bool {
	b, bits := k.Prefix.Addr().As16(), k.Prefix.Bits()
	four := b[12] != 0 && [4]byte(b[8:12]) == [4]byte{}
	const byKernel = 3 // IFAPROT_KERNEL_LL
	switch local := k.Prefix.Addr().IsLinkLocalUnicast() && bits == 64; {
	case !k.Prefix.Addr().Is6() || v.NoDAD:
		return false
	case on.Type == "sit" && bits == 96 && four && [8]byte(b[:8]) == [8]byte{}, on.Type == "gre" && local && four:
		return true
	default:
		return local && (v.Origin == byKernel || v.Origin == 0 && b[11] == 0xff && b[12] == 0xfe)
	}
}

// Kind is KindAddress.
func (Address) Kind() Kind { return KindAddress }
func (Address) value()     {}

// VIP is the value of a virtual address on an interface. An IPv6 one is never a source of the director's own packets, which
// would end tunnels in the real servers (their own address), and is there at once.
func VIP(k AddressKey) Address {
	if k.Prefix.Addr().Is6() {
		return Address{Scope: "global", NoDAD: true, Deprecated: true, Origin: OriginLVSForm}
	}
	return Address{Label: k.Interface, Scope: "global", Origin: OriginLVSForm}
}

// MarkRule gives packets a firewall mark.
type MarkRule struct{ Mark uint32 }

// Kind is KindMarkRule.
func (MarkRule) Kind() Kind { return KindMarkRule }
func (MarkRule) value()     {}

// MasqueradeRule changes the source of what a service sends to a destination, so that the answers come back.
type MasqueradeRule struct {
	// Source is the new source; the zero value is the address of the interface that the packets leave by.
	Source netip.Addr
}

// Kind is KindMasqueradeRule.
func (MasqueradeRule) Kind() Kind { return KindMasqueradeRule }
func (MasqueradeRule) value()     {}
