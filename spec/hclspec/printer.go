package hclspec

import (
	"bytes"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/lvsform/lvsform/spec"
)

// printer writes blocks in the layout of hclwrite.Format, which would have to read all of it again.
type printer struct {
	text  []byte
	depth int
	began bool // something stands in the block already
}

func (p *printer) line(text string) {
	p.text = append(p.text, bytes.Repeat([]byte("  "), p.depth)...)
	p.text = append(append(p.text, text...), '\n')
}

// comment writes lines after "#". What is not printable would show nothing, or end the comment.
func (p *printer) comment(text ...string) {
	for _, t := range text {
		for line := range strings.SplitSeq(t, "\n") {
			line = strings.Map(func(r rune) rune {
				if unicode.IsPrint(r) {
					return r
				}
				return ' '
			}, line)
			p.line(strings.TrimRight("# "+line, " "))
		}
	}
}

// block writes a header, what f writes, and the closing brace, after an empty line if something stands before it.
func (p *printer) block(header string, f func()) {
	if p.began || p.depth == 0 && len(p.text) > 0 {
		p.text = append(p.text, '\n')
	}
	p.line(header + " {")
	p.depth, p.began = p.depth+1, false
	f()
	p.depth, p.began = p.depth-1, true
	p.line("}")
	if p.depth == 0 {
		p.began = false
	}
}

// attrs writes pairs of names and expressions below each other; those without an expression are left out.
func (p *printer) attrs(pairs ...string) {
	width := 0
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			width = max(width, len(pairs[i]))
		}
	}
	if width > 0 && p.began {
		p.text = append(p.text, '\n')
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			p.line(pairs[i] + strings.Repeat(" ", width-len(pairs[i])) + " = " + pairs[i+1])
			p.began = true
		}
	}
}

func quote(s string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes())
}

// count is a number, or "" for the default.
func count(n, otherwise uint32) string {
	if n == otherwise {
		return ""
	}
	return strconv.FormatUint(uint64(n), 10)
}

// word is a quoted word, or "" for the default.
func word[T interface {
	comparable
	String() string
}](v T) string {
	var zero T
	if v == zero {
		return ""
	}
	return quote(v.String())
}

func seconds(n, otherwise uint32) string {
	switch {
	case n == otherwise:
		return ""
	case n%3600 == 0:
		return quote(strconv.Itoa(int(n/3600)) + "h")
	case n%60 == 0:
		return quote(strconv.Itoa(int(n/60)) + "m")
	}
	return quote(strconv.Itoa(int(n)) + "s")
}

func (p *printer) timeouts(t spec.Timeouts) {
	p.block("timeouts", func() {
		p.attrs("tcp", seconds(t.TCP, 0), "tcp_fin", seconds(t.TCPFin, 0), "udp", seconds(t.UDP, 0))
	})
}

func (p *printer) syncDaemon(role spec.Role, d spec.SyncDaemon) {
	p.block(`sync_daemon "`+role.String()+`"`, func() {
		group := ""
		if d.Group.IsValid() {
			group = quote(d.Group.String())
		}
		p.attrs("state", word(role), "interface", quote(d.Interface), "sync_id", count(d.SyncID, 0), "max_len", count(uint32(d.MaxLen), 0),
			"group", group, "port", count(uint32(d.Port), 0), "ttl", count(uint32(d.TTL), 0))
	})
}

func (p *printer) service(b *writtenBlock) {
	p.block(`service "`+b.name()+`"`, func() {
		p.listeners(b)
		flags := ""
		if names := b.value.Flags.Names(b.value.Scheduler); len(names) > 0 {
			flags = quotedList(names)
		}
		p.attrs("scheduler", quote(b.value.Scheduler), "scheduler_flags", flags, "pool", "pool."+b.pool.user.name())
		if b.value.Persistent {
			p.block("persistence", func() {
				mask, mask6, engine := "", "", ""
				switch m := b.value.Netmask; {
				case m == spec.Netmask{}:
				case m.IPv6() < 128:
					mask6 = strconv.Itoa(int(m.IPv6()))
				default:
					mask = strconv.Itoa(bits.OnesCount32(m.IPv4()))
				}
				if b.value.Engine != "" {
					engine = quote(b.value.Engine)
				}
				p.attrs("timeout", seconds(b.value.Timeout, defaultPersistence), "netmask", mask, "netmask6", mask6, "engine", engine)
			})
		}
	})
}

// listeners writes listen blocks: addresses that have the same ports share one.
func (p *printer) listeners(b *writtenBlock) {
	type kind struct {
		protocol spec.Protocol
		once     bool
	}
	ports, addresses := map[kind]map[netip.Addr][]uint16{}, map[kind][]netip.Addr{}
	var kinds []kind
	for _, k := range b.keys {
		if k.IsMark() {
			continue
		}
		of, addr := kind{k.Protocol, b.once[k]}, k.Address.Addr()
		if ports[of] == nil {
			ports[of] = map[netip.Addr][]uint16{}
			kinds = append(kinds, of)
		}
		if ports[of][addr] == nil {
			addresses[of] = append(addresses[of], addr)
		}
		ports[of][addr] = append(ports[of][addr], k.Address.Port())
	}
	for _, of := range kinds {
		shared := map[string][]string{}
		var order []string
		for _, addr := range addresses[of] {
			text := portList(ports[of][addr])
			if shared[text] == nil {
				order = append(order, text)
			}
			shared[text] = append(shared[text], addr.String())
		}
		for _, text := range order {
			p.block(`listen "`+of.protocol.String()+`"`, func() {
				p.attrs("addresses", quotedList(shared[text]), "ports", text, "one_packet", ifTrue(of.once))
			})
		}
	}
	for _, k := range b.keys {
		if k.IsMark() {
			p.block(`listen "fwmark"`, func() {
				p.attrs("mark", strconv.FormatUint(uint64(k.FWMark), 10), "family", quote(k.MarkFamily.String()), "one_packet", ifTrue(b.once[k]))
			})
		}
	}
}

func ifTrue(on bool) string {
	if on {
		return "true"
	}
	return ""
}

func quotedList(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// portList writes ascending ports, three or more in a row as a range.
func portList(ports []uint16) string {
	var out []string
	for len(ports) > 0 {
		n := 1
		for n < len(ports) && ports[n] == ports[0]+uint16(n) && ports[0] != 0 {
			n++
		}
		switch first := strconv.Itoa(int(ports[0])); {
		case ports[0] == 0:
			out = append(out, `"any"`)
		case n >= 3:
			out = append(out, `"`+first+"-"+strconv.Itoa(int(ports[n-1]))+`"`)
		default:
			out, n = append(out, first), 1
		}
		ports = ports[n:]
	}
	return "[" + strings.Join(out, ", ") + "]"
}
