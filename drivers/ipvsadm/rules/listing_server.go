package rules

import (
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// listedServer reads such as "  -> 10.0.0.1:80  Route  1  0  0". What the numbers are depends on the titles.
func (r *reader) listedServer(w []word) error {
	v := r.listing
	switch {
	case v == nil:
		return r.refuse(w[0].errorf("a line of a listing without its titles or its service"))
	case r.orphans:
		return nil
	case len(v.facts) == 0:
		r.orphans = true
		return w[0].errorf("a line of a listing without its service")
	}
	service, ok := v.facts[len(v.facts)-1].key.(spec.ServiceKey)
	if !ok {
		service = v.facts[len(v.facts)-1].key.(spec.DestinationKey).Service
	}
	want := 6
	if v.columns == tunnelColumns {
		want = 7
	}
	if len(w) != want {
		return w[0].errorf("%d columns instead of %d: the line was cut off, or is not of this listing", len(w), want)
	}
	a, err := r.listedAddress(w[1], service.Protocol)
	if err != nil {
		return err
	}
	f := fact{place: w[0].place, key: spec.DestinationKey{Service: service, Address: a}}
	var d spec.Destination
	switch v.columns {
	case plainColumns, tunnelColumns:
		err = f.method(&d, w, v.columns)
	case thresholdColumns:
		f.told = told(spec.KindDestination, "forward", "tunnel_type", "tunnel_port", "tunnel_checksum", "weight")
		if d.UpperThreshold, err = w[2].number("threshold", 0, 1<<32-1); err == nil {
			d.LowerThreshold, err = w[3].number("threshold", 0, 1<<32-1)
		}
	case persistentColumns:
		f.told = told(spec.KindDestination, "forward", "tunnel_type", "tunnel_port", "tunnel_checksum", "upper_threshold", "lower_threshold")
		d.Weight, err = w[2].number("weight", 0, spec.MaxWeight)
	}
	if err == nil {
		err = f.count(w, v.columns)
	}
	f.value = d
	v.facts = append(v.facts, f)
	return err
}

var listedMethods = map[string]spec.Forward{"Masq": spec.Masquerade, "Local": spec.Local, "Tunnel": spec.TunnelTo, "Route": spec.Direct}

// method reads what a plain listing, or one with tunnels, shows.
func (f *fact) method(d *spec.Destination, w []word, c columns) (err error) {
	not := []string{"upper_threshold", "lower_threshold"}
	forward, ok := listedMethods[w[2].text]
	switch {
	case w[2].text == "(null)":
		return w[2].errorf("a forwarding method that ipvsadm has no word for: read the node with the driver netlink")
	case !ok:
		return w[2].errorf("%s is not a forwarding method of a listing: Masq, Local, Tunnel or Route", quote(w[2].text))
	case c == tunnelColumns && forward == spec.TunnelTo:
		d.Tunnel, err = w[3].tunnel()
	case forward == spec.TunnelTo:
		not = append(not, "tunnel_type", "tunnel_port", "tunnel_checksum")
	}
	f.told = told(spec.KindDestination, not...)
	d.Forward = forward
	if err == nil {
		d.Weight, err = w[len(w)-3].number("weight", 0, spec.MaxWeight)
	}
	return err
}

var listedChecksums = map[string]spec.Checksum{"-c": spec.ChecksumNone, "+c": spec.ChecksumFull, "r+c": spec.ChecksumRemote}

// tunnel reads "ipip", "gue:6080:+c" or "gre:-c".
func (w word) tunnel() (t spec.Tunnel, err error) {
	parts := strings.Split(w.text, ":")
	checksum, ok := listedChecksums[parts[len(parts)-1]]
	switch {
	case w.text == "ipip":
		return t, nil
	case parts[0] == "gue" && len(parts) == 3 && ok:
		w.text = parts[1]
		port, err := w.number("tunnel port", 0, 65535)
		return spec.Tunnel{Type: spec.GUE, Port: uint16(port), Checksum: checksum}, err
	case parts[0] == "gre" && len(parts) == 2 && ok:
		return spec.Tunnel{Type: spec.GRE, Checksum: checksum}, nil
	}
	return t, w.errorf("%s is a tunnel that ipvsadm has no words for: read the node with the driver netlink", quote(w.text))
}

// count reads the connections, which are the last two columns.
func (f *fact) count(w []word, c columns) (err error) {
	var n spec.Connections
	if n.Active, err = w[len(w)-2].number("number of connections", 0, 1<<32-1); err == nil {
		n.Inactive, err = w[len(w)-1].number("number of connections", 0, 1<<32-1)
	}
	if err == nil && c == persistentColumns {
		n.Persistent, err = w[3].number("number of connections", 0, 1<<32-1)
	}
	f.connections = &n
	return err
}
