package rules

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// LimitError says that ipvsadm has no words for an object that a kernel can hold, or that its listings show it as another.
type LimitError struct {
	Key spec.Key
	// Why is a noun phrase: "a persistence timeout without persistence".
	Why string
}

// Error names the object, what cannot be said of it, and the driver that can.
func (e *LimitError) Error() string {
	return fmt.Sprintf("%s: ipvsadm cannot express %s: use the driver netlink", e.Key, e.Why)
}

// What ipvsadm accepts, where it is less than the kernel does.
const (
	maxThreshold   = 1<<31 - 1
	maxTimeout     = 31 * 24 * 60 * 60
	maxSyncLen     = 65507
	maxScheduler   = 15
	maxEngine      = 16
	maxInterface   = 15
	defaultTimeout = 360 // -p without a number
)

// CommonWeight is the greatest weight that every ipvsadm takes. Debian's build takes any that a kernel does.
const CommonWeight = 65535

// Heavy says that a value has a weight that not every ipvsadm takes.
func Heavy(v spec.Value) bool {
	d, ok := v.(spec.Destination)
	return ok && d.Weight > CommonWeight
}

// Cannot says why ipvsadm cannot write the object so that it is what it should be, or cannot show it as what it is: a
// *LimitError, or nil if it can do both. A nil value asks about the key alone. Where versions differ, one that can counts:
// see Heavy.
func Cannot(k spec.Key, v spec.Value) error {
	why := ""
	switch k := k.(type) {
	case spec.ServiceKey:
		why = serviceKeyLimit(k)
		if s, ok := v.(spec.Service); ok && why == "" {
			why = serviceLimit(k, s)
		}
	case spec.DestinationKey:
		why = addressLimit(k.Address.Addr())
		if limit := serviceKeyLimit(k.Service); limit != "" {
			why = limit
		}
		if d, ok := v.(spec.Destination); ok && why == "" {
			why = destinationLimit(k, d)
		}
	case spec.TimeoutsKey:
		if t, ok := v.(spec.Timeouts); ok && max(t.TCP, t.TCPFin, t.UDP) > maxTimeout {
			why = fmt.Sprintf("a timeout above %d seconds (31 days)", maxTimeout)
		}
	case spec.SyncDaemonKey:
		if k.Role != spec.Master && k.Role != spec.Backup {
			why = fmt.Sprintf("a sync daemon with the role %s", k.Role)
		} else if d, ok := v.(spec.SyncDaemon); ok {
			why = daemonLimit(d)
		}
	default:
		why = "what is not part of the table"
	}
	if why == "" {
		return nil
	}
	return &LimitError{k, why}
}

func serviceKeyLimit(k spec.ServiceKey) string {
	if k.IsMark() || k.FWMark != 0 {
		switch {
		case k.FWMark == 0:
			return "a firewall mark of 0"
		case k.MarkFamily != spec.IPv4 && k.MarkFamily != spec.IPv6 || k.Protocol != 0 || k.Address != netip.AddrPort{}:
			return "a firewall mark with an address, or without a family"
		}
		return ""
	}
	if k.Protocol != spec.TCP && k.Protocol != spec.UDP && k.Protocol != spec.SCTP {
		return fmt.Sprintf("a protocol other than tcp, udp and sctp (%s)", k.Protocol)
	}
	return addressLimit(k.Address.Addr())
}

func addressLimit(a netip.Addr) string {
	if !a.IsValid() || a.Zone() != "" {
		return fmt.Sprintf("the address %q", a)
	}
	return ""
}

