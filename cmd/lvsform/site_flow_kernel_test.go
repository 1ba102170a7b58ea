//go:build linux

package main

import (
	"net/netip"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/drivers/drivertest"
)

// flowing opens flows to all servers.
func (c *busySite) flowing() (flows []*drivertest.SiteSession) {
	c.t.Helper()
	for _, to := range c.knocks[1].To {
		for range 3 {
			f := c.Flow(netip.Addr{}, to)
			if _, err := f.Ask(); err != nil {
				c.t.Fatal(err)
			}
			flows = append(flows, f)
		}
	}
	return flows
}

// flowed asks them again. A server that goes does not wait for its flows: they go on at another one only where the director
// is to forget at once whose server is gone.
func (c *busySite) flowed(what string, flows []*drivertest.SiteSession) {
	c.t.Helper()
	counts := map[string]int{}
	for _, f := range flows {
		before := f.Server
		if gone := !strings.Contains(c.values["servers"], before); gone && c.values["expire_nodest"] != "1" {
			f.Patience = 100 * time.Millisecond // nobody answers
		}
		after, err := f.Ask()
		switch {
		case err != nil:
			counts["silent"]++
		case after == before:
			counts["stay"]++
		default:
			counts["go on elsewhere"]++
		}
	}
	c.t.Logf("%s: flows: %v", what, counts)
	if diff := cmp.Diff(flowsAfter()[what], counts); diff != "" {
		c.t.Errorf("%s: flows (-want +got)\n%s", what, diff)
	}
}

// flowsAfter are the nine flows of three servers, or two, when something goes.
func flowsAfter() map[string]map[string]int {
	return map[string]map[string]int{
		"a server less": {"stay": 6, "silent": 3}, "a port less": {"stay": 9}, "other servers": {"go on elsewhere": 9},
	}
}
