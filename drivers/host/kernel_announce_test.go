//go:build linux

package host

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

// segment is a bridge with eth0 of the test's namespace, and of a client.
func segment(t *testing.T) (*Driver, *drivertest.Netns) {
	t.Helper()
	d := kernel(t)
	batch(t, "link del eth0")
	return d, wire(t)
}

// wire connects eth0 of the test's namespace with that of a client.
func wire(t *testing.T) *drivertest.Netns {
	t.Helper()
	client := drivertest.NewNetns(t)
	batch(t, "link add eth0 type veth peer name eth0 netns "+client.Path(),
		"link set eth0 address 02:00:5e:00:53:10", "link set eth0 up", "address add 10.0.0.2/24 dev eth0", "address add 2001:db8::2/64 dev eth0 nodad")
	client.Run("ip", "link", "set", "eth0", "up")
	client.Run("ip", "address", "add", "10.0.0.100/24", "dev", "eth0")
	client.Run("ip", "address", "add", "2001:db8::100/64", "dev", "eth0", "nodad")
	drivertest.Up(t, "eth0")
	return client
}

// capture receives what comes to eth0 of a namespace: ARP, and IPv6.
func capture(t *testing.T, n *drivertest.Netns) (next func() []byte) {
	t.Helper()
	fd := -1
	n.Do(func() {
		var err error
		all := uint16(unix.ETH_P_ALL)
		if fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, int(all<<8|all>>8)); err != nil {
			t.Fatal(err)
		}
	})
	t.Cleanup(func() { unix.Close(fd) })
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 2}); err != nil {
		t.Fatal(err)
	}
	return func() []byte {
		b := make([]byte, 2000)
		for {
			n, from, err := unix.Recvfrom(fd, b, 0)
			if err != nil {
				return nil
			}
			if l, ok := from.(*unix.SockaddrLinklayer); !ok || l.Pkttype != unix.PACKET_OUTGOING {
				return b[:n]
			}
		}
	}
}

// waitFor returns the first frame that has a part.
func waitFor(next func() []byte, part []byte) []byte {
	for b := next(); b != nil; b = next() {
		if bytes.Contains(b, part) {
			return b
		}
	}
	return nil
}

func TestKernelAnnouncements(t *testing.T) {
	d, client := segment(t)
	next := capture(t, client)
	vip, vip6 := on("eth0", "192.0.2.10/32"), on("eth0", "2001:db8::10/128")
	for _, c := range []struct {
		key  spec.AddressKey
		want string
	}{
		{vip, "ffffffffffff" + "02005e005310" + "0806" + "0001080006040001" + "02005e005310" + "c000020a" + "000000000000" + "c000020a"},
		{vip6, "333300000001" + "02005e005310" + "86dd" + "6000000000203aff" + "20010db8000000000000000000000010" + "ff020000000000000000000000000001" +
			"8800" + "47fd" + "20000000" + "20010db8000000000000000000000010" + "0201" + "02005e005310"},
	} {
		if err := d.Announce(context.Background(), []spec.AddressKey{c.key}); err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(waitFor(next, c.key.Prefix.Addr().AsSlice())); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.key, got, c.want)
		}
	}
	set(t, "net/ipv6/conf/eth0/forwarding", "1")
	if err := d.Announce(context.Background(), []spec.AddressKey{vip6}); err != nil {
		t.Fatal(err)
	}
	if got := waitFor(next, vip6.Prefix.Addr().AsSlice()); len(got) != 86 || got[58] != 0xa0 {
		t.Errorf("a router's: %x", got)
	}
}

// The neighbour's entry for the address moves to whoever announces it.
func TestKernelAnnouncementsMoveNeighbours(t *testing.T) {
	d, client := segment(t)
	before, other := read(t, d), "02:00:5e:00:53:ff"
	keys := []spec.AddressKey{on("eth0", "10.0.0.10/32"), on("eth0", "2001:db8::10/128")}
	for _, k := range keys {
		must(t, d, k, nil, spec.VIP(k))
		client.Run("ip", "neigh", "add", k.Prefix.Addr().String(), "lladdr", other, "dev", "eth0", "nud", "stale")
	}
	time.Sleep(1100 * time.Millisecond) // within locktime an entry is not moved
	if out := client.Run("ip", "neigh", "show"); strings.Count(out, other) != 2 {
		t.Fatalf("the kernel has announced the addresses itself:\n%s", out)
	}
	if err := d.Announce(context.Background(), keys); err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		moved, out := false, ""
		for range 100 {
			out = client.Run("ip", "neigh", "show")
			if moved = strings.Contains(out, k.Prefix.Addr().String()+" dev eth0 lladdr 02:00:5e:00:53:10"); moved {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if !moved {
			t.Errorf("%s has not moved:\n%s", k, out)
		}
	}
	for _, k := range keys {
		must(t, d, k, spec.VIP(k), nil)
	}
	if diff := difference(before, read(t, d)); diff != "" {
		t.Errorf("before, after\n%s", diff)
	}
}

// Who hears of an address can send to it at once.
func TestKernelAnnouncedIsThere(t *testing.T) {
	d, _ := segment(t)
	k, late := on("eth0", "2001:db8::10/128"), 0
	for range 20 {
		must(t, d, k, nil, spec.VIP(k))
		if err := d.Announce(t.Context(), []spec.AddressKey{k}); err != nil {
			t.Fatal(err)
		}
		ways, _, err := d.Ways(t.Context(), []netip.Addr{k.Prefix.Addr()})
		if err != nil {
			t.Fatal(err)
		}
		if !ways[k.Prefix.Addr()].Local {
			late++
		}
		must(t, d, k, spec.VIP(k), nil)
	}
	if late > 0 {
		t.Errorf("%d of 20 times the address was announced before packets for it were taken", late)
	}
}

func TestKernelAnnouncementsToNobody(t *testing.T) {
	d, _ := segment(t)
	batch(t, "link add dummy7 type dummy", "link set dummy7 up")
	quiet := []spec.AddressKey{on("lo", "192.0.2.10/32"), on("lo", "2001:db8::10/128"), on("dummy7", "192.0.2.10/32"), on("eth1", "192.0.2.10/32")}
	if err := d.Announce(context.Background(), quiet); err != nil {
		t.Error(err)
	}
	batch(t, "link set eth0 down")
	down, gone := on("eth0", "192.0.2.10/32"), spec.AddressKey{Interface: "bogus", Prefix: netip.MustParsePrefix("192.0.2.10/32")}
	err := d.Announce(context.Background(), []spec.AddressKey{down, gone})
	if !errors.Is(err, unix.ENETDOWN) {
		t.Error(err)
	}
	for _, words := range []string{"announce " + down.String() + ": the interface is down", "announce " + gone.String() + ": the interface does not exist"} {
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v, want %q", err, words)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := d.Announce(ctx, quiet); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
