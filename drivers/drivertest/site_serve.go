//go:build linux

package drivertest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Serve makes every real server answer on TCP ports, see SiteNode.Serve.
func (s *Site) Serve(ports ...uint16) {
	s.t.Helper()
	for _, n := range s.Servers {
		n.Serve(ports...)
	}
}

// ServeUDP makes every real server answer on UDP ports, see SiteNode.ServeUDP.
func (s *Site) ServeUDP(ports ...uint16) {
	s.t.Helper()
	for _, n := range s.Servers {
		n.ServeUDP(ports...)
	}
}

// Serve answers TCP connections to any address of the node: a line with its name and the client that it sees, then an
// echo of each line.
func (n *SiteNode) Serve(ports ...uint16) {
	n.t.Helper()
	for _, port := range ports {
		n.accept(n.greet, func() (net.Listener, error) { return net.Listen("tcp", fmt.Sprintf(":%d", port)) })
	}
}

// ServeSCTP makes every real server answer SCTP associations like TCP connections, at its address on BACK alone: one that
// has several addresses tells the client all of them, and the two would meet beside the director.
func (s *Site) ServeSCTP(port uint16) {
	s.t.Helper()
	for _, n := range s.Servers {
		n.accept(n.greet, func() (net.Listener, error) {
			fd, err := newSocket("sctp", n.Back)
			if err != nil {
				return nil, err
			}
			f := os.NewFile(uintptr(fd), "sctp")
			defer f.Close()
			if err := errors.Join(unix.Bind(fd, sockaddr(netip.AddrPortFrom(n.Back, port))), unix.Listen(fd, 128)); err != nil {
				return nil, err
			}
			return net.FileListener(f)
		})
	}
}

func (n *SiteNode) greet(conn net.Conn) {
	echo(conn, fmt.Sprint(n.Name, " ", addrOf(conn.RemoteAddr())))
}

func addrOf(a net.Addr) netip.Addr {
	return netip.MustParseAddrPort(a.String()).Addr().Unmap()
}

const hello = "hello " // of a UDP client that asks who answers, and a number

// ServeUDP answers a datagram to any address of the node from that very address: with its name, the client that it
// sees and the question, if that was asked for, else with an echo.
func (n *SiteNode) ServeUDP(ports ...uint16) {
	n.t.Helper()
	for _, port := range ports {
		for _, network := range []string{"udp4", "udp6"} {
			config := net.ListenConfig{Control: askForDestination}
			var conn net.PacketConn
			var err error
			n.Do(func() { conn, err = config.ListenPacket(context.Background(), network, fmt.Sprintf(":%d", port)) })
			if err != nil {
				n.t.Fatal(err)
			}
			n.t.Cleanup(func() { conn.Close() })
			go n.reply(conn.(*net.UDPConn))
		}
	}
}

// askForDestination lets a socket say which address a datagram was sent to.
func askForDestination(network, _ string, c syscall.RawConn) error {
	var set error
	err := c.Control(func(fd uintptr) {
		if network == "udp4" {
			set = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
		} else {
			set = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
		}
	})
	if err != nil {
		return err
	}
	return set
}

func (n *SiteNode) reply(conn *net.UDPConn) {
	data, control := make([]byte, 2048), make([]byte, 256)
	for {
		size, got, _, from, err := conn.ReadMsgUDPAddrPort(data, control)
		if err != nil {
			return
		}
		answer := data[:size]
		if strings.HasPrefix(string(answer), hello) {
			answer = fmt.Appendf(nil, "%s %s %s", n.Name, from.Addr().Unmap(), answer)
		}
		// An answer that is lost is the client's business.
		conn.WriteMsgUDPAddrPort(answer, sourceOf(control[:got]), from)
	}
}

// sourceOf turns the destination of a datagram into the source of its answer, by whatever interface.
func sourceOf(control []byte) []byte {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return nil
	}
	for _, m := range messages {
		switch {
		case m.Header.Level == unix.IPPROTO_IP && m.Header.Type == unix.IP_PKTINFO:
			return unix.PktInfo4(&unix.Inet4Pktinfo{Spec_dst: [4]byte(m.Data[8:12])})
		case m.Header.Level == unix.IPPROTO_IPV6 && m.Header.Type == unix.IPV6_PKTINFO:
			return unix.PktInfo6(&unix.Inet6Pktinfo{Addr: [16]byte(m.Data[:16])})
		}
	}
	return nil
}
