//go:build linux

package drivertest

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"
)

// Flow opens a UDP flow from the client to a service; nothing has been sent yet. It ends with the test.
func (s *Site) Flow(from netip.Addr, to netip.AddrPort) *SiteSession {
	s.t.Helper()
	flow, err := s.connect("udp", s.Patience, from, to)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { flow.Close() })
	return flow
}

// Ask sends a datagram of a flow and says which server answered.
func (s *SiteSession) Ask() (server string, err error) {
	_, err = s.ask(1)
	return s.Server, err
}

// ask says which of the datagrams was answered: this one, or one from before.
func (s *SiteSession) ask(number int) (answered int, err error) {
	if err := s.say(fmt.Sprintf("%s%d", hello, number)); err != nil {
		return 0, err
	}
	answer, err := s.line()
	if err != nil {
		return 0, err
	}
	greeting, last, _ := strings.Cut(answer, " "+hello)
	if err := s.greeted(greeting); err != nil {
		return 0, err
	}
	return strconv.Atoi(last)
}

// insist asks until there is an answer, every three seconds, as clients of UDP do. An answer to the first datagram may come
// late; only if there is none, it was lost.
func (s *SiteSession) insist() error {
	patience := s.Patience
	defer func() { s.Patience = patience }()
	s.Patience = min(3*time.Second, patience)
	for begun, number := time.Now(), 1; ; number++ {
		answered, err := s.ask(number)
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begun) >= patience {
			s.Retried = answered > 1
			return err
		}
	}
}

// Send sends a datagram from an address of the node. That somebody receives it is not expected; that the node asks its LAN
// for the receiver is.
func (n *SiteNode) Send(from, to netip.AddrPort) (err error) {
	n.t.Helper()
	var conn *net.UDPConn
	n.Do(func() { conn, err = net.DialUDP("udp", net.UDPAddrFromAddrPort(from), net.UDPAddrFromAddrPort(to)) })
	if err != nil {
		return err
	}
	_, err = conn.Write([]byte("hello\n"))
	return errors.Join(err, conn.Close())
}
