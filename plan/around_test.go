package plan_test

import (
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// around is a machine without its table, with other settings and objects: "sysctl net.ipv4.ip_forward=1", "address eth0 192.0.2.10/32".
func around(texts ...string) spec.State {
	s := machine().Host()
	for _, text := range texts {
		name, value, _ := strings.Cut(text, "=")
		switch k := key(name).(type) {
		case spec.SysctlKey:
			s.Set(k, setting(value))
		case spec.AddressKey:
			if vip(&s, name); value == "automatic" {
				s.Set(k, spec.Address{Scope: "global"})
			}
		case spec.ModuleKey:
			s.Set(k, spec.Module{})
		case spec.LinkKey:
			linkType, up, _ := strings.Cut(value, " ")
			s.Set(k, spec.Link{Type: linkType, Up: up == "up"})
		case spec.MarkRuleKey:
			s.Set(k, spec.MarkRule{Mark: 21})
		case spec.MasqueradeRuleKey:
			s.Set(k, spec.MasqueradeRule{})
		case spec.ServiceKey:
			s.Set(k, wlc)
		case spec.DestinationKey:
			s.Set(k, map[string]spec.Destination{"": one, "masquerade": {Forward: spec.Masquerade, Weight: 1}, "idle": idle}[value])
		case spec.NeighbourKey:
			s.Set(k, spec.Neighbour{MAC: value})
		case spec.ARPFilterKey:
			s.Set(k, spec.ARPFilter{})
		case spec.SyncDaemonKey:
			s.Set(k, spec.SyncDaemon{Interface: value, SyncID: 1, MaxLen: 1472, Port: 8848, TTL: 1})
		}
	}
	return s
}

const (
	web   = "tcp 192.0.2.10:80"
	web1  = web + " -> 10.0.0.11:80"
	shop1 = mark + " -> 10.0.0.11:0"
	tunl0 = "net.ipv4.conf.tunl0."
)
