package main

import (
	"fmt"
	"math/bits"
	"net/netip"
	"strings"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// leftOut says which objects no configuration can declare, why, and what can be done; of what is wrong with many servers of
// a service in one way, the first is named.
func leftOut(s spec.State, problems []spec.Problem) (notes []remark) {
	type kind struct {
		object spec.Key
		rule   string
	}
	first, more := map[kind]spec.Problem{}, map[kind]int{}
	var order []kind
	for _, p := range problems {
		k := kind{p.Key, p.Rule}
		if d, ok := p.Key.(spec.DestinationKey); ok {
			k.object = d.Service
		}
		if _, ok := first[k]; !ok {
			first[k] = p
			order = append(order, k)
		}
		more[k]++
	}
	servers := s.Servers()
	for _, k := range order {
		p, what := first[k], k.object.String()
		if service, ok := k.object.(spec.ServiceKey); ok && len(servers[service]) > 0 {
			what += " with " + count(len(servers[service]), "server")
		}
		why := p.Summary
		if p.Key != k.object {
			why += " (" + p.Key.String() + ")"
		}
		if n := more[k] - 1; n > 0 {
			why += fmt.Sprintf(", and %d more like it", n)
		}
		notes = append(notes, remark{leftObject, fmt.Sprintf("%s. %s. %s", what, why, advice(s, p))})
	}
	return notes
}

// advice says what to do about an object that is there already: to change it with ipvsadm where that is possible.
func advice(s spec.State, p spec.Problem) string {
	switch k := p.Key.(type) {
	case spec.DestinationKey:
		if d := s.Destinations[k]; p.Rule == "LVS128" && d.Forward != spec.Masquerade {
			return fmt.Sprintf("Method %s does not rewrite ports, and the kernel ignores this one. ", d.Forward) + samePort(s, k)
		} else if p.Rule == "LVS128" {
			return p.Detail + " " + samePort(s, k)
		}
		if p.Rule == "LVS151" {
			return p.Detail + " If nobody waits for replies, leave the service as it is."
		}
	case spec.ServiceKey:
		if p.Rule == "LVS110" {
			if length := s.Services[k].Netmask.IPv4(); length >= 1 && length <= 32 && bits.OnesCount32(length) < 32 {
				return fmt.Sprintf("%s is not a prefix: %s is what was probably meant.", s.Services[k].Netmask, spec.MaskIPv4(^uint32(0)<<(32-length)))
			}
		}
		if command := without(k, s.Services[k], p.Rule); command != "" {
			return fmt.Sprintf("%s On the node %q takes away what has no effect.", p.Detail, command)
		}
	}
	return p.Detail
}

// samePort says how a server comes to have the port of its service.
func samePort(s spec.State, k spec.DestinationKey) string {
	d, listens := s.Destinations[k], k.Service.Address.Port()
	better := spec.DestinationKey{Service: k.Service, Address: netip.AddrPortFrom(k.Address.Addr(), listens)}
	add, err := rules.Command(plan.Change{Key: better, After: d})
	remove, other := rules.Command(plan.Change{Key: k, Before: d})
	_, there := s.Destinations[better]
	switch {
	case there && other == nil:
		return fmt.Sprintf("The server is there with port %d, too: on the node %q deletes this one.", listens, commandLine(remove))
	case there:
		return fmt.Sprintf("The server is there with port %d, too: delete this one.", listens)
	case err != nil || other != nil:
		return fmt.Sprintf("Add the server again with port %d, and delete this one.", listens)
	}
	return fmt.Sprintf("On the node %q adds the server with port %d, and %q deletes this one.", commandLine(add), listens, commandLine(remove))
}

// without is the command that takes away what a rule finds useless in a service, or "".
func without(k spec.ServiceKey, v spec.Service, rule string) string {
	better := v
	switch rule {
	case "LVS105":
		better.Flags &= spec.FlagsOf(v.Scheduler)
	case "LVS106":
		better.OnePacket = false
	case "LVS109":
		better.Timeout, better.Netmask = 0, spec.Netmask{}
	default:
		return ""
	}
	args, err := rules.Command(plan.Change{Key: k, Before: v, After: better})
	if err != nil {
		return ""
	}
	return commandLine(args)
}

func commandLine(args []string) string {
	var words []string
	for _, a := range args {
		words = append(words, shellWord(a))
	}
	return "ipvsadm " + strings.Join(words, " ")
}
