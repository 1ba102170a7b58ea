package rules

import (
	"strconv"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// listedTimeouts reads "Timeout (tcp tcpfin udp): 900 120 300".
func (r *reader) listedTimeouts(w []word) error {
	if len(w) != 7 {
		return w[0].errorf("this line has three numbers: it was cut off")
	}
	var n [3]uint32
	for i := range n {
		var err error
		if n[i], err = w[4+i].number("timeout", 0, 1<<31-1); err != nil {
			return err
		}
	}
	v := r.begin(w[0].place, "ipvsadm -Ln --timeout")
	v.facts = []fact{{place: w[0].place, key: spec.TimeoutsKey{}, value: spec.Timeouts{TCP: n[0], TCPFin: n[1], UDP: n[2]}, told: told(spec.KindTimeouts)}}
	return nil
}

// listedDaemon reads "master sync daemon (mcast=eth0, syncid=1, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)". Old
// kernels show the first two alone.
func (r *reader) listedDaemon(w []word, text string) error {
	role, err := spec.ParseRole(w[0].text)
	if err != nil {
		return w[0].errorf("%v", err)
	}
	inner, closed := strings.CutSuffix(text, ")")
	if !closed {
		return w[0].errorf("no parenthesis at the end of the line: it was cut off")
	}
	at := w[0].place
	at.column += strings.IndexByte(text, '(') + 1
	f := fact{place: w[0].place, key: spec.SyncDaemonKey{Role: role}}
	var d spec.SyncDaemon
	for part := range strings.SplitSeq(inner[strings.IndexByte(text, '(')+1:], ", ") {
		name, value, _ := strings.Cut(part, "=")
		x := word{at, value, true}
		x.column += len(name) + len("=")
		at.column += len(part) + len(", ")
		attribute, err := x.daemon(&d, name)
		if err != nil {
			return err
		}
		f.told |= told(spec.KindSyncDaemon) &^ told(spec.KindSyncDaemon, attribute)
	}
	if d.Interface == "" {
		return w[0].errorf("a sync daemon without an interface: the line was cut off")
	}
	f.value = d
	v := r.begin(w[0].place, "ipvsadm -Ln --daemon")
	v.facts = []fact{f}
	return nil
}

// daemon reads the value of a name in a sync daemon's line, and says which attribute it is.
func (w word) daemon(d *spec.SyncDaemon, name string) (attribute string, err error) {
	var n uint32
	switch name {
	case "mcast":
		attribute = "interface"
		d.Interface, err = w.name("interface", maxInterface)
	case "syncid":
		attribute = "sync_id"
		n, err = w.signed()
		d.SyncID = n
	case "maxlen":
		attribute = "max_len"
		n, err = w.number("message length", 0, 65535)
		d.MaxLen = uint16(n)
	case "group":
		attribute = name
		d.Group, err = w.group()
	case "port":
		attribute = name
		n, err = w.number("port", 0, 65535)
		d.Port = uint16(n)
	case "ttl":
		attribute = name
		n, err = w.number("ttl", 0, 255)
		d.TTL = uint8(n)
	default:
		err = w.errorf("%s is not part of a sync daemon's line", quote(name))
	}
	return attribute, err
}

// signed reads a number of 32 bits that ipvsadm prints with a sign.
func (w word) signed() (uint32, error) {
	n, err := strconv.ParseInt(w.text, 10, 32)
	if err != nil {
		return 0, w.errorf("%s is not a sync id", quote(w.text))
	}
	return uint32(n), nil
}
