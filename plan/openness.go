package plan

import (
	"strconv"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// closes says that a change of a setting takes something away that others may rest on: it is made after these are gone, and the
// opposite change before they come. A setting that is not known here is changed early.
func closes(k spec.SysctlKey, before, after spec.Sysctl) bool {
	return openness(k, after) < openness(k, before)
}

// openness ranks the values of the settings that have a place of their own.
func openness(k spec.SysctlKey, v spec.Sysctl) int {
	if rank, ok := k.Quietness(v); ok {
		return rank
	}
	n, err := strconv.Atoi(v.Value)
	if err != nil {
		return 0
	}
	name := k.Base()
	switch {
	case name == "rp_filter":
		return [...]int{3, 1, 2}[min(max(n, 0), 2)] // 1 drops more than 2
	case name == "forwarding" || k.Name == "net.ipv4.ip_forward":
		return min(n, 1)
	case name == "disable_ipv6":
		return -min(max(n, -n), 1) // it takes the addresses along
	case name == "accept_redirects":
		return -min(max(n, -n), 1) // with forwarding, which sets it the other way; whatever is not 0 accepts
	case !strings.HasPrefix(k.Name, "net.ipv4.vs."):
		return 0
	}
	switch name {
	case "conntrack", "expire_quiescent_template", "sloppy_tcp", "sloppy_sctp", "snat_reroute":
		return min(n, 1)
	case "expire_nodest_conn", "drop_entry", "drop_packet", "secure_tcp":
		return -n // resets, or drops
	}
	return 0
}
