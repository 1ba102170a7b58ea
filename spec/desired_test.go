package spec_test

import (
	"net/netip"
	"testing"

	"github.com/lvsform/lvsform/spec"
)

func TestIgnores(t *testing.T) {
	o := spec.Ownership{
		IgnoreAddresses:  []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")},
		IgnoreMarks:      []spec.MarkRange{{First: 900, Last: 999}},
		IgnoreInterfaces: []string{"eth9"},
	}
	for text, want := range map[string]bool{
		"tcp 198.51.100.1:80": true, "tcp 192.0.2.1:80": false, "fwmark 950 ipv4": true, "fwmark 1000 ipv4": false,
		"tcp 198.51.100.1:80 -> 10.0.0.1:80": true, "tcp 192.0.2.1:80 -> 198.51.100.1:80": false,
		"masquerade_rule fwmark 950 ipv4 -> 10.0.0.1:0": true, "masquerade_rule tcp 192.0.2.1:80 -> 10.0.0.1:80": false,
		"address eth9 192.0.2.1/32": true, "address eth0 198.51.100.1/32": true, "address eth0 192.0.2.1/32": false,
		"neighbour eth9 192.0.2.1": true, "neighbour eth0 192.0.2.1": false, "arp_filter eth0 198.51.100.1": true, "arp_filter eth0 192.0.2.1": false,
		"link eth9": true, "link eth0": false, "mark_rule tcp 198.51.100.1:80": true, "mark_rule tcp 192.0.2.1:80": false,
		"sysctl net.ipv4.conf.eth9.rp_filter": false, "module ipip": false, "timeouts": false,
	} {
		k, err := spec.ParseKey(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.Ignores(k, spec.Zero(k.Kind())); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
	if !o.Ignores(spec.MarkRuleKey{}, spec.MarkRule{Mark: 950}) || !o.Ignores(spec.SyncDaemonKey{Role: spec.Master}, spec.SyncDaemon{Interface: "eth9"}) {
		t.Error("what is ignored by its value is not")
	}
}
