package spec

import "fmt"

// Side says what a node has an address for. The zero value is none of LVS's: the node's own, or somebody else's.
type Side string

// The sides.
const (
	// SideDirector: the node sends on what clients send there. Which services get it does not always follow from the State: rules of
	// somebody else may mark it.
	SideDirector Side = "director"
	// SideServer: the node is a real server for it.
	SideServer Side = "real_server"
	// SideQuiet: the same, and by IPv4 nobody may hear of the address while it is up.
	SideQuiet Side = "quiet_real_server"
)

// UnmarshalText takes a side that there is.
func (s *Side) UnmarshalText(text []byte) error {
	switch side := Side(text); side {
	case "", SideDirector, SideServer, SideQuiet:
		*s = side
		return nil
	}
	return fmt.Errorf("%q is not what an address can be for: write %s, %s or %s", text, SideDirector, SideServer, SideQuiet)
}
