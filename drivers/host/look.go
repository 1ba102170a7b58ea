package host

import "net/netip"

// Way is how packets get to an address.
type Way struct {
	Interface string
	// MTU is the size of the largest packet that goes this way in one piece.
	MTU int
	// Gateway is invalid if the address is on the link itself.
	Gateway netip.Addr
	// Local says that the address is one of this node's own.
	Local bool
}

// Around is the driver of what is around the table.
func (n *Node) Around() *Driver { return n.around }
