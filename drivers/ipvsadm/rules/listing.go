package rules

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// columns are what a listing shows of servers.
type columns int

const (
	plainColumns columns = iota
	tunnelColumns
	thresholdColumns
	persistentColumns
)

// listed reads a line of a listing. It is not known if it is no such line.
func (r *reader) listed(text, trimmed string) (known bool, err error) {
	begins := func(prefix string) bool { return strings.HasPrefix(trimmed, prefix) }
	var read func([]word) error
	switch {
	case begins("IP Virtual Server version "):
		r.listing, r.header, r.refused = nil, true, false
		return true, nil
	case begins("Prot LocalAddress:Port"):
		read = r.title
	case begins("-> RemoteAddress:Port Forward "): // ipvsadm puts more blanks there
		read = func(w []word) error { return r.refuse(w[0].proc()) }
	case begins("-> RemoteAddress:Port"):
		read = r.titleOfServers
	case begins("TCP "), begins("UDP "), begins("SCTP "), begins("FWM "), begins("? "):
		read = r.listedService
	case begins("-> "):
		read = r.listedServer
	case begins("Timeout (tcp tcpfin udp):"):
		read = r.listedTimeouts
	case begins("master sync daemon ("), begins("backup sync daemon ("):
		read = func(w []word) error { return r.listedDaemon(w, trimmed) }
	case begins("IPVS connection entries"), begins("pro expire state"):
		read = func(w []word) error {
			return r.refuse(w[0].errorf("a list of connections (-c) does not show the table: give ipvsadm -Ln"))
		}
	case r.refused && begins("IP "): // a mark's template in a list of connections
		return true, nil
	default:
		return false, nil
	}
	return true, read(r.fields(text))
}

// refuse keeps what follows up to the next listing from being refused again.
func (r *reader) refuse(err error) error {
	if r.refused {
		return nil
	}
	r.listing, r.refused = nil, true
	return err
}

// begin starts a view.
func (r *reader) begin(at place, name string) *view {
	v := &view{place: at, name: name}
	r.views = append(r.views, v)
	return v
}

// title is the first of a listing's two lines of titles; the listing of one service begins with it.
func (r *reader) title(w []word) error {
	r.refused = false
	text := ""
	for _, x := range w[2:] {
		text += x.text + " "
	}
	name, columns := "ipvsadm -Ln", plainColumns
	switch text {
	case "Scheduler Flags ":
	case "Uthreshold Lthreshold ActiveConn InActConn ":
		name, columns = "ipvsadm -Ln --thresholds", thresholdColumns
	case "Weight PersistConn ActiveConn InActConn ":
		name, columns = "ipvsadm -Ln --persistent-conn", persistentColumns
	case "Conns InPkts OutPkts InBytes OutBytes ", "CPS InPPS OutPPS InBPS OutBPS ":
		return r.refuse(w[0].errorf("a listing with --stats or --rate shows no configuration: give ipvsadm -Ln"))
	default:
		return r.refuse(w[0].errorf("titles that no listing of ipvsadm has"))
	}
	r.listing, r.orphans = r.begin(w[0].place, name), false
	r.listing.columns, r.listing.complete, r.listing.methods = columns, r.header, columns == plainColumns
	r.header = false
	return nil
}

func (r *reader) titleOfServers(w []word) error {
	if r.listing == nil {
		return r.refuse(w[0].errorf("the first line of titles is missing: Prot LocalAddress:Port"))
	}
	if len(w) > 3 && w[3].text == "TunnelInfo" && r.listing.columns == plainColumns {
		r.listing.name, r.listing.columns = "ipvsadm -Ln --tun-info", tunnelColumns
	}
	return nil
}

// told makes the bits of a fact from the attributes that are not told.
func told(k spec.Kind, not ...string) (bits uint) {
	for i, a := range spec.Attributes(k) {
		bits |= 1 << i
		for _, name := range not {
			if a.Name == name {
				bits &^= 1 << i
			}
		}
	}
	return bits
}

// listedService reads such as "TCP  192.0.2.1:80 sh (sh-port) persistent 300 mask 255.255.255.0 pe sip ops".
func (r *reader) listedService(w []word) error {
	if r.listing == nil {
		return r.refuse(w[0].errorf("a line of a listing without its titles"))
	}
	f, err := r.serviceFact(w)
	r.orphans = err != nil
	if err == nil {
		r.listing.facts = append(r.listing.facts, f)
	}
	return err
}

