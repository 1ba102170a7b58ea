//go:build linux

package drivertest

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// SiteFlow is what a UDP client sends from one port.
type SiteFlow struct {
	conn     net.Conn
	patience time.Duration
}

// Flow opens a flow from the client to a service. It ends with the test.
func (s *Site) Flow(from netip.Addr, to netip.AddrPort) *SiteFlow {
	s.t.Helper()
	fd, err := s.Client.socket(from, to, unix.SOCK_DGRAM)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := unix.Connect(fd, sockaddr(to)); err != nil {
		s.t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "udp "+to.String())
	defer f.Close()
	conn, err := net.FileConn(f)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	return &SiteFlow{conn, min(s.Patience, 3*time.Second)}
}

// Ask sends a datagram and says which server answered.
func (f *SiteFlow) Ask() (server string, err error) {
	if err := f.conn.SetDeadline(time.Now().Add(f.patience)); err != nil {
		return "", err
	}
	if _, err := f.conn.Write([]byte("hello\n")); err != nil {
		return "", err
	}
	data := make([]byte, 256)
	n, err := f.conn.Read(data)
	if err != nil {
		return "", err
	}
	var client string
	_, err = fmt.Sscan(string(data[:n]), &server, &client)
	return server, err
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
