//go:build linux

package drivertest

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"time"
)

// accept gives every connection to a function, and closes it afterwards.
func (n *Netns) accept(serve func(net.Conn), listen func() (net.Listener, error)) {
	n.t.Helper()
	var listener net.Listener
	var err error
	n.Do(func() { listener, err = listen() })
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
	// Patience is how long it waits for an answer.
	Patience time.Duration
	in       *bufio.Reader
}

func newEchoed(conn net.Conn, patience time.Duration) echoed {
	return echoed{conn, patience, bufio.NewReader(conn)}
}

// Ping sends a line and waits for its echo.
func (e *echoed) Ping() error { return e.Echo("ping") }

// Echo is Ping with a line of the caller's.
func (e *echoed) Echo(line string) error {
	err := e.say(line)
	if err != nil {
		return err
	}
	got, err := e.line()
	if err == nil && got != line {
		err = fmt.Errorf("echo of %d bytes is another line, of %d bytes", len(line), len(got))
	}
	return err
}

func (e *echoed) say(line string) error {
	if err := e.SetDeadline(time.Now().Add(e.Patience)); err != nil {
		return err
	}
	_, err := fmt.Fprintln(e, line)
	return err
}

func (e *echoed) line() (string, error) {
	if err := e.SetDeadline(time.Now().Add(e.Patience)); err != nil {
		return "", err
	}
	line, err := e.in.ReadString('\n')
	return strings.TrimSuffix(line, "\n"), err
}
