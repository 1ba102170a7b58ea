package hclspec

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/lvsform/lvsform/spec"
)

// Document is a State to be written as configuration, and what a person should read beside it.
type Document struct {
	State spec.State
	// Header is the comment on top, one line each, without "#".
	Header []string
	// VIPs are names for addresses. Addresses of services that are in none get a name of their own.
	VIPs []NamedVIP
}

// NamedVIP names addresses that belong together. The name is made a valid and unique label; an address that an earlier
// NamedVIP has stays there.
type NamedVIP struct {
	Name      string
	Addresses []netip.Addr
	// Comment is written above the block.
	Comment string
}

// Format writes a State as a configuration, in a stable order and without what is default: Load gives the State back.
// Services with equal settings and equal servers share a service block and a pool, named after the first of them.
// A State that Validate finds wrong cannot be written; the error names the object.
func Format(d Document) ([]byte, error) {
	s := d.State
	if problems := spec.Validate(s); len(problems) > 0 {
		p := problems[0]
		return nil, fmt.Errorf("%s cannot be written as configuration: %s: %s", p.Key, strings.ToLower(p.Summary[:1])+p.Summary[1:], p.Detail)
	}
	var p printer
	p.comment(d.Header...)
	for _, t := range s.Timeouts {
		p.timeouts(t)
	}
	for _, role := range []spec.Role{spec.Master, spec.Backup} {
		if d, ok := s.SyncDaemons[spec.SyncDaemonKey{Role: role}]; ok {
			p.syncDaemon(role, d)
		}
	}
	for _, b := range blocks(s) {
		if b.pool.user == b {
			p.pool(b.name(), b.pool)
		}
		p.service(b)
	}
	return p.text, nil
}

// Fmt gives the canonical layout of a file of the native syntax; JSON stays as it is. Nothing but space changes.
func Fmt(src []byte, filename string) ([]byte, hcl.Diagnostics) {
	if strings.HasSuffix(filename, ".json") {
		return src, nil
	}
	l := newLoader(Source{})
	_, diags := hclsyntax.ParseConfig(src, filename, hcl.InitialPos)
	l.syntax(diags, filename)
	if diags.HasErrors() {
		return nil, sorted(l.diags)
	}
	return hclwrite.Format(src), nil
}

// writtenBlock is a service block to be: kernel services with equal settings and equal servers.
type writtenBlock struct {
	keys  []spec.ServiceKey
	once  map[spec.ServiceKey]bool // one-packet scheduling, which each listener has of its own
	value spec.Service
	pool  *writtenPool
}

type writtenPool struct {
	servers []writtenServer
	user    *writtenBlock // the first, which gives it its name
}

type writtenServer struct {
	address netip.Addr
	port    uint16 // 0: the listener's
	value   spec.Destination
}

// name is a label made of the first key: "tcp-192-0-2-10-443".
func (b *writtenBlock) name() string {
	k := b.keys[0]
	if k.IsMark() {
		return "fwmark-" + strconv.FormatUint(uint64(k.FWMark), 10) + "-" + k.MarkFamily.String()
	}
	addr := strings.NewReplacer(".", "-", ":", "-").Replace(k.Address.Addr().String())
	port := "any"
	if k.Address.Port() != 0 {
		port = strconv.Itoa(int(k.Address.Port()))
	}
	return k.Protocol.String() + "-" + addr + "-" + port
}

// blocks sorts services into blocks, in the order of their first keys.
func blocks(s spec.State) (out []*writtenBlock) {
	type same struct {
		value spec.Service
		pool  *writtenPool
	}
	found, pools := map[same]*writtenBlock{}, map[string]*writtenPool{}
	servers := s.Servers()
	keys := make([]spec.ServiceKey, 0, len(s.Services))
	for k := range s.Services {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, spec.ServiceKey.Compare)
	for _, k := range keys {
		p := writtenPoolOf(s, k, servers[k])
		text := p.signature()
		if known := pools[text]; known != nil {
			p = known
		}
		pools[text] = p
		v := s.Services[k]
		once := v.OnePacket
		v.OnePacket = false
		b := found[same{v, p}]
		if b == nil {
			b = &writtenBlock{value: v, pool: p, once: map[spec.ServiceKey]bool{}}
			found[same{v, p}] = b
			out = append(out, b)
			if p.user == nil {
				p.user = b
			}
		}
		b.keys = append(b.keys, k)
		b.once[k] = once
	}
	return out
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
