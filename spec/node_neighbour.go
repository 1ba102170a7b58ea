package spec

import (
	"encoding/hex"
	"strings"
	"syscall"
)

// neighbour says what the kernel does with a permanent entry, before it looks whether there is one.
func (n *Node) neighbour(k NeighbourKey, v Neighbour) syscall.Errno {
	if e := n.carries(k.Interface); e != 0 {
		return e
	}
	l, known := n.state.Links[LinkKey{k.Interface}]
	if known && k.Address.Is4() && (l.Type == "loopback" || l.pointToPoint()) {
		return syscall.EOPNOTSUPP // there the kernel has one entry for every address
	}
	if b, ok := macBytes(v.MAC); !ok || known && len(b) < l.hardwareLength() {
		return syscall.EINVAL
	}
	return 0
}

func (l Link) pointToPoint() bool { return l.Type == "ipip" || l.Type == "ip6tnl" }

// hardwareLength is how long the hardware addresses of an interface are.
func (l Link) hardwareLength() int {
	switch l.Type {
	case "ipip", "gre":
		return 4
	case "ip6tnl":
		return 16
	}
	return 6
}

// macBytes reads a hardware address in its one spelling.
func macBytes(s string) ([]byte, bool) {
	b, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil || len(b) == 0 {
		return nil, false
	}
	parts := make([]string, len(b))
	for i := range b {
		parts[i] = hex.EncodeToString(b[i : i+1])
	}
	return b, strings.Join(parts, ":") == s
}
