package spec_test

import (
	"errors"
	"net/netip"
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
		{spec.ModuleKey{Name: "fou"}, syscall.ENOENT, "create module fou: this kernel has no such module"},
		{spec.ModuleKey{Name: "fou"}, syscall.EPERM, "CAP_SYS_MODULE"},
		{spec.LinkKey{Name: "any0"}, syscall.EPERM, "CAP_NET_ADMIN in the network namespace"},
		{spec.LinkKey{Name: "any0"}, syscall.EOPNOTSUPP, "only dummy interfaces"},
		{spec.GUEReceiver(6080), syscall.ENOENT, "module fou is not loaded"},
		{spec.GUEReceiver(6080), syscall.EADDRINUSE, "something else has the UDP port (EADDRINUSE)"},
		{spec.SysctlKey{Name: "net.ipv4.x"}, syscall.ENOENT, "this kernel has no such setting"},
		{spec.SysctlKey{Name: "net.ipv4.x"}, syscall.EROFS, "/proc/sys is read-only"},
		{spec.SysctlKey{Name: "net.ipv4.x"}, syscall.EINVAL, "does not accept the value (EINVAL)"},
		{spec.AddressKey{Interface: "eth0", Prefix: netip.MustParsePrefix("192.0.2.10/32")}, syscall.ENODEV, "the interface does not exist"},
		{spec.AddressKey{Interface: "eth0", Prefix: netip.MustParsePrefix("192.0.2.10/32")}, syscall.ERANGE, "at most 15 bytes"},
		{spec.AddressKey{Interface: "eth0", Prefix: netip.MustParsePrefix("::1/128")}, syscall.EADDRNOTAVAIL, "cannot be the address of an interface (EADDRNOTAVAIL)"},
		{spec.AddressKey{Interface: "eth0", Prefix: netip.MustParsePrefix("::1/128")}, syscall.EACCES, "net.ipv6.conf.eth0.disable_ipv6"},
		{spec.NeighbourKey{Interface: "lo", Address: netip.MustParseAddr("192.0.2.10")}, syscall.EOPNOTSUPP, "no neighbours"},
		{spec.ARPFilterKey{Interface: "eth0", Address: netip.MustParseAddr("192.0.2.10")}, syscall.EOPNOTSUPP, "nftables"},
	} {
		err := error(&spec.Refusal{Op: "create", Key: c.key, Errno: c.errno})
		if !strings.Contains(err.Error(), c.want) || !errors.Is(err, c.errno) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
