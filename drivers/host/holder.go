//go:build linux

package host

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"time"

	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// Holders asks on the link of each address who has it: by an ARP probe, which is in nobody's cache afterwards (RFC 5227), or a
// neighbour solicitation. It gives everybody until the wait is over and returns who answered, this node left out; an address
// whose interface is not there, is down, or has no neighbours is not asked about, and not in the map.
func (d *Driver) Holders(ctx context.Context, keys []spec.AddressKey, wait time.Duration) (map[spec.AddressKey][]net.HardwareAddr, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	q := &inquiry{answers: map[spec.AddressKey][]net.HardwareAddr{}}
	err := d.within(ctx, func() error {
		defer q.close()
		c := &conn{}
		defer c.close()
		if c.dial(d.open, unix.NETLINK_ROUTE); c.err != nil {
			return c.err
		}
		if err := q.prepare(c, keys); err != nil {
			return asked(err)
		}
		return q.ask(ctx, wait)
	})
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		err = fmt.Errorf("not permitted: CAP_NET_RAW is needed: %w", err)
	}
	return q.answers, err
}

// inquiry is a round of questions.
type inquiry struct {
	questions []question
	answers   map[spec.AddressKey][]net.HardwareAddr
	own       []string // hardware addresses of this node
	ears      []ear
}

type question struct {
	index int
	frame []byte
}

// ear is a socket for all answers of one family on one interface.
type ear struct {
	fd    int
	link  link
	six   bool
	names map[netip.Addr]spec.AddressKey
}

func (q *inquiry) close() {
	for _, e := range q.ears {
		unix.Close(e.fd)
	}
}

// prepare begins to listen, so that no answer is missed.
func (q *inquiry) prepare(c *conn, keys []spec.AddressKey) error {
	links, err := c.links()
	if err != nil {
		return err
	}
	own, err := c.addresses(unix.AF_INET6)
	if err != nil {
		return err
	}
	for _, l := range links {
		q.own = append(q.own, string(l.address))
	}
	for _, k := range keys {
		for _, l := range links {
			if l.name != k.Interface || !l.speaks() || l.flags&unix.IFF_UP == 0 {
				continue
			}
			e, err := q.ear(l, k.Prefix.Addr().Is6())
			if err != nil {
				return err
			}
			e.names[k.Prefix.Addr()] = k
			q.answers[k] = nil
			q.questions = append(q.questions, question{int(l.index), whoHas(l, own, k.Prefix.Addr())})
		}
	}
	return nil
}

func whoHas(l link, own map[place]address, a netip.Addr) []byte {
	if a.Is4() {
		return probeARP(l.address, a)
	}
	for _, x := range own {
		if x.index == l.index && x.prefix.Addr().IsLinkLocalUnicast() && x.flags&unix.IFA_F_TENTATIVE == 0 {
			return solicitation(l.address, x.prefix.Addr(), a)
		}
	}
	return solicitation(l.address, netip.IPv6Unspecified(), a)
}

// ear is the one for an interface and family, which is made when it is first needed.
func (q *inquiry) ear(l link, six bool) (ear, error) {
	for _, e := range q.ears {
		if e.link.index == l.index && e.six == six {
			return e, nil
		}
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return ear{}, os.NewSyscallError("packet socket", err)
	}
	e := ear{fd: fd, link: l, six: six, names: map[netip.Addr]spec.AddressKey{}}
	q.ears = append(q.ears, e)
	protocol := uint16(unix.ETH_P_ARP)
	if six {
		protocol = unix.ETH_P_IPV6
		// A director's other packets would fill the buffer.
		if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, advertisements()); err != nil {
			return ear{}, os.NewSyscallError("packet filter", err)
		}
	}
	address := &unix.SockaddrLinklayer{Protocol: protocol<<8 | protocol>>8, Ifindex: int(l.index)}
	return e, os.NewSyscallError("packet bind", unix.Bind(fd, address))
}

// Where things are in an Ethernet frame.
const (
	frameType    = 12
	senderMAC    = 22 // ARP
	senderIP     = 28
	nextHeader   = 20 // IPv6
	messageType  = 54 // ICMPv6
	messageGoal  = 62
	sizeOfARP    = 42
	sizeOfAdvert = 78
)

// advertisements lets neighbour advertisements through.
func advertisements() *unix.SockFprog {
	const load, isEqual, give = unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	filter := []unix.SockFilter{
		{Code: load, K: nextHeader}, {Code: isEqual, K: unix.IPPROTO_ICMPV6, Jf: 3},
		{Code: load, K: messageType}, {Code: isEqual, K: neighbourAdvertisement, Jf: 1},
		{Code: give, K: 1 << 16}, {Code: give},
	}
	return &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
}

// ask asks twice, because a question or an answer can be lost.
func (q *inquiry) ask(ctx context.Context, wait time.Duration) error {
	for range 2 {
		for _, x := range q.questions {
			// A link that goes meanwhile has no neighbours any more.
			if err := sendFrame(x.index, x.frame); err != nil && !errors.Is(err, unix.ENETDOWN) && !errors.Is(err, unix.ENXIO) {
				return err
			}
		}
		if err := q.listen(ctx, time.Now().Add(wait/2)); err != nil {
			return err
		}
	}
	return nil
}

// listen ends early if everybody has been heard of.
func (q *inquiry) listen(ctx context.Context, until time.Time) error {
	polled := make([]unix.PollFd, len(q.ears))
	for i, e := range q.ears {
		polled[i] = unix.PollFd{Fd: int32(e.fd), Events: unix.POLLIN}
	}
	silent := func() bool {
		for _, macs := range q.answers {
			if len(macs) == 0 {
				return true
			}
		}
		return false
	}
	for left := time.Until(until); left > 0 && silent(); left = time.Until(until) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := unix.Poll(polled, int(min(left, 100*time.Millisecond).Milliseconds())+1); err != nil && err != unix.EINTR {
			return os.NewSyscallError("poll", err)
		}
		q.hear()
	}
	q.hear() // on a busy machine the time may be up before anybody has looked
	return nil
}

// hear takes what has come.
func (q *inquiry) hear() {
	for _, e := range q.ears {
		q.take(e)
	}
}

func (q *inquiry) take(e ear) {
	frame := make([]byte, 2048)
	for {
		n, _, err := unix.Recvfrom(e.fd, frame, 0)
		if err != nil {
			return
		}
		claimed, mac := claim(frame[:n])
		k, known := e.names[claimed]
		if !known || slices.Contains(q.own, string(mac)) {
			continue
		}
		if said := q.answers[k]; !slices.ContainsFunc(said, func(m net.HardwareAddr) bool { return string(m) == string(mac) }) {
			q.answers[k] = append(said, slices.Clone(mac))
		}
	}
}

// claim is an address that somebody says is theirs: as the sender of ARP, or in an advertisement.
func claim(frame []byte) (a netip.Addr, mac net.HardwareAddr) {
	switch {
	case len(frame) >= sizeOfARP && frame[frameType] == 8 && frame[frameType+1] == 6:
		return netip.AddrFrom4([4]byte(frame[senderIP:])), frame[senderMAC:senderIP]
	case len(frame) >= sizeOfAdvert && frame[messageType] == neighbourAdvertisement:
		return netip.AddrFrom16([16]byte(frame[messageGoal:])), frame[6:12]
	}
	return netip.Addr{}, nil
}
