package main

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lvsform/lvsform/spec"
)

// aroundTable is a configuration's node with an object of every kind around the table.
func aroundTable() spec.Desired {
	web := spec.Listener(spec.TCP, netip.MustParseAddrPort("192.0.2.10:80"))
	rs1 := spec.DestinationKey{Service: web, Address: netip.MustParseAddrPort("10.0.0.11:80")}
	four := spec.AddressKey{Interface: "eth0", Prefix: netip.MustParsePrefix("192.0.2.10/32")}
	six := spec.AddressKey{Interface: "eth0", Prefix: netip.MustParsePrefix("2001:db8::10/128")}
	d := spec.Desired{Objects: map[spec.Key]spec.Object{four: {Name: `vip.web.address["192.0.2.10/32"]`}}}
	for k, v := range map[spec.Key]spec.Value{
		web: spec.Service{Scheduler: "wlc"}, rs1: spec.Destination{Weight: 1},
		spec.ModuleKey{Name: "ip_vs_ftp"}:                  spec.Module{},
		spec.LinkKey{Name: "anycast0"}:                     spec.Link{Type: "dummy", Up: true},
		spec.LinkKey{Name: "tunl0"}:                        spec.Link{Type: "ipip", Up: true},
		spec.GUEReceiver(6080):                             spec.Link{Type: "gue", Up: true},
		spec.SysctlKey{Name: "net.ipv4.vs.sync_threshold"}: spec.Sysctl{Value: "3 50"},
		spec.NeighbourKey{Interface: "eth0", Address: netip.MustParseAddr("192.0.2.53")}:                      spec.Neighbour{MAC: "02:00:5e:00:53:01"},
		spec.ARPFilterKey{Interface: "eth0", Address: netip.MustParseAddr("192.0.2.10")}:                      spec.ARPFilter{},
		spec.MarkRuleKey{Protocol: spec.TCP, Address: netip.MustParseAddr("192.0.2.10"), First: 80, Last: 81}: spec.MarkRule{Mark: 1},
		spec.MasqueradeRuleKey{Destination: rs1}:                                                              spec.MasqueradeRule{},
		four:                                                                                                  spec.VIP(four), six: spec.VIP(six),
	} {
		d.State.Set(k, v)
	}
	return d
}

func TestScriptAroundTheTable(t *testing.T) {
	script, err := exportScript(aroundTable())
	if err != nil {
		t.Fatal(err)
	}
	checkScript(t, string(script))
	var got []string
	for line := range strings.Lines(string(script)) {
		if !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" || strings.Contains(line, "left out") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	want := []string{
		"set -eu", "modprobe ip_vs_ftp",
		"ip link add anycast0 type dummy", "ip link set anycast0 up", "ip fou add port 6080 gue", "ip link set tunl0 up",
		"sysctl -w 'net.ipv4.vs.sync_threshold=3 50'",
		`# create of live.arp_filter["eth0 192.0.2.10"] (arp_filter eth0 192.0.2.10) is left out: no command does all of it as "lvsform apply" does`,
		"ip neighbour replace 192.0.2.53 lladdr 02:00:5e:00:53:01 dev eth0 nud permanent",
		`# create of live.masquerade_rule["tcp 192.0.2.10:80 -> 10.0.0.11:80"] (masquerade_rule tcp 192.0.2.10:80 -> 10.0.0.11:80) is left out: no command does all of it as "lvsform apply" does`,
		"ipvsadm -A -t 192.0.2.10:80 -s wlc", "ipvsadm -a -t 192.0.2.10:80 -r 10.0.0.11:80 -m -w 1",
		`# create of live.mark_rule["tcp 192.0.2.10:80-81"] (mark_rule tcp 192.0.2.10:80-81) is left out: no command does all of it as "lvsform apply" does`,
		`# create of vip.web.address["192.0.2.10/32"] (address eth0 192.0.2.10/32) is left out, too: without its filter it would be heard of`,
		"ip address add 2001:db8::10/128 dev eth0 nodad preferred_lft 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Of what is exported, the table is imported again, and of the rest every object is named or passed over.
func TestExportAroundTheTable(t *testing.T) {
	d := aroundTable()
	w := newWorld(t)
	for format, write := range exporters {
		text, err := write(d)
		if err != nil {
			t.Fatal(err)
		}
		w.in = string(text)
		w.run(exitDone, "import", "-")
		w.write(format+"/main.lvs.hcl", w.out)
		if got := w.load(format); !got.Equal(d.State.Table()) {
			t.Errorf("%s: imported is %s", format, stateText(got))
		}
		if format != "json" {
			continue
		}
		w.says(w.err, "Imported 1 service, 1 server. Left out: 11 objects around the table.")
		for k := range d.State.Host().All() {
			w.says(w.err, k.String()+". It is not part of the table, which alone is imported.")
		}
		w.says(w.err, `Left out: vip.web.address["192.0.2.10/32"]: address eth0 192.0.2.10/32. It is not`)
	}
}
