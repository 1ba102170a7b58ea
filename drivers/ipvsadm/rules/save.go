package rules

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Save is the state in the format of ipvsadm-save -n, which ipvsadm -R reads: the timeouts, then the services by
// firewall mark, family, protocol, address and port, each with its destinations, then the sync daemons. What ipvsadm -S
// does not print, and the state has, is added: thresholds as -x and -y, --set and --start-daemon. Without an error Parse
// reads the same state, but for timeouts that are all 0; the error joins a *LimitError for each object that is left out.
func Save(s spec.State) ([]byte, error) {
	var out []byte
	var errs []error
	line := func(k spec.Key, v spec.Value) {
		if err := Cannot(k, v); err != nil {
			errs = append(errs, err)
			return
		}
		out = append(out, strings.Join(arguments(create, k, v), " ")...)
		out = append(out, '\n')
	}
	for k, v := range s.Timeouts {
		line(k, v)
	}
	servers := s.Servers()
	for _, k := range sortedServices(s, servers) {
		if v, ok := s.Services[k]; ok {
			line(k, v)
		}
		for _, d := range servers[k] {
			line(d, s.Destinations[d])
		}
	}
	for _, role := range []spec.Role{spec.Master, spec.Backup} {
		k := spec.SyncDaemonKey{Role: role}
		if v, ok := s.SyncDaemons[k]; ok {
			line(k, v)
		}
	}
	return out, errors.Join(errs...)
}

// sortedServices are those of the state, and those that only destinations name, in the order that ipvsadm -S means to
// have: it subtracts addresses, and the difference overflows.
func sortedServices(s spec.State, servers map[spec.ServiceKey][]spec.DestinationKey) []spec.ServiceKey {
	var out []spec.ServiceKey
	for k := range s.Services {
		out = append(out, k)
	}
	for k := range servers {
		if _, ok := s.Services[k]; !ok {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b spec.ServiceKey) int {
		return cmp.Or(cmp.Compare(a.FWMark, b.FWMark), cmp.Compare(a.Family(), b.Family()), a.Compare(b))
	})
	return out
}

// Command is the argument vector, without the program's name, of one change, with every attribute in it: what -E and -e
// are not told they reset. A *LimitError says that ipvsadm cannot express the change, a *spec.Refusal that no kernel
// does it.
func Command(c plan.Change) ([]string, error) {
	if c.Key == nil || c.Before == nil && c.After == nil {
		return nil, fmt.Errorf("%#v is not a change of one object", c)
	}
	op := map[plan.Action]operation{plan.Create: create, plan.Update: update, plan.Delete: remove}[c.Action()]
	if errno := impossible(c); errno != 0 {
		return nil, &spec.Refusal{Op: c.Action().String(), Key: c.Key, Errno: errno}
	}
	if err := Cannot(c.Key, c.After); err != nil {
		return nil, err
	}
	return arguments(op, c.Key, c.After), nil
}

// operation is an index into the letters of commands.
type operation int

const (
	create operation = iota
	update
	remove
)

// arguments are the words of one command on an object that Cannot finds nothing wrong with.
func arguments(op operation, k spec.Key, v spec.Value) []string {
	switch k := k.(type) {
	case spec.ServiceKey:
		words := append([]string{[]string{"-A", "-E", "-D"}[op]}, serviceWords(k)...)
		if op == remove {
			return words
		}
		return append(words, serviceOptions(k, v.(spec.Service))...)
	case spec.DestinationKey:
		words := append([]string{[]string{"-a", "-e", "-d"}[op]}, serviceWords(k.Service)...)
		words = append(words, "-r", addrPort(k.Address))
		if op == remove {
			return words
		}
		return append(words, destinationOptions(v.(spec.Destination))...)
	case spec.TimeoutsKey:
		t := v.(spec.Timeouts)
		return []string{"--set", number(t.TCP), number(t.TCPFin), number(t.UDP)}
	case spec.SyncDaemonKey:
		if op == remove {
			return []string{"--stop-daemon", k.Role.String()}
		}
		return daemonWords(k, v.(spec.SyncDaemon))
	}
	return nil
}

