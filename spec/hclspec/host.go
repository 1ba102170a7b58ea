package hclspec

import (
	"net"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/lvsform/lvsform/spec"
)

// put adds an object of the node. Two blocks may say the same of one object, and not different things; what is derived gives
// way to what is declared and as good.
func (l *loader) put(k spec.Key, v spec.Value, o spec.Object, from origin, derived bool) {
	desired := &l.node.Desired
	if o.Lifecycle == nil {
		o.Lifecycle = hostLife
	}
	first, there := desired.Objects[k]
	if !there {
		desired.State.Set(k, v)
		desired.Objects[k] = o
		l.node.origins[k] = from
		if derived {
			l.derived[k] = true
		}
		return
	}
	already := desired.State.Get(k)
	switch s, _ := already.(spec.Sysctl); {
	case derived && !l.derived[k] && o.Minimum && k.(spec.SysctlKey).AsQuiet(s, v.(spec.Sysctl)):
	case derived && !l.derived[k] && already != v && k.Kind() == spec.KindSysctl:
		l.clash("LVS054", l.node.origins[k].place("values"), "Setting that contradicts what depends on it",
			"%s is %s here, and %s needs %s: leave it out, or remove %s.", k, s.Value, o.Name, v.(spec.Sysctl).Value, blockOf(o.Name))
	case already != v || first.Side != o.Side || first.Announce != o.Announce:
		l.clash("LVS051", from.place(""), "Object declared twice", "%s is declared by %s too, at %s, and differently: remove one of the two.",
			k, first.Name, l.node.origins[k].place(""))
	}
}

// blockOf is the address of the block that an object belongs to.
func blockOf(name string) string {
	parts := strings.SplitN(name, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// interfaceName is a name that an interface can have.
func (a value) interfaceName() string {
	name, ok := a.text()
	if ok && !spec.ValidInterface(name) {
		a.errorf("LVS131", "Invalid interface name", "%q is not the name of an interface: at most 15 characters, without spaces, slashes, colons and percent signs, and not \"all\" or \"default\".", name)
	}
	return name
}

// sysctls reads a block of kernel settings.
func (l *loader) sysctls(in instance) {
	b := l.open(in.block, sysctlKind, in.ctx)
	a, ok := b.get("values")
	if !ok {
		return
	}
	if t := a.v.Type(); !t.IsObjectType() && !t.IsMapType() {
		a.wrongType("map such as { \"net.ipv4.ip_forward\" = 1 }")
		return
	}
	all, lines := a.v.AsValueMap(), a.lines()
	for _, name := range sortedKeys(all) {
		e := value{b: b, name: strconv.Quote(name), expr: a.expr, v: all[name], sensitive: a.sensitive}
		if line, ok := lines[name]; ok {
			e.expr = line
		}
		if all[name].IsNull() || !e.usable(false) {
			continue
		}
		if !sysctlName(name) {
			e.errorf("LVS052", "Invalid name of a kernel setting", "%q is not one: write it as sysctl does, such as \"net.ipv4.ip_forward\", with a slash for a dot in the name of an interface.", name)
			continue
		}
		if text, ok := e.sysctlValue(name); ok {
			at := e.expr.Range()
			l.put(spec.SysctlKey{Name: name}, spec.Sysctl{Value: text}, spec.Object{Name: in.addr + "[" + strconv.Quote(name) + "]"}, origin{block: in.block, line: &at}, false)
		}
	}
}

// lines are the expressions of a map that is written out, by key.
func (a value) lines() map[string]hcl.Expression {
	out := map[string]hcl.Expression{}
	pairs, diags := hcl.ExprMap(a.expr)
	if diags.HasErrors() {
		return out
	}
	for _, p := range pairs {
		key, diags := p.Key.Value(a.b.ctx)
		if !diags.HasErrors() && key.Type() == cty.String && key.IsKnown() && !key.IsNull() && !key.IsMarked() {
			out[key.AsString()] = p.Value
		}
	}
	return out
}

// sysctlName says that a name is that of a file below /proc/sys.
func sysctlName(name string) bool {
	parts := strings.Split(name, ".")
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_-/@+", r)
	}
	for _, p := range parts {
		file := strings.ReplaceAll(p, "/", ".")
		if p == "" || file == "." || file == ".." || strings.ContainsFunc(p, odd) {
			return false
		}
	}
	return len(parts) > 1 && len(name) < 200 && !strings.Contains(parts[0]+parts[len(parts)-1], "/")
}

// sysctlValue is a value as the kernel shows it.
func (a value) sysctlValue(name string) (string, bool) {
	if a.v.Type() == cty.Bool {
		return map[bool]string{false: "0", true: "1"}[a.v.True()], true
	}
	if !a.v.Type().IsPrimitiveType() {
		a.wrongType("number, true, false or text")
		return "", false
	}
	text, ok := a.text()
	if !ok {
		return "", false
	}
	text = strings.Join(strings.Fields(text), " ")
	switch last := name[strings.LastIndexByte(name, '.')+1:]; {
	case text == "" || len(text) > 1000 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }):
		a.errorf("LVS053", "Unsuitable value for a kernel setting", "The value for %s must be a number, true or false, or a line of plain text.", name)
		return "", false
	case strings.HasPrefix(name, "net.ipv4.vs.") && text == "2" && (last == "drop_entry" || last == "drop_packet" || last == "secure_tcp"):
		a.errorf("LVS053", "Unsuitable value for a kernel setting", "%s goes from 1 to 2 and back by itself as memory runs out: write 1.", name)
		return "", false
	}
	return text, true
}

func (l *loader) module(in instance) {
	b := l.open(in.block, moduleKind, in.ctx)
	a, ok := b.get("name")
	if !ok {
		return
	}
	name, ok := a.text()
	if !ok {
		return
	}
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
	}
	if plain := strings.ReplaceAll(name, "-", "_"); name == "" || len(name) > 55 || strings.ContainsFunc(plain, odd) {
		a.errorf("LVS060", "Invalid name of a kernel module", "%q is not one: write a name such as \"ip_vs_ftp\", without path and ending.", name)
	} else if !b.bad {
		l.object(spec.ModuleKey{Name: plain}, spec.Module{}, in.addr, in.block)
	}
}

func (l *loader) neighbour(in instance) {
	b := l.open(in.block, neighbourKind, in.ctx)
	var k spec.NeighbourKey
	if a, ok := b.get("interface"); ok {
		k.Interface = a.interfaceName()
	}
	if a, ok := b.get("address"); ok {
		if k.Address, ok = a.address(); ok && !unicast(k.Address) {
			a.errorf("LVS017", "Invalid address", "%s is not the address of one neighbour: write that of one machine on the interface.", k.Address)
		}
	}
	a, ok := b.get("mac")
	if !ok {
		return
	}
	text, _ := a.text()
	mac, err := net.ParseMAC(text)
	if err != nil || len(mac) != 6 {
		a.errorf("LVS055", "Invalid hardware address", "%q is not a hardware address: write six pairs such as \"02:00:5e:00:53:01\".", text)
	}
	if !b.bad {
		l.object(k, spec.Neighbour{MAC: mac.String()}, in.addr, in.block)
	}
}
