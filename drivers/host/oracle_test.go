//go:build linux

package host

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
)

// ipLink is an interface as "ip -N -j -d addr" shows it.
type ipLink struct {
	Name     string   `json:"ifname"`
	Flags    []string `json:"flags"`
	LinkInfo struct {
		Kind string `json:"info_kind"`
	} `json:"linkinfo"`
	Addresses []ipAddress `json:"addr_info"`
}

type ipAddress struct {
	Local         netip.Addr `json:"local"`
	Length        int        `json:"prefixlen"`
	Scope         string     `json:"scope"`
	Label         string     `json:"label"`
	NoPrefixRoute bool       `json:"noprefixroute"`
	NoDAD         bool       `json:"nodad"`
	Deprecated    bool       `json:"deprecated"`
	Valid         uint32     `json:"valid_life_time"`
	Preferred     uint32     `json:"preferred_life_time"`
}

// oracle reads the namespace with ip and lsmod. The origin of addresses is the driver's, because not every ip shows it.
func oracle(t *testing.T) (s spec.State) {
	t.Helper()
	var links []ipLink
	fromJSON(t, &links, "ip", "-N", "-j", "-d", "addr", "show")
	for _, l := range links {
		v := spec.Link{Type: l.LinkInfo.Kind, Up: slices.Contains(l.Flags, "UP")}
		switch {
		case slices.Contains(l.Flags, "LOOPBACK"):
			v.Type = "loopback"
		case v.Type == "":
			v.Type = "device"
		}
		s.Set(spec.LinkKey{Name: l.Name}, v)
		for _, a := range l.Addresses {
			scope := a.Scope
			if name, ok := map[string]string{"0": "global", "200": "site", "253": "link", "254": "host", "255": "nowhere"}[scope]; ok {
				scope = name
			}
			s.Set(spec.AddressKey{Interface: l.Name, Prefix: netip.PrefixFrom(a.Local, a.Length)}, spec.Address{
				Label: a.Label, Scope: scope, NoPrefixRoute: a.NoPrefixRoute, NoDAD: a.NoDAD,
				Deprecated: a.Deprecated || a.Preferred == 0, Dynamic: a.Valid != forever,
			})
		}
	}
	oracleNeighbours(t, &s)
	oracleReceivers(t, &s)
	for line := range strings.Lines(drivertest.Run(t, "lsmod")) {
		if name := strings.Fields(line)[0]; matters(name) {
			s.Set(spec.ModuleKey{Name: name}, spec.Module{})
		}
	}
	return s
}

func fromJSON(t *testing.T, v any, name string, args ...string) {
	t.Helper()
	out := drivertest.Run(t, name, args...)
	if strings.TrimSpace(out) == "" {
		return
	}
	if err := json.Unmarshal([]byte(out), v); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func oracleNeighbours(t *testing.T, s *spec.State) {
	t.Helper()
	var all []struct {
		Address   netip.Addr `json:"dst"`
		Interface string     `json:"dev"`
		MAC       string     `json:"lladdr"`
	}
	fromJSON(t, &all, "ip", "-j", "neigh", "show", "nud", "permanent")
	for _, n := range all {
		if a, err := netip.ParseAddr(n.MAC); err == nil { // of an IPv4 tunnel
			n.MAC = formatMAC(a.AsSlice())
		}
		s.Set(spec.NeighbourKey{Interface: n.Interface, Address: n.Address}, spec.Neighbour{MAC: n.MAC})
	}
}

func oracleReceivers(t *testing.T, s *spec.State) {
	t.Helper()
	out, err := drivertest.Try("ip", "-j", "fou", "show")
	if err != nil {
		return // without the module
	}
	var all []map[string]any
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, r := range all {
		_, isGUE := r["gue"]
		_, bound := r["local"]
		if !isGUE || bound {
			continue
		}
		k := spec.GUEReceiver(uint16(r["port"].(float64)))
		if r["family"] == "inet6" {
			k = spec.GUEReceiver6(uint16(r["port"].(float64)))
		}
		s.Set(k, spec.Link{Type: "gue", Up: true})
	}
}

func oracleSettings(t *testing.T, d *Driver) spec.Objects[spec.SysctlKey, spec.Sysctl] {
	t.Helper()
	out := spec.Objects[spec.SysctlKey, spec.Sysctl]{}
	watched := d.watched(read(t, d).Links)
	for name, value := range sysctls(t) {
		k := spec.SysctlKey{Name: name}
		_, setting, isConf := cutConf(name)
		shown := strings.HasPrefix(name, "net.ipv4.vs.") || name == "net.ipv4.ip_forward" || name == "net.ipv4.conf.all.accept_redirects" || slices.Contains(watched, k) ||
			isConf && (setting == "forwarding" || strings.HasPrefix(name, "net.ipv4.") && slices.Contains([]string{"arp_ignore", "arp_announce", "rp_filter"}, setting))
		if shown {
			out[k] = k.Normal(value)
		}
	}
	return out
}

func cutConf(name string) (iface, setting string, ok bool) {
	parts := strings.Split(name, ".")
	if len(parts) != 5 || parts[0] != "net" || parts[2] != "conf" {
		return "", "", false
	}
	return parts[3], parts[4], true
}

// sysctls is what "sysctl -a" shows of the network.
func sysctls(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for line := range strings.Lines(drivertest.Run(t, "sysctl", "-a", "-e", "-r", "^net\\.")) {
		if name, value, ok := strings.Cut(line, " ="); ok {
			out[name] = strings.TrimSpace(value)
		}
	}
	return out
}

// everything is all that a change could touch, for comparisons by eye and by machine.
func everything(t *testing.T) map[string]string {
	t.Helper()
	out := sysctls(t)
	for name := range out {
		if strings.HasPrefix(name, "net.netfilter.nf_conntrack_count") || strings.HasPrefix(name, "net.ipv4.route.gc") {
			delete(out, name)
		}
	}
	for _, args := range []string{"addr show", "link show", "neigh show nud permanent", "route show table all", "-6 route show table all", "rule show"} {
		var list []map[string]any
		fromJSON(t, &list, "ip", append([]string{"-j", "-d"}, strings.Fields(args)...)...)
		for _, x := range list {
			delete(x, "ifindex") // of what was made again
			b, err := json.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			out[args+" "+string(b)] = "is there"
		}
	}
	return out
}

func settingsText(m map[string]string) string {
	lines := make([]string, 0, len(m))
	for k, v := range m {
		lines = append(lines, fmt.Sprintf("%s = %s", k, v))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
