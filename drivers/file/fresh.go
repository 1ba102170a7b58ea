package file

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/lvsform/lvsform/spec"
)

// fresh is a node that nobody has touched. Its boot is no random one: a plan made before the file exists must fit after.
func fresh() document {
	return document{
		FormatVersion: formatVersion,
		BootID:        "1",
		Kernel: spec.Kernel{
			Release:        "6.1.0",
			Schedulers:     []string{"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq", "fo", "ovf"},
			Engines:        []string{"sip"},
			TicksPerSecond: 250,
			Interfaces: []spec.Interface{
				{Name: "lo", MTU: 65536, Addresses: prefixes("127.0.0.1/8", "::1/128")},
				{Name: "eth0", MTU: 1500, Addresses: prefixes("192.0.2.2/24", "2001:db8::2/64")},
			},
		},
	}
}

// The kernel's, in seconds; never changed.
var defaultTimeouts = spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300}

func prefixes(texts ...string) (out []netip.Prefix) {
	for _, t := range texts {
		out = append(out, netip.MustParsePrefix(t))
	}
	return out
}

// untouched is what is around the table of a node that has these links, as the kernel makes it.
func untouched(k spec.Kernel, links spec.Objects[spec.LinkKey, spec.Link]) spec.State {
	s := spec.NewNode(k, spec.State{}).State()
	if links == nil {
		links = s.Links
	}
	s.Links = links
	for a := range s.Addresses {
		if _, ok := links[spec.LinkKey{Name: a.Interface}]; !ok {
			delete(s.Addresses, a)
		}
	}
	for name, value := range ownSysctls {
		s.Set(spec.SysctlKey{Name: "net.ipv4.vs." + name}, spec.Sysctl{Value: value})
	}
	s.Set(spec.SysctlKey{Name: "net.ipv4.ip_forward"}, spec.Sysctl{Value: "0"})
	settings(&s, "all", true)
	settings(&s, "default", true)
	for l, v := range links {
		if _, isGUE := l.GUEPort(); !isGUE {
			settings(&s, l.Name, v.Up || v.Type != "ipip" && v.Type != "gre") // an IPv4 tunnel has them when it is first up
		}
	}
	return s
}

// settings are those of an interface.
func settings(s *spec.State, iface string, six bool) {
	for _, name := range []string{"arp_announce", "arp_ignore", "forwarding", "rp_filter"} {
		s.Set(spec.ConfSysctl("ipv4", iface, name), spec.Sysctl{Value: "0"})
	}
	if six {
		s.Set(spec.ConfSysctl("ipv6", iface, "forwarding"), spec.Sysctl{Value: "0"})
	}
}

// ownSysctls are those of net.ipv4.vs in Linux 6.1 and their values in a fresh kernel; never changed.
var ownSysctls = map[string]string{
	"am_droprate": "10", "amemthresh": "1024", "backup_only": "0", "cache_bypass": "0", "conn_reuse_mode": "1", "conntrack": "0",
	"debug_level": "0", "drop_entry": "0", "drop_packet": "0", "expire_nodest_conn": "0", "expire_quiescent_template": "0",
	"ignore_tunneled": "0", "nat_icmp_send": "0", "pmtu_disc": "1", "run_estimation": "1", "schedule_icmp": "0", "secure_tcp": "0",
	"sloppy_sctp": "0", "sloppy_tcp": "0", "snat_reroute": "1", "sync_persist_mode": "0", "sync_ports": "1", "sync_qlen_max": "16384",
	"sync_refresh_period": "0", "sync_retries": "0", "sync_sock_size": "0", "sync_threshold": "3 50", "sync_version": "1",
}

// patch is a state in a file: what of it is not as on an untouched node. What such a node has and this one has not, is null.
type patch struct {
	set  spec.State
	gone []spec.Key
}

// MarshalJSON writes a state with nulls.
func (p patch) MarshalJSON() ([]byte, error) { return p.set.MarshalPatch(p.gone) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *patch) UnmarshalJSON(text []byte) (err error) {
	p.gone, err = p.set.UnmarshalPatch(text)
	for _, k := range p.gone {
		if k.Kind().Table() {
			return fmt.Errorf("%s: null is not a %s", k, k.Kind())
		}
	}
	return err
}

// patchOf is what is to be written of a state.
func patchOf(k spec.Kernel, s spec.State) patch {
	p := patch{set: s.Table()}
	before := untouched(k, s.Links)
	before.Links = untouched(k, nil).Links
	before.Differences(s.Host(), func(k spec.Key, _, after spec.Value) {
		if after == nil {
			p.gone = append(p.gone, k)
			return
		}
		p.set.Set(k, after)
	})
	slices.SortFunc(p.gone, spec.CompareKeys)
	return p
}

// on is the state that the patch makes of an untouched node.
func (p patch) on(k spec.Kernel) spec.State {
	links := untouched(k, nil).Links
	s := p.set.Host()
	for l, v := range s.Links {
		if links == nil {
			links = spec.Objects[spec.LinkKey, spec.Link]{}
		}
		links[l] = v
	}
	for _, k := range p.gone {
		if l, ok := k.(spec.LinkKey); ok {
			delete(links, l)
		}
	}
	out := untouched(k, links)
	for k, v := range s.All() {
		out.Set(k, v)
	}
	for _, k := range p.gone {
		out.Set(k, nil)
	}
	out.Timeouts, out.Services, out.Destinations, out.SyncDaemons = p.set.Timeouts, p.set.Services, p.set.Destinations, p.set.SyncDaemons
	return out
}