func serviceWords(k spec.ServiceKey) []string {
	switch {
	case k.IsMark() && k.MarkFamily == spec.IPv6:
		return []string{"-f", number(k.FWMark), "-6"}
	case k.IsMark():
		return []string{"-f", number(k.FWMark)}
	}
	option := map[spec.Protocol]string{spec.TCP: "-t", spec.UDP: "-u", spec.SCTP: "--sctp-service"}[k.Protocol]
	return []string{option, addrPort(k.Address)}
}

func serviceOptions(k spec.ServiceKey, s spec.Service) []string {
	words := []string{"-s", s.Scheduler}
	if s.Persistent {
		words = append(words, "-p", number(s.Timeout))
		switch {
		case s.Netmask == spec.Netmask{}:
		case k.Family() == spec.IPv6:
			words = append(words, "-M", number(uint32(s.Netmask.IPv6())))
		default:
			words = append(words, "-M", s.Netmask.String())
		}
	}
	if s.Engine != "" {
		words = append(words, "--pe", s.Engine)
	}
	if s.OnePacket {
		words = append(words, "-o")
	}
	if s.Flags != 0 {
		words = append(words, "-b", strings.Join(s.Flags.Names(s.Scheduler), ","))
	}
	return words
}

func destinationOptions(d spec.Destination) []string {
	method := map[spec.Forward]string{spec.Masquerade: "-m", spec.Direct: "-g", spec.TunnelTo: "-i"}[d.Forward]
	words := []string{method, "-w", number(d.Weight)}
	if d.Forward == spec.TunnelTo {
		words = append(words, "--tun-type", d.Tunnel.Type.String())
		if d.Tunnel.Type == spec.GUE {
			words = append(words, "--tun-port", number(uint32(d.Tunnel.Port)))
		}
		if d.Tunnel.Type != spec.IPIP {
			words = append(words, []string{"--tun-nocsum", "--tun-csum", "--tun-remcsum"}[d.Tunnel.Checksum])
		}
	}
	if d.UpperThreshold != 0 {
		words = append(words, "-x", number(d.UpperThreshold))
	}
	if d.LowerThreshold != 0 {
		words = append(words, "-y", number(d.LowerThreshold))
	}
	return words
}

func daemonWords(k spec.SyncDaemonKey, d spec.SyncDaemon) []string {
	words := []string{"--start-daemon", k.Role.String(), "--mcast-interface", d.Interface, "--syncid", number(d.SyncID)}
	if d.MaxLen != 0 {
		words = append(words, "--sync-maxlen", number(uint32(d.MaxLen)))
	}
	if d.Group.IsValid() {
		words = append(words, "--mcast-group", d.Group.String())
	}
	if d.Port != 0 {
		words = append(words, "--mcast-port", number(uint32(d.Port)))
	}
	if d.TTL != 0 {
		words = append(words, "--mcast-ttl", number(uint32(d.TTL)))
	}
	return words
}

func number(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// addrPort is the address as the C library writes it, which is not netip's way for ::192.0.2.1.
func addrPort(a netip.AddrPort) string {
	b := a.Addr().As16()
	if a.Addr().Is6() && [12]byte(b[:12]) == [12]byte{} && (b[12] != 0 || b[13] != 0) {
		return "[::" + netip.AddrFrom4([4]byte(b[12:])).String() + "]:" + number(uint32(a.Port()))
	}
	return a.String()
}

// impossible is the kernel's no to a change that it has no operation for.
func impossible(c plan.Change) syscall.Errno {
	switch kind := c.Key.Kind(); {
	case kind == spec.KindTimeouts && c.Before == nil:
		return syscall.EEXIST
	case kind == spec.KindTimeouts && c.After == nil:
		return syscall.EOPNOTSUPP
	case kind == spec.KindSyncDaemon && c.Action() == plan.Update:
		return syscall.EEXIST // a daemon is stopped and started
	}
	return 0
}
