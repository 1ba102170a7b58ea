//go:build linux

package drivertest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"
)

// ServeFTP makes every real server an FTP server on port 21 that knows one passive transfer: a file with its name.
func (s *Site) ServeFTP() {
	s.t.Helper()
	for _, n := range s.Servers {
		n.listen(":21", n.ftp)
	}
}

func (n *SiteNode) ftp(conn net.Conn) {
	var data net.Listener
	fmt.Fprintf(conn, "220 %s\r\n", n.Name)
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		switch word, _, _ := strings.Cut(lines.Text(), " "); word {
		case "PASV":
			var err error
			here := addrOf(conn.LocalAddr())
			n.Do(func() { data, err = net.Listen("tcp", net.JoinHostPort(here.String(), "0")) })
			if err != nil {
				fmt.Fprintf(conn, "425 %v\r\n", err)
				continue
			}
			defer data.Close()
			port := data.Addr().(*net.TCPAddr).Port
			fmt.Fprintf(conn, "227 Entering Passive Mode (%s,%d,%d).\r\n", strings.ReplaceAll(here.String(), ".", ","), port>>8, port&255)
		case "RETR":
			fmt.Fprint(conn, "150 Here it comes\r\n")
			if file, err := data.Accept(); err == nil {
				fmt.Fprint(file, n.Name)
				file.Close()
			}
			fmt.Fprint(conn, "226 Done\r\n")
		default:
			fmt.Fprint(conn, "230 Well\r\n")
		}
	}
}

// FTP fetches the file of a service's FTP server in passive mode. It returns the server's name as the control connection
// has it, what the file says, and where the client was told to fetch it from.
func (s *Site) FTP(to netip.AddrPort) (server, file string, from netip.AddrPort, err error) {
	conn, _, err := s.connect(netip.Addr{}, to)
	if err != nil {
		return "", "", from, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(s.Patience)); err != nil {
		return "", "", from, err
	}
	in := bufio.NewReader(conn)
	said, err := in.ReadString('\n')
	if err != nil {
		return "", "", from, err
	}
	server = strings.TrimSpace(strings.TrimPrefix(said, "220 "))
	fmt.Fprint(conn, "PASV\r\n")
	if said, err = in.ReadString('\n'); err != nil {
		return server, "", from, err
	}
	if from, err = passive(said); err != nil {
		return server, "", from, err
	}
	fmt.Fprint(conn, "RETR name\r\n")
	data, _, err := s.connect(netip.Addr{}, from)
	if err != nil {
		return server, "", from, err
	}
	defer data.Close()
	if err := data.SetDeadline(time.Now().Add(s.Patience)); err != nil {
		return server, "", from, err
	}
	text, err := io.ReadAll(data)
	return server, string(text), from, err
}

// passive reads "227 Entering Passive Mode (10,0,0,10,200,1).".
func passive(said string) (netip.AddrPort, error) {
	var a [4]byte
	var high, low uint16
	_, numbers, _ := strings.Cut(said, "(")
	if _, err := fmt.Sscanf(numbers, "%d,%d,%d,%d,%d,%d)", &a[0], &a[1], &a[2], &a[3], &high, &low); err != nil {
		return netip.AddrPort{}, fmt.Errorf("%q: %w", said, err)
	}
	return netip.AddrPortFrom(netip.AddrFrom4(a), high<<8|low), nil
}
