//go:build linux

package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"golang.org/x/sys/unix"
)

// splits are the connections that servers of weights 1, 2 and 3 get of 30 that are held, from ten clients in turn.
func splits() map[string]string {
	return map[string]string{
		"rr": "map[rs1:10 rs2:10 rs3:10]", "lc": "map[rs1:10 rs2:10 rs3:10]",
		"wrr": "map[rs1:5 rs2:10 rs3:15]", "wlc": "map[rs1:5 rs2:10 rs3:15]", "lblcr": "map[rs1:5 rs2:10 rs3:15]",
		"sed": "map[rs1:5 rs2:10 rs3:15]", "nq": "map[rs1:5 rs2:10 rs3:15]",
		// By the address of the client, or of the VIP.
		"sh": "map[rs1:3 rs2:3 rs3:24]", "mh": "map[rs1:6 rs2:6 rs3:18]", "dh": "map[rs2:30]",
		// All to the heaviest; ovf passes on what is more than a server's weight, and fills up.
		"fo": "map[rs3:30]", "ovf": "map[rs1:2 rs2:3 rs3:4]",
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
	clients, connections := s.Addresses(10, false), 30
	if several() { // emulated: slow, and of the same opinion
		connections = 6
	}
	for name, port := range schedulers(t) {
		got := map[string]int{}
		for i := range connections {
			session, err := s.Open(clients[i%len(clients)], at("10.0.0.70", port))
			if name == "ovf" && errors.Is(err, unix.ECONNREFUSED) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			defer session.Close()
			got[session.Server]++
		}
		t.Logf("%s: %v", name, got)
		if want, known := splits()[name]; known && connections == 30 {
			same(t, name, got, want)
		}
	}
}
