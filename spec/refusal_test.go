package spec_test

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/lvsform/lvsform/spec"
)

func TestRefusalSaysWhatTheKernelMeans(t *testing.T) {
	for _, c := range []struct {
		key   spec.Key
		errno syscall.Errno
		want  string
	}{
		{web, syscall.EEXIST, "create tcp 192.0.2.10:80: it exists already (EEXIST)"},
		{at(web, "10.0.0.11:80"), syscall.ESRCH, "its service does not exist"},
		{web, syscall.ESRCH, "it does not exist"},
		{web, syscall.ENOENT, "no such scheduler or persistence engine"},
		{at(web, "10.0.0.11:80"), syscall.ENOENT, "it does not exist"},
		{at(web, "10.0.0.11:80"), syscall.ERANGE, "the weight is above 2147483647"},
		{web, syscall.EINVAL, "netmask"},
		{at(web, "10.0.0.11:80"), syscall.EINVAL, "unicast"},
		{spec.SyncDaemonKey{Role: spec.Master}, syscall.EINVAL, "multicast"},
		{spec.TimeoutsKey{}, syscall.EINVAL, "the kernel does not accept the value"},
		{spec.SyncDaemonKey{Role: spec.Master}, syscall.ENODEV, "the interface does not exist"},
		{spec.SyncDaemonKey{Role: spec.Master}, syscall.ENETUNREACH, "down or has no address"},
		{web, syscall.EPERM, "CAP_NET_ADMIN"},
		{web, syscall.EAFNOSUPPORT, "address family"},
		{web, syscall.ENOBUFS, "out of memory"},
		{spec.MarkRuleKey{}, syscall.EOPNOTSUPP, "no nftables for the family inet"},
		{spec.ARPFilterKey{}, syscall.EOPNOTSUPP, "no nftables for the family arp"},
		{spec.MasqueradeRuleKey{}, syscall.ENOENT, "nft_masq"},
		{spec.MarkRuleKey{}, syscall.EPERM, "CAP_NET_ADMIN"},
		{spec.MarkRuleKey{}, syscall.EEXIST, "it exists already"},
		{web, syscall.EIO, "input/output error (errno 5)"},
	} {
		err := error(&spec.Refusal{Op: "create", Key: c.key, Errno: c.errno})
		if !strings.Contains(err.Error(), c.want) || !errors.Is(err, c.errno) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
