//go:build linux

package drivertest

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"time"
)

// listen gives every TCP connection to an address of the namespace to a function, and closes it afterwards.
func (n *Netns) listen(address string, serve func(net.Conn)) {
	n.t.Helper()
	var listener net.Listener
	var err error
	n.Do(func() { listener, err = net.Listen("tcp", address) })
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
}

// echo says a line, and then again whatever it hears.
func echo(conn net.Conn, greeting string) {
	fmt.Fprintln(conn, greeting)
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		fmt.Fprintln(conn, lines.Text())
	}
}

// echoed is the client's end of a connection to one that echoes.
type echoed struct {
	net.Conn
	in       *bufio.Reader
	patience time.Duration
}

func newEchoed(conn net.Conn, patience time.Duration) echoed {
	return echoed{conn, bufio.NewReader(conn), patience}
}

// Ping sends a line and waits for its echo.
func (e echoed) Ping() error {
	if _, err := fmt.Fprintln(e, "ping"); err != nil {
		return err
	}
	got, err := e.line()
	if err == nil && got != "ping" {
		err = fmt.Errorf("echo of %q is %q", "ping", got)
	}
	return err
}

func (e echoed) line() (string, error) {
	if err := e.SetDeadline(time.Now().Add(e.patience)); err != nil {
		return "", err
	}
	line, err := e.in.ReadString('\n')
	return strings.TrimSuffix(line, "\n"), err
}
