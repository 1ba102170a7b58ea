package spec

import (
	"slices"
	"strings"
)

func (c *checker) destination(k DestinationKey, d Destination) {
	a := k.Address.Addr()
	switch why := refused(a); {
	case why != "":
		c.add(k, "", "LVS120", "Unusable real server address", "%s is %s: use the server's own unicast address.", a, why)
	case a.Is6() && a.IsLinkLocalUnicast():
		c.add(k, "", "LVS120", "Unusable real server address", "%s is link-local, which the kernel refuses: use a global or unique local address.", a)
	case k.Mixed() && d.Forward != TunnelTo:
		c.add(k, "forward", "LVS121", "Real server of the other family",
			"The service is %s and %s is not: only a tunnel carries one in the other. Use an address of the service's family, or forward = \"tunnel\".",
			k.Service.Family(), a)
	}
	if d.Forward > Direct {
		c.add(k, "forward", "LVS122", "Forwarding method without effect", "The kernel loses the packets of method %s: use direct, masquerade, tunnel or local.", d.Forward)
	}
	c.tunnel(k, d)
	if d.Weight > MaxWeight {
		c.add(k, "weight", "LVS126", "Weight out of range", "%d is more than the kernel takes: use 0 to %d.", d.Weight, MaxWeight)
	}
	if d.LowerThreshold > d.UpperThreshold {
		c.add(k, "lower_threshold", "LVS127", "Lower threshold above the upper one",
			"New connections stop at upper_threshold (%d) and resume below lower_threshold (%d): the lower one must not be greater.", d.UpperThreshold, d.LowerThreshold)
	}
	c.port(k, d)
}

func (c *checker) tunnel(k DestinationKey, d Destination) {
	t := d.Tunnel
	switch {
	case d.Forward != TunnelTo:
		if t != (Tunnel{}) {
			c.add(k, "tunnel_type", "LVS125", "Tunnel settings without a tunnel", "The method is %s: leave the tunnel settings out, or use forward = \"tunnel\".", d.Forward)
		}
	case t.Type > GRE:
		c.add(k, "tunnel_type", "LVS123", "Unknown tunnel type", "The kernel sends ipip for %s: use ipip, gue or gre.", t.Type)
	case t.Checksum > ChecksumRemote:
		c.add(k, "tunnel_checksum", "LVS123", "Unknown checksum mode", "%s are not a checksum mode: use none, full or remote.", t.Checksum)
	case t.Type == GUE && t.Port == 0:
		c.add(k, "tunnel_port", "LVS124", "GUE tunnel without a port", "GUE travels in UDP: set the port that the server receives it on, usually 6080.")
	case t.Type != GUE && t.Port != 0:
		c.add(k, "tunnel_port", "LVS123", "Tunnel port without effect", "Only gue has a port, and the type is %s: leave the port out.", t.Type)
	case t.Type == IPIP && t.Checksum != ChecksumNone, t.Type == GRE && t.Checksum == ChecksumRemote:
		c.add(k, "tunnel_checksum", "LVS123", "Checksum mode without effect", "The type %s has no checksum mode %s: gue has none, full and remote, gre none and full.", t.Type, t.Checksum)
	}
}

// port: only masquerading rewrites ports. A service for one port has servers with a port, so that there is one key for each.
func (c *checker) port(k DestinationKey, d Destination) {
	listens := k.Service.Address.Port() // 0 for a mark and for any port
	switch port := k.Address.Port(); {
	case port == listens:
	case port == 0:
		c.add(k, "", "LVS128", "Real server without a port", "The service listens on port %d: give the server a port, usually the same.", listens)
	case d.Forward != Masquerade && listens == 0:
		c.add(k, "", "LVS128", "Port mapping without masquerading",
			"Method %s does not rewrite ports, so that packets keep theirs: leave the server's port out, or use forward = \"masquerade\".", d.Forward)
	case d.Forward != Masquerade:
		c.add(k, "", "LVS128", "Port mapping without masquerading",
			"Method %s does not rewrite ports, so that packets for port %d arrive at port %d and not at %d: leave the server's port out, or use forward = \"masquerade\".",
			d.Forward, listens, listens, port)
	}
}

// together are the rules for a destination and other objects.
func (c *checker) together(k DestinationKey, d Destination) {
	s, ok := c.state.Services[k.Service]
	if !ok {
		c.add(k, "", "LVS150", "Real server without a service", "There is no service %s: declare it, or leave the server out.", k.Service)
	}
	if s.OnePacket && d.Forward == Masquerade {
		c.add(k, "forward", "LVS151", "One-packet scheduling with masquerading",
			"Without a connection the kernel cannot translate replies back, and they are lost: use another forwarding method, or leave one_packet out.")
	}
	if len(c.state.SyncDaemons) > 0 && k.Mixed() {
		c.add(k, "", besideDaemon, "Real server of the other family beside a sync daemon",
			"The kernel does not synchronise connections to servers of another family than their service: use an address of the service's family, or remove the sync daemons.")
	}
}

func (c *checker) timeouts(k TimeoutsKey, t Timeouts) {
	for _, a := range Attributes(KindTimeouts) {
		if n := a.Of(t).(uint32); n > MaxTimeout {
			c.add(k, a.Name, "LVS130", "Timeout out of range", "%d seconds are more than every kernel takes: use 1 to %d.", n, MaxTimeout)
		}
	}
}

func (c *checker) syncDaemon(k SyncDaemonKey, d SyncDaemon) {
	if k.Role != Master && k.Role != Backup {
		c.add(k, "", "LVS135", "Unknown sync daemon role", "%s is not a role: use master or backup.", k.Role)
	}
	if !ValidInterface(d.Interface) {
		c.add(k, "interface", "LVS131", "Invalid interface name", "%q is not the name of an interface: at most 15 characters, without spaces, slashes, colons and percent signs, and not \"all\" or \"default\".", d.Interface)
	}
	if d.SyncID > MaxSyncID {
		c.add(k, "sync_id", "LVS132", "Sync id out of range", "%d does not fit into the 8 bits that are sent: use 0 to %d.", d.SyncID, MaxSyncID)
	}
	if d.MaxLen > MaxSyncLen {
		c.add(k, "max_len", "LVS133", "Message length out of range", "%d bytes do not fit into a UDP packet: use 1 to %d, or leave it out.", d.MaxLen, MaxSyncLen)
	}
	if d.Group.IsValid() && (!d.Group.IsMulticast() || d.Group.Zone() != "" || d.Group.Is4In6()) {
		c.add(k, "group", "LVS134", "Group that is not multicast", "%s is not a multicast address: use one such as 224.0.0.81, or leave it out.", d.Group)
	}
}

// ValidInterface says that an interface that is declared may have the name: the kernel takes some that ip(8) cannot be told.
func ValidInterface(name string) bool {
	odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '/' || r == ':' || r == '%' }
	return !slices.Contains([]string{"", ".", "..", "all", "default"}, name) && len(name) <= 15 && !strings.ContainsFunc(name, odd)
}

func (c *checker) sysctl(k SysctlKey, s Sysctl) {
	if k.Accepts(s.Value) != 0 {
		c.add(k, "value", "LVS136", "Value that the kernel refuses", "%q is not what %s takes: write %s.", s.Value, k.Name, k.Takes())
	}
}
