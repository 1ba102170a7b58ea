//go:build linux

package drivertest

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"time"
)

// Flow opens a UDP flow from the client to a service; nothing has been sent yet. It ends with the test.
func (s *Site) Flow(from netip.Addr, to netip.AddrPort) *SiteSession {
	s.t.Helper()
	flow, err := s.connect("udp", min(s.Patience, 3*time.Second), from, to)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { flow.Close() })
	return flow
}

// Ask sends a datagram of a flow and says which server answered.
func (s *SiteSession) Ask() (server string, err error) {
	if err := s.say(hello); err != nil {
		return "", err
	}
	err = s.greeted()
	return s.Server, err
}

// insist asks until there is an answer, every three seconds: clients of UDP do so themselves.
func (s *SiteSession) insist() (err error) {
	patience := s.Patience
	for begun := time.Now(); ; s.Retried = true {
		s.Patience = min(3*time.Second, patience)
		_, err = s.Ask()
		s.Patience = patience
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begun) >= patience {
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
