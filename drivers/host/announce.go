//go:build linux

package host

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path"
	"time"

	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// Announce makes addresses that are up known to their neighbours, once: by a gratuitous ARP request, or an unsolicited
// neighbour advertisement. On an interface without neighbours, such as lo or a dummy, there is nobody to tell.
func (d *Driver) Announce(ctx context.Context, addresses []spec.AddressKey) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []error
	err := d.within(ctx, func() error {
		c := &conn{}
		defer c.close()
		if c.dial(d.open, unix.NETLINK_ROUTE); c.err != nil {
			return c.err
		}
		settled := time.Now().Add(settling)
		for _, k := range addresses {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := c.announce(k, settled); err != nil {
				all = append(all, fmt.Errorf("announce %s: %w", k, err))
			}
		}
		return nil
	})
	return errors.Join(append(all, err)...)
}

func (c *conn) announce(k spec.AddressKey, settled time.Time) error {
	l, err := c.link(k.Interface)
	switch {
	case err == unix.ENODEV:
		return errors.New("the interface does not exist any more")
	case err != nil:
		return err
	case !l.speaks():
		return nil
	}
	frame := gratuitousARP(l.address, k.Prefix.Addr())
	if k.Prefix.Addr().Is6() {
		if err := c.settle(k.Prefix.Addr(), settled); err != nil {
			return err
		}
		frame = unsolicitedAdvertisement(l.address, k.Prefix.Addr(), forwards(l.name))
	}
	err = sendFrame(int(l.index), frame)
	switch {
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return fmt.Errorf("not permitted: CAP_NET_RAW is needed, or announce { count = 0 } in its vip (%w)", err)
	case errors.Is(err, unix.ENETDOWN):
		return fmt.Errorf("the interface is down: bring it up first, or declare announce { count = 0 } in its vip (%w)", err)
	}
	return err
}

// The kernel takes packets for an IPv6 address a moment after it has added it: milliseconds, more on a machine that is busy.
const settling = time.Second

// settle waits for that moment, which may not come. Whoever heard of the address before would send in vain.
func (c *conn) settle(a netip.Addr, end time.Time) error {
	for ; time.Now().Before(end); time.Sleep(time.Millisecond) {
		if w, _, err := c.way(a, nil); err != nil || w.Local {
			return asked(err)
		}
	}
	return nil
}

// speaks says that there are neighbours to ask and to tell.
func (l link) speaks() bool {
	return l.flags&(unix.IFF_LOOPBACK|unix.IFF_NOARP) == 0 && l.hardware == unix.ARPHRD_ETHER && len(l.address) == 6
}

// forwards says that the interface is a router's, which must say so to those that have it as their way out.
func forwards(name string) bool {
	b, err := os.ReadFile(path.Join(procSys, "net/ipv6/conf", name, "forwarding"))
	return err == nil && len(b) > 0 && b[0] != '0'
}

// sendFrame sends an Ethernet frame. The socket is for no protocol, so that it receives nothing; kernels before 5.1 take that of the
// frame from the address.
func sendFrame(index int, frame []byte) error {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("packet socket", err)
	}
	defer unix.Close(fd)
	to := &unix.SockaddrLinklayer{Ifindex: index, Halen: 6, Protocol: binary.NativeEndian.Uint16(frame[12:])}
	return os.NewSyscallError("packet send", unix.Sendto(fd, frame, 0, to))
}

// gratuitousARP is a request for an address by the one who has it: whoever knows the address learns the new way.
func gratuitousARP(mac []byte, a netip.Addr) []byte { return requestARP(mac, a, a) }

// probeARP is a request by one who has no address yet, so that nobody learns anything.
func probeARP(mac []byte, a netip.Addr) []byte { return requestARP(mac, netip.IPv4Unspecified(), a) }

func requestARP(mac []byte, from, to netip.Addr) []byte {
	frame := ethernet([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, mac, unix.ETH_P_ARP)
	frame = append(frame, 0, 1, 8, 0, 6, 4, 0, 1) // Ethernet, IPv4, their lengths, request
	frame = append(append(frame, mac...), from.AsSlice()...)
	return append(append(frame, 0, 0, 0, 0, 0, 0), to.AsSlice()...)
}

// Messages of ICMPv6.
const (
	neighbourSolicitation  = 135
	neighbourAdvertisement = 136
)

// unsolicitedAdvertisement tells all nodes of a link where an address is (RFC 4861, section 7.2.6), from the address itself.
func unsolicitedAdvertisement(mac []byte, a netip.Addr, router bool) []byte {
	message := []byte{neighbourAdvertisement, 0, 0, 0, 0x20, 0, 0, 0} // override
	if router {
		message[4] |= 0x80
	}
	message = append(message, a.AsSlice()...)
	message = append(append(message, 2, 1), mac...) // target link-layer address, in units of 8 bytes
	return icmp6(mac, a, netip.IPv6LinkLocalAllNodes(), message)
}

// solicitation asks for an address all those who may have it (section 7.2.2). One that has not found out yet whether an address is
// its own would take a question from nowhere for the answer.
func solicitation(mac []byte, from, a netip.Addr) []byte {
	target, group := a.As16(), netip.MustParseAddr("ff02::1:ff00:0").As16()
	copy(group[13:], target[13:])
	message := append([]byte{neighbourSolicitation, 0, 0, 0, 0, 0, 0, 0}, target[:]...)
	if !from.IsUnspecified() {
		message = append(append(message, 1, 1), mac...) // source link-layer address
	}
	return icmp6(mac, from, netip.AddrFrom16(group), message)
}

// icmp6 is a frame with a message to a group.
func icmp6(mac []byte, from, group netip.Addr, message []byte) []byte {
	source, target := from.As16(), group.As16()
	sum := checksum(source[:], target[:], []byte{0, 0, 0, byte(len(message)), 0, 0, 0, unix.IPPROTO_ICMPV6}, message)
	message[2], message[3] = byte(sum>>8), byte(sum)

	frame := ethernet([]byte{0x33, 0x33, target[12], target[13], target[14], target[15]}, mac, unix.ETH_P_IPV6)
	frame = append(frame, 0x60, 0, 0, 0, 0, byte(len(message)), unix.IPPROTO_ICMPV6, 255)
	frame = append(append(frame, source[:]...), target[:]...)
	return append(frame, message...)
}

func ethernet(to, from []byte, protocol uint16) []byte {
	frame := make([]byte, 0, 86)
	frame = append(append(frame, to...), from...)
	return append(frame, byte(protocol>>8), byte(protocol))
}

// checksum is that of the internet protocols, over parts of even length.
func checksum(parts ...[]byte) uint16 {
	var sum uint32
	for _, p := range parts {
		for i := 0; i < len(p); i += 2 {
			sum += uint32(p[i])<<8 | uint32(p[i+1])
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
