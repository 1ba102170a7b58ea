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

// SiteSession is a client's connection, or UDP flow, that a server has answered. The test closes it.
type SiteSession struct {
	echoed
	Server string     // its name
	Client netip.Addr // the client as the server sees it
	// Retried is true of one whose first packet was lost on the way: only its repetition, a second or more later, was answered.
	Retried bool
}

// Open connects the client to a TCP service and reads who answers. An invalid source is left to the kernel.
func (s *Site) Open(from netip.Addr, to netip.AddrPort) (*SiteSession, error) {
	return s.open("tcp", s.Patience, from, to)
}

func (s *Site) open(network string, patience time.Duration, from netip.Addr, to netip.AddrPort) (*SiteSession, error) {
	session, err := s.connect(network, patience, from, to)
	if err != nil {
		return nil, err
	}
	if network == "udp" {
		err = session.insist()
	} else {
		var greeting string
		if greeting, err = session.line(); err == nil {
			err = session.greeted(greeting)
		}
	}
	if err != nil {
		session.Close()
		return nil, err
	}
	return session, nil
}

// greeted reads who answers.
func (s *SiteSession) greeted(greeting string) (err error) {
	var client string
	if _, err := fmt.Sscan(greeting, &s.Server, &client); err != nil {
		return fmt.Errorf("greeting %q: %w", greeting, err)
	}
	s.Client, err = netip.ParseAddr(client)
	return err
}

// Ask opens a connection, closes it, and says which server answered.
func (s *Site) Ask(from netip.Addr, to netip.AddrPort) (server string, err error) {
	session, err := s.Open(from, to)
	if err != nil {
		return "", err
	}
	return session.Server, session.Close()
}

// connect is done without net.Dialer, which would keep a thread in the client's namespace for as long as it waits.
func (s *Site) connect(network string, patience time.Duration, from netip.Addr, to netip.AddrPort) (*SiteSession, error) {
	begun := time.Now()
	fd, err := s.socket(network, from, to)
	if err != nil {
		return nil, err
	}
	if err := unix.Connect(fd, sockaddr(to)); err != nil && err != unix.EINPROGRESS {
		return nil, errors.Join(err, unix.Close(fd))
	}
	f := os.NewFile(uintptr(fd), network+" "+to.String())
	defer f.Close()
	if err := f.SetDeadline(begun.Add(patience)); err != nil {
		return nil, err
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	var failed error
	err = raw.Write(func(fd uintptr) (done bool) {
		done, failed = connected(int(fd))
		return done
	})
	if err = errors.Join(err, failed); err != nil {
		return nil, err
	}
	// SCTP keeps to itself how often it has sent; it does so again after three seconds.
	session := &SiteSession{Retried: network == "sctp" && time.Since(begun) > 2900*time.Millisecond}
	if network == "tcp" {
		info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		if err != nil {
			return nil, err
		}
		session.Retried = info.Total_retrans > 0
	}
	conn, err := net.FileConn(f)
	session.echoed = newEchoed(conn, patience)
	return session, err
}

func connected(fd int) (done bool, err error) {
	code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && code != 0 {
		err = unix.Errno(code)
	}
	if err != nil {
		return true, err
	}
	_, err = unix.Getpeername(fd)
	return err == nil, nil
}

// socket is one of the client's, with a source port that no other had: an old connection that the director remembers, to a
// server that is gone, would swallow the new one.
func (s *Site) socket(network string, from netip.Addr, to netip.AddrPort) (fd int, err error) {
	s.Client.Do(func() { fd, err = newSocket(network, to.Addr()) })
	if err != nil {
		return 0, err
	}
	source := netip.IPv6Unspecified()
	switch {
	case from.IsValid():
		source = from
	case network == "sctp": // it would tell the server all of the client's addresses, and use them
		source = s.Client.LAN
	case to.Addr().Is4():
		source = netip.IPv4Unspecified()
	}
	const first, ports = 10000, 50000
	port := first + uint16(s.ports.Add(1)%ports)
	if err := unix.Bind(fd, sockaddr(netip.AddrPortFrom(source, port))); err != nil {
		return 0, errors.Join(os.NewSyscallError("bind", err), unix.Close(fd))
	}
	return fd, nil
}

// newSocket makes one for "tcp", "udp" or "sctp" that does not block.
func newSocket(network string, a netip.Addr) (fd int, err error) {
	family, kind, protocol := unix.AF_INET6, unix.SOCK_STREAM, 0
	if a.Is4() {
		family = unix.AF_INET
	}
	switch network {
	case "udp":
		kind = unix.SOCK_DGRAM
	case "sctp":
		protocol = unix.IPPROTO_SCTP
	}
	fd, err = unix.Socket(family, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, protocol)
	return fd, os.NewSyscallError("socket", err)
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
}
