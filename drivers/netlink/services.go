//go:build linux

package netlink

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// list is every service, in the kernel's order, and how many destinations the IPv4 ones have; counts is nil if that is
// not known.
type list struct {
	keys   []spec.ServiceKey
	values map[spec.ServiceKey]spec.Service
	counts map[spec.ServiceKey]uint32
}

// expected guesses how many destinations there are in all.
func (l list) expected() int {
	n := (len(l.keys) - len(l.counts)) * 8
	for _, c := range l.counts {
		n += int(c)
	}
	return max(n, 0)
}

// services lists the services of one moment. A dump may have missed some if it came in pieces. Then it counts if it
// agrees with the list that getsockopt has of one moment, before and after, or else with a second dump.
func (d *Driver) services() (list, error) {
	var last list
	for range readAttempts {
		l := list{counts: d.counts()}
		s, err := d.dumpServices(&l)
		if err != nil {
			return list{}, err
		}
		if s.snapshot() || l.counts != nil && sameKeys(l.values, l.counts) && d.table.unchanged() ||
			last.values != nil && maps.Equal(l.values, last.values) {
			return l, nil
		}
		last = l
	}
	return list{}, errUnsettled
}

// sameKeys is false for a table with IPv6 services, which getsockopt does not list.
func sameKeys[A, B any](a map[spec.ServiceKey]A, b map[spec.ServiceKey]B) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if _, ok := b[k]; !ok {
			return false
		}
	}
	return true
}

func (d *Driver) dumpServices(l *list) (shape, error) {
	c, err := d.wideChannel()
	if err != nil {
		return shape{}, err
	}
	c.request(unix.NLM_F_DUMP, cmdGetService).end()
	l.keys = make([]spec.ServiceKey, 0, len(l.counts))
	l.values = make(map[spec.ServiceKey]spec.Service, len(l.counts))
	return c.dump(func(body []byte) error {
		s, err := d.names.service(body)
		if err != nil {
			return err
		}
		if _, twice := l.values[s.key]; !twice {
			l.keys = append(l.keys, s.key)
		}
		l.values[s.key] = s.value
		return nil
	})
}

// exists asks for one service.
func (d *Driver) exists(k spec.ServiceKey) (bool, error) {
	c, err := d.wideChannel()
	if err != nil {
		return false, err
	}
	e := c.request(0, cmdGetService)
	e.close(e.service(k))
	e.end()
	err = c.call(func([]byte) error { return nil })
	if err == unix.ESRCH {
		return false, nil
	}
	return err == nil, err
}

// counts is nil where getsockopt cannot be used.
func (d *Driver) counts() map[spec.ServiceKey]uint32 {
	if d.table == nil {
		return nil
	}
	counts, err := d.table.counts()
	if err != nil {
		return nil // everything can be read by netlink, where a real reason shows as well
	}
	return counts
}

// servers gives f the destinations of a service at one moment, each once; exists is false if it is gone. Destinations
// that stay as many as counts says can be had by getsockopt.
func (d *Driver) servers(k spec.ServiceKey, counts map[spec.ServiceKey]uint32, f func(netip.AddrPort, spec.Destination, spec.Connections)) (exists bool, err error) {
	n, counted := counts[k]
	if counted {
		entries, ok, err := d.table.servers(k, n)
		if err == unix.ESRCH {
			return false, nil
		}
		if ok {
			for ; len(entries) > 0; entries = entries[destEntry:] {
				address, value := serverOf(entries)
				f(address, value, connectionsOf(entries))
			}
			return true, nil
		}
	}
	if err := d.dumpServers(k, int(n), counted); err != nil {
		return false, err
	}
	for i := range d.found {
		f(d.found[i].address, d.found[i].value, d.found[i].conns)
	}
	if len(d.found) > 0 {
		return true, nil
	}
	// A service that is gone dumps as if it were empty.
	return d.exists(k)
}

// narrowFits is how many destinations certainly fit one datagram of the narrow channel.
const narrowFits = narrowDatagram/maxRecord + 3

// dumpServers reads d.found. Dumps that came in pieces count if they have as many destinations as the service, or if
// two agree.
func (d *Driver) dumpServers(k spec.ServiceKey, n int, counted bool) error {
	if !counted {
		n = d.expect
	}
	var last []server
	for attempt := range readAttempts {
		c, err := d.narrowChannel()
		if n > narrowFits || attempt > 0 {
			c, err = d.wideChannel()
		}
		if err != nil {
			return err
		}
		s, err := d.dumpOnce(c, k)
		if err != nil {
			return err
		}
		if s.snapshot() || counted && len(d.found) == n || attempt > 0 && slices.EqualFunc(last, d.found, sameServer) {
			d.expect = len(d.found)
			return nil
		}
		last = slices.Clone(d.found)
	}
	return errUnsettled
}

func sameServer(a, b server) bool { return a.address == b.address && a.value == b.value }

func (d *Driver) dumpOnce(c *channel, k spec.ServiceKey) (shape, error) {
	e := c.request(unix.NLM_F_DUMP, cmdGetDest)
	e.close(e.service(k))
	e.end()
	d.found = d.found[:0]
	family := k.Family()
	s, err := c.dump(func(body []byte) error {
		d.found = append(d.found, server{})
		return decodeServer(body, family, &d.found[len(d.found)-1])
	})
	if err == nil && s.datagrams > 1 {
		d.found = unique(d.found)
	}
	return s, err
}

// unique leaves the first of what a dump repeats.
func unique(servers []server) []server {
	seen := make(map[server]bool, len(servers))
	return slices.DeleteFunc(servers, func(s server) bool {
		id := server{address: s.address}
		twice := seen[id]
		seen[id] = true
		return twice
	})
}
