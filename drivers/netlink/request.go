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

// refuse says no where the kernel would, or where it would take a request for another one: nothing is sent then.
// What it lets through has a request of bounded size.
func refuse(c plan.Change) error {
	if c.Key == nil || c.Before == nil && c.After == nil || c.After != nil && c.After.Kind() != c.Key.Kind() {
		return fmt.Errorf("%#v is not a change of one object", c)
	}
	if e := refusal(c); e != 0 {
		return &spec.Refusal{Op: c.Action().String(), Key: c.Key, Errno: e}
	}
	return nil
}

func refusal(c plan.Change) syscall.Errno {
	switch k := c.Key.(type) {
	case spec.ServiceKey:
		s, put := c.After.(spec.Service)
		switch {
		case put && (badName(s.Scheduler, maxScheduler) || badName(s.Engine, maxEngine) || !s.Netmask.Fits(k.Family()) || noMark(k)):
			return unix.EINVAL
		case noMark(k):
			return unix.ESRCH
		}
	case spec.DestinationKey:
		if noMark(k.Service) {
			return unix.ESRCH
		}
	case spec.TimeoutsKey:
		switch {
		case c.Before == nil:
			return unix.EEXIST
		case c.After == nil:
			return unix.EOPNOTSUPP
		}
	case spec.SyncDaemonKey:
		switch d, put := c.After.(spec.SyncDaemon); {
		case put && c.Before != nil:
			return unix.EEXIST // the kernel would say so; a daemon is stopped and started
		case put && badName(d.Interface, maxInterface):
			return unix.EINVAL
		}
	}
	return 0
}

// noMark is a key that the kernel would take for tcp 0.0.0.0:0.
func noMark(k spec.ServiceKey) bool { return k.IsMark() && k.FWMark == 0 }

// badName is a name of which the kernel would read only a part, or for which it would refuse the request.
func badName(s string, most int) bool { return len(s) > most || strings.IndexByte(s, 0) >= 0 }

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
