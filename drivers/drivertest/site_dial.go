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

// SiteSession is a client's connection that a server has answered. The test closes it.
type SiteSession struct {
	echoed
	Server string     // its name
	Client netip.Addr // the client as the server sees it
	// Retried is true of one whose first packet was lost on the way: only its repetition, a second later, was answered.
	Retried bool
}

// Open connects the client to a service and reads who answers. An invalid source is left to the kernel.
func (s *Site) Open(from netip.Addr, to netip.AddrPort) (*SiteSession, error) {
	conn, retried, err := s.connect(from, to)
	if err != nil {
		return nil, err
	}
	session := &SiteSession{echoed: newEchoed(conn, s.Patience), Retried: retried}
	greeting, err := session.line()
	if err != nil {
		conn.Close()
		return nil, err
	}
	var client string
	if _, err := fmt.Sscan(greeting, &session.Server, &client); err != nil {
		conn.Close()
		return nil, fmt.Errorf("greeting %q: %w", greeting, err)
	}
	session.Client, err = netip.ParseAddr(client)
	return session, err
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
func (s *Site) connect(from netip.Addr, to netip.AddrPort) (conn net.Conn, retried bool, err error) {
	fd, err := s.socket(from, to, unix.SOCK_STREAM)
	if err != nil {
		return nil, false, err
	}
	if err := unix.Connect(fd, sockaddr(to)); err != nil && err != unix.EINPROGRESS {
		return nil, false, errors.Join(err, unix.Close(fd))
	}
	f := os.NewFile(uintptr(fd), "tcp "+to.String())
	defer f.Close()
	if err := f.SetDeadline(time.Now().Add(s.Patience)); err != nil {
		return nil, false, err
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return nil, false, err
	}
	var failed error
	err = raw.Write(func(fd uintptr) (done bool) {
		done, retried, failed = connected(int(fd))
		return done
	})
	if err = errors.Join(err, failed); err != nil {
		return nil, false, err
	}
	conn, err = net.FileConn(f)
	return conn, retried, err
}

func connected(fd int) (done, retried bool, err error) {
	code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && code != 0 {
		err = unix.Errno(code)
	}
	if err != nil {
		return true, false, err
	}
	if _, err := unix.Getpeername(fd); err != nil {
		return false, false, nil // not yet
	}
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return true, false, err
	}
	return true, info.Total_retrans > 0, nil
}

// socket is one of the client's, with a source port that no other had: an old connection that the director remembers, to a
// server that is gone, would swallow the new one.
func (s *Site) socket(from netip.Addr, to netip.AddrPort, kind int) (fd int, err error) {
	family, source := unix.AF_INET6, netip.IPv6Unspecified()
	if to.Addr().Is4() {
		family, source = unix.AF_INET, netip.IPv4Unspecified()
	}
	s.Client.Do(func() { fd, err = unix.Socket(family, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0) })
	if err != nil {
		return 0, os.NewSyscallError("socket", err)
	}
	if from.IsValid() {
		source = from
	}
	const first, ports = 10000, 50000
	port := first + uint16(s.ports.Add(1)%ports)
	if err := unix.Bind(fd, sockaddr(netip.AddrPortFrom(source, port))); err != nil {
		return 0, errors.Join(os.NewSyscallError("bind", err), unix.Close(fd))
	}
	return fd, nil
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
}
