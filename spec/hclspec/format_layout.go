package hclspec

import (
	"cmp"
	"encoding/binary"
	"maps"
	"net/netip"
	"slices"
	"strconv"

	"github.com/lvsform/lvsform/spec"
)

// writtenService is a service block to be: kernel services with equal settings and equal servers, on the same addresses
// or for the same firewall mark.
type writtenService struct {
	name    string
	base    string // the name that it has if no other wants it
	value   spec.Service
	pool    *writtenPool
	site    *site // nil for firewall marks
	listens []writtenListen
}

type writtenListen struct {
	protocol spec.Protocol
	once     bool
	ports    []uint16
	mark     spec.ServiceKey // instead of the others
}

type writtenPool struct {
	name    string
	servers []writtenServer
	user    *writtenService // the first, which gives it its name
}

type writtenServer struct {
	address netip.Addr
	port    uint16 // 0: the listener's
	value   spec.Destination
}

// site is addresses that are served alike: the same services on each, with the same settings and servers.
type site struct {
	vip       *writtenVIP
	addresses []netip.Addr // ascending
	uses      []writtenUse // of one of the addresses
}

// writtenUse is a kernel service that is to be written.
type writtenUse struct {
	key   spec.ServiceKey
	once  bool
	value spec.Service // without once, which each listener has of its own
	pool  *writtenPool
}

// arrange sorts a document into blocks, and names them.
func arrange(d Document) (vips []*writtenVIP, services []*writtenService) {
	all := usesOf(d.State)
	named := newOwners(d.VIPs)
	sites := sitesOf(all, named.of)
	vips = named.vips(sites)
	for _, s := range sites {
		services = append(services, servicesOf(s.uses, s)...)
	}
	marks := slices.IndexFunc(all, func(u writtenUse) bool { return u.key.IsMark() })
	if marks >= 0 { // marks come last
		services = append(services, servicesOf(all[marks:], nil)...)
	}
	for _, b := range services {
		if len(b.pool.servers) == 0 { // services that have no servers have not the same ones
			b.pool = &writtenPool{}
		}
		if b.pool.user == nil {
			b.pool.user = b
		}
	}
	nameServices(services)
	return vips, services
}

// usesOf are the services in the order of their keys; equal pools are one.
func usesOf(s spec.State) []writtenUse {
	pools, servers := map[string]*writtenPool{}, s.Servers()
	out := make([]writtenUse, 0, len(s.Services))
	for k, v := range s.Services {
		p := writtenPoolOf(s, k, servers[k])
		text := p.signature()
		if known := pools[text]; known != nil {
			p = known
		}
		pools[text] = p
		u := writtenUse{key: k, once: v.OnePacket, value: v, pool: p}
		u.value.OnePacket = false
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b writtenUse) int { return a.key.Compare(b.key) })
	return out
}

// sitesOf puts addresses with equal uses together, if the same owner has them; in the order of their first addresses.
func sitesOf(all []writtenUse, owner map[netip.Addr]int) (out []*site) {
	at := map[netip.Addr][]writtenUse{}
	for _, u := range all {
		if !u.key.IsMark() {
			at[u.key.Address.Addr()] = append(at[u.key.Address.Addr()], u)
		}
	}
	type same struct {
		value spec.Service
		pool  *writtenPool
	}
	numbers, found := map[same]uint64{}, map[string]*site{}
	var text []byte
	for _, addr := range slices.SortedFunc(maps.Keys(at), netip.Addr.Compare) {
		text = binary.AppendUvarint(text[:0], uint64(owner[addr]))
		for _, u := range at[addr] {
			k := same{u.value, u.pool}
			if _, ok := numbers[k]; !ok {
				numbers[k] = uint64(len(numbers))
			}
			once := uint64(0)
			if u.once {
				once = 1
			}
			for _, n := range []uint64{uint64(u.key.Protocol), uint64(u.key.Address.Port()), once, numbers[k]} {
				text = binary.AppendUvarint(text, n)
			}
		}
		s := found[string(text)]
		if s == nil {
			s = &site{uses: at[addr]}
			found[string(text)] = s
			out = append(out, s)
		}
		s.addresses = append(s.addresses, addr)
	}
	return out
}

// servicesOf makes blocks of the uses of one site, or of all firewall marks.
func servicesOf(uses []writtenUse, at *site) (out []*writtenService) {
	type same struct {
		value spec.Service
		pool  *writtenPool
		mark  uint32
	}
	found := map[same]*writtenService{}
	for _, u := range uses {
		k := same{u.value, u.pool, u.key.FWMark}
		b := found[k]
		if b == nil {
			b = &writtenService{value: u.value, pool: u.pool, site: at}
			found[k] = b
			out = append(out, b)
		}
		b.listen(u)
	}
	return out
}

func (b *writtenService) listen(u writtenUse) {
	if u.key.IsMark() {
		b.listens = append(b.listens, writtenListen{once: u.once, mark: u.key})
		return
	}
	i := slices.IndexFunc(b.listens, func(l writtenListen) bool { return l.protocol == u.key.Protocol && l.once == u.once })
	if i < 0 {
		i = len(b.listens)
		b.listens = append(b.listens, writtenListen{protocol: u.key.Protocol, once: u.once})
	}
	b.listens[i].ports = append(b.listens[i].ports, u.key.Address.Port())
}

func writtenPoolOf(s spec.State, k spec.ServiceKey, keys []spec.DestinationKey) *writtenPool {
	p := &writtenPool{servers: make([]writtenServer, len(keys))}
	for i, d := range keys {
		port := d.Address.Port()
		if port == k.Address.Port() {
			port = 0
		}
		p.servers[i] = writtenServer{d.Address.Addr(), port, s.Destinations[d]}
	}
	slices.SortFunc(p.servers, func(a, b writtenServer) int {
		return cmp.Or(a.address.Compare(b.address), cmp.Compare(a.port, b.port))
	})
	return p
}

// signature is equal for pools that can be one.
func (p *writtenPool) signature() string {
	var b []byte
	for _, s := range p.servers {
		b = s.address.AppendTo(b)
		for _, n := range []uint64{
			uint64(s.port), uint64(s.value.Forward), uint64(s.value.Tunnel.Type), uint64(s.value.Tunnel.Port), uint64(s.value.Tunnel.Checksum),
			uint64(s.value.Weight), uint64(s.value.UpperThreshold), uint64(s.value.LowerThreshold),
		} {
			b = append(b, ' ')
			b = strconv.AppendUint(b, n, 10)
		}
		b = append(b, '\n')
	}
	return string(b)
}
