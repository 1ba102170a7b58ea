package main

import (
	"fmt"
	"strings"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// The words of ipvsadm.
var forwards = map[spec.Forward]string{spec.Masquerade: "Masq", spec.Local: "Local", spec.TunnelTo: "Tunnel", spec.Direct: "Route"}

// symbols are those of a plan; what is not ours has its own.
var symbols = []struct{ mark, symbol, code, words string }{
	{"create", "+", sgrGreen, "is missing"},
	{"update", "~", sgrYellow, "differs from the configuration"},
	{"destroy", "-", sgrRed, "is not in the configuration"},
	{"import", "<", sgrCyan, "will be imported"},
	{"unmanaged", "?", sgrCyan, "is unmanaged"},
	{"instance", "=", sgrCyan, "belongs to another instance"},
}

// writeStatus prints the table for a person.
func (p *program) writeStatus(t *table) {
	rates := false
	for _, s := range t.Services {
		rates = rates || s.Counters != nil
	}
	p.printf("%s, Linux %s, driver %s\n\n", t.Node.Name, t.Node.Kernel, t.Node.Driver)
	head := fmt.Sprintf("    -> %-28s %-8s %-6s %10s %9s", "RemoteAddress:Port", "Forward", "Weight", "ActiveConn", "InActConn")
	if rates {
		head += fmt.Sprintf(" %8s %8s %8s", "Conn/s", "InB/s", "OutB/s")
	}
	p.printf("  Prot LocalAddress:Port Scheduler Flags\n%s  Name\n", head)
	marks := map[string]bool{}
	for _, s := range t.Services {
		p.statusLine(s, marks, serviceText(s, rates))
		for _, d := range s.Servers {
			p.statusLine(d, marks, serverText(d, rates))
		}
	}
	for _, o := range t.Others {
		p.statusLine(o, marks, otherText(o))
	}
	p.printf("\n")
	for _, s := range symbols {
		if marks[s.mark] {
			p.printf("%s %s\n", s.symbol, s.words)
		}
	}
}

func (p *program) statusLine(r row, marks map[string]bool, text string) {
	mark := " "
	for _, s := range symbols {
		if word, _, _ := strings.Cut(r.Mark, " "); word == s.mark {
			mark = p.paint(p.out, s.code, s.symbol)
			marks[word] = true
		}
	}
	fmt.Fprintf(p.out, "%s %s\n", mark, clean(text))
}

func serviceText(r row, rates bool) string {
	k, s := r.key.(spec.ServiceKey), r.value.(spec.Service)
	name := "FWM  " + fmt.Sprint(k.FWMark)
	if k.IsMark() && k.MarkFamily == spec.IPv6 {
		name += " IPv6"
	}
	if !k.IsMark() {
		name = fmt.Sprintf("%-4s %s", strings.ToUpper(k.Protocol.String()), k.Address)
	}
	text := name + " " + s.Scheduler
	if names := s.Flags.Names(s.Scheduler); len(names) > 0 {
		text += " (" + strings.Join(names, ",") + ")"
	}
	if s.OnePacket {
		text += " ops"
	}
	if s.Persistent {
		text += fmt.Sprintf(" persistent %d", s.Timeout)
		if s.Netmask != (spec.Netmask{}) {
			text += " mask " + strings.TrimPrefix(s.Netmask.String(), "/")
		}
	}
	if s.Engine != "" {
		text += " pe " + s.Engine
	}
	if rates && r.Counters != nil {
		text = fmt.Sprintf("%-71s %8d %8d %8d", text, r.Counters.CPS, r.Counters.InBPS, r.Counters.OutBPS)
	}
	return text + "  " + r.Address
}

func serverText(r row, rates bool) string {
	k, d := r.key.(spec.DestinationKey), r.value.(spec.Destination)
	forward, ok := forwards[d.Forward]
	if !ok {
		forward = d.Forward.String()
	}
	active, inactive := "-", "-"
	if r.Connections != nil {
		active, inactive = fmt.Sprint(r.Connections.Active), fmt.Sprint(r.Connections.Inactive)
	}
	text := fmt.Sprintf("  -> %-28s %-8s %-6d %10s %9s", k.Address, forward, d.Weight, active, inactive)
	if rates {
		var n counters
		if r.Counters != nil {
			n = *r.Counters
		}
		text += fmt.Sprintf(" %8d %8d %8d", n.CPS, n.InBPS, n.OutBPS)
	}
	return text + "  " + r.Address
}

// otherText is an object of another kind: "timeouts tcp 900 tcp_fin 120 udp 300". Of what is around the table only what is
// not usual is told.
func otherText(r row) string {
	text, usual := r.Key, usualValue(r.key)
	for _, a := range spec.Attributes(r.key.Kind()) {
		if v := plan.FormatValue(a, r.value); v != "null" && (usual == nil || !a.Same(r.value, usual)) {
			text += " " + a.Name + " " + v
		}
	}
	return text + "  " + r.Address
}

// usualValue is what there is nothing to say of, or nil.
func usualValue(k spec.Key) spec.Value {
	switch k := k.(type) {
	case spec.AddressKey:
		return spec.VIP(k)
	case spec.LinkKey:
		return spec.Link{Up: true}
	}
	return nil
}
