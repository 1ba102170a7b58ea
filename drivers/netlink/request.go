//go:build linux

package netlink

import (
	"fmt"
	"strings"
	"syscall"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// refuse says no where the kernel would, or would take a request for something else: nothing is sent then.
// What it lets through encodes to a request of bounded size.
func refuse(c plan.Change) error {
	if c.Key == nil || c.Before == nil && c.After == nil || c.After != nil && c.After.Kind() != c.Key.Kind() {
		return fmt.Errorf("change %#v is not one of an object", c)
	}
	if e := refusal(c); e != 0 {
		return &spec.Refusal{Op: c.Action().String(), Key: c.Key, Errno: e}
	}
	service, ok := c.Key.(spec.ServiceKey)
	if d, isDestination := c.Key.(spec.DestinationKey); isDestination {
		service, ok = d.Service, true
	}
	if ok && service.IsMark() && service.FWMark == 0 {
		return fmt.Errorf("%s: a firewall mark is not 0: the kernel would take it for the service tcp 0.0.0.0:0", c)
	}
	return nil
}

func refusal(c plan.Change) syscall.Errno {
	switch k := c.Key.(type) {
	case spec.ServiceKey:
		if s, ok := c.After.(spec.Service); ok {
			return refuseService(k, s)
		}
	case spec.TimeoutsKey:
		switch {
		case c.Before == nil:
			return unix.EEXIST
		case c.After == nil:
			return unix.EOPNOTSUPP
		}
	case spec.SyncDaemonKey:
		switch d, ok := c.After.(spec.SyncDaemon); {
		case ok && c.Before != nil:
			return unix.EEXIST // the kernel would say so; a daemon is stopped and started
		case ok && !isName(d.Interface, maxInterface):
			return unix.ENODEV
		}
	}
	return 0
}

func refuseService(k spec.ServiceKey, s spec.Service) syscall.Errno {
	switch {
	case len(s.Scheduler) > maxScheduler, len(s.Engine) > maxEngine, !s.Netmask.Fits(k.Family()):
		return unix.EINVAL
	case !isName(s.Scheduler, maxScheduler), !isName(s.Engine, maxEngine):
		return unix.ENOENT
	}
	return 0
}

// isName says that the kernel reads the whole of a name.
func isName(s string, most int) bool { return len(s) <= most && strings.IndexByte(s, 0) < 0 }

// change encodes the request of a change that refuse lets through.
func (c *channel) change(x plan.Change) {
	e, n := &c.enc, 0
	if x.Before != nil {
		n = 1
	}
	if x.After == nil {
		n = 2
	}
	switch k := x.Key.(type) {
	case spec.ServiceKey:
		c.begin(0, [...]uint8{cmdNewService, cmdSetService, cmdDelService}[n])
		at := e.service(k)
		if s, ok := x.After.(spec.Service); ok {
			e.serviceValue(k, s)
		}
		e.close(at)
	case spec.DestinationKey:
		c.begin(0, [...]uint8{cmdNewDest, cmdSetDest, cmdDelDest}[n])
		e.close(e.service(k.Service))
		at := e.nest(attrDest)
		e.address(dstAddress, k.Address.Addr())
		e.port(dstPort, k.Address.Port())
		if k.Mixed() {
			e.u16(dstFamily, uint16(spec.FamilyOf(k.Address.Addr())))
		}
		if d, ok := x.After.(spec.Destination); ok {
			e.destinationValue(d)
		}
		e.close(at)
	case spec.TimeoutsKey:
		c.begin(0, cmdSetConfig)
		e.timeouts(x.After.(spec.Timeouts))
	case spec.SyncDaemonKey:
		c.begin(0, [...]uint8{cmdNewDaemon, cmdNewDaemon, cmdDelDaemon}[n])
		at := e.nest(attrDaemon)
		e.u32(dmnState, uint32(k.Role))
		if d, ok := x.After.(spec.SyncDaemon); ok {
			e.daemonValue(d)
		}
		e.close(at)
	}
	e.end()
}

// service opens the attribute of a service and writes what identifies it.
func (e *encoder) service(k spec.ServiceKey) (at int) {
	at = e.nest(attrService)
	e.u16(svcFamily, uint16(k.Family()))
	if k.IsMark() {
		e.u32(svcFWMark, k.FWMark)
		return at
	}
	e.u16(svcProtocol, uint16(k.Protocol))
	e.address(svcAddress, k.Address.Addr())
	e.port(svcPort, k.Address.Port())
	return at
}

// Every attribute is sent always: the kernel resets what is left out.
func (e *encoder) serviceValue(k spec.ServiceKey, s spec.Service) {
	flags := uint32(s.Flags) &^ flagsOwned
	if s.Persistent {
		flags |= flagPersistent
	}
	if s.OnePacket {
		flags |= flagOnePacket
	}
	e.text(svcScheduler, s.Scheduler)
	e.header(svcFlags, 8)
	e.b = native.AppendUint32(native.AppendUint32(e.b, flags), ^uint32(0))
	e.u32(svcTimeout, s.Timeout)
	if k.Family() == spec.IPv6 {
		e.u32(svcNetmask, uint32(s.Netmask.IPv6()))
	} else {
		e.be32(svcNetmask, s.Netmask.IPv4())
	}
	if s.Engine != "" {
		e.text(svcEngine, s.Engine)
	}
}

func (e *encoder) destinationValue(d spec.Destination) {
	e.u32(dstForward, uint32(d.Forward))
	e.u32(dstWeight, d.Weight)
	e.u32(dstUpper, d.UpperThreshold)
	e.u32(dstLower, d.LowerThreshold)
	if d.Tunnel == (spec.Tunnel{}) {
		return // what the kernel takes an absent tunnel for
	}
	e.u8(dstTunType, uint8(d.Tunnel.Type))
	e.port(dstTunPort, d.Tunnel.Port)
	e.u16(dstTunChecksum, uint16(d.Tunnel.Checksum))
}

// A timeout that is left out stays as it is, as does one of 0.
func (e *encoder) timeouts(t spec.Timeouts) {
	e.u32(attrTimeoutTCP, t.TCP)
	e.u32(attrTimeoutTCPFin, t.TCPFin)
	e.u32(attrTimeoutUDP, t.UDP)
}

// What is zero is left to the kernel.
func (e *encoder) daemonValue(d spec.SyncDaemon) {
	e.text(dmnInterface, d.Interface)
	e.u32(dmnSyncID, d.SyncID)
	if d.MaxLen != 0 {
		e.u16(dmnMaxLen, d.MaxLen)
	}
	switch {
	case d.Group.Is4():
		e.address(dmnGroup, d.Group)
	case d.Group.IsValid():
		e.address(dmnGroup6, d.Group)
	}
	if d.Port != 0 {
		e.u16(dmnPort, d.Port)
	}
	if d.TTL != 0 {
		e.u8(dmnTTL, d.TTL)
	}
}
