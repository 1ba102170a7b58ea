//go:build linux

package netlink

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/cloudflare/ipvs"
	"github.com/lvsform/lvsform/drivers/drivertest"
	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"golang.org/x/sys/unix"
)

func odd() (s spec.State) {
	at := netip.MustParseAddrPort
	s.Timeouts = freshTimeouts
	for k, v := range map[spec.ServiceKey]spec.Service{
		spec.Listener(300, at("192.0.2.10:80")):           {Scheduler: "rr"},
		spec.Listener(0, at("0.0.0.0:0")):                 {Scheduler: "rr"},
		spec.Listener(spec.TCP, at("192.0.2.10:0")):       {Scheduler: "none"},
		spec.Listener(spec.TCP, at("[::ffff:1.2.3.4]:1")): {Scheduler: "sh", Flags: 0xfffffff8, OnePacket: true},
		spec.Listener(spec.UDP, at("[fe80::1]:65535")):    {Scheduler: "mh", Timeout: 1, Netmask: spec.PrefixIPv6(1)},
		spec.Listener(spec.UDP, at("224.0.0.1:1")):        {Scheduler: "wlc", Persistent: true, Netmask: spec.MaskIPv4(0x00ff00ff)},
		spec.Mark(1<<32-1, spec.IPv4):                     {Scheduler: "rr", Netmask: spec.MaskIPv4(0), Engine: "sip"},
		spec.Mark(1<<32-1, spec.IPv6):                     {Scheduler: "rr", Timeout: 4294967},
	} {
		s.Set(k, v)
		for i := range 8 {
			address := netip.AddrFrom4([4]byte{10, 0, 0, byte(i + 1)})
			if k.Family() == spec.IPv6 {
				address = netip.MustParseAddr(fmt.Sprintf("2001:db8::%d", i+1))
			}
			s.Set(spec.DestinationKey{Service: k, Address: netip.AddrPortFrom(address, uint16(i))},
				spec.Destination{Forward: spec.Forward(i), Weight: 0x7fffffff, UpperThreshold: 1<<32 - 1, LowerThreshold: uint32(i)})
		}
	}
	// Beside an IPv6 destination, which getsockopt hides.
	k := spec.Listener(spec.UDP, at("224.0.0.1:1"))
	s.Set(spec.DestinationKey{Service: k, Address: at("[2001:db8::1]:1")}, spec.Destination{Forward: spec.TunnelTo, Tunnel: spec.Tunnel{Type: 200, Port: 9, Checksum: 0xfffc}})
	return s
}

// What nobody would ask for is read as it is, and can be put back.
func TestKernelOdd(t *testing.T) {
	drivertest.Kernel(t)
	d, slow := openBoth(t)
	empty, want := read(t, d), odd()
	for range 2 {
		mustDo(t, d, plan.Diff(empty, want, plan.Options{}).Changes()...)
		same(t, "read", want, read(t, d))
		same(t, "read by netlink alone", want, read(t, slow))
		if !t.Failed() {
			mustDo(t, d, plan.Diff(read(t, d), empty, plan.Options{}).Changes()...)
			same(t, "deleted", empty, read(t, d))
		}
	}
}

// A service of somebody else's making, with the bits that are the kernel's.
func TestKernelForeignFlags(t *testing.T) {
	drivertest.Kernel(t)
	d := open(t, Options{})
	c, err := ipvs.New()
	if err != nil {
		t.Fatal(err)
	}
	s := ipvs.Service{Address: web.Address.Addr(), Port: 80, Family: ipvs.INET, Protocol: ipvs.TCP, Scheduler: "none", Flags: 0xffffffff}
	s.Netmask.UnmarshalBinary([]byte{255, 255, 255, 255})
	if err := c.CreateService(s); err != nil {
		t.Fatal(err)
	}
	want := spec.Service{Scheduler: "none", Flags: 0xfffffff8, OnePacket: true, Persistent: true}
	if got := read(t, d).Services[web]; got != want {
		t.Errorf("read %+v, want %+v", got, want)
	}
	mustDo(t, d, plan.Change{Key: web, Before: want, After: rr})
	if got := read(t, d).Services[web]; got != rr {
		t.Errorf("read %+v, want %+v", got, rr)
	}
}

