package keepalived

import "strings"

// roots are the blocks and statements at the top that have no part in the table, and what they are; never changed.
var roots = map[string]string{
	"static_routes":            "routes",
	"static_rules":             "routing rules",
	"track_group":              "tracking of static addresses and routes",
	"vrrp_sync_group":          "VRRP",
	"garp_group":               "VRRP: announcements of addresses",
	"linkbeat_interfaces":      "VRRP: state of interfaces",
	"linkbeat_use_polling":     "VRRP: state of interfaces",
	"interface_up_down_delays": "VRRP: state of interfaces",
	"vrrp_script":              "VRRP: tracking",
	"vrrp_track_process":       "VRRP: tracking",
	"track_file":               "VRRP and health checks: tracking",
	"vrrp_track_file":          "VRRP and health checks: tracking",
	"bfd_instance":             "VRRP and health checks: BFD",
	"SSL":                      "health checks: keys and certificates",
	"namespace_with_ipsets":    "keepalived itself",
	"use_pid_dir":              "keepalived itself",
	"instance":                 "keepalived itself",
	"child_wait_time":          "keepalived itself",
}

// leaves are those of them that have no block; never changed.
var leaves = map[string]bool{
	"linkbeat_use_polling": true, "namespace_with_ipsets": true, "use_pid_dir": true, "instance": true, "child_wait_time": true,
}

func isRoot(keyword string) bool {
	switch keyword {
	case "global_defs", "virtual_server", "virtual_server_group", "vrrp_instance", "static_ipaddress", "net_namespace", "net_namespace_ipvs":
		return true
	}
	return roots[keyword] != ""
}

// root goes through the statements at the top. Groups may stand behind what uses them, so the state is made last.
func (m *mapper) root(blocks []statement) {
	for _, s := range blocks {
		if s.keyword() == "global_defs" { // the default interface counts before it, too
			m.globalDefs(s)
		}
	}
	for _, s := range blocks {
		m.top(s)
	}
	m.makeGlobals()
	for _, v := range m.virtuals {
		m.make(v)
	}
}

func (m *mapper) top(s statement) {
	switch s.keyword() {
	case "global_defs":
	case "virtual_server":
		m.virtualServer(s)
	case "virtual_server_group":
		m.virtualServerGroup(s)
	case "vrrp_instance":
		m.vrrpInstance(s)
	case "static_ipaddress":
		m.staticAddresses(s)
	case "net_namespace", "net_namespace_ipvs":
		if args, ok := m.args(s, 0, 1); ok && m.leaf(s) && len(args) > 0 {
			m.leave(Taken, s, "the table is that of another network namespace: use --netns %s", args[0])
		}
	default:
		m.otherTop(s)
	}
}

func (m *mapper) otherTop(s statement) {
	what := roots[s.keyword()]
	switch {
	case what == "":
		m.unknownTop(s)
	case leaves[s.keyword()]:
		if m.leaf(s) {
			m.leave(Beside, s, "%s", what)
		}
	case m.braces(s):
		m.leave(Beside, s, "%s", what)
		if known("SSL bfd_instance track_file vrrp_track_file", s.keyword()) { // these are not skipped as a whole
			for _, c := range s.block {
				m.leaf(c)
			}
		}
	}
}

// unknownTop leaves a block that nobody knows. Keepalived reads what is in it as if there were no braces, which does no harm
// unless it finds there what it knows.
func (m *mapper) unknownTop(s statement) {
	if inner, found := findRoot(s.block); found {
		m.fail(inner.place, "%s stands in %s, which keepalived does not know, and is read as if it stood outside: move it", inner.keyword(), s.name())
		return
	}
	m.unknown(s, "a configuration")
}

func findRoot(block []statement) (statement, bool) {
	for _, s := range block {
		if isRoot(s.keyword()) {
			return s, true
		}
		if inner, found := findRoot(s.block); found {
			return inner, true
		}
	}
	return statement{}, false
}

// known says that the keyword is in a list of words.
func known(list, keyword string) bool {
	return keyword != "" && !strings.Contains(keyword, " ") && strings.Contains(" "+list+" ", " "+keyword+" ")
}
