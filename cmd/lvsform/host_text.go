package main

import (
	"bytes"
	"net/netip"
	"strconv"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// hostCommands are the programs that do a change, with their arguments: those of ipvsadm stand elsewhere. ok is false if they
// cannot do all of it, which goes for the rules of nftables: lvsform knows its own by how they are written.
func hostCommands(c plan.Change) (lines [][]string, ok bool) {
	one := func(words ...string) ([][]string, bool) { return [][]string{words}, true }
	switch k := c.Key.(type) {
	case spec.ModuleKey:
		if c.Action() == plan.Create {
			return one("modprobe", k.Name)
		}
	case spec.LinkKey:
		return linkCommands(k, c)
	case spec.SysctlKey:
		if v, ok := c.After.(spec.Sysctl); ok {
			return one("sysctl", "-w", k.Name+"="+v.Value)
		}
	case spec.NeighbourKey:
		if v, ok := c.After.(spec.Neighbour); ok {
			return one("ip", "neighbour", "replace", k.Address.String(), "lladdr", v.MAC, "dev", k.Interface, "nud", "permanent")
		}
		return one("ip", "neighbour", "delete", k.Address.String(), "dev", k.Interface)
	case spec.AddressKey:
		return addressCommands(k, c)
	}
	return nil, false
}

func linkCommands(k spec.LinkKey, c plan.Change) (lines [][]string, ok bool) {
	port, isGUE := k.GUEPort()
	gue := func(verb string) ([][]string, bool) {
		words := []string{"ip", "fou", verb, "port", strconv.Itoa(int(port))}
		if verb == "add" {
			words = append(words, "gue")
		}
		if k.GUEFamily() == spec.IPv6 {
			words = append(words, "-6")
		}
		return [][]string{words}, true
	}
	v, _ := c.After.(spec.Link)
	switch {
	case isGUE && c.Before == nil:
		return gue("add")
	case isGUE && c.After == nil:
		return gue("del")
	case c.After == nil:
		return [][]string{{"ip", "link", "delete", k.Name}}, true
	case c.Before == nil && v.Type == "dummy":
		lines = append(lines, []string{"ip", "link", "add", k.Name, "type", v.Type})
	case c.Before == nil && (v.Type == "gue" || spec.TunnelModule(v.Type) == ""):
		return nil, false
	}
	if v.Up || c.Before != nil {
		lines = append(lines, []string{"ip", "link", "set", k.Name, map[bool]string{true: "up", false: "down"}[v.Up]})
	}
	return lines, true
}

func addressCommands(k spec.AddressKey, c plan.Change) (lines [][]string, ok bool) {
	words := []string{"ip", "address", "add", k.Prefix.String(), "dev", k.Interface}
	v, _ := c.After.(spec.Address)
	lifetime := map[bool]string{true: "0", false: "forever"}[v.Deprecated]
	switch {
	case c.After == nil:
		words[2] = "delete"
		return [][]string{words}, true
	case v.Dynamic:
		return nil, false
	case c.Before != nil:
		words[2] = "change"
		return [][]string{append(words, "preferred_lft", lifetime)}, true
	}
	if v.Label != "" && v.Label != k.Interface {
		words = append(words, "label", v.Label)
	}
	if k.Prefix.Addr().Is4() && v.Scope != "" {
		words = append(words, "scope", v.Scope)
	}
	if v.NoPrefixRoute {
		words = append(words, "noprefixroute")
	}
	if v.NoDAD {
		words = append(words, "nodad")
	}
	if v.Deprecated {
		words = append(words, "preferred_lft", lifetime)
	}
	return [][]string{words}, true
}

// unfiltered are the addresses whose ARP filters a text has left out.
type unfiltered map[netip.Addr]bool

// around writes the commands of a change around the table, or a comment that names it. An address does not come without its filter:
// the real server would be heard of.
func (u unfiltered) around(b *bytes.Buffer, c plan.Change, name string) {
	lines, ok := hostCommands(c)
	switch k := c.Key.(type) {
	case spec.ARPFilterKey:
		u[k.Address] = u[k.Address] || c.Action() == plan.Create
	case spec.AddressKey:
		if u[k.Prefix.Addr()] && c.Action() == plan.Create {
			comment(b, "create of %s (%s) is left out, too: without its filter it would be heard of", name, k)
			return
		}
	}
	if !ok {
		comment(b, "%s of %s (%s) is left out: no command does all of it as \"lvsform apply\" does", c.Action(), name, c.Key)
	}
	for _, words := range lines {
		shellLine(b, words)
	}
}