// A receive buffer of a few answers overflows for real.
func TestKernelOverflow(t *testing.T) {
	drivertest.Kernel(t)
	d := open(t, Options{})
	changes := []plan.Change{create(web, rr)}
	for i := range 60 {
		changes = append(changes, create(serverOn(web, fmt.Sprintf("10.0.0.%d:80", 1+i)), one))
		changes = append(changes, tooHeavy(create(serverOn(web, fmt.Sprintf("10.0.1.%d:80", 1+i)), one)))
	}
	if err := unix.SetsockoptInt(d.wide.transport.(*socket).fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 1); err != nil {
		t.Fatal(err)
	}
	refused, lost := 0, 0
	for i, r := range do(t, d, changes...) {
		heavy := i > 0 && i%2 == 0
		switch {
		case r.Unknown || (r.Err != nil) != heavy:
			t.Errorf("%s: %+v", changes[i], r)
		case errors.Is(r.Err, unix.ERANGE):
			refused++
		case errors.Is(r.Err, errOverflow):
			lost++
		}
	}
	if refused == 0 || lost == 0 || refused+lost != 60 {
		t.Errorf("%d refusals came, %d were lost", refused, lost)
	}
	if n := len(read(t, d).Destinations); n != 60 {
		t.Errorf("%d destinations", n)
	}
}

func TestKernelForeignNamespace(t *testing.T) {
	drivertest.Kernel(t)
	other := drivertest.NewNetns(t)
	drivertest.Run(t, "ip", "netns", "add", "blue")
	drivertest.Run(t, "ip", "-n", "blue", "link", "set", "lo", "up") // else there is no unicast
	for _, name := range []string{other.Path(), "blue", "/run/netns/blue"} {
		here, there := open(t, Options{}), open(t, Options{Namespace: name})
		mustDo(t, there, five()...)
		if err := there.hangUp(); err != nil { // what is opened next must be in the same namespace
			t.Fatal(err)
		}
		if n := read(t, there).Len(); n != 6 {
			t.Errorf("%s: %d objects there", name, n)
		}
		if n := read(t, here).Len(); n != 1 {
			t.Errorf("%s: %d objects here", name, n)
		}
		hostHere, err1 := here.Host(t.Context())
		hostThere, err2 := there.Host(t.Context())
		if err := errors.Join(err1, err2); err != nil || hostHere.Namespace == hostThere.Namespace || hostHere.Boot != hostThere.Boot {
			t.Errorf("%s: %+v and %+v, %v", name, hostHere, hostThere, err)
		}
		mustDo(t, there, plan.Change{Key: web, Before: rr})
	}
	if out := other.Run("ipvsadm", "-Sn"); out != "" {
		t.Errorf("left there: %s", out)
	}
	for _, name := range []string{"green", "/etc/passwd", "/proc/self/ns/uts"} {
		if d, err := Open(Options{Namespace: name}); err == nil {
			d.Close()
			t.Errorf("opened %s", name)
		}
	}
}

func TestKernelHost(t *testing.T) {
	drivertest.Kernel(t)
	d, other := open(t, Options{}), drivertest.NewNetns(t)
	there := open(t, Options{Namespace: other.Path()})
	h, err := d.Host(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	link, _ := os.Readlink("/proc/thread-self/ns/net")
	host, _ := os.Hostname()
	if !strings.HasPrefix(h.Namespace, link) || h.Name != host || h.Driver != "netlink" || h.Boot == "" || h.Kernel == "" {
		t.Errorf("%+v, namespace is %s", h, link)
	}
	if at, err := there.Host(t.Context()); err != nil || at.Namespace == h.Namespace {
		t.Errorf("there: %+v, %v", at, err)
	}
}

// Without the privilege every operation says what is missing.
func TestKernelUnprivileged(t *testing.T) {
	drivertest.Kernel(t)
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	// The thread is this test's alone, and ends with it.
	var none [2]unix.CapUserData
	if err := unix.Capset(&header, &none[0]); err != nil {
		t.Fatal(err)
	}
	d := open(t, Options{})
	_, err := d.Read(context.Background())
	_, err2 := d.Connections(context.Background(), []spec.ServiceKey{web})
	_, err3 := d.Counters(context.Background())
	for _, err := range []error{err, err2, err3, do(t, d, create(web, rr))[0].Err} {
		if err == nil || !errors.Is(err, unix.EPERM) || !strings.Contains(err.Error(), "CAP_NET_ADMIN in the initial user namespace") {
			t.Errorf("error %v", err)
		}
	}
}