func (r *reader) serviceFact(w []word) (f fact, err error) {
	k, rest, err := r.listedKey(w)
	if err != nil {
		return f, err
	}
	if len(rest) == 0 {
		return f, w[0].errorf("the line ends before the scheduler: it was cut off")
	}
	var s spec.Service
	if s.Scheduler, err = rest[0].name("scheduler", maxScheduler); err != nil {
		return f, err
	}
	not := []string{"persistence_timeout", "persistence_netmask", "persistence_engine"}
	for rest = rest[1:]; len(rest) > 0 && err == nil; {
		word := rest[0]
		switch {
		case strings.HasPrefix(word.text, "("):
			s.Flags, err = word.listedFlags(s.Scheduler)
		case word.text == "ops":
			s.OnePacket = true
		case len(rest) < 2:
			return f, word.errorf("%s is not part of a service's line, or the line was cut off", quote(word.text))
		case word.text == "persistent":
			not = nil
			s.Persistent = true
			s.Timeout, err = rest[1].number("persistence timeout", 0, 1<<32-1)
		case word.text == "mask" && s.Persistent:
			s.Netmask, err = r.netmask(rest[1], k.Family())
		case word.text == "pe" && s.Persistent:
			s.Engine, err = rest[1].name("persistence engine", maxEngine)
		default:
			return f, word.errorf("%s is not part of a service's line", quote(word.text))
		}
		if word.text == "persistent" || word.text == "mask" || word.text == "pe" {
			rest = rest[1:]
		}
		rest = rest[1:]
	}
	return fact{place: w[0].place, key: k, value: s, told: told(spec.KindService, not...)}, err
}

// listedFlags reads "(sh-port)". For sh and mh with flag-3 alone the parentheses are empty.
func (w word) listedFlags(scheduler string) (spec.SchedulerFlags, error) {
	inner, found := strings.CutSuffix(w.text[1:], ")")
	switch {
	case !found:
		return 0, w.errorf("flags without the closing parenthesis: the line was cut off")
	case inner == "" && (scheduler == "sh" || scheduler == "mh"):
		return spec.Flag3, nil
	}
	w.text = inner
	w.column++
	return w.flags(scheduler)
}

// listedKey is the service, and the words after it.
func (r *reader) listedKey(w []word) (k spec.ServiceKey, rest []word, err error) {
	if len(w) < 2 {
		return k, nil, w[0].errorf("the line ends before the address: it was cut off")
	}
	switch w[0].text {
	case "?":
		return k, nil, w[0].errorf("a service of a protocol that ipvsadm has no word for: read the node with the driver netlink")
	case "FWM":
		mark, err := w[1].mark()
		if len(w) > 2 && w[2].text == "IPv6" {
			return spec.Mark(mark, spec.IPv6), w[3:], err
		}
		return spec.Mark(mark, spec.IPv4), w[2:], err
	}
	protocol := map[string]spec.Protocol{"TCP": spec.TCP, "UDP": spec.UDP, "SCTP": spec.SCTP}[w[0].text]
	a, err := r.listedAddress(w[1], protocol)
	return spec.Listener(protocol, a), w[2:], err
}

// hexadecimal is how /proc/net/ip_vs writes 192.0.2.1:80.
var hexadecimal = regexp.MustCompile(`^[0-9A-F]{8}:[0-9A-F]{4}$`)

func (w word) proc() error {
	return w.errorf("this is /proc/net/ip_vs, which has numbers in hexadecimal and shows half of the table: give the output of ipvsadm -Ln")
}

// oldForm says that an address is one of those that ipvsadm takes and does not print.
func oldForm(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	_, isNumber := inetAton(host)
	return isNumber
}

// listedAddress reads an address, which may be a name that was cut.
func (r *reader) listedAddress(w word, protocol spec.Protocol) (netip.AddrPort, error) {
	const most = 28
	if len(w.text) >= most && w.text[0] != '[' {
		return netip.AddrPort{}, w.errorf("%s may have been cut off by ipvsadm: list with -n", quote(w.text))
	}
	host, port := "", ""
	if i := strings.LastIndexByte(w.text, ':'); i >= 0 {
		host, port = w.text[:i], w.text[i+1:]
	}
	switch {
	case hexadecimal.MatchString(w.text):
		return netip.AddrPort{}, r.refuse(w.proc())
	case oldForm(host), len(port) > 1 && port[0] == '0':
		return netip.AddrPort{}, w.errorf("%s is no address and port that ipvsadm lists", quote(w.text))
	}
	a, hasPort, err := r.addrPort(w.place, w.text, protocol.String())
	if err == nil && !hasPort {
		err = w.errorf("%s has no port: the line was cut off", quote(w.text))
	}
	return a, err
}
