package main

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// capability is one of the kernel's, by its number in linux/capability.h.
type capability struct {
	name   string
	number int
	// without is what cannot be done.
	without string
	needed  bool
}

var capabilities = []capability{
	{"CAP_NET_ADMIN", 12, "the table can be neither read nor changed", true},
	{"CAP_NET_RAW", 13, "an apply that brings up a VIP is undone (exit 8), because it cannot be announced; announce { count = 0 } in the vip does without", false},
	{"CAP_SYS_MODULE", 16, "modules cannot be loaded: have those that the configuration needs in /etc/modules-load.d", false},
}

// capabilities looks at what the process may do.
func (p *program) capabilities() (found []finding) {
	text, err := p.readFile("/proc/self/status")
	if err != nil {
		return []finding{note("mount /proc", "the capabilities of this process cannot be read: %v", err)}
	}
	var effective uint64
	for line := range strings.Lines(string(text)) {
		if value, isEff := strings.CutPrefix(line, "CapEff:"); isEff {
			effective, _ = strconv.ParseUint(strings.TrimSpace(value), 16, 64)
		}
	}
	for _, c := range capabilities {
		switch {
		case effective>>c.number&1 == 1:
			found = append(found, ok("%s is there", c.name))
		case c.needed:
			found = append(found, broken("sudo lvsform …, or AmbientCapabilities="+c.name+" in a systemd unit; a container needs it in the initial user namespace",
				"%s is missing: %s", c.name, c.without))
		default:
			found = append(found, note("sudo lvsform …, or AmbientCapabilities="+c.name+" in a systemd unit", "%s is missing: %s", c.name, c.without))
		}
	}
	return found
}

// others are the programs that are in the way, by the names of their processes: what they do, and how to live with them.
var others = map[string][2]string{
	"keepalived": {manages, "let each virtual server and address have one of the two: take it out of keepalived.conf, or name it in ownership { ignore { } }; lvsform import reads a keepalived.conf"},
	"ldirectord": {manages, "stop it, and let a health checker set weights only: lifecycle { ignore_changes = [\"weight\"] }"},
	"kube-proxy": {manages, "name its addresses in ownership { ignore { } } if it runs in IPVS mode: it deletes services that it does not know"},
	"firewalld": {"it drops what no zone allows before it reaches a virtual address, and a zone that masquerades may give packets to servers another source address",
		"firewall-cmd --list-all-zones; for a service: firewall-cmd --permanent --zone=ZONE --add-port=PORT/PROTOCOL; without masquerade: firewall-cmd --permanent --zone=ZONE --remove-masquerade; then firewall-cmd --reload"},
}

const manages = "it may manage services and addresses of this node, too"

// managers looks for programs that manage the same table, or what packets pass on the way to it.
func (p *program) managers() (found []finding) {
	files, _ := p.glob("/proc/[0-9]*/comm") // the pattern is well formed
	seen := map[string][]string{}
	for _, file := range files {
		text, err := p.readFile(file)
		if err != nil {
			continue // it has ended
		}
		if name := strings.TrimSpace(string(text)); others[name][0] != "" {
			seen[name] = append(seen[name], filepath.Base(filepath.Dir(file)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		found = append(found, note(others[name][1], "%s is running (process %s): %s", name, seen[name][0], others[name][0]))
	}
	return found
}
