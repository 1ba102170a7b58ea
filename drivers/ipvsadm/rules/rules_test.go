package rules_test

import (
	"errors"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lvsform/lvsform/drivers/ipvsadm/rules"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

func TestCommand(t *testing.T) {
	service, server := spec.Service{Scheduler: "sh", Flags: spec.Flag2}, spec.Destination{Forward: spec.Direct, Weight: 1}
	mark := spec.Mark(4294967295, spec.IPv6)
	at := spec.DestinationKey{Service: mark, Address: netip.MustParseAddrPort("[2001:db8:1::11]:0")}
	daemon, timeouts := spec.SyncDaemon{Interface: "eth0", SyncID: 7, TTL: 2}, spec.Timeouts{TCP: 900}
	backup := spec.SyncDaemonKey{Role: spec.Backup}
	for _, c := range []struct {
		key           spec.Key
		before, after spec.Value
		want          string
	}{
		{mark, nil, service, "-A -f 4294967295 -6 -s sh -b sh-port"},
		{mark, service, spec.Service{Scheduler: "rr"}, "-E -f 4294967295 -6 -s rr"},
		{mark, service, nil, "-D -f 4294967295 -6"},
		{at, nil, server, "-a -f 4294967295 -6 -r [2001:db8:1::11]:0 -g -w 1"},
		{at, server, spec.Destination{Weight: 0, UpperThreshold: 9, LowerThreshold: 3}, "-e -f 4294967295 -6 -r [2001:db8:1::11]:0 -m -w 0 -x 9 -y 3"},
		{at, server, nil, "-d -f 4294967295 -6 -r [2001:db8:1::11]:0"},
		{spec.TimeoutsKey{}, spec.Timeouts{}, timeouts, "--set 900 0 0"},
		{backup, nil, daemon, "--start-daemon backup --mcast-interface eth0 --syncid 7 --mcast-ttl 2"},
		{backup, daemon, nil, "--stop-daemon backup"},
	} {
		got, err := rules.Command(plan.Change{Key: c.key, Before: c.before, After: c.after})
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", c.key, err, diff)
		}
	}
	for _, c := range []struct {
		change plan.Change
		errno  syscall.Errno
	}{
		{plan.Change{Key: spec.TimeoutsKey{}, After: timeouts}, syscall.EEXIST},
		{plan.Change{Key: spec.TimeoutsKey{}, Before: timeouts}, syscall.EOPNOTSUPP},
		{plan.Change{Key: backup, Before: daemon, After: daemon}, syscall.EEXIST},
	} {
		if _, err := rules.Command(c.change); !errors.Is(err, c.errno) {
			t.Errorf("%s: %v", c.change, err)
		}
	}
	if _, err := rules.Command(plan.Change{Key: at, Before: server, After: spec.Destination{Forward: spec.Local}}); err == nil {
		t.Error("local is no method of ipvsadm")
	}
}

func TestConflict(t *testing.T) {
	const listing = "Prot LocalAddress:Port Scheduler Flags\nTCP  192.0.2.10:80 rr\n"
	for _, c := range []struct{ dump, listing, want string }{
		{"-A -t 192.0.2.10:80 -s wlc\n", listing, "listing:2:1: tcp 192.0.2.10:80: scheduler is rr here and wlc at dump:1: the texts are not of the same moment, or not of the same node"},
		{"-A -t 192.0.2.10:80 -s rr\n-A -t 192.0.2.10:80 -s rr\n", "", "dump:2:1: tcp 192.0.2.10:80 exists already: see dump:1"},
	} {
		_, err := rules.Parse([]rules.Source{{Name: "dump", Text: []byte(c.dump)}, {Name: "listing", Text: []byte(c.listing)}}, rules.Resolver{})
		got, ok := errors.AsType[*rules.ConflictError](err)
		if !ok || got.Error() != c.want || got.Key != spec.Listener(spec.TCP, netip.MustParseAddrPort("192.0.2.10:80")) {
			t.Errorf("want %s, got %v", c.want, err)
		}
		if _, ok := errors.AsType[*rules.SyntaxError](err); !ok {
			t.Error("a conflict has no place")
		}
	}
}
