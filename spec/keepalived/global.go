package keepalived

import (
	"cmp"
	"fmt"
	"net/netip"

	"github.com/lvsform/lvsform/spec"
)

// globals is what global_defs says about the table.
type globals struct {
	at       Place // the first of what follows
	timeouts spec.Timeouts
	daemon   *spec.SyncDaemon
	daemonAt statement
	// instance is the vrrp_instance that the daemon's role follows.
	instance  string
	nftables  bool
	addresses string // the interface of static addresses that name none
	served    bool   // there is a virtual_server, and so a process that sets timeouts and starts daemons
}

const (
	globalMail = "notification_email_from smtp_server smtp_helo_name smtp_connect_timeout notification_email smtp_alert " +
		"smtp_alert_vrrp smtp_alert_checker no_email_faults no_checker_emails router_id notify_fifo notify_fifo_script " +
		"vrrp_notify_fifo vrrp_notify_fifo_script vrrp_notify_priority_changes fifo_write_vrrp_states_on_reload lvs_notify_fifo " +
		"lvs_notify_fifo_script rs_init_notifies snmp_socket enable_traps enable_snmp_vrrp enable_snmp_keepalived enable_snmp_rfc " +
		"enable_snmp_rfcv2 enable_snmp_rfcv3 enable_snmp_checker enable_dbus dbus_service_name checker_log_all_failures"
	globalVRRP = "dynamic_interfaces disable_local_igmp vrrp_mcast_group4 vrrp_mcast_group6 vrrp_garp_master_delay " +
		"vrrp_garp_master_repeat vrrp_garp_master_refresh vrrp_garp_master_refresh_repeat vrrp_garp_lower_prio_delay " +
		"vrrp_garp_lower_prio_repeat vrrp_down_timer_adverts vrrp_garp_interval vrrp_gna_interval vrrp_min_garp vrrp_garp_extra_if " +
		"vrrp_vmac_garp_intvl vrrp_lower_prio_no_advert vrrp_higher_prio_send_advert vrrp_version vrrp_iptables vrrp_ipsets nftables " +
		"nftables_priority nftables_ifindex nftables_counters vrrp_check_unicast_src vrrp_skip_check_adv_addr vrrp_strict " +
		"vrrp_rx_bufs_policy vrrp_rx_bufs_multiplier vrrp_startup_delay log_unknown_vrids vmac_prefix vmac_addr_prefix"
	globalSelf = "process_names process_name vrrp_process_name checker_process_name lvs_process_name bfd_process_name startup_script " +
		"startup_script_timeout shutdown_script shutdown_script_timeout max_auto_priority min_auto_priority_delay vrrp_priority " +
		"vrrp_no_swap vrrp_rt_priority vrrp_cpu_affinity vrrp_rlimit_rttime vrrp_rlimit_rtime checker_priority checker_no_swap " +
		"checker_rt_priority checker_cpu_affinity checker_rlimit_rttime checker_rlimit_rtime bfd_priority bfd_no_swap bfd_rt_priority " +
		"bfd_cpu_affinity bfd_rlimit_rttime bfd_rlimit_rtime script_user enable_script_security vrrp_netlink_cmd_rcv_bufs " +
		"vrrp_netlink_cmd_rcv_bufs_force vrrp_netlink_monitor_rcv_bufs vrrp_netlink_monitor_rcv_bufs_force process_monitor_rcv_bufs " +
		"process_monitor_rcv_bufs_force lvs_netlink_cmd_rcv_bufs lvs_netlink_cmd_rcv_bufs_force lvs_netlink_monitor_rcv_bufs " +
		"lvs_netlink_monitor_rcv_bufs_force umask random_seed reload_check_config reload_time_file reload_repeat reload_file " +
		"include_check config_save_dir tmp_config_directory data_use_instance"
)

func (m *mapper) globalDefs(s statement) {
	if !m.braces(s) {
		return
	}
	mail, vrrp, self := summary{what: "notification"}, summary{what: "VRRP"}, summary{what: "settings of keepalived itself"}
	for _, c := range s.block {
		k := c.keyword()
		if k == "notification_email" {
			if m.lines(c) {
				mail.add(c.place, k)
			}
			continue
		}
		switch {
		case !m.leaf(c), m.globalTable(c):
		case known(globalMail, k):
			mail.add(c.place, k)
		case known(globalVRRP, k):
			vrrp.add(c.place, k)
		case known(globalSelf, k):
			self.add(c.place, k)
		default:
			m.unknown(c, "global_defs")
		}
	}
	for _, left := range []summary{mail, vrrp, self} {
		m.leaveSummary(s, left)
	}
}

