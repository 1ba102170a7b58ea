package rules

import (
	"net/netip"

	"github.com/lvsform/lvsform/spec"
)

var (
	methods     = map[string]spec.Forward{"": spec.Direct, "gatewaying": spec.Direct, "masquerading": spec.Masquerade, "ipip": spec.TunnelTo}
	tunnelTypes = map[string]spec.TunnelType{"": spec.IPIP, "ipip": spec.IPIP, "gue": spec.GUE, "gre": spec.GRE}
	checksums   = map[string]spec.Checksum{"": spec.ChecksumNone, "tun-nocsum": spec.ChecksumNone, "tun-csum": spec.ChecksumFull, "tun-remcsum": spec.ChecksumRemote}
)

// server reads what -a, -e and -d say.
func (p *parser) server(c *command, l line) error {
	k, err := p.serviceKey(l)
	if err != nil {
		return err
	}
	a, err := p.serverAddress(k, l)
	if err != nil {
		return err
	}
	c.key = spec.DestinationKey{Service: k, Address: a}
	if c.does == "delete-server" {
		return nil
	}
	d := spec.Destination{Forward: methods[l.name(isMethod)], Weight: 1}
	if l.has&isWeight != 0 {
		d.Weight, err = l.of(isWeight).number("weight", 0, spec.MaxWeight) // as Debian's build has it
	}
	if err == nil && l.has&isUpper != 0 {
		d.UpperThreshold, err = l.of(isUpper).number("threshold", 0, maxThreshold)
	}
	if err == nil && l.has&isLower != 0 {
		d.LowerThreshold, err = l.of(isLower).number("threshold", 0, maxThreshold)
	}
	if err == nil {
		err = l.tunnel(&d)
	}
	if err != nil {
		return err
	}
	if spec.FamilyOf(a.Addr()) != k.Family() && d.Forward != spec.TunnelTo {
		return l.of(isServer).errorf("only a tunnel (-i) reaches a server of another family than its service: %s", a)
	}
	c.value = d
	if listens := k.Address.Port(); !k.IsMark() && d.Forward != spec.Masquerade && a.Port() != listens {
		c.printed = a
		c.key = spec.DestinationKey{Service: k, Address: netip.AddrPortFrom(a.Addr(), listens)}
	}
	return nil
}

// serverAddress: a port that is left out is the service's, and 0 if the service is not known yet and the method keeps it.
func (p *parser) serverAddress(k spec.ServiceKey, l line) (netip.AddrPort, error) {
	protocol := k.Protocol
	if k.IsMark() {
		protocol = spec.TCP // the one that ipvsadm looks names up for
	}
	w := l.of(isServer)
	a, hasPort, err := p.addrPort(w.place, w.text, protocol.String())
	if err != nil || hasPort {
		return a, err
	}
	if l.index(isServer) < l.index(isService) && k.Address.Port() != 0 && methods[l.name(isMethod)] == spec.Masquerade {
		p.note(l.at, "-r before the service: without a port ipvsadm takes port 0")
		return a, nil
	}
	return netip.AddrPortFrom(a.Addr(), k.Address.Port()), nil
}

// tunnel reads --tun-type and what belongs to it.
func (l *line) tunnel(d *spec.Destination) error {
	all := l.has & (isTunnelType | isTunnelPort | isTunnelChecksum)
	if d.Forward != spec.TunnelTo {
		if all != 0 {
			return l.at.errorf("a tunnel's options belong to -i")
		}
		return nil
	}
	w := l.of(isTunnelType)
	kind, ok := tunnelTypes[w.text]
	if !ok || l.has&isTunnelType != 0 && w.text == "" {
		return w.errorf("%s is not a tunnel type: use ipip, gue or gre", quote(w.text))
	}
	d.Tunnel = spec.Tunnel{Type: kind, Checksum: checksums[l.name(isTunnelChecksum)]}
	if l.has&isTunnelPort != 0 {
		port, err := l.of(isTunnelPort).number("tunnel port", 1, 65535)
		if err != nil {
			return err
		}
		d.Tunnel.Port = uint16(port)
	}
	why := tunnelLimit(d.Tunnel)
	if kind == spec.IPIP && all&isTunnelChecksum != 0 {
		why = "a checksum of a tunnel of type ipip"
	}
	if why != "" {
		return l.at.errorf("%s is nothing that ipvsadm makes", why)
	}
	return nil
}

// timeouts reads the three numbers of --set; 0 leaves what is there.
func (c *command) timeouts(l line) error {
	var n [3]uint32
	for i, w := range l.rest {
		var err error
		if n[i], err = w.number("timeout", 0, maxTimeout); err != nil {
			return err
		}
	}
	c.key, c.value = spec.TimeoutsKey{}, spec.Timeouts{TCP: n[0], TCPFin: n[1], UDP: n[2]}
	return nil
}

// daemon reads what --start-daemon and --stop-daemon say. What is left out is the kernel's choice, but for the interface,
// which is eth0, and the sync id, which is 0.
func (p *parser) daemon(c *command, l line) error {
	role, err := spec.ParseRole(l.role.text)
	if err != nil {
		return l.role.errorf("%v", err)
	}
	c.key = spec.SyncDaemonKey{Role: role}
	if c.does == "stop-daemon" {
		return nil
	}
	d := spec.SyncDaemon{Interface: "eth0"}
	if l.has&isInterface != 0 {
		d.Interface, err = l.of(isInterface).name("interface", maxInterface)
	} else {
		p.note(l.at, "--start-daemon without --mcast-interface uses eth0")
	}
	number := func(kind set, what string, least, most int64) (n uint32) {
		if l.has&kind != 0 && err == nil {
			n, err = l.of(kind).number(what, least, most)
		}
		return n
	}
	d.SyncID = number(isSyncID, "sync id", 0, spec.MaxSyncID)
	d.MaxLen = uint16(number(isMaxLen, "message length", 1, maxSyncLen))
	d.Port = uint16(number(isPort, "port", 1, 65535))
	d.TTL = uint8(number(isTTL, "ttl", 1, 255))
	if w := l.of(isGroup); l.has&isGroup != 0 && err == nil {
		d.Group, err = w.group()
	}
	c.value = d
	return err
}

func (w word) group() (netip.Addr, error) {
	a, err := netip.ParseAddr(w.text)
	if err != nil || !a.IsMulticast() || a.Zone() != "" || a.Is4In6() {
		return a, w.errorf("%s is not a multicast address", quote(w.text))
	}
	return a, nil
}
