//go:build linux

package drivertest

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Ear hears on the client's LAN who says that a VIP is his: in ARP, with an answer, a gratuitous announcement, or as the
// sender of a question; in IPv6, with a neighbour advertisement. It keeps asking by itself, so that whoever would answer does.
type Ear struct {
	site *Site
	vips []netip.Addr
	arp  *os.File
	ip6  *os.File
	stop chan struct{}
	wait sync.WaitGroup
	mu   sync.Mutex
	said []Claim
}

// Claim is one such word.
type Claim struct {
	At   time.Time
	Node string // its name, or a MAC that the site does not have
	VIP  netip.Addr
	// Asked is true of an answer, false of an announcement.
	Asked bool
}

// Listen starts to hear, and to ask for each VIP in an interval; 0: it does not ask.
func (s *Site) Listen(every time.Duration, vips ...netip.Addr) *Ear {
	s.t.Helper()
	e := &Ear{site: s, vips: vips, stop: make(chan struct{})}
	e.arp, e.ip6 = s.packets(unix.ETH_P_ARP), s.packets(unix.ETH_P_IPV6)
	e.wait.Go(func() { e.hear(e.arp, claimOfARP) })
	e.wait.Go(func() { e.hear(e.ip6, claimOfNA) })
	if every > 0 {
		e.wait.Go(func() { e.ask(every) })
	}
	return e
}

// packets is a socket for all packets of a protocol on the client's LAN.
func (s *Site) packets(protocol uint16) *os.File {
	s.t.Helper()
	swapped := protocol<<8 | protocol>>8
	var fd int
	var eth0 *net.Interface
	var err error
	s.Client.Do(func() {
		if eth0, err = net.InterfaceByName("eth0"); err == nil {
			fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, int(swapped))
		}
	})
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: swapped, Ifindex: eth0.Index})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), "packets")
}

// Stop ends the hearing and returns what was said, from the first to the last.
func (e *Ear) Stop() []Claim {
	e.site.t.Helper()
	close(e.stop)
	e.arp.Close()
	e.ip6.Close()
	e.wait.Wait()
	return e.said
}

// Heard waits until a node has answered a number of times since the beginning.
func (e *Ear) Heard(node string, times int) {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		e.mu.Lock()
		n := 0
		for _, c := range e.said {
			if c.Node == node && c.Asked {
				n++
			}
		}
		e.mu.Unlock()
		if n >= times {
			return
		}
	}
}

// Claimants counts the claims by "NODE answers VIP" and "NODE announces VIP".
func Claimants(claims []Claim) map[string]int {
	all := map[string]int{}
	for _, c := range claims {
		word := "announces"
		if c.Asked {
			word = "answers"
		}
		all[fmt.Sprintf("%s %s %s", c.Node, word, c.VIP)]++
	}
	return all
}

// hear notes the claims of frames. A frame: destination, source, type, and what a parser knows about.
func (e *Ear) hear(f *os.File, claim func(frame []byte) (vip netip.Addr, asked, ok bool)) {
	frame := make([]byte, 2048)
	for {
		n, err := f.Read(frame)
		if err != nil {
			return
		}
		if n < 42 {
			continue
		}
		mac := net.HardwareAddr(frame[6:12]).String()
		if vip, asked, ok := claim(frame[:n]); ok && mac != e.site.Client.MAC {
			e.note(mac, vip, asked)
		}
	}
}

func (e *Ear) note(mac string, vip netip.Addr, asked bool) {
	for _, v := range e.vips {
		if v != vip {
			continue
		}
		name, known := e.site.macs[mac]
		if !known {
			name = mac
		}
		e.mu.Lock()
		e.said = append(e.said, Claim{time.Now(), name, vip, asked})
		e.mu.Unlock()
	}
}

// claimOfARP finds the sender's address. An answer to the client is a reply addressed to it; all else is an announcement.
func claimOfARP(frame []byte) (vip netip.Addr, asked, ok bool) {
	reply := binary.BigEndian.Uint16(frame[20:]) == 2
	return netip.AddrFrom4([4]byte(frame[28:32])), reply && frame[0]&1 == 0, true
}

// claimOfNA finds the target of a neighbour advertisement, and whether it is solicited.
func claimOfNA(frame []byte) (vip netip.Addr, asked, ok bool) {
	const header, advertisement = 14, 136
	if len(frame) < header+40+24 || frame[header+6] != unix.IPPROTO_ICMPV6 || frame[header+40] != advertisement {
		return vip, false, false
	}
	message := frame[header+40:]
	return netip.AddrFrom16([16]byte(message[8:24])), message[4]&0x40 != 0, true
}

func (e *Ear) ask(every time.Duration) {
	for {
		for _, v := range e.vips {
			f, question := e.arp, e.site.whoHas(v)
			if v.Is6() {
				f = e.ip6
			}
			if _, err := f.Write(question); err != nil {
				return
			}
		}
		select {
		case <-e.stop:
			return
		case <-time.After(every):
		}
	}
}

// whoHas is the client's question for an address, as a frame.
func (s *Site) whoHas(v netip.Addr) []byte {
	mac, _ := net.ParseMAC(s.Client.MAC)
	if v.Is4() {
		frame := append([]byte(strings.Repeat("\xff", 6)), mac...)
		frame = append(frame, 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1)
		frame = append(append(frame, mac...), s.Client.LAN.AsSlice()...)
		return append(append(frame, make([]byte, 6)...), v.AsSlice()...)
	}
	group := netip.MustParseAddr("ff02::1:ff00:0").As16()
	target := v.As16()
	copy(group[13:], target[13:])
	message := append([]byte{135, 0, 0, 0, 0, 0, 0, 0}, target[:]...)
	message = append(append(message, 1, 1), mac...)
	frame := append([]byte{0x33, 0x33}, group[12:]...)
	frame = append(append(frame, mac...), 0x86, 0xdd, 0x60, 0, 0, 0, 0, byte(len(message)), unix.IPPROTO_ICMPV6, 255)
	ends := append(s.Client.LAN6.AsSlice(), group[:]...)
	binary.BigEndian.PutUint16(message[2:], checksum(append(append(ends, 0, 0, 0, byte(len(message)), 0, 0, 0, unix.IPPROTO_ICMPV6), message...)))
	return append(append(frame, ends...), message...)
}

func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i < len(b); i += 2 {
		sum += uint32(b[i])<<8 | uint32(b[i+1])
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