// globalTable reads what has to do with the table; false if the statement is something else.
func (m *mapper) globalTable(s statement) bool {
	switch s.keyword() {
	case "lvs_timeouts":
		m.timeouts(s)
		m.globals.at = cmp.Or(m.globals.at, s.place)
	case "lvs_sync_daemon":
		m.syncDaemon(s)
		m.globals.at = cmp.Or(m.globals.at, s.place)
	case "lvs_flush":
		m.leave(Beside, s, "keepalived deletes what else is in the table when it starts")
	case "lvs_flush_on_stop", "lvs_flush_onstop":
		m.leave(Beside, s, "how keepalived empties the table when it stops")
	case "nftables_ipvs":
		m.globals.nftables = true
		m.leave(Beside, s, "firewall rules")
	case "nftables_ipvs_priority", "nftables_ipvs_start_fwmark":
		m.leave(Beside, s, "firewall rules")
	case "default_interface":
		if args, ok := m.args(s, 1, 1); ok {
			m.globals.addresses = args[0]
		}
	default:
		return false
	}
	return true
}

func (m *mapper) timeouts(s statement) {
	args, ok := m.args(s, 0, len(s.words))
	if !ok {
		return
	}
	if len(args) < 2 {
		m.ignored(s, "it needs a name and a value")
		return
	}
	for i := 0; i < len(args); i++ {
		to := map[string]*uint32{"tcp": &m.globals.timeouts.TCP, "tcpfin": &m.globals.timeouts.TCPFin, "udp": &m.globals.timeouts.UDP}[args[i]]
		switch {
		case to == nil:
			m.ignored(s, fmt.Sprintf("value %d is the name of no timeout", i+1))
			continue
		case i+1 == len(args):
			m.ignored(s, args[i]+" has no value")
			continue
		}
		i++
		if n, ok := m.number(s, args[i-1], args[i], 0, spec.MaxPersistenceTimeout, false); ok {
			*to = uint32(n)
		}
	}
}

func (m *mapper) syncDaemon(s statement) {
	args, ok := m.args(s, 0, len(s.words))
	switch {
	case !ok:
		return
	case m.globals.daemon != nil:
		m.ignored(s, "there is one already at "+m.globals.daemonAt.place.String())
		return
	case len(args) == 0 || len(args[0]) > 15:
		m.ignored(s, "it needs an interface of at most 15 bytes")
		return
	}
	m.globals.daemonAt, m.globals.daemon = s, &spec.SyncDaemon{Interface: args[0]}
	for i := 1; i < len(args); i++ {
		i += m.daemonOption(s, args, i)
	}
}

// daemonOption reads the option at a position, and is the number of words behind it that belong to it.
func (m *mapper) daemonOption(s statement, args []string, i int) int {
	name := args[i]
	switch {
	case known("inst group id maxlen port ttl", name):
	case i == 1: // the old form: IF INSTANCE ID
		m.globals.instance = name
		return 0
	case i == 2:
		m.daemonNumber(s, "id", name)
		return 0
	default:
		m.ignored(s, fmt.Sprintf("value %d is no option", i+1))
		return 0
	}
	if i+1 == len(args) {
		if name == "inst" {
			m.fail(s.place, "inst needs the name of a vrrp_instance, and keepalived does not start without it: write one")
		} else {
			m.ignored(s, name+" has no value")
		}
		return 0
	}
	switch value := args[i+1]; name {
	case "inst":
		m.globals.instance = cmp.Or(m.globals.instance, value)
	case "group":
		m.daemonGroup(s, value)
	default:
		m.daemonNumber(s, name, value)
	}
	return 1
}

func (m *mapper) daemonNumber(s statement, name, text string) {
	low := uint64(1)
	if name == "id" {
		low = 0
	}
	high := map[string]uint64{"id": spec.MaxSyncID, "maxlen": spec.MaxSyncLen, "port": 65535, "ttl": 255}
	n, ok := m.number(s, name, text, low, high[name], false)
	if !ok {
		return
	}
	switch d := m.globals.daemon; name {
	case "id":
		d.SyncID = uint32(n)
	case "maxlen":
		d.MaxLen = uint16(n)
	case "port":
		d.Port = uint16(n)
	case "ttl":
		d.TTL = uint8(n)
	}
}

func (m *mapper) daemonGroup(s statement, text string) {
	a, ok := parseAddr(cutRange(text))
	if !ok || !a.IsMulticast() {
		m.ignored(s, "the group is not a multicast address")
		a = netip.Addr{}
	}
	m.globals.daemon.Group = a
}

// makeGlobals puts timeouts and sync daemons into the state.
func (m *mapper) makeGlobals() {
	g := m.globals
	if !g.served && (g.daemon != nil || g.timeouts != spec.Timeouts{}) {
		m.left = append(m.left, Left{Place: g.at, Text: "timeouts and sync daemons: keepalived sets them only if there is a virtual_server"})
		return
	}
	if g.timeouts != (spec.Timeouts{}) {
		m.state.Set(spec.TimeoutsKey{}, g.timeouts)
	}
	switch {
	case g.daemon == nil:
	case g.instance != "":
		m.leave(Missing, g.daemonAt, "the role of the sync daemon follows the vrrp_instance %s", g.instance)
	default:
		for _, role := range []spec.Role{spec.Master, spec.Backup} {
			m.state.Set(spec.SyncDaemonKey{Role: role}, *g.daemon)
		}
	}
}
