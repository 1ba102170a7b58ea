//go:build linux

package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"golang.org/x/sys/unix"
)

// splits are the connections that servers of weights 1, 2 and 3 get of 18 that are held, from six clients in turn.
func splits() map[string]string {
	return map[string]string{
		"rr": "map[rs1:6 rs2:6 rs3:6]", "lc": "map[rs1:6 rs2:6 rs3:6]",
		"wrr": "map[rs1:3 rs2:6 rs3:9]", "wlc": "map[rs1:3 rs2:6 rs3:9]", "lblcr": "map[rs1:3 rs2:6 rs3:9]",
		"sed": "map[rs1:3 rs2:6 rs3:9]", "nq": "map[rs1:3 rs2:6 rs3:9]",
		// By the address of the client, or of the VIP, which lblc leaves only for a server that has next to nothing.
		"sh": "map[rs1:3 rs2:3 rs3:12]", "mh": "map[rs1:3 rs2:6 rs3:9]", "dh": "map[rs2:18]", "lblc": "map[rs1:11 rs2:3 rs3:4]",
		// All to the heaviest; ovf passes on what is more than a server's weight, and fills up.
		"fo": "map[rs3:18]", "ovf": "map[rs1:2 rs2:3 rs3:4]",
	}
}

// schedulers are those of this kernel, each with a port of its own.
func schedulers(t *testing.T) map[string]uint16 {
	t.Helper()
	ports := map[string]uint16{}
	probe := drivertest.NewNetns(t)
	for i, name := range strings.Fields("dh fo lblc lblcr lc mh nq ovf rr sed sh twos wlc wrr") {
		var err error
		probe.Do(func() { _, err = drivertest.Try("ipvsadm", "-A", "-f", fmt.Sprint(i+1), "-s", name) })
		if err == nil {
			ports[name] = uint16(2001 + i)
		}
	}
	return ports
}

func assignments(values map[string]uint16) (text string) {
	for name, port := range values {
		text += fmt.Sprintf("  %s = %d\n", name, port)
	}
	return text
}

func (s *siteWorld) trySchedulers(t *testing.T) {
	var wait sync.WaitGroup
	for name, port := range schedulers(t) {
		wait.Go(func() {
			many := 18
			if name == "twos" {
				many = 60 // so that luck has no say: with 18, rs1 has as many as rs3 once in a hundred thousand times
			}
			got, err := s.split(port, many)
			t.Logf("%s: %v", name, got)
			switch {
			case name == "ovf" && errors.Is(err, unix.ECONNREFUSED): // as it should, when all are full
			case err != nil:
				t.Errorf("%s: %v", name, err)
			}
			if name != "twos" {
				same(t, name, got, splits()[name])
			} else if got["rs1"] >= got["rs3"] { // it draws two servers by lot, the heavier ones more often
				t.Errorf("%s: %v", name, got)
			}
		})
	}
	wait.Wait()
}

// split holds connections, and counts who answers.
func (s *siteWorld) split(port uint16, many int) (map[string]int, error) {
	got, clients := map[string]int{}, s.Addresses(6, false)
	for i := range many {
		session, err := s.Open(clients[i%len(clients)], at("10.0.0.70", port))
		if err != nil {
			return got, err
		}
		defer session.Close()
		got[session.Server]++
	}
	return got, nil
}
