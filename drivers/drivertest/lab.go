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
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Lab is a load balancer with clients and servers around it, for masquerading:
// real packets through the table of the test's own namespace, which is the
// director.
//
//	Client 10.0.0.100 ── director 10.0.0.2, VIP 10.0.0.10 ── Servers 10.1.0.11…
type Lab struct {
	VIP     netip.Addr
	Client  *Netns
	Servers []*Server
	t       testing.TB
}

// Server is a real server of a Lab.
type Server struct {
	*Netns
	Name string // rs1, rs2…
	Addr netip.Addr
}

// NewLab calls Kernel and builds a lab with a number of servers.
func NewLab(t testing.TB, servers int) *Lab {
	t.Helper()
	Kernel(t)
	l := &Lab{VIP: netip.MustParseAddr("10.0.0.10"), Client: NewNetns(t), t: t}
	l.wire("client", l.Client,
		"address add 10.0.0.2/24 dev client\naddress add 10.0.0.10/32 dev client",
		"address add 10.0.0.100/24 dev eth0")
	for i := range servers {
		s := &Server{
			Netns: NewNetns(t),
			Name:  fmt.Sprintf("rs%d", i+1),
			Addr:  netip.AddrFrom4([4]byte{10, 1, 0, byte(11 + i)}),
		}
		// The answers must come back through the director.
		l.wire(s.Name, s.Netns,
			fmt.Sprintf("address add 10.1.0.1 peer %s dev %s", s.Addr, s.Name),
			fmt.Sprintf("address add %s/24 dev eth0\nroute add default via 10.1.0.1", s.Addr))
		l.Servers = append(l.Servers, s)
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644); err != nil {
		t.Fatal(err)
	}
	return l
}

// wire connects the director's link NAME to eth0 of a namespace and gives both
// ends their addresses, as lines for "ip -batch".
func (l *Lab) wire(name string, n *Netns, near, far string) {
	l.t.Helper()
	batch := func(lines string) {
		l.t.Helper()
		if out, err := tryInput(lines+"\n", "ip", "-batch", "-"); err != nil {
			l.t.Fatalf("ip -batch: %v\n%s\n%s", err, lines, out)
		}
	}
	batch(fmt.Sprintf("link add %s type veth peer name eth0 netns %s\nlink set %[1]s up\n%[3]s", name, n.Path(), near))
	up, rest, _ := strings.Cut(far, "\n")
	n.Do(func() { batch(up + "\nlink set eth0 up\n" + rest) })
}

// Serve makes every server answer TCP connections on a port: its name and a
// line end first, then an echo of each line.
func (l *Lab) Serve(port uint16) {
	l.t.Helper()
	for _, s := range l.Servers {
		s.accept(func(conn net.Conn) { echo(conn, s.Name) },
			func() (net.Listener, error) { return net.Listen("tcp", netip.AddrPortFrom(s.Addr, port).String()) })
	}
}

// Session is a connection from the client that a server has answered. The test
// closes it; one left open is closed with the test.
type Session struct {
	echoed
	Server string // its name
	// Retried is true of one whose first packet was lost on the way, or not answered within a second.
	Retried bool
}

// A machine that is busy may take long for an answer.
const labPatience = 10 * time.Second

// Dial connects the client to the VIP.
func (l *Lab) Dial(port uint16) (*Session, error) {
	ctx, cancel := context.WithTimeout(context.Background(), labPatience)
	defer cancel()
	var conn net.Conn
	var err error
	l.Client.Do(func() {
		conn, err = new(net.Dialer).DialContext(ctx, "tcp", netip.AddrPortFrom(l.VIP, port).String())
	})
	if err != nil {
		return nil, err
	}
	l.t.Cleanup(func() { conn.Close() })
	s := &Session{echoed: newEchoed(conn, labPatience)}
	if s.Retried, err = retried(conn.(*net.TCPConn)); err != nil {
		return nil, err
	}
	s.Server, err = s.line()
	return s, err
}

func retried(conn *net.TCPConn) (yes bool, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return false, err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		var info *unix.TCPInfo
		if info, failed = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); failed == nil {
			yes = info.Total_retrans > 0
		}
	})
	return yes, errors.Join(err, failed)
}