func serviceLimit(k spec.ServiceKey, s spec.Service) string {
	twoFlags := s.Scheduler == "sh" || s.Scheduler == "mh"
	switch {
	case !isWord(s.Scheduler, maxScheduler):
		return fmt.Sprintf("the scheduler %q", s.Scheduler)
	case s.Engine != "" && !isWord(s.Engine, maxEngine):
		return fmt.Sprintf("the persistence engine %q", s.Engine)
	case s.Flags&^(spec.Flag1|spec.Flag2|spec.Flag3) != 0:
		return fmt.Sprintf("scheduler flags without a name (%#x)", uint32(s.Flags))
	case s.Flags&spec.Flag3 != 0 && twoFlags:
		return "flag-3 of the scheduler " + s.Scheduler
	case s.OnePacket && !k.IsMark() && k.Protocol != spec.UDP:
		return "one-packet scheduling of " + k.Protocol.String()
	case !s.Netmask.Fits(k.Family()):
		return "a netmask of the other family"
	case !s.Persistent && s.Timeout != 0:
		return "a persistence timeout without persistence"
	case !s.Persistent && s.Netmask != spec.Netmask{}:
		return "a persistence netmask without persistence"
	case !s.Persistent && !k.IsMark() && k.Address.Port() == 0:
		return "port 0 without persistence"
	case s.Persistent && (s.Timeout < 1 || s.Timeout > maxTimeout):
		return fmt.Sprintf("a persistence timeout of %d seconds (1 to %d)", s.Timeout, maxTimeout)
	}
	return ""
}

func destinationLimit(k spec.DestinationKey, d spec.Destination) string {
	switch {
	case d.Forward != spec.Masquerade && d.Forward != spec.Direct && d.Forward != spec.TunnelTo:
		return "the forwarding method " + d.Forward.String()
	case k.Mixed() && d.Forward != spec.TunnelTo:
		return "a real server of another family without a tunnel"
	case d.Forward != spec.Masquerade && !k.Service.IsMark() && k.Address.Port() != k.Service.Address.Port():
		return "a port other than the service's with the forwarding method " + d.Forward.String()
	case d.Weight > spec.MaxWeight:
		return fmt.Sprintf("a weight above %d", spec.MaxWeight)
	case max(d.UpperThreshold, d.LowerThreshold) > maxThreshold:
		return fmt.Sprintf("a threshold above %d", maxThreshold)
	case d.Forward != spec.TunnelTo && d.Tunnel != spec.Tunnel{}:
		return "tunnel settings without a tunnel"
	}
	return tunnelLimit(d.Tunnel)
}

func tunnelLimit(t spec.Tunnel) string {
	switch {
	case t.Type > spec.GRE:
		return "the tunnel type " + t.Type.String()
	case t.Checksum > spec.ChecksumRemote:
		return "the tunnel checksum " + t.Checksum.String()
	case t.Type == spec.GUE && t.Port == 0:
		return "a gue tunnel without a port"
	case t.Type != spec.GUE && t.Port != 0:
		return "a port of a tunnel of type " + t.Type.String()
	case t.Type == spec.IPIP && t.Checksum != spec.ChecksumNone, t.Type == spec.GRE && t.Checksum == spec.ChecksumRemote:
		return fmt.Sprintf("the checksum %s of a tunnel of type %s", t.Checksum, t.Type)
	}
	return ""
}

func daemonLimit(d spec.SyncDaemon) string {
	switch {
	case !isWord(d.Interface, maxInterface):
		return fmt.Sprintf("the interface %q", d.Interface)
	case d.SyncID > spec.MaxSyncID:
		return fmt.Sprintf("a sync id above %d", spec.MaxSyncID)
	case d.MaxLen > maxSyncLen:
		return fmt.Sprintf("messages of more than %d bytes", maxSyncLen)
	case d.Group.IsValid() && (!d.Group.IsMulticast() || d.Group.Zone() != "" || d.Group.Is4In6()):
		return fmt.Sprintf("the group %s", d.Group)
	}
	return ""
}

// isWord says that a name is one word to -R, which knows no quoting and skips the word ipvsadm, and one word to a shell.
func isWord(name string, most int) bool {
	odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"'`$\\#;&|<>(){}*?", r) }
	return name != "" && len(name) <= most && name != "ipvsadm" && !strings.ContainsFunc(name, odd)
}
